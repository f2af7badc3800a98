package operator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/mail"
	"coffre/internal/operator"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
	"coffre/internal/web"
)

func TestOrganizationsAreFoundByNameAndById(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		owner := k.world.Person(t, "ada@acme.example")
		acme := k.world.Organization(t, owner, plan.EnterpriseAnnually)
		k.Subscriptions = billingOf(d).Of
		for search, want := range map[string]int{"": 1, "aCm": 1, acme.ID.String(): 1, "%": 0, "_": 0, "zebra": 0} {
			found, more, err := k.SearchOrganizations(t.Context(), operator.Slice{Search: search})
			if err != nil || len(found) != want || more {
				t.Errorf("%q: found %d, %t, %v, want %d", search, len(found), more, err, want)
			}
		}
	})
}

func billingOf(d *db.DB) *billing.Service { return &billing.Service{Store: billing.NewStore(d)} }

func TestDisabledOrganizationIsLoggedWithWhoDidIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		acme := k.world.Organization(t, k.world.Person(t, "ada@acme.example"), plan.EnterpriseAnnually)
		for _, suspended := range []bool{true, false} {
			k.log.Reset()
			o, err := k.Suspend(t.Context(), admin, acme.ID, suspended)
			if err != nil || o.Enabled == suspended {
				t.Errorf("suspended %t: enabled %t, %v", suspended, o.Enabled, err)
			}
			if said := k.log.String(); !strings.Contains(said, "by="+admin) || !strings.Contains(said, acme.ID.String()) {
				t.Errorf("the log says %s", said)
			}
		}
		k.log.Reset()
		_, err := k.Suspend(t.Context(), admin, id.New(), true)
		wantKind(t, err, fault.NotFound)
		if k.log.Len() > 0 {
			t.Errorf("what did not happen is logged: %s", k.log)
		}
	})
}

func TestPeopleComeInPartsWithWhatIsKnownOfThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		devices := &device.Service{Store: device.NewStore(d), Now: k.world.Now}
		k.LastActive = devices.LastActive
		var first id.ID
		for n := range operator.PerSlice + 2 {
			if p := k.world.Person(t, fmt.Sprintf("p%03d@acme.example", n)); n == 0 {
				first = p
			}
		}
		if _, _, err := devices.Save(t.Context(), first, device.Device{Identifier: "phone", Name: "phone"}); err != nil {
			t.Fatal(err)
		}
		k.TwoStep = func(context.Context, ...id.ID) (map[id.ID]bool, error) { return map[id.ID]bool{first: true}, nil }
		people, more, err := k.SearchPeople(t.Context(), operator.Slice{Search: "@ACME"})
		if err != nil || len(people) != operator.PerSlice || !more {
			t.Fatalf("%d people, %t, %v", len(people), more, err)
		}
		if p := people[0]; p.ID != first || !p.TwoStep || !p.ActiveAt.Equal(k.world.Now()) {
			t.Errorf("the first is %+v", p)
		}
		if p := people[1]; p.TwoStep || !p.ActiveAt.IsZero() {
			t.Errorf("the second is %+v", p)
		}
		rest, more, err := k.SearchPeople(t.Context(), operator.Slice{Search: "@acme", Offset: operator.PerSlice})
		if err != nil || len(rest) != 2 || more {
			t.Errorf("then %d people, %t, %v", len(rest), more, err)
		}
	})
}

func TestInstallationIsIssuedRotatedAndDisabled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.Installations = &installation.Service{
			Store: installation.NewStore(d), Accounts: k.world.Accounts, Organizations: k.world.Orgs,
			Mail: k.Outbox.SendAll, Now: k.world.Now,
		}
		made, key, err := k.IssueInstallation(t.Context(), admin, "Ops@Acme.example", "en")
		if err != nil {
			t.Fatal(err)
		}
		k.world.Time = k.world.Time.Add(time.Second)
		rotated, other, err := k.RotateInstallation(t.Context(), admin, made.ID)
		if err != nil || key == other || rotated.Admits(key) || !rotated.Admits(other) {
			t.Errorf("the old key still counts, or the new one does not: %v", err)
		}
		off, err := k.EnableInstallation(t.Context(), admin, made.ID, false)
		if err != nil || off.Admits(other) {
			t.Errorf("disabled, it is admitted: %v", err)
		}
		found, _, err := k.SearchInstallations(t.Context(), operator.Slice{Search: "ops@"})
		if err != nil || len(found) != 1 || found[0].Enabled || found[0].Email != "ops@acme.example" {
			t.Errorf("found %+v, %v", found, err)
		}
		if said := k.log.String(); strings.Count(said, "by="+admin) != 3 || strings.Contains(said, key) || strings.Contains(said, other) {
			t.Errorf("the log says %s", said)
		}
		mails, _, err := k.ListMails(t.Context(), operator.Slice{})
		if err != nil || len(mails) != 3 {
			t.Errorf("the address gets %d mails, %v", len(mails), err)
		}
		_, _, err = k.RotateInstallation(t.Context(), admin, id.New())
		wantKind(t, err, fault.NotFound)
	})
}

