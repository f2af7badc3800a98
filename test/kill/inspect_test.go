package kill_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"coffre/test/harness"
)

// inspect looks at everything when nobody is killed any more.
func (o *town) inspect(t *testing.T) {
	for _, b := range o.books {
		b.check(t)
	}
	finished := 0
	for _, w := range o.walks {
		t.Run("walk "+w.name, func(t *testing.T) {
			w.acknowledged(t)
			w.agreed(t)
			w.written(t)
		})
		if w.synced {
			finished++
		}
	}
	if finished == 0 {
		t.Error("nobody walked to the end: the test has shown nothing")
	}
	t.Logf("%d walks to the end", finished)
}

// acknowledged checks that everything that a server said yes to is there.
func (w *walker) acknowledged(t *testing.T) {
	ctx := t.Context()
	for _, p := range []*person{&w.owner, &w.home, &w.friend} {
		if err := p.Login(ctx, p.email, harness.Password); p.signed && err != nil {
			t.Errorf("the account of %s: %v", p.email, err)
		}
	}
	for _, held := range []struct {
		what string
		by   person
		org  string
		id   string
	}{
		{"the company", w.owner, "Company " + w.name, w.company.String()},
		{"the family", w.friend, "Family " + w.name, w.family.String()},
		{"the company at home", w.home, "Company " + w.name, w.companyHome.String()},
	} {
		if got, err := named(ctx, held.by, held.org); err != nil || got.String() != held.id {
			t.Errorf("%s: %s, %v; want %s", held.what, got, err, held.id)
		}
	}
	if key, err := w.owner.BillingSyncKey(ctx, w.company, harness.Password); err != nil || key.APIKey != w.key {
		t.Errorf("the token: %v, %v", key, err)
	}
	if got, err := w.home.GetConnection(ctx, w.companyHome); w.saved && (err != nil || got.ID.IsZero() || !got.Enabled) {
		t.Errorf("the connection: %+v, %v", got, err)
	}
	if enjoyed, err := w.enjoyed(ctx); err != nil || enjoyed != w.redeemed {
		t.Errorf("the redemption: %v, %v", enjoyed, err)
	}
}

// agreed checks that both sides say the same of the sponsorship after a last sync.
func (w *walker) agreed(t *testing.T) {
	ctx := t.Context()
	if err := w.sync(ctx); err != nil {
		t.Fatal(err)
	}
	at, err := w.given(ctx)
	if err != nil {
		t.Fatal(err)
	}
	page, err := w.friend.Subscription(ctx, w.family)
	if err != nil || page.Subscription == nil || page.Subscription.PeriodEndDate == nil {
		t.Fatalf("the subscription: %s, %v", page.Raw, err)
	}
	if at.FamilySponsorshipValidUntil == nil || !at.FamilySponsorshipValidUntil.Equal(*page.Subscription.PeriodEndDate) {
		t.Errorf("at home it is paid until %v, in the cloud until %v", at.FamilySponsorshipValidUntil, page.Subscription.PeriodEndDate)
	}
	if at.FamilySponsorshipToDelete == nil || *at.FamilySponsorshipToDelete != w.revoked {
		t.Errorf("at home it ends: %v, want %v", at.FamilySponsorshipToDelete, w.revoked)
	}
	row, err := readRow(ctx, w.books[w.Cloud], w.family)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.UnixMicro(row.validUntil); row.state != "ending" || !want.Equal(*at.FamilySponsorshipValidUntil) {
		t.Errorf("in the cloud it is %s until %v, at home it ends at %v", row.state, want, at.FamilySponsorshipValidUntil)
	}
}

// written checks mails and files: one offer was queued, however often it arrived,
// and the copy of the license is whole.
func (w *walker) written(t *testing.T) {
	ids := map[string]bool{}
	for _, mail := range w.Mail.To(w.friend.email, offerSubject) {
		ids[mail.MessageID] = true
	}
	if len(ids) != 1 {
		t.Errorf("%d offers were queued, want one", len(ids))
	}
	file := filepath.Join(w.SelfHosted.Data, "core", "licenses", "organization", w.companyHome.String()+".json")
	raw, err := os.ReadFile(file)
	if err != nil || !json.Valid(raw) {
		t.Errorf("the copy of the license: %d bytes, %v", len(raw), err)
	}
}
