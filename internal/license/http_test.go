package license_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/plan"
)

// upload is a multipart form; the file "license" is left out when it is nil.
func upload(t *testing.T, file []byte, values map[string]string) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range values {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("license", "bitwarden_organization_license.json")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(file)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

// Scenarios 115, 116, 138.
func TestUploadsAreAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t, func(f *license.Facts) { f.LicenseKey = "first" })
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		key := map[string]string{"key": wrapped, "collectionName": encrypted}
		const create, former = "/api/organizations/licenses/self-hosted", "/api/organizations/license"
		renew := create + "/" + made.ID.String()
		first := file(t, func(f *license.Facts) { f.LicenseKey = "first" })
		big := append(file(t), bytes.Repeat([]byte(" "), license.MaxUpload)...)
		tests := []struct {
			name, path string
			file       []byte
			values     map[string]string
			status     int
			contains   string
		}{
			{"without license", create, nil, key, 400, "license is missing"},
			{"without key", create, file(t), nil, 400, "key is missing"},
			{"broken key", create, file(t), map[string]string{"key": "clear"}, 400, "key cannot be read"},
			{"half a key pair", create, file(t), map[string]string{"key": wrapped, "keys.encryptedPrivateKey": encrypted}, 400, "keys.publicKey"},
			{"too large", create, big, key, 400, "license-unreadable"},
			{"not JSON", create, []byte("PK"), key, 400, "license-unreadable"},
			{"premium", create, []byte(asJSON(t, issueUser(t))), key, 400, "license-wrong-type"},
			{"create", former, file(t), key, 200, `"object":"organization"`},
			{"create again", create, file(t), key, 400, "license-in-use"},
			{"update", renew, first, nil, 200, ""},
			{"update, former address", "/api/organizations/" + made.ID.String() + "/license", first, nil, 200, ""},
			{"update of nothing", create + "/" + id.New().String(), first, nil, 404, "not found"},
			{"update with a premium license", renew, []byte(asJSON(t, issueUser(t))), nil, 400, "license-wrong-type"},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				body, kind := upload(t, test.file, test.values)
				status, answer := call(t, r, "POST", test.path, h.owner.String(), body, kind)
				if status != test.status || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want %d with %q", status, answer, test.status, test.contains)
				}
			})
		}
	})
}

