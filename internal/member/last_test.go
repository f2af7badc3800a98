package member_test

import (
	"context"
	"sync"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// Whatever two owners do at once, one is left, unless the organization goes too.
func TestOwnersWhoGoAtOnceLeaveOne(t *testing.T) {
	type way func(w *orgtest.World, o org.Organization, who, other org.Member) func(ctx context.Context) error
	ways := map[string]way{
		"leaves": func(w *orgtest.World, o org.Organization, who, _ org.Member) func(context.Context) error {
			return func(ctx context.Context) error { return w.Members.Leave(ctx, who.AccountID, o.ID) }
		},
		"is deleted": func(w *orgtest.World, _ org.Organization, who, _ org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				return w.DB.Tx(ctx, func(ctx context.Context) error {
					if err := w.Orgs.Leaving(ctx, who.AccountID); err != nil {
						return err
					}
					if err := w.Members.Leaving(ctx, who.AccountID); err != nil {
						return err
					}
					_, err := w.Accounts.Store.Delete(ctx, who.AccountID)
					return err
				})
			}
		},
		"demotes the other": func(w *orgtest.World, o org.Organization, who, other org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				return w.Members.Update(ctx, who.AccountID, o.ID, other.ID, member.Change{Type: org.User})
			}
		},
		"demotes themselves": func(w *orgtest.World, o org.Organization, who, _ org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				return w.Members.Update(ctx, who.AccountID, o.ID, who.ID, member.Change{Type: org.Admin, Collections: &[]collection.Selection{}})
			}
		},
		"revokes the other": func(w *orgtest.World, o org.Organization, who, other org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := w.Members.Revoke(ctx, who.AccountID, o.ID, []id.ID{other.ID})
				return err
			}
		},
		"removes the other": func(w *orgtest.World, o org.Organization, who, other org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := w.Members.Remove(ctx, who.AccountID, o.ID, []id.ID{other.ID})
				return err
			}
		},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		w.Orgs.Touch = w.Accounts.Touch // and nothing else is noted by several at once
		w.Orgs.Announce = func(context.Context, notice.Notice) {}
		w.Members.Announce = w.Orgs.Announce
		for first, one := range ways {
			for second, two := range ways {
				a, b := w.Person(t, id.New().String()+"@example.com"), w.Person(t, id.New().String()+"@example.com")
				o := w.Organization(t, a, plan.EnterpriseAnnually)
				w.Join(t, org.Member{OrganizationID: o.ID, AccountID: w.Person(t, id.New().String()+"@example.com"), Status: org.Confirmed, Type: org.User})
				alice, err := w.Orgs.Store.Membership(t.Context(), o.ID, a)
				if err != nil {
					t.Fatal(err)
				}
				bob := w.Join(t, org.Member{OrganizationID: o.ID, AccountID: b, Status: org.Confirmed, Type: org.Owner})
				var wg sync.WaitGroup
				var errs [2]error
				wg.Go(func() { errs[0] = one(w, o, alice, bob)(t.Context()) })
				wg.Go(func() { errs[1] = two(w, o, bob, alice)(t.Context()) })
				wg.Wait()
				for _, err := range errs {
					if err != nil && fault.KindOf(err) == fault.Internal {
						t.Errorf("one %s, one %s: %v", first, second, err)
					}
				}
				owners, err := w.Orgs.Owners(t.Context(), o.ID)
				if err != nil || len(owners) == 0 {
					t.Errorf("one %s, one %s: %d owners, %v; answers %v", first, second, len(owners), err, errs)
				}
			}
		}
	})
}
