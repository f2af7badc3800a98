package policy_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// Scenario 124.
func TestPoliciesAreToldToThoseWhoHaveJoined(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		for name, want := range map[string]struct {
			status         org.Status
			confirmed, all int
		}{
			"confirmed": {org.Confirmed, 1, 1}, "accepted": {org.Accepted, 0, 1}, "revoked": {org.Revoked, 0, 0}, "invited": {org.Invited, 0, 0},
		} {
			accountID := w.join(t, name, org.Member{Type: org.User, Status: want.status})
			w.later()
			w.set(t, policy.PasswordGenerator, true, "")
			told, err := w.Policies.Of(t.Context(), accountID)
			if err != nil || len(told.Confirmed) != want.confirmed || len(told.All) != want.all {
				t.Errorf("%s: got %+v, %v", name, told, err)
			}
			if slices.Contains(w.Touched, accountID) != (want.all > 0) {
				t.Errorf("%s: touched %v", name, w.Touched)
			}
		}
	})
}

func TestEveryChangeOfAPolicyIsLoggedAndTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.later()
		w.set(t, policy.PasswordGenerator, true, `{"minLength":20}`)
		w.set(t, policy.PasswordGenerator, false, "")
		if err := w.try(t, policy.PasswordGenerator, true, `{"minLength":"20"}`); keyOf(err) != "malformed" {
			t.Errorf("got %v", err)
		}
		p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policy.PasswordGenerator)
		if err != nil {
			t.Fatal(err)
		}
		var logged int
		for _, e := range w.Recorded(t) {
			if e.Type == event.PolicyUpdated {
				logged++
				if e.PolicyID != p.ID || e.OrganizationID != w.o.ID {
					t.Errorf("got %+v", e)
				}
			}
		}
		told := func(n notice.Notice) bool { return n.Kind == notice.PolicyChanged && n.Organization == w.o.ID }
		if logged != 2 || len(w.Said) != 2 || !told(w.Said[0]) || !told(w.Said[1]) {
			t.Errorf("logged %d, said %+v", logged, w.Said)
		}
	})
}

// Scenario 125.
func TestWhoIsInvitedReadsPoliciesWithoutALogIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.set(t, policy.MasterPassword, true, `{"minLength":14}`)
		w.set(t, policy.DisableExport, false, "")
		body := `{"emails":["zoe+work@example.org"],"type":2,"collections":[],"groups":[]}`
		if rec := w.call(w.owner, "POST /users/invite", body); rec.Code != 200 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		_, query, _ := strings.Cut(w.Mails[len(w.Mails)-1].Data["Link"], "?")
		link, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(change func(url.Values)) (int, string) {
			values := url.Values{"token": {link.Get("token")}, "email": {link.Get("email")}, "organizationUserId": {link.Get("organizationUserId")}}
			change(values)
			rec := w.call(id.ID{}, "GET /policies/token?"+values.Encode(), "")
			return rec.Code, rec.Body.String()
		}
		status, answer := ask(func(url.Values) {})
		if status != 200 || strings.Count(answer, `"object":"policy"`) != 1 || !strings.Contains(answer, `"type":1,"data":{"minLength":14},"enabled":true`) {
			t.Errorf("got %d %s", status, answer)
		}
		for name, change := range map[string]func(url.Values){
			"another token":   func(v url.Values) { v.Set("token", link.Get("token")+"A") },
			"no token":        func(v url.Values) { v.Del("token") },
			"another address": func(v url.Values) { v.Set("email", "eve@example.org") },
			"another member":  func(v url.Values) { v.Set("organizationUserId", id.New().String()) },
			"no member":       func(v url.Values) { v.Del("organizationUserId") },
		} {
			if status, answer := ask(change); status != 404 {
				t.Errorf("%s: got %d %s", name, status, answer)
			}
		}
		other := w.Organization(t, w.owner, plan.EnterpriseAnnually)
		if rec := orgtest.Call(w.router, id.ID{}, "GET /api/organizations/"+other.ID.String()+"/policies/token?"+query, ""); rec.Code != 404 {
			t.Errorf("another organization: got %d %s", rec.Code, rec.Body)
		}
	})
}

// Scenario 123: whoever has to choose a password reads what it must be like.
func TestWhatIsAskedOfMasterPasswordsIsToldToWhoeverIsTied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		users := map[string]id.ID{"owner": w.owner}
		for name, status := range map[string]org.Status{"confirmed": org.Confirmed, "accepted": org.Accepted} {
			users[name] = w.join(t, name, org.Member{Type: org.User, Status: status})
		}
		stranger := w.Person(t, "stranger@example.org")
		ask := func(name string, caller id.ID, path string, status int, contains string) {
			t.Helper()
			if rec := w.call(caller, "GET /policies/"+path, ""); rec.Code != status || !strings.Contains(rec.Body.String(), contains) {
				t.Errorf("%s: got %d %s, want %d with %q", name, rec.Code, rec.Body, status, contains)
			}
		}
		ask("never set", w.owner, "master-password", 404, "")
		for _, length := range []int{11, 129} {
			rec := w.call(w.owner, "PUT /policies/1", fmt.Sprintf(`{"policy":{"enabled":true,"data":{"minLength":%d}}}`, length))
			if rec.Code != 400 || !strings.Contains(rec.Body.String(), `"minLength"`) && !strings.Contains(rec.Body.String(), `"MinLength"`) {
				t.Errorf("%d: got %d %s", length, rec.Code, rec.Body)
			}
		}
		w.set(t, policy.MasterPassword, true, `{"minLength":14}`)
		for name, accountID := range users {
			ask(name, accountID, "master-password", 200, `"type":1,"data":{"minLength":14},"enabled":true`)
			ask(name, accountID, "invited-user?userId="+accountID.String(), 200, `"type":1,"data":{"minLength":14},"enabled":true`)
			ask(name, accountID, "invited-user?userId="+stranger.String(), 404, "")
			rec := orgtest.Call(w.router, accountID, "POST /api/accounts/verify-password", `{"masterPasswordHash":"`+orgtest.Password+`"}`)
			if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"minLength":14`) {
				t.Errorf("%s: got %d %s", name, rec.Code, rec.Body)
			}
		}
		for _, path := range []string{"master-password", "invited-user?userId=" + stranger.String(), "invited-user"} {
			ask("a stranger", stranger, path, 404, "")
		}
		w.set(t, policy.MasterPassword, false, `{"minLength":14}`)
		ask("off", w.owner, "master-password", 404, "")
		ask("off", w.owner, "invited-user", 200, `"data":[]`)
	})
}
