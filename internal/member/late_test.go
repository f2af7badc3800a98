package member_test

import (
	"context"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/org"
)

// meanwhile lets something happen after the invitations to an address were looked up
// for the first time, as somebody else may do until the organizations are locked.
type meanwhile struct {
	member.Store
	happens func(context.Context) error
}

func (m *meanwhile) InvitationsTo(ctx context.Context, email string) ([]org.Member, error) {
	list, err := m.Store.InvitationsTo(ctx, email)
	if happens := m.happens; err == nil && happens != nil {
		m.happens = nil
		err = happens(ctx)
	}
	return list, err
}

func TestInvitationThatIsTakenBackDuringARegistrationIsNotAccepted(t *testing.T) {
	for name, takeBack := range map[string]func(j *joining, m org.Member) func(context.Context) error{
		"revoked": func(j *joining, m org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := j.Members.Revoke(ctx, j.owner, j.org.ID, []id.ID{m.ID})
				return err
			}
		},
		"removed": func(j *joining, m org.Member) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := j.Members.Remove(ctx, j.owner, j.org.ID, []id.ID{m.ID})
				return err
			}
		},
		"organization deleted": func(j *joining, m org.Member) func(context.Context) error {
			return func(ctx context.Context) error { return j.Orgs.Store.Delete(ctx, j.org.ID) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				j := newJoining(t, d)
				m := j.invite(t, "zoe@example.com")
				j.Members.Verification = false
				j.Members.Store = &meanwhile{j.Members.Store, takeBack(j, m)}
				zoe, err := j.Accounts.Get(t.Context(), j.Person(t, "zoe@example.com"))
				if err != nil {
					t.Fatal(err)
				}
				err = d.Tx(t.Context(), func(ctx context.Context) error { return j.Members.Registered(ctx, zoe, id.ID{}) })
				if err != nil {
					t.Fatal(err)
				}
				ties, err := j.Orgs.Ties(t.Context(), zoe.ID)
				if err != nil || len(ties) != 0 {
					t.Errorf("got %+v, %v", ties, err)
				}
			})
		})
	}
}

// A person may take on an address to which a second invitation went.
func TestSecondInvitationOfAMemberStaysOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.accepted(t, "old@example.com")
		second := j.invite(t, "new@example.com")
		if _, err := d.Exec(t.Context(), `UPDATE account SET email = 'new@example.com' WHERE email = 'old@example.com'`); err != nil {
			t.Fatal(err)
		}
		j.Members.Verification = false
		j.good(t, j.owner, at(second.ID, "reinvite"), nil)
		if m, err := j.Orgs.MemberByID(t.Context(), second.ID); err != nil || m.Status != org.Invited || !m.AccountID.IsZero() {
			t.Errorf("got %+v, %v", m, err)
		}
	})
}
