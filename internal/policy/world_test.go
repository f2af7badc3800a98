package policy_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// crew is an organization with its owner, and whoever a test has join it.
type crew struct {
	*orgtest.World
	o       org.Organization
	owner   id.ID
	router  *web.Router
	members map[string]org.Member
}

func newCrew(t testing.TB, d *db.DB) *crew {
	t.Helper()
	w := &crew{World: orgtest.New(t, d), members: map[string]org.Member{}}
	w.TwoStep = map[id.ID]bool{}
	w.owner = w.Person(t, "owner@example.org")
	w.o = w.Organization(t, w.owner, plan.EnterpriseAnnually)
	terms := w.o.Terms()
	terms.Seats = new(100)
	if err := w.Orgs.Apply(t.Context(), w.o.ID, terms); err != nil {
		t.Fatal(err)
	}
	w.router = w.Router(
		func(r *web.Router) { policy.Mount(r, w.Policies) },
		func(r *web.Router) { member.Mount(r, w.Members) },
		func(r *web.Router) { account.Mount(r, w.Accounts) },
	)
	return w
}

// join has somebody new join the organization, who is a user unless m says otherwise.
func (w *crew) join(t testing.TB, name string, m org.Member) id.ID {
	t.Helper()
	m.OrganizationID, m.AccountID = w.o.ID, w.Person(t, name+"@example.org")
	w.members[name] = w.Join(t, m)
	return m.AccountID
}

// elsewhere makes somebody a member of an organization of its own.
func (w *crew) elsewhere(t testing.TB, accountID id.ID, status org.Status) org.Member {
	t.Helper()
	other := w.Organization(t, w.Person(t, id.New().String()+"@example.org"), plan.EnterpriseAnnually)
	return w.Join(t, org.Member{OrganizationID: other.ID, AccountID: accountID, Type: org.User, Status: status})
}

func (w *crew) try(t testing.TB, policyType policy.Type, on bool, data string) error {
	t.Helper()
	_, err := w.Policies.Set(t.Context(), w.owner, policy.Policy{OrganizationID: w.o.ID, Type: policyType, Enabled: on, Data: []byte(data)})
	return err
}

func (w *crew) set(t testing.TB, policyType policy.Type, on bool, data string) {
	t.Helper()
	if err := w.try(t, policyType, on, data); err != nil {
		t.Fatalf("type %d: %v", policyType, err)
	}
}

// call sends a request below the organization: "GET /policies".
func (w *crew) call(caller id.ID, target, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	return orgtest.Call(w.router, caller, method+" /api/organizations/"+w.o.ID.String()+path, body)
}

// revoked returns who is revoked, by name, and why.
func (w *crew) revoked(t testing.TB) map[string]org.Revocation {
	t.Helper()
	found := map[string]org.Revocation{}
	for name, m := range w.members {
		now, err := w.Orgs.MemberByID(t.Context(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if now.Status == org.Revoked {
			found[name] = *now.Revocation
		}
	}
	return found
}

// logged returns the names of those to whom a kind of thing has happened.
func (w *crew) logged(t testing.TB, what event.Type) []string {
	t.Helper()
	var names []string
	for _, e := range w.Recorded(t) {
		for name, m := range w.members {
			if e.Type == what && e.MemberID == m.ID {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// mailed returns who was sent a mail of a template.
func (w *crew) mailed(template string) []string {
	var to []string
	for _, m := range w.Mails {
		if m.Template == template {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	return to
}

// heard reports whether somebody's clients were told that they have lost or got a key.
func (w *crew) heard(name string) bool {
	return slices.ContainsFunc(w.Said, func(n notice.Notice) bool {
		return n.Kind == notice.OrganizationKeys && slices.Contains(n.People, w.members[name].AccountID)
	})
}

// crowd has many users join, all at once.
func (w *crew) crowd(t testing.TB, n int) {
	t.Helper()
	err := w.DB.Tx(t.Context(), func(ctx context.Context) error {
		var failed error
		for range n {
			a := account.Account{
				ID: id.New(), Email: id.New().String() + "@example.org", EmailVerified: true, Culture: "fr-FR", PasswordHash: "hash",
				Key: orgtest.Encrypted, PublicKey: orgtest.PublicKey, PrivateKey: orgtest.Encrypted, KDF: account.KDF{Iterations: 600_000},
				SecurityStamp: "stamp", CreatedAt: w.Now(), RevisedAt: w.Now(), VaultRevisedAt: w.Now(),
			}
			m := org.Member{
				ID: id.New(), OrganizationID: w.o.ID, AccountID: a.ID, Status: org.Confirmed, Type: org.User, Key: orgtest.Wrapped,
				CreatedAt: w.Now(), RevisedAt: w.Now(),
			}
			failed = errors.Join(failed, w.Accounts.Store.Insert(ctx, a, "sealed"), w.Orgs.Store.InsertMember(ctx, m))
		}
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
}

// later moves the clock, and forgets what was said so far.
func (w *crew) later() {
	w.Said, w.Touched, w.Mails = nil, nil, nil
	w.Time = w.Time.Add(time.Minute)
}