// Scenario 77 of spec 03: what the form of a web vault makes is what JSON makes in the
// cloud. The uploader is the confirmed owner, has the key, and manages the collection,
// and programs have theirs.
func TestFormMakesAWholeOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		body, kind := upload(t, file(t), map[string]string{
			"key": wrapped, "collectionName": encrypted, "keys.publicKey": "AAAA", "keys.encryptedPrivateKey": encrypted,
		})
		status, answer := call(t, r, "POST", "/api/organizations/licenses/self-hosted", h.owner.String(), body, kind)
		var made struct{ ID id.ID }
		if err := json.Unmarshal([]byte(answer), &made); err != nil || status != 200 {
			t.Fatalf("got %d %s, %v", status, answer, err)
		}
		o, m, err := h.orgs.Membership(t.Context(), h.owner, made.ID)
		if err != nil || !m.Owns() || m.Key != wrapped || o.PublicKey != "AAAA" || o.PrivateKey != encrypted {
			t.Errorf("got %+v of %+v, %v", m, o, err)
		}
		managed, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM collection c JOIN collection_member g ON g.collection_id = c.id
			WHERE c.organization_id = $1 AND c.name = $2 AND g.member_id = $3 AND g.manage`, o.ID, encrypted, m.ID)
		if err != nil || managed != 1 {
			t.Errorf("the owner manages %d collections, %v", managed, err)
		}
		if k, err := h.orgs.APIKey(t.Context(), o.ID); err != nil || k.Key == "" {
			t.Errorf("API key %+v, %v", k, err)
		}
	})
}

// Scenario 138: a size that is not told could be any.
func TestChunkedUploadIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		body, kind := upload(t, file(t), map[string]string{"key": wrapped})
		status, answer := call(t, r, "POST", "/api/organizations/licenses/self-hosted", h.owner.String(), io.MultiReader(body), kind)
		if status != 400 || !strings.Contains(answer, "license-unreadable") {
			t.Errorf("got %d %s, want 400", status, answer)
		}
	})
}

// Scenarios 129 and 139.
func TestSubscriptionPageOpensWhateverTheLicenseLooksLike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		path := "/api/organizations/" + made.ID.String() + "/subscription"
		status, answer := call(t, r, "GET", path, h.owner.String(), nil, "")
		if status != 200 {
			t.Fatalf("got %d %s", status, answer)
		}
		compare(t, "subscription.json", strings.ReplaceAll(answer, made.ID.String(), "ID"))

		held, err := h.Held(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		held.Document = `{"seats":`
		if err := h.Store.Save(t.Context(), held); err != nil {
			t.Fatal(err)
		}
		status, answer = call(t, r, "GET", path, h.owner.String(), nil, "")
		if status != 200 || !strings.Contains(answer, `"licenseFault":{"code":"license-unreadable"`) {
			t.Errorf("broken license: got %d %s", status, answer)
		}
		body, kind := upload(t, file(t), nil)
		if status, answer := call(t, r, "POST", "/api/organizations/licenses/self-hosted/"+made.ID.String(), h.owner.String(), body, kind); status != 200 {
			t.Errorf("upload in its place: got %d %s", status, answer)
		}
		status, answer = call(t, r, "GET", path, h.owner.String(), nil, "")
		if status != 200 || !strings.Contains(answer, `"licenseFault":null`) {
			t.Errorf("afterwards: got %d %s", status, answer)
		}
		if status, _ := call(t, r, "GET", path, h.person(t, "other@example.org").String(), nil, ""); status != 404 {
			t.Errorf("a stranger: got %d, want 404", status)
		}
	})
}

// Scenarios 94, 112 and 132.
func TestCloudAnswersOwnersAndMachines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, plan.EnterpriseAnnually)
		s.installation = facts().InstallationID
		r := router()
		license.MountCloud(r, s.CloudEnd)
		company := s.company.ID.String()
		download, renew := "/api/organizations/"+company+"/license?installationId=", "/api/licenses/organization/"+company
		good := `{"LicenseKey":"` + s.company.LicenseKey + `","BillingSyncKey":"good"}`
		tests := []struct {
			name, method, path, token, body string
			status                          int
			contains                        string
		}{
			{"download", "GET", download + s.installation.String(), s.owner.String(), "", 200, `"useScim":true`},
			{"download for nobody", "GET", download, s.owner.String(), "", 400, "license-installation-unknown"},
			{"download for a stranger", "GET", download + id.New().String(), s.owner.String(), "", 400, "installationId"},
			{"GET with a body", "GET", renew, "machine", good, 200, `"token":"ey`},
			{"POST", "POST", renew, "machine", good, 200, `"token":"ey`},
			{"wrong license key", "POST", renew, "machine", `{"licenseKey":"x","billingSyncKey":"y"}`, 400, "license-key-wrong"},
			{"no such organization", "POST", "/api/licenses/organization/" + id.New().String(), "machine", good, 404, ""},
			{"a person renews", "POST", renew, s.owner.String(), good, 404, ""},
			{"nobody renews", "POST", renew, "nobody", good, 401, ""},
			{"certificate", "GET", "/api/licensing/certificate", "nobody", "", 200, "-----BEGIN CERTIFICATE-----"},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				status, answer := call(t, r, test.method, test.path, test.token, strings.NewReader(test.body), "application/json")
				if status != test.status || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want %d with %q", status, answer, test.status, test.contains)
				}
			})
		}
	})
}

// compare holds an answer against a golden file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s (%v):\ngot  %s\nwant %s", name, err, got, want)
	}
}
