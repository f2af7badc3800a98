// Package walk_test walks through the page that Coffre exists for, statement by
// statement, with a real cloud, a real self-hosted server and a mailbox.
package walk_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// The statements build on each other: each one uses what those before it have made.
func TestThePageWalks(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := prepare(t, engine)
			for _, statement := range []struct {
				name string
				walk func(*walk, *testing.T)
			}{
				{"R1 members are offered a Families organization and redeem it", (*walk).r1},
				{"R2 a setting switches cloud communication on", (*walk).r2},
				{"R3 the EU settings lead to a cloud in the EU", (*walk).r3},
				{"R4 another region than the cloud's is told as such", (*walk).r4},
				{"R5 a restart applies changed settings", (*walk).r5},
				{"R6 a blocked host is found out", (*walk).r6},
				{"R7 the owner generates the token in the cloud", (*walk).r7},
				{"R8 the owner pastes the token on the self-hosted server", (*walk).r8},
				{"R9 a license file is updated by hand", (*walk).r9},
				{"R10 the sync runs once a day after the first one", (*walk).r10},
				{"R11 Sync license brings a new license", (*walk).r11},
				{"R12 a sync is triggered by hand at any time", (*walk).r12},
				{"R13 an unsupported license version is answered with advice", (*walk).r13},
				{"R14 a change awaits the next sync", (*walk).r14},
				{"R15 a Families organization updates its license by hand", (*walk).r15},
			} {
				if !t.Run(statement.name, func(t *testing.T) { statement.walk(w, t) }) {
					t.Fatalf("the walk ends at %q, because what follows builds on it", statement.name)
				}
			}
		})
	}
}

// Plans that people buy.
const (
	enterprise = 20
	families   = 22
)

// walk is where the walk stands.
type walk struct {
	*harness.Pair
	installation client.Installation
	license      []byte         // as downloaded first
	ada          harness.Person // owner of Acme in the cloud
	acme         id.ID          // Acme in the cloud
	adaHome      harness.Person // owner of Acme at home
	acmeHome     id.ID          // Acme on the self-hosted server
	key          string         // the billing sync token of Acme
}

// prepare does what the page takes for granted: the company has its organization in
// the cloud, an installation, and the same organization on its own server, made from
// the license. Nothing has been set about cloud communication.
func prepare(t *testing.T, engine harness.Engine) *walk {
	w := &walk{Pair: harness.NewPair(t, engine, nil)}
	w.Cloud.Set(t, map[string]string{harness.Region: "EU"})
	w.Cloud.Restart(t)
	w.ada = w.Join(t, "ada@acme.example", "Ada", "en")
	w.acme = w.buy(t, w.ada, "Acme", enterprise)
	var err error
	if w.installation, err = w.ada.RegisterInstallation(t.Context(), w.ada.Email); err != nil {
		t.Fatal(err)
	}
	w.SelfHosted.Set(t, map[string]string{
		harness.InstallationID:  w.installation.ID.String(),
		harness.InstallationKey: w.installation.Key,
	})
	w.SelfHosted.Restart(t)
	w.TrustFrom(t, w.Cloud.URL)
	w.license = w.download(t, w.ada, w.acme)
	w.adaHome = w.JoinSelfHosted(t, w.ada.Email, "Ada", "en")
	made, err := w.adaHome.CreateFromLicense(t.Context(), w.license, "Everyone")
	if err != nil {
		t.Fatal(err)
	}
	w.acmeHome = made.ID
	return w
}

// buy makes an organization in the cloud.
func (w *walk) buy(t *testing.T, owner harness.Person, name string, plan int) id.ID {
	t.Helper()
	n := client.NewOrganization{
		Name: name, BillingEmail: owner.Email, PlanType: plan, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	}
	if plan == enterprise {
		n.AdditionalSeats = 10
	}
	made, err := owner.CreateOrganization(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (w *walk) download(t *testing.T, owner harness.Person, org id.ID) []byte {
	t.Helper()
	file, err := owner.DownloadLicense(t.Context(), org, w.installation.ID)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// get reads JSON that only Coffre has.
func get(t *testing.T, p harness.Person, path string, out any) {
	t.Helper()
	if err := p.Do(t.Context(), http.MethodGet, path, nil, out); err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless err is a refusal with a status and a code whose text
// contains each word.
func refused(t *testing.T, err error, status int, code string, words ...string) {
	t.Helper()
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if e.Status != status || e.Code != code {
		t.Errorf("got %d %q (%s), want %d %q", e.Status, e.Code, e.Message, status, code)
	}
	for _, word := range words {
		if !strings.Contains(e.Message, word) {
			t.Errorf("the text %q does not say %q", e.Message, word)
		}
	}
}

// profile returns what an organization is to one of its members.
func profile(t *testing.T, p harness.Person, org id.ID) client.ProfileOrganization {
	t.Helper()
	vault, err := p.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found, ok := vault.Organization(org)
	if !ok {
		t.Fatalf("%s is not in the profile of %s", org, p.Email)
	}
	return found
}
