package walk_test

import (
	"context"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// r14 walks through a sponsorship that is born on the self-hosted server.
func (w *walk) r14(t *testing.T) {
	ctx := t.Context()
	const stranger = "frida@home.example"
	if err := w.adaHome.OfferSelfHosted(ctx, w.acmeHome, stranger); err != nil {
		t.Fatal(err)
	}
	w.shows(t, "Awaiting sync")
	if len(w.Mail.To(stranger, "")) > 0 {
		t.Error("the offer was mailed before the sync")
	}
	w.Sync(t, w.acmeHome).Want(t, 0, "accepted 1")
	w.shows(t, "Sent")
	token := w.offerToken(t, w.Mail.Wait(t, stranger, offerEnglish), stranger, true)

	frida := harness.Person{Client: w.Cloud.Client(), Email: stranger}
	if err := frida.RegisterWithOfferToken(ctx, stranger, harness.Password, token); err != nil {
		t.Fatal(err)
	}
	if err := frida.Login(ctx, stranger, harness.Password); err != nil {
		t.Fatal(err)
	}
	home := w.buy(t, frida, "Frida's family", families)
	if err := frida.Redeem(ctx, token, home); err != nil {
		t.Fatal(err)
	}
	w.sponsored(t, frida, home, true)
	w.shows(t, "Sent") // Until the next sync.
	w.Sync(t, w.acmeHome).Want(t, 0)
	paid := w.shows(t, "Active").FamilySponsorshipValidUntil
	page, err := frida.Subscription(ctx, home)
	if err != nil || page.Subscription == nil || paid == nil || !paid.Equal(*page.Subscription.PeriodEndDate) {
		t.Errorf("at home it is paid until %v; in the cloud %s, %v", paid, page.Raw, err)
	}

	if err := w.adaHome.RevokeSelfHosted(ctx, w.acmeHome); err != nil {
		t.Fatal(err)
	}
	w.shows(t, "Awaiting sync of its end")
	w.Sync(t, w.acmeHome).Want(t, 0)
	ends := w.shows(t, "Ends on a date").FamilySponsorshipValidUntil
	if ends == nil || !ends.Equal(*paid) {
		t.Errorf("it ends at %v, want %v", ends, paid)
	}
	w.ended(t, frida, home, *ends)
}

// ended lets the paid time run out: then the family pays again, and the member may
// give another sponsorship.
func (w *walk) ended(t *testing.T, frida harness.Person, home id.ID, ends time.Time) {
	t.Helper()
	rest := ends.Sub(w.Cloud.Advance(t, 0)) + 2*time.Hour
	w.Cloud.Advance(t, rest)
	now := w.SelfHosted.Advance(t, rest)
	for _, p := range []harness.Person{w.ada, w.adaHome, frida} {
		if err := p.Login(t.Context(), p.Email, harness.Password); err != nil {
			t.Fatal(err)
		}
	}
	w.idle(t, now)
	harness.Eventually(t, "the end of the sponsorship", func(ctx context.Context) (bool, error) {
		page, err := frida.Subscription(ctx, home)
		return err == nil && page.Subscription != nil && !sponsors(page), err
	})
	// The license of the company, which has had its year too, is another matter.
	if got, _ := w.adaHome.SyncLicense(t.Context(), w.acmeHome); got.Sponsorships.Result == "" || got.Sponsorships.Code != "" {
		t.Errorf("the sponsorships: %s", got.Raw)
	}
	if got := profile(t, w.adaHome, w.acmeHome); got.FamilySponsorshipFriendlyName != nil || !got.FamilySponsorshipAvailable {
		t.Errorf("after the end: %+v", got)
	}
}

// given is one sponsorship as the page of the member lists it.
type given struct {
	State        string
	Date         *time.Time
	AwaitingSync bool
}

// gives returns the sponsorships that a member gives.
func gives(t *testing.T, p harness.Person) []given {
	t.Helper()
	var list struct{ Data []given }
	get(t, p, "/api/sponsorships", &list)
	return list.Data
}

// looks is what a member sees in a state: what our page says, and the fields of the
// profile from which other clients make their own words.
type looks struct {
	state                string
	awaits, dated        bool
	synced, paid, endsAt bool
}

var appearance = map[string]looks{
	"Awaiting sync":            {state: "requested", awaits: true},
	"Sent":                     {state: "offered", synced: true},
	"Active":                   {state: "active", dated: true, synced: true, paid: true},
	"Awaiting sync of its end": {state: "ending", awaits: true, dated: true, synced: true, paid: true, endsAt: true},
	"Ends on a date":           {state: "ending", dated: true, synced: true, paid: true, endsAt: true},
}

// shows checks what the member sees.
func (w *walk) shows(t *testing.T, want string) client.ProfileOrganization {
	t.Helper()
	list := gives(t, w.adaHome)
	if len(list) != 1 {
		t.Fatalf("the member gives %+v, want what means %q", list, want)
	}
	in := profile(t, w.adaHome, w.acmeHome)
	got := looks{
		state: list[0].State, awaits: list[0].AwaitingSync, dated: list[0].Date != nil,
		synced: in.FamilySponsorshipLastSyncDate != nil, paid: in.FamilySponsorshipValidUntil != nil,
		endsAt: in.FamilySponsorshipToDelete != nil && *in.FamilySponsorshipToDelete,
	}
	if in.FamilySponsorshipFriendlyName == nil || got != appearance[want] {
		t.Errorf("%q looks like %+v, want %+v", want, got, appearance[want])
	}
	return in
}
