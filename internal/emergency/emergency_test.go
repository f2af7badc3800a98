package emergency_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/emergency"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/twostep"
	"coffre/internal/web"
)

const newHash = "hash of the master password that somebody else chose"

// world is a server with Ann, who names Bob, and Carl, who has nothing to do with it.
type world struct {
	*testing.T
	*orgtest.World
	accesses       *emergency.Service
	steps          *twostep.Service
	router         *web.Router
	ann, bob, carl id.ID
	free           bool   // whether nobody has premium
	token          string // of the last invitation
	read           id.ID
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, World: orgtest.New(t, d)}
	w.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return !w.free, nil }
	w.Accounts.PremiumFromOrganization = func(context.Context, id.ID) (bool, error) { return false, nil }
	devices := &device.Service{Store: device.NewStore(d), Accounts: w.Accounts, Limits: w.Accounts.Limits, Now: w.Now, Announce: w.Accounts.Announce}
	w.steps = &twostep.Service{
		Store: twostep.NewStore(d), Accounts: w.Accounts, Devices: devices, Keys: w.Keys, Limits: w.Accounts.Limits, Now: w.Now,
		Sleep: w.Accounts.Sleep, Mail: w.Accounts.Mail, VaultURL: orgtest.VaultURL, Announce: w.Accounts.Announce, RecordOwn: w.Events.RecordOwn,
		LastRemoved: w.Policies.LostTwoStep,
	}
	w.Accounts.EndSessions = identity.NewStore(d).DeleteSessions
	w.accesses = &emergency.Service{
		Store: emergency.NewStore(d), Accounts: w.Accounts, TwoStep: w.steps, Organizations: w.Orgs, Members: w.Members, Policies: w.Policies,
		Keys: w.Keys, Now: w.Now, Mail: w.Members.Mail, VaultURL: orgtest.VaultURL, Announce: w.Accounts.Announce, Verification: true,
		Items: func(_ context.Context, accountID id.ID) (any, error) {
			w.read = accountID
			return []string{"item"}, nil
		},
		Attachment: func(_ context.Context, accountID, _ id.ID, name string) (any, error) {
			if accountID != w.ann || name != "own" {
				return nil, fault.Gone
			}
			return map[string]string{"id": name}, nil
		},
	}
	w.Policies.EndEmergency = w.accesses.End
	w.router = w.Router(func(r *web.Router) { emergency.Mount(r, w.accesses) })
	w.ann, w.bob, w.carl = w.Person(t, "ann@example.org"), w.Person(t, "bob@example.org"), w.Person(t, "carl@example.org")
	return w
}

// call makes a call and returns its status and what it was answered.
func (w *world) call(caller id.ID, target string, body string) (int, map[string]any) {
	w.Helper()
	rec := orgtest.Call(w.router, caller, strings.Replace(target, " ", " /api/emergency-access", 1), body)
	var out map[string]any
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			w.Fatalf("%s: %v", rec.Body, err)
		}
	}
	return rec.Code, out
}

// want makes a call that is to be answered with a status.
func (w *world) want(status int, caller id.ID, target, body string) map[string]any {
	w.Helper()
	code, out := w.call(caller, target, body)
	if code != status {
		w.Errorf("%s: got %d %v, want %d", target, code, out, status)
	}
	return out
}

// invited has Ann name Bob, and returns the access and the token that he is mailed.
func (w *world) invited(t emergency.Type) (accessID, token string) {
	w.Helper()
	w.want(200, w.ann, "POST /invite", fmt.Sprintf(`{"email":"Bob@example.org","type":%d,"waitTimeDays":7}`, t))
	link := w.Mails[len(w.Mails)-1].Data["Link"]
	_, query, _ := strings.Cut(link, "?")
	values, err := url.ParseQuery(query)
	if err != nil || values.Get("email") != "bob@example.org" || !strings.Contains(link, "/#/accept-emergency?") {
		w.Fatalf("link: %s, %v", link, err)
	}
	return values.Get("id"), values.Get("token")
}

const keyBody = `{"key":"` + orgtest.Wrapped + `"}`

