package member_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/registration"
	"coffre/internal/web"
)

// joining is an organization with five seats, of which its owner has one, and the
// routes by which others join it.
type joining struct {
	*orgtest.World
	router    *web.Router
	newcomers *registration.Service
	owner     id.ID
	org       org.Organization
	coded     []string // who was given two-step login by mail
}

func newJoining(t testing.TB, d *db.DB) *joining {
	t.Helper()
	w := orgtest.New(t, d)
	j := &joining{World: w, owner: w.Person(t, "owner@example.com")}
	j.org = w.Organization(t, j.owner, plan.EnterpriseAnnually)
	j.newcomers = &registration.Service{
		Accounts: w.Accounts, Keys: w.Keys, Now: w.Now, Sleep: func(context.Context, time.Duration) {}, VaultURL: "https://vault.example.org",
		Mail: func(_ context.Context, m mail.Message) error {
			w.Mails = append(w.Mails, m)
			return nil
		},
		Open: true, Verification: true,
		Invited: w.Members.CheckNewcomer, Awaited: w.Members.Awaited, Registered: w.Members.Registered,
	}
	w.Members.MailCodes = func(_ context.Context, a account.Account) error {
		j.coded = append(j.coded, a.Email)
		return nil
	}
	j.router = w.Router(
		func(r *web.Router) { account.Mount(r, w.Accounts) },
		func(r *web.Router) { registration.Mount(r, j.newcomers) },
		func(r *web.Router) { org.MountSelfHosted(r, w.Orgs) },
		func(r *web.Router) { policy.Mount(r, w.Policies) },
		func(r *web.Router) { collection.Mount(r, w.Collections) },
		func(r *web.Router) { member.Mount(r, w.Members) },
	)
	return j
}

type object = map[string]any

// call sends a request below the members of the organization: "POST /invite".
func (j *joining) call(t testing.TB, caller id.ID, target string, body any) *httptest.ResponseRecorder {
	t.Helper()
	return j.callOf(t, j.org.ID, caller, target, body)
}

func (j *joining) callOf(t testing.TB, orgID, caller id.ID, target string, body any) *httptest.ResponseRecorder {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(target, " ")
	return orgtest.Call(j.router, caller, method+" /api/organizations/"+orgID.String()+"/users"+path, string(raw))
}

// good is call for what must succeed.
func (j *joining) good(t testing.TB, caller id.ID, target string, body any) string {
	t.Helper()
	rec := j.call(t, caller, target, body)
	if rec.Code != 200 {
		t.Fatalf("%s: got %d %s", target, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// bad is call for what must be refused with a status and a part of the answer.
func (j *joining) bad(t testing.TB, caller id.ID, target string, body any, status int, contains string) {
	t.Helper()
	rec := j.call(t, caller, target, body)
	if rec.Code != status || !strings.Contains(rec.Body.String(), contains) {
		t.Errorf("%s: got %d %s, want %d with %q", target, rec.Code, rec.Body, status, contains)
	}
}

// invite invites somebody as a user, and returns the member.
func (j *joining) invite(t testing.TB, email string) org.Member {
	t.Helper()
	j.good(t, j.owner, "POST /invite", object{"emails": []string{email}, "type": 2, "collections": []any{}, "groups": []any{}})
	return j.find(t, email)
}

// find returns the member with an address.
func (j *joining) find(t testing.TB, email string) org.Member {
	t.Helper()
	members, err := j.Orgs.Members(t.Context(), j.org.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(members, func(m org.Member) bool { return m.Email == email })
	if i < 0 {
		t.Fatalf("%s is no member", email)
	}
	return members[i]
}

// link returns the page that the last invitation of an address leads to.
func (j *joining) link(t testing.TB, email string) url.Values {
	t.Helper()
	for _, m := range slices.Backward(j.Mails) {
		if m.Template != "organization-invited" || m.To != email {
			continue
		}
		_, query, _ := strings.Cut(m.Data["Link"], "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	t.Fatalf("%s was sent no invitation", email)
	return nil
}

// accepted returns a member who waits to be confirmed.
func (j *joining) accepted(t testing.TB, email string) org.Member {
	t.Helper()
	return j.Join(t, org.Member{OrganizationID: j.org.ID, AccountID: j.Person(t, email), Type: org.User, Status: org.Accepted, Email: email})
}

// seats gives the organization another number of seats.
func (j *joining) seats(t testing.TB, n int) {
	t.Helper()
	terms := j.org.Terms()
	terms.Seats = &n
	if err := j.Orgs.Apply(t.Context(), j.org.ID, terms); err != nil {
		t.Fatal(err)
	}
}

func emails(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("person%d@example.com", i)
	}
	return list
}

func at(memberID id.ID, route string) string { return "POST /" + memberID.String() + "/" + route }

// register makes an account with a token.
func (j *joining) register(t testing.TB, email string, token object) account.Account {
	t.Helper()
	body := object{
		"email": email, "masterPasswordHash": "aGFzaA==", "kdf": 0, "kdfIterations": 600_000, "userSymmetricKey": orgtest.Encrypted,
	}
	maps.Copy(body, token)
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if rec := orgtest.Call(j.router, id.ID{}, "POST /identity/accounts/register/finish", string(raw)); rec.Code != 200 {
		t.Fatalf("register: %d %s", rec.Code, rec.Body)
	}
	a, known, err := j.Accounts.FindByEmail(t.Context(), email)
	if err != nil || !known {
		t.Fatalf("got %+v, %v", a, err)
	}
	return a
}

// outcomes reads the answer to a request for many members.
func outcomes(t testing.TB, answer string) map[id.ID]string {
	t.Helper()
	var list struct {
		Data []struct {
			Object string
			ID     id.ID
			Error  string
		}
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	byID := map[id.ID]string{}
	for _, o := range list.Data {
		if _, twice := byID[o.ID]; twice || o.Object != "OrganizationBulkConfirmResponseModel" {
			t.Errorf("got %+v", o)
		}
		byID[o.ID] = o.Error
	}
	return byID
}

func selections(all []collection.Collection) []collection.Selection {
	list := make([]collection.Selection, len(all))
	for i, c := range all {
		list[i] = collection.Selection{ID: c.ID}
	}
	return list
}