func TestLetterThatDoesNotLeaveIsShownWithoutWhatStandsInIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.sent.refuse = errors.New("550 no such person")
		offer := mail.Message{Once: "1", To: "zoe@acme.example", Template: "welcome", Language: "fr", Data: map[string]string{"Link": "secret"}}
		if err := k.Outbox.Send(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		failed := func() mail.Waiting {
			list, more, err := k.ListMails(t.Context(), operator.Slice{})
			if err != nil || len(list) != 1 || more {
				t.Fatalf("%d letters, %t, %v", len(list), more, err)
			}
			return list[0]
		}
		if m := failed(); m.To != "zoe@acme.example" || m.Subject != "Votre coffre est prêt" || m.Error != "" || m.GivenUp {
			t.Errorf("before it was tried: %+v", m)
		}
		job, err := k.Outbox.Queue.Claim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE job SET attempts = 3, error = '1 of 1 mails have not left, the first: send mail 01a224b3-4465-789b-9e32-c1b278854905: 550 no such person', leased_until = 0, due_at = $1 WHERE id = $2`,
			db.Time(k.world.Now().Add(time.Hour)), job.ID); err != nil {
			t.Fatal(err)
		}
		if m := failed(); m.Attempts != 3 || m.Error != "550 no such person" || !m.NextAt.After(k.world.Now()) {
			t.Errorf("after it failed: %+v", m)
		}
		k.sent.refuse = nil
		if err := k.RetryMail(t.Context(), admin, failed().ID); err != nil {
			t.Fatal(err)
		}
		k.work(t, k.Outbox.Queue, "mail")
		if list, _, err := k.ListMails(t.Context(), operator.Slice{}); err != nil || len(list) != 0 || len(k.sent.list) != 1 {
			t.Errorf("it has not left: %+v, %v", list, err)
		}
		wantKind(t, k.RetryMail(t.Context(), admin, id.New()), fault.NotFound)
	})
}

func TestLetterThatIsGivenUpCannotBeTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		offer := mail.Message{Once: "1", To: "zoe@acme.example", Template: "welcome", Data: map[string]string{}}
		if err := k.Outbox.Send(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		if err := mail.Restored(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		list, _, err := k.ListMails(t.Context(), operator.Slice{})
		if err != nil || len(list) != 1 || !list[0].GivenUp || list[0].Subject != "" {
			t.Fatalf("the list is %+v, %v", list, err)
		}
		wantKind(t, k.RetryMail(t.Context(), admin, list[0].ID), fault.NotFound)
	})
}

func TestJobsAreReportedByTheirKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		for _, args := range []string{"a", "b"} {
			if err := k.Queue.Add(t.Context(), "operator-link", args, k.world.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Exec(t.Context(), `UPDATE job SET attempts = 2, error = 'no', ran_at = $1 WHERE args = 'b'`, db.Time(k.world.Now())); err != nil {
			t.Fatal(err)
		}
		reports, err := k.ListJobs(t.Context())
		if err != nil || len(reports) != 2 {
			t.Fatalf("%+v, %v", reports, err)
		}
		if r := reports[0]; r.Kind != "forget-operators" || !r.Periodic || r.Waiting != 0 {
			t.Errorf("a periodic one that is not queued yet: %+v", r)
		}
		if r := reports[1]; r.Waiting != 2 || r.Failing != 1 || r.Attempts != 2 || r.Error != "no" || !r.RanAt.Equal(k.world.Now()) || r.Periodic {
			t.Errorf("one that fails: %+v", r)
		}
	})
}

func TestSyncsOfBothRolesAreListedWithTheirCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		acme := k.world.Organization(t, k.world.Person(t, "ada@acme.example"), plan.EnterpriseAnnually)
		store := billingsync.NewSelfHostedStore(d)
		k.Syncs = &billingsync.SelfHostedEnd{Store: store}
		run := billingsync.Run{ID: id.NewOrdered(), OrganizationID: acme.ID, Cause: billingsync.ByDay, StartedAt: k.world.Now()}
		if err := store.InsertRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		run.EndedAt, run.Counts.Sent = k.world.Now(), 3
		run.License.Result, run.Sponsorships.Result = billingsync.Unchanged, billingsync.Updated
		if err := store.EndRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		runs, more, err := k.ListRuns(t.Context(), operator.Slice{})
		if err != nil || len(runs) != 1 || more || runs[0].Organization != "Acme" || runs[0].Counts.Sent != 3 {
			t.Errorf("the runs are %+v, %v", runs, err)
		}
		keys := billingsync.NewCloudStore(d)
		k.SyncKeys = &billingsync.CloudEnd{Store: keys}
		k.Tally = (&sponsorship.Service{Store: sponsorship.NewStore(d)}).Tally
		if err := keys.SaveKey(t.Context(), billingsync.Key{OrganizationID: acme.ID, Sealed: "x", CreatedAt: k.world.Now(), RevisedAt: k.world.Now()}); err != nil {
			t.Fatal(err)
		}
		one := sponsorship.Sponsorship{
			ID: id.New(), OrganizationID: acme.ID, Birthplace: "elsewhere", OriginID: id.New(), MemberID: id.New(),
			Outcome: sponsorship.Outcome{State: sponsorship.Active}, CreatedAt: k.world.Now(), RevisedAt: k.world.Now(),
		}
		if err := sponsorship.NewStore(d).Save(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		syncing, _, err := k.ListSyncing(t.Context(), operator.Slice{})
		if err != nil || len(syncing) != 1 || syncing[0].Organization != "Acme" || syncing[0].Tally != (sponsorship.Tally{Active: 1}) {
			t.Errorf("the cloud lists %+v, %v", syncing, err)
		}
	})
}

func TestOperatorsRoutesAreForOperatorsAlone(t *testing.T) {
	d := dbtest.SQLite(t)
	k := newDesk(t, d)
	cfg, _, err := config.Read([]string{"globalSettings__mail__smtp__password=hunter2hunter2"}, "", config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	k.Settings = cfg.InForce()
	router := web.NewRouter(k.Log, func(ctx context.Context, token string) (web.Caller, error) {
		if operator.IsToken(token) {
			return k.Authenticate(ctx, token)
		}
		return web.Caller{AccountID: id.New(), Scope: web.ScopePerson}, nil
	}, nil)
	operator.Mount(router, k.Service, "cloud", "test")
	p := page{router}
	link, err := k.PrintLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, linkToken, _ := strings.Cut(link, "token=")
	status, entered := p.do("POST", "/admin/api/session", "", `{"token":"`+linkToken+`"}`)
	token := entered["token"]
	if status != 200 || entered["role"] != "cloud" || token == nil {
		t.Fatalf("entering: %d %v", status, entered)
	}
	for _, test := range []struct {
		caller, request string
		want            int
	}{
		{"", "GET /admin/api/jobs", 401},
		{"person", "GET /admin/api/jobs", 404},
		{token.(string), "GET /admin/api/jobs", 200},
		{token.(string), "GET /admin/api/organizations?search=x", 200},
		{token.(string), "GET /admin/api/organizations?continuationToken=x", 400},
		{token.(string), "GET /admin/api/organizations?search=%00", 400},
		{token.(string), "GET /admin/api/session", 200},
		{token.(string), "POST /admin/api/doctor/nothing", 404},
		{token.(string), "GET /admin/api/installations", 404}, // no cloud
		{token.(string), "DELETE /admin/api/session", 200},
		{token.(string), "GET /admin/api/session", 401},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		if status, body := p.do(method, path, test.caller, ""); status != test.want {
			t.Errorf("%s by %q: %d %v, want %d", test.request, test.caller, status, body, test.want)
		}
	}
}