// at brings an access of a type to a state.
func (w *world) at(t emergency.Type, status emergency.Status) string {
	w.Helper()
	accessID, token := w.invited(t)
	w.token = token
	steps := []func(){
		func() { w.want(200, w.bob, "POST /"+accessID+"/accept", `{"token":"`+token+`"}`) },
		func() { w.want(200, w.ann, "POST /"+accessID+"/confirm", keyBody) },
		func() { w.want(200, w.bob, "POST /"+accessID+"/initiate", "") },
		func() { w.want(200, w.ann, "POST /"+accessID+"/approve", "") },
	}
	for _, step := range steps[:status] {
		step()
	}
	return accessID
}

func (w *world) status(accessID string) emergency.Status {
	w.Helper()
	parsed, err := id.Parse(accessID)
	if err != nil {
		w.Fatal(err)
	}
	a, err := w.accesses.Store.Get(w.Context(), parsed)
	if err != nil {
		w.Fatal(err)
	}
	return a.Status
}

func (w *world) templates() []string {
	var list []string
	for _, m := range w.Mails {
		list = append(list, m.Template+" to "+m.To)
	}
	w.Mails = nil
	return list
}

const passwordBody = `{"newMasterPasswordHash":"` + newHash + `","key":"` + orgtest.Encrypted + `"}`

// Scenarios 140 and 143: what goes on in each state, and nothing else.
func TestEachStateAllowsWhatItShould(t *testing.T) {
	const view, takeover = "view", "takeover"
	const attachment = "attachment"
	reads := map[string]string{"policies": "GET /%s/policies", attachment: "GET /%s/" + id.New().String() + "/attachment/own"}
	operations := []struct {
		name    string
		by      func(w *world) id.ID
		body    string
		allowed map[string][]emergency.Status // by type
	}{
		{"reinvite", annOf, "", both(emergency.Invited)},
		{"confirm", annOf, keyBody, both(emergency.Accepted)},
		{"initiate", bobOf, "", both(emergency.Confirmed)},
		{"approve", annOf, "", both(emergency.Initiated)},
		{"reject", annOf, "", both(emergency.Initiated, emergency.Approved)},
		{"view", bobOf, "", map[string][]emergency.Status{view: {emergency.Approved}}},
		{"takeover", bobOf, "", map[string][]emergency.Status{takeover: {emergency.Approved}}},
		{"password", bobOf, passwordBody, map[string][]emergency.Status{takeover: {emergency.Approved}}},
		{"policies", bobOf, "", map[string][]emergency.Status{takeover: {emergency.Approved}}},
		{attachment, bobOf, "", map[string][]emergency.Status{view: {emergency.Approved}}},
	}
	each(t, func(w *world) {
		for kind, name := range map[emergency.Type]string{emergency.View: view, emergency.Takeover: takeover} {
			for status := emergency.Invited; status <= emergency.Approved; status++ {
				for _, o := range operations {
					accessID := w.at(kind, status)
					if status > emergency.Invited { // an invitation is accepted once
						w.want(400, w.bob, "POST /"+accessID+"/accept", `{"token":"`+w.token+`"}`)
					}
					want := 400
					if slices.Contains(o.allowed[name], status) {
						want = 200
					}
					target := "POST /" + accessID + "/" + o.name
					if read, ok := reads[o.name]; ok {
						target = fmt.Sprintf(read, accessID)
					}
					w.want(want, o.by(w), target, o.body)
					if now := w.status(accessID); want == 400 && now != status {
						w.Errorf("%s, %s in %d: it is in %d now", name, o.name, status, now)
					}
					w.want(200, w.ann, "DELETE /"+accessID, "")
				}
			}
		}
	})
}

func annOf(w *world) id.ID { return w.ann }
func bobOf(w *world) id.ID { return w.bob }

func both(states ...emergency.Status) map[string][]emergency.Status {
	return map[string][]emergency.Status{"view": states, "takeover": states}
}

