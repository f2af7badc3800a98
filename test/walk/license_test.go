package walk_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

const day = 24 * time.Hour

// pass lets time pass on both servers. The owner comes back often enough to stay
// signed in, which a week of absence would end.
func (w *walk) pass(t *testing.T, d time.Duration) (now time.Time) {
	t.Helper()
	w.Cloud.Advance(t, d)
	now = w.SelfHosted.Advance(t, d)
	for _, p := range []harness.Person{w.ada, w.adaHome} {
		if d < day {
			continue
		}
		if err := p.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return now
}

var issued = regexp.MustCompile(`organization (\S+)\s+issued (\S+)`)

// issuedOn returns the day on which the license of an organization was made.
func (w *walk) issuedOn(t *testing.T, org id.ID) string {
	t.Helper()
	shown := w.SelfHosted.Command(t, "license", "show").Want(t, 0)
	for _, line := range issued.FindAllStringSubmatch(shown.Out, -1) {
		if line[1] == org.String() {
			return line[2]
		}
	}
	t.Fatalf("%s: no license of %s", shown, org)
	return ""
}

func (w *walk) r9(t *testing.T) {
	before := w.issuedOn(t, w.acmeHome)
	now := w.pass(t, 2*day)
	if err := w.adaHome.UpdateLicense(t.Context(), w.acmeHome, w.download(t, w.ada, w.acme)); err != nil {
		t.Fatal(err)
	}
	if after := w.issuedOn(t, w.acmeHome); after == before || after != now.Format(time.DateOnly) {
		t.Errorf("the license was issued on %s, and before on %s; it is %s", after, before, now)
	}
	page, err := w.adaHome.Subscription(t.Context(), w.acmeHome)
	if err != nil || page.PlanType != enterprise || page.Expiration == nil || !page.Expiration.After(now) {
		t.Errorf("the page says %s, %v", page.Raw, err)
	}
}

func (w *walk) r11(t *testing.T) {
	before := w.issuedOn(t, w.acmeHome)
	now := w.pass(t, 2*day)
	w.idle(t, now)
	got, err := w.adaHome.SyncLicense(t.Context(), w.acmeHome)
	if err != nil || got.License.Code != "" {
		t.Fatalf("Sync license: %s, %v", got.Raw, err)
	}
	if after := w.issuedOn(t, w.acmeHome); after == before || after != now.Format(time.DateOnly) {
		t.Errorf("the license was issued on %s, and before on %s; it is %s", after, before, now)
	}
	last := w.state(t).LastLicenseSyncDate
	if last == nil || now.Sub(*last).Abs() > time.Minute {
		t.Errorf("the last license sync was at %v, and it is %s", last, now)
	}
}

// r13 makes a license of the version after the last one that is known.
func (w *walk) r13(t *testing.T) {
	for name, token := range map[string]bool{"with its token": true, "without a token": false} {
		t.Run(name, func(t *testing.T) {
			file := edited(t, w.download(t, w.ada, w.acme), func(license map[string]any) {
				license["version"] = 17
				if !token {
					delete(license, "token")
				}
			})
			refused(t, w.adaHome.UpdateLicense(t.Context(), w.acmeHome, file), 400,
				"license-version-unsupported", "17", "Back up", "update the server", "try again")
			french := harness.Person{Client: w.SelfHosted.SignIn(t, w.adaHome.Email).Client}
			french.Header = map[string][]string{"Coffre-Language": {"fr"}}
			refused(t, french.UpdateLicense(t.Context(), w.acmeHome, file), 400,
				"license-version-unsupported", "17", "Sauvegardez")
		})
	}
	if _, err := w.adaHome.SyncLicense(t.Context(), w.acmeHome); err != nil {
		t.Errorf("after a license that was refused: %v", err)
	}
}

// edited changes a license file, whose members the change finds by lower-case name.
func edited(t *testing.T, file []byte, change func(map[string]any)) []byte {
	t.Helper()
	var read map[string]any
	if err := json.Unmarshal(file, &read); err != nil {
		t.Fatal(err)
	}
	members := map[string]any{}
	for name, value := range read {
		members[strings.ToLower(name)] = value
	}
	change(members)
	changed, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func (w *walk) r15(t *testing.T) {
	ctx := t.Context()
	erin := w.Join(t, "erin@haus.example", "Erin", "en")
	haus := w.buy(t, erin, "Haus", families)
	erinHome := w.JoinSelfHosted(t, erin.Email, "Erin", "en")
	made, err := erinHome.CreateFromLicense(ctx, w.download(t, erin, haus), "Everyone")
	if err != nil {
		t.Fatal(err)
	}
	before := w.issuedOn(t, made.ID)
	w.idle(t, w.pass(t, 2*day))
	if err := erinHome.UpdateLicense(ctx, made.ID, w.download(t, erin, haus)); err != nil {
		t.Fatal(err)
	}
	if after := w.issuedOn(t, made.ID); after == before {
		t.Errorf("the license is still that of %s", before)
	}
	page, err := erinHome.Subscription(ctx, made.ID)
	if err != nil || page.PlanType != families {
		t.Errorf("the page says %s, %v", page.Raw, err)
	}
	// There is no other way for a Families organization.
	_, err = erin.BillingSyncKey(ctx, haus, harness.Password)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 404 {
		t.Errorf("a billing sync token of a Families organization: %v", err)
	}
	_, err = erinHome.SaveConnection(ctx, made.ID, some)
	refused(t, err, 400, "plan-too-low")
}