// The way from the invitation to the end, with its lists and mails.
func TestWayOfAnAccess(t *testing.T) {
	each(t, func(w *world) {
		accessID, token := w.invited(emergency.View)
		list := w.want(200, w.ann, "GET /trusted", "")["data"].([]any)
		if got := list[0].(map[string]any); len(list) != 1 || got["email"] != "bob@example.org" || got["granteeId"] != nil || got["status"] != 0.0 ||
			got["object"] != "emergencyAccessGranteeDetails" || got["waitTimeDays"] != 7.0 {
			w.Errorf("trusted: %v", list)
		}
		w.want(200, w.bob, "POST /"+accessID+"/accept", `{"token":"`+token+`"}`)
		w.want(400, w.bob, "POST /"+accessID+"/accept", `{"token":"`+token+`"}`)
		w.want(200, w.ann, "POST /"+accessID+"/confirm", keyBody)
		w.want(200, w.ann, "PUT /"+accessID, `{"type":0,"waitTimeDays":30,"keyEncrypted":"4.BBBB"}`)
		w.want(200, w.bob, "POST /"+accessID+"/initiate", "")
		granted := w.want(200, w.bob, "GET /granted", "")["data"].([]any)[0].(map[string]any)
		if granted["grantorId"] != w.ann.String() || granted["name"] != "Ann" || granted["status"] != 3.0 || granted["waitTimeDays"] != 30.0 {
			w.Errorf("granted: %v", granted)
		}
		if want := w.Now().Add(30 * 24 * time.Hour).UTC().Format(time.RFC3339); !strings.HasPrefix(fmt.Sprint(granted["waitEndsAt"]), want[:len(want)-1]) {
			w.Errorf("the wait ends %v, want %s", granted["waitEndsAt"], want)
		}
		w.want(200, w.ann, "POST /"+accessID+"/approve", "")
		got := w.want(200, w.bob, "POST /"+accessID+"/view", "")
		if got["keyEncrypted"] != "4.BBBB" || fmt.Sprint(got["ciphers"]) != "[item]" || w.read != w.ann {
			w.Errorf("view: %v of %s", got, w.read)
		}
		if got := w.want(200, w.ann, "GET /"+accessID, ""); got["granteeId"] != w.bob.String() {
			w.Errorf("got %v", got)
		}
		want := []string{
			"emergency-invited to bob@example.org", "emergency-accepted to ann@example.org", "emergency-confirmed to bob@example.org",
			"emergency-initiated to ann@example.org", "emergency-approved to bob@example.org",
		}
		if got := w.templates(); !slices.Equal(got, want) {
			w.Errorf("mails: %v", got)
		}
		w.want(200, w.bob, "POST /"+accessID+"/delete", "")
		w.want(400, w.ann, "GET /"+accessID, "")
	})
}

// Scenario 141: who says no takes everything back.
func TestRejectingLeadsBack(t *testing.T) {
	each(t, func(w *world) {
		for _, status := range []emergency.Status{emergency.Initiated, emergency.Approved} {
			accessID := w.at(emergency.View, status)
			w.want(200, w.ann, "POST /"+accessID+"/reject", "")
			if w.status(accessID) != emergency.Confirmed {
				w.Errorf("it is in %d", w.status(accessID))
			}
			w.want(400, w.bob, "POST /"+accessID+"/view", "")
			w.want(200, w.ann, "DELETE /"+accessID, "")
		}
	})
}

// Scenario 142: the wait ends once, and both hear of it; the grantor is told a day
// before.
func TestWaitEndsOnce(t *testing.T) {
	each(t, func(w *world) {
		accessID := w.at(emergency.Takeover, emergency.Initiated)
		w.templates()
		began := w.Now()
		work := func(at time.Duration, want ...string) {
			w.Helper()
			w.Time = began.Add(at)
			for range 2 {
				if err := w.accesses.Remind(w.Context()); err != nil {
					w.Fatal(err)
				}
				if err := w.accesses.ApproveDue(w.Context()); err != nil {
					w.Fatal(err)
				}
			}
			if got := w.templates(); !slices.Equal(got, want) {
				w.Errorf("after %s: %v", at, got)
			}
		}
		const day = 24 * time.Hour
		work(6*day - time.Second)
		work(6*day, "emergency-reminder to ann@example.org")
		work(7*day - time.Second)
		if w.status(accessID) != emergency.Initiated {
			w.Error("too early")
		}
		work(7*day, "emergency-reminder to ann@example.org", "emergency-over to ann@example.org", "emergency-approved to bob@example.org")
		work(8 * day)
		if w.status(accessID) != emergency.Approved {
			w.Errorf("it is in %d", w.status(accessID))
		}
	})
}

// Scenario 142, on several nodes at once.
func TestWaitEndsOnceOnSeveralNodes(t *testing.T) {
	each(t, func(w *world) {
		accessID := w.at(emergency.View, emergency.Initiated)
		var mu sync.Mutex
		sent := map[string]int{}
		w.accesses.Mail = func(_ context.Context, list ...mail.Message) error {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range list {
				sent[m.Template]++
			}
			return nil
		}
		w.Time = w.Time.Add(7 * 24 * time.Hour)
		var wg sync.WaitGroup
		for _, job := range slices.Repeat([]func(context.Context) error{w.accesses.Remind, w.accesses.ApproveDue}, 4) {
			wg.Go(func() {
				if err := job(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		if w.status(accessID) != emergency.Approved || sent["emergency-over"] != 1 || sent["emergency-approved"] != 1 || sent["emergency-reminder"] > 1 {
			w.Errorf("it is in %d, mails %v", w.status(accessID), sent)
		}
	})
}

// racing does something once between what a job lists and what it does with it.
type racing struct {
	emergency.Store
	meanwhile func()
}

func (r *racing) then(list []emergency.Access, err error) ([]emergency.Access, error) {
	if do := r.meanwhile; do != nil && len(list) > 0 {
		r.meanwhile = nil
		do()
	}
	return list, err
}

func (r *racing) Due(ctx context.Context, now time.Time, most int) ([]emergency.Access, error) {
	return r.then(r.Store.Due(ctx, now, most))
}

func (r *racing) ToRemind(ctx context.Context, nearBy, toldBefore time.Time, most int) ([]emergency.Access, error) {
	return r.then(r.Store.ToRemind(ctx, nearBy, toldBefore, most))
}

// Scenarios 142 and 148: what a grantor says, and a new key, while a job is at work are
// not undone by it.
func TestJobsUndoNothing(t *testing.T) {
	each(t, func(w *world) {
		store := w.accesses.Store
		defer func() { w.accesses.Store = store }()
		for name, job := range map[string]func(context.Context) error{"approve": w.accesses.ApproveDue, "remind": w.accesses.Remind} {
			for change, do := range map[string]func(accessID string){
				"a longer wait": func(accessID string) {
					w.want(200, w.ann, "PUT /"+accessID, `{"type":0,"waitTimeDays":30,"keyEncrypted":"4.BBBB"}`)
				},
				"a new wait": func(accessID string) {
					w.want(200, w.ann, "POST /"+accessID+"/reject", "")
					w.want(200, w.bob, "POST /"+accessID+"/initiate", "")
				},
				"a new key": func(accessID string) {
					v, _ := id.Parse(accessID)
					if err := w.accesses.Rekey(w.Context(), w.ann, map[id.ID]string{v: "4.BBBB"}); err != nil {
						w.Error(err)
					}
				},
			} {
				accessID := w.at(emergency.Takeover, emergency.Initiated)
				w.Time = w.Time.Add(7 * 24 * time.Hour)
				w.templates()
				w.accesses.Store = &racing{store, func() { do(accessID) }}
				if err := job(w.Context()); err != nil {
					w.Fatal(err)
				}
				w.accesses.Store = store
				v, _ := id.Parse(accessID)
				a, err := store.Get(w.Context(), v)
				if err != nil {
					w.Fatal(err)
				}
				approved, mails := name == "approve" && change == "a new key", w.templates()
				if (a.Status == emergency.Approved) != approved || change == "a new wait" && !a.BeganAt.Equal(w.Now()) ||
					change != "a new wait" && a.Key != "4.BBBB" || change == "a longer wait" && (a.WaitDays != 30 || a.Type != emergency.View || len(mails) != 0) {
					w.Errorf("%s, meanwhile %s: got %+v, mails %v", name, change, a, mails)
				}
				w.want(200, w.ann, "DELETE /"+accessID, "")
			}
		}
	})
}

// Scenario 140, at once: whichever comes first, a wait that the grantor makes longer is
// longer.
func TestALongerWaitHolds(t *testing.T) {
	each(t, func(w *world) {
		for range 20 {
			accessID := w.at(emergency.View, emergency.Confirmed)
			var wg sync.WaitGroup
			wg.Go(func() { w.want(200, w.bob, "POST /"+accessID+"/initiate", "") })
			wg.Go(func() {
				w.want(200, w.ann, "PUT /"+accessID, `{"type":0,"waitTimeDays":30}`)
			})
			wg.Wait()
			got := w.want(200, w.ann, "GET /"+accessID, "")
			if got["waitTimeDays"] != 30.0 || got["status"] != 3.0 {
				w.Errorf("got %v", got)
			}
			w.want(200, w.ann, "DELETE /"+accessID, "")
		}
	})
}

// Scenario 145, at once: of a takeover and a grantor who takes it back, the first counts,
// and neither fails.
func TestTakeoverOrNot(t *testing.T) {
	each(t, func(w *world) {
		for range 6 {
			ann, err := w.Accounts.Get(w.Context(), w.ann)
			if err != nil {
				w.Fatal(err)
			}
			accessID := w.at(emergency.Takeover, emergency.Approved)
			var wg sync.WaitGroup
			var taken, rejected int
			wg.Go(func() { taken, _ = w.call(w.bob, "POST /"+accessID+"/password", passwordBody) })
			wg.Go(func() { rejected, _ = w.call(w.ann, "POST /"+accessID+"/reject", "") })
			wg.Go(func() { w.want(200, w.ann, "PUT /"+accessID, `{"type":1,"waitTimeDays":9,"keyEncrypted":"4.BBBB"}`) })
			wg.Wait()
			now, err := w.Accounts.Get(w.Context(), w.ann)
			if err != nil || rejected != 200 || taken != 200 && taken != 400 || (taken == 200) != (now.SecurityStamp != ann.SecurityStamp) {
				w.Errorf("takeover %d, no %d: %v", taken, rejected, err)
			}
			w.want(200, w.ann, "DELETE /"+accessID, "")
		}
	})
}

// Scenario 144: of attachments, those of the grantor's own items alone.
func TestAttachmentsOfOwnItemsOnly(t *testing.T) {
	each(t, func(w *world) {
		accessID := w.at(emergency.View, emergency.Approved)
		path := "GET /" + accessID + "/" + id.New().String() + "/attachment/"
		w.want(200, w.bob, path+"own", "")
		w.want(404, w.bob, path+"another", "")
		w.want(400, w.carl, path+"own", "")
	})
}

// Scenario 145: who takes over has the account, and nothing of a company's.
func TestTakeoverTakesTheAccountAlone(t *testing.T) {
	each(t, func(w *world) {
		owned := w.Organization(w, w.ann, plan.EnterpriseAnnually)
		other := w.Organization(w, w.carl, plan.EnterpriseAnnually)
		w.Join(w, org.Member{OrganizationID: other.ID, AccountID: w.ann, Status: org.Confirmed, Type: org.Admin})
		if _, err := w.Policies.Set(w.Context(), w.ann, policy.Policy{OrganizationID: owned.ID, Type: policy.MasterPassword, Enabled: true}); err != nil {
			w.Fatal(err)
		}
		ann, err := w.Accounts.Get(w.Context(), w.ann)
		if err == nil {
			err = w.steps.TurnOnEmail(w.Context(), ann)
		}
		if list, listed := w.steps.Store.List(w.Context(), w.ann); err != nil || listed != nil || len(list) != 1 {
			w.Fatal(list, err, listed)
		}
		accessID := w.at(emergency.Takeover, emergency.Approved)
		if list := w.want(200, w.bob, "GET /"+accessID+"/policies", "")["data"].([]any); len(list) != 1 {
			w.Errorf("policies: %v", list)
		}
		got := w.want(200, w.bob, "POST /"+accessID+"/takeover", "")
		if got["keyEncrypted"] != orgtest.Wrapped || got["salt"] != "ann@example.org" || got["kdfIterations"] != 600_000.0 {
			w.Errorf("got %v", got)
		}
		before, err := w.Accounts.Get(w.Context(), w.ann)
		if err != nil {
			w.Fatal(err)
		}
		w.Said, w.Mails = nil, nil
		sessions := identity.NewStore(w.DB)
		phone := device.Device{ID: id.New(), AccountID: w.ann, Identifier: "phone", CreatedAt: w.Time, ActiveAt: w.Time}
		err = w.DB.Tx(w.Context(), func(ctx context.Context) error {
			phone, err = device.NewStore(w.DB).Save(ctx, phone)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		err = sessions.InsertSession(w.Context(), identity.Session{
			Hash: "ann's", AccountID: w.ann, DeviceID: phone.ID, ClientID: "web", SecurityStamp: before.SecurityStamp, CreatedAt: w.Time, ExpiresAt: w.Time.Add(time.Hour),
		})
		if err != nil {
			w.Fatal(err)
		}
		if _, found, err := sessions.FindSession(w.Context(), "ann's"); !found || err != nil {
			w.Fatalf("no session: %v", err)
		}
		w.want(200, w.bob, "POST /"+accessID+"/password", passwordBody)
		if _, found, err := sessions.FindSession(w.Context(), "ann's"); found || err != nil {
			w.Errorf("Ann's session: %v, %v", found, err)
		}
		a, good, err := w.Accounts.CheckPassword(w.Context(), "ann@example.org", newHash)
		if err != nil || !good || a.SecurityStamp == before.SecurityStamp || a.VerifyDevices || a.ForcePasswordReset {
			w.Errorf("got %+v, %v, %v", a, good, err)
		}
		if list, err := w.steps.Store.List(w.Context(), w.ann); err != nil || len(list) != 0 {
			w.Errorf("second steps: %v, %v", list, err)
		}
		ties, err := w.Orgs.Ties(w.Context(), w.ann)
		if err != nil || len(ties) != 1 || ties[0].Organization.ID != owned.ID {
			w.Errorf("organizations: %v, %v", ties, err)
		}
		if !slices.ContainsFunc(w.Said, func(n notice.Notice) bool { return n.Kind == notice.LoggedOut && n.Everywhere }) {
			w.Errorf("said: %v", w.Said)
		}
		if got := w.templates(); !slices.Contains(got, "emergency-taken-over to ann@example.org") {
			w.Errorf("mails: %v", got)
		}
	})
}

// Scenario 146: nobody else does anything with it.
func TestAccessesOfOthersAreNotThere(t *testing.T) {
	each(t, func(w *world) {
		accessID := w.at(emergency.Takeover, emergency.Approved)
		for target, body := range map[string]string{
			"GET ": "", "PUT ": `{"type":0,"waitTimeDays":1}`, "POST ": `{"type":0,"waitTimeDays":1}`, "DELETE ": "", "POST /delete": "",
			"POST /reinvite": "", "POST /accept": `{"token":"x"}`, "POST /confirm": keyBody, "POST /initiate": "", "POST /approve": "", "POST /reject": "",
			"GET /policies": "", "POST /view": "", "POST /takeover": "", "POST /password": passwordBody,
		} {
			method, rest, _ := strings.Cut(target, " ")
			for _, stranger := range []id.ID{w.carl} {
				w.want(400, stranger, method+" /"+accessID+rest, body)
				w.want(400, stranger, method+" /"+id.New().String()+rest, body)
			}
		}
		for _, target := range []string{"POST /initiate", "POST /takeover", "POST /view", "GET /policies"} { // the grantor is not the grantee
			method, rest, _ := strings.Cut(target, " ")
			w.want(400, w.ann, method+" /"+accessID+rest, "")
		}
		w.want(400, w.ann, "POST /"+accessID+"/password", passwordBody)
		for target, body := range map[string]string{
			"POST /approve": "", "POST /reject": "", "GET ": "", "POST /reinvite": "", "PUT ": `{"type":0,"waitTimeDays":1}`, "POST /confirm": keyBody,
		} {
			method, rest, _ := strings.Cut(target, " ")
			w.want(400, w.bob, method+" /"+accessID+rest, body)
		}
		if w.status(accessID) != emergency.Approved {
			w.Error("it has changed")
		}
	})
}

// Scenario 147: invitations that cannot be.
func TestInvitationsThatCannotBe(t *testing.T) {
	each(t, func(w *world) {
		accessID, token := w.invited(emergency.View)
		w.want(400, w.carl, "POST /"+accessID+"/accept", `{"token":"`+token+`"}`)
		w.want(400, w.bob, "POST /"+accessID+"/accept", `{"token":"`+token+`x"}`)
		w.want(400, w.ann, "POST /invite", `{"email":"ann@example.org","type":0,"waitTimeDays":1}`)
		w.want(400, w.ann, "POST /invite", `{"email":"bob@example.org","type":1,"waitTimeDays":1}`)
		w.Time = w.Time.Add(5 * 24 * time.Hour)
		w.want(400, w.bob, "POST /"+accessID+"/accept", `{"token":"`+token+`"}`)
		w.want(200, w.ann, "POST /"+accessID+"/reinvite", "")
		for _, body := range []string{
			`{"email":"d@example.org","type":2,"waitTimeDays":1}`, `{"email":"d@example.org","type":0,"waitTimeDays":0}`,
			`{"email":"d@example.org","type":0,"waitTimeDays":32768}`, `{"email":"","type":0,"waitTimeDays":1}`, `{"email":"d@example.org","waitTimeDays":1}`,
		} {
			w.want(400, w.ann, "POST /invite", body)
		}
		w.free = true
		w.want(400, w.ann, "POST /invite", `{"email":"d@example.org","type":0,"waitTimeDays":1}`)
		w.free = false
		w.want(200, w.ann, "DELETE /"+accessID, "")
		bound := w.at(emergency.View, emergency.Accepted)
		w.want(400, w.ann, "POST /invite", `{"email":"bob@example.org","type":0,"waitTimeDays":1}`)
		w.want(200, w.ann, "DELETE /"+bound, "")
	})
}

// Where no mails leave, an invitation is accepted by itself.
func TestWithoutMailsNothingIsAccepted(t *testing.T) {
	each(t, func(w *world) {
		w.accesses.Verification = false
		w.want(200, w.ann, "POST /invite", `{"email":"bob@example.org","type":0,"waitTimeDays":1}`)
		w.want(200, w.ann, "POST /invite", `{"email":"dora@example.org","type":0,"waitTimeDays":1}`)
		dora, err := w.Accounts.Get(w.Context(), w.Person(w, "dora@example.org"))
		if err == nil {
			err = w.accesses.Registered(w.Context(), dora)
		}
		if err != nil {
			w.Fatal(err)
		}
		for _, c := range w.want(200, w.ann, "GET /trusted", "")["data"].([]any) {
			if got := c.(map[string]any); got["status"] != 1.0 || got["granteeId"] == nil {
				w.Errorf("got %v", got)
			}
		}
	})
}

// Policy 18 ends emergency access, and keeps members from it.
func TestOrganizationsEndEmergencyAccess(t *testing.T) {
	each(t, func(w *world) {
		accessID := w.at(emergency.View, emergency.Confirmed)
		o := w.Organization(w, w.carl, plan.EnterpriseAnnually)
		w.Join(w, org.Member{OrganizationID: o.ID, AccountID: w.bob, Status: org.Confirmed, Type: org.User})
		for _, p := range []policy.Type{policy.SingleOrganization, policy.AutoConfirm} {
			if _, err := w.Policies.Set(w.Context(), w.carl, policy.Policy{OrganizationID: o.ID, Type: p, Enabled: true}); err != nil {
				w.Fatal(err)
			}
		}
		w.want(400, w.ann, "GET /"+accessID, "")
		w.want(400, w.bob, "POST /invite", `{"email":"ann@example.org","type":0,"waitTimeDays":1}`)
		again, token := w.invited(emergency.View)
		w.want(400, w.bob, "POST /"+again+"/accept", `{"token":"`+token+`"}`)
	})
}

// Scenario 148, for the room: a new key takes the place of the stored one, and of
// nobody else's.
func TestRekeyIsForTheGrantor(t *testing.T) {
	each(t, func(w *world) {
		accessID, _ := id.Parse(w.at(emergency.View, emergency.Confirmed))
		for _, who := range []id.ID{w.bob, w.ann} {
			if err := w.accesses.Rekey(w.Context(), who, map[id.ID]string{accessID: "4." + who.String()}); err != nil {
				w.Fatal(err)
			}
		}
		a, err := w.accesses.Store.Get(w.Context(), accessID)
		if err != nil || a.Key != "4."+w.ann.String() {
			w.Errorf("got %+v, %v", a, err)
		}
		if held, err := w.accesses.HoldsKeys(w.Context(), w.bob); err != nil || !held {
			w.Errorf("held: %v, %v", held, err)
		}
	})
}
