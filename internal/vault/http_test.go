package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/passkey"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/vault"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

// server answers requests whose token is the id of the caller's account.
func server(w *world) *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		caller, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
	}, nil)
	vault.Mount(r, w.Service)
	return r
}

func call(r http.Handler, caller id.ID, target, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if !caller.IsZero() {
		req.Header.Set("Authorization", "Bearer "+caller.String())
	}
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	return rec
}

// golden compares an answer with the file of that name. UPDATE=1 writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, pretty.Bytes(), want)
	}
}

// number returns an id that golden files can name.
func number(n int) id.ID {
	v, err := id.Parse(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n))
	if err != nil {
		panic(err)
	}
	return v
}

// fixed fills a vault in which nothing is random.
func fixed(t *testing.T, w *world) id.ID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	alice := w.add(t, account.Account{
		ID: number(1), Email: "alice@example.org", Name: "Ann", Culture: "fr-FR", EmailVerified: true, Salt: "alice@example.org", Key: encrypted,
		KDF: account.KDF{Iterations: 600_000}, PublicKey: "AAAA", PrivateKey: encrypted, KeyID: strings.Repeat("ab", 16),
		SecurityStamp: "stamp", AvatarColor: "#112233", VerifyDevices: true, CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	})
	p, _ := plan.Of(plan.EnterpriseAnnually)
	store := w.orgs.Store
	must(store.Insert(t.Context(), org.Organization{
		ID: number(2), Name: "Acme", BillingEmail: "bills@example.org", Plan: p.Name, PlanType: p.Type, Seats: new(5), MaxStorageGB: new(1),
		Features: p.Features, Enabled: true, Status: org.Created, LicenseKey: "key", PublicKey: "AAAA", PrivateKey: encrypted,
		CreatedAt: noon, RevisedAt: noon,
	}))
	must(store.InsertMember(t.Context(), org.Member{
		ID: number(3), OrganizationID: number(2), AccountID: alice, Status: org.Confirmed, Type: org.Owner, Key: wrapped, CreatedAt: noon, RevisedAt: noon,
	}))
	must(w.Collections.Store.Insert(t.Context(), collection.Collection{ID: number(4), OrganizationID: number(2), Name: encrypted, CreatedAt: noon, RevisedAt: noon}))
	must(w.Collections.Store.PutGrants(t.Context(), collection.ByMember, []collection.Grant{{CollectionID: number(4), HolderID: number(3), Access: collection.Access{Manage: true}}}))
	_, err := w.Policies.Store.Put(t.Context(), policy.Policy{
		ID: number(5), OrganizationID: number(2), Type: policy.MasterPassword, Enabled: true, Data: []byte(`{"minLength":14}`), CreatedAt: noon, RevisedAt: noon,
	})
	must(err)
	must(w.Store.InsertFolder(t.Context(), vault.Folder{ID: number(6), AccountID: alice, Name: encrypted, CreatedAt: noon, RevisedAt: noon}))
	const said = `{"name":"` + encrypted + `","notes":null,"login":{"username":"` + encrypted + `"},"fields":null,"passwordHistory":null,"reprompt":0,"key":null}`
	must(w.Ciphers.Store.Insert(
		t.Context(),
		cipher.Cipher{ID: number(7), AccountID: alice, Type: content.Login, Data: said, CreatedAt: noon, RevisedAt: noon},
		cipher.Cipher{ID: number(8), OrganizationID: number(2), Type: content.Login, Data: said, CreatedAt: noon, RevisedAt: noon, DeletedAt: noon},
	))
	must(w.Ciphers.Store.PutPersonal(t.Context(), alice, map[id.ID]cipher.Personal{number(7): {FolderID: number(6), Favorite: true, ArchivedAt: noon}}))
	_, err = w.db.Exec(t.Context(), `INSERT INTO cipher_collection (cipher_id, collection_id) VALUES ($1, $2)`, number(8), number(4))
	must(err)
	return alice
}

// Scenarios 1 to 3: a full vault, and domains as they are asked for.
func TestSyncAnswersEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, r := fixed(t, w), server(w)
		golden(t, "sync", call(r, alice, "GET /api/sync?excludeDomains=true", "").Body.Bytes())
		for _, query := range []string{"", "?excludeDomains=false"} {
			body := call(r, alice, "GET /api/sync"+query, "").Body.String()
			if !strings.Contains(body, `"domains":{"equivalentDomains":[["a.example","b.example"]],"globalEquivalentDomains":[],"object":"domains"}`) {
				t.Errorf("%q: got %s", query, body)
			}
		}
	})
}

// Scenario 1: the vault of a new account is empty, and opens.
func TestSyncOfANewAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rec := call(server(w), w.person(t, "alice@example.org"), "GET /api/sync?excludeDomains=true", "")
		var got map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || rec.Code != 200 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		for _, name := range []string{"folders", "collections", "ciphers", "policies", "sends"} {
			if list, ok := got[name].([]any); !ok || len(list) != 0 {
				t.Errorf("%s: got %v, want an empty list", name, got[name])
			}
		}
		decryption := got["userDecryption"].(map[string]any)
		if _, ok := decryption["userKeyId"]; ok {
			t.Error("userKeyId is there before a client has told it")
		}
		unlock, _ := decryption["masterPasswordUnlock"].(map[string]any)
		if unlock["masterKeyEncryptedUserKey"] != encrypted || unlock["masterKeyWrappedUserKey"] != encrypted || unlock["salt"] != "alice@example.org" {
			t.Errorf("masterPasswordUnlock: got %v", unlock)
		}
		if domains, ok := got["domains"]; !ok || domains != nil {
			t.Errorf("domains: got %v, want null", domains)
		}
	})
}

// Scenario 3: what the mobile applications refuse a whole vault for, member by
// member of their own models.
func TestSyncHasWhatPhonesNeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rec := call(server(w), fixed(t, w), "GET /api/sync", "")
		var got map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		first := func(name string) map[string]any { return got[name].([]any)[0].(map[string]any) }
		profile := got["profile"].(map[string]any)
		tests := map[string]struct {
			object map[string]any
			names  string
		}{
			"sync":         {got, "ciphers collections folders policies sends profile userDecryption"},
			"profile":      {profile, "id key privateKey creationDate premium premiumFromOrganization forcePasswordReset emailVerified twoFactorEnabled usesKeyConnector organizations providers providerOrganizations"},
			"organization": {profile["organizations"].([]any)[0].(map[string]any), "id key type status enabled permissions"},
			"folder":       {first("folders"), "id name revisionDate"},
			"collection":   {first("collections"), "id organizationId name hidePasswords readOnly type"},
			"cipher":       {first("ciphers"), "id name type revisionDate creationDate organizationUseTotp reprompt edit viewPassword favorite permissions collectionIds"},
			"policy":       {first("policies"), "id organizationId type enabled revisionDate"},
		}
		for object, test := range tests {
			for name := range strings.FieldsSeq(test.names) {
				if test.object[name] == nil {
					t.Errorf("%s.%s is missing or null", object, name)
				}
			}
		}
	})
}

func TestSyncSaysHowPasskeysOpenTheVault(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice := w.person(t, "alice@example.org")
	ask := func() string { return call(server(w), alice, "GET /api/sync", "").Body.String() }
	if body := ask(); strings.Contains(body, "webAuthnPrfOptions") {
		t.Errorf("without a passkey: got %s", body)
	}
	w.passkeys = []passkey.Passkey{{
		Credential: webauthn.Credential{ID: []byte{1, 2, 3}, Transports: []string{"usb"}}, ComputesSecrets: true,
		Keys: passkey.Keys{User: "4.a", Public: "2.b", Private: "2.c"},
	}}
	const want = `"webAuthnPrfOptions":[{"encryptedPrivateKey":"2.c","encryptedUserKey":"4.a","credentialId":"AQID","transports":["usb"]}]`
	if body := ask(); !strings.Contains(body, want) {
		t.Errorf("got %s, want it to hold %s", body, want)
	}
}

func TestSyncOfSomebodyWhoIsGoneAsksToSignIn(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	if got := call(server(w), id.New(), "GET /api/sync", "").Code; got != 401 {
		t.Errorf("got %d, want 401", got)
	}
}

// Scenario 46, where the folders of others are asked for; TestEveryRouteAnswersBadInput
// has a stranger ask for whatever any route takes an id of.
func TestFolderRoutes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice, eve := fixed(t, w), w.person(t, "eve@example.org")
	r, known, name := server(w), number(6).String(), `{"name":"`+encrypted+`"}`
	long := `{"name":"2.AAAA|` + strings.Repeat("A", 1000) + `|AAAA"}`
	rows := []struct {
		title, target, body string
		caller              id.ID
		status              int
		contains            string
	}{
		{"list", "GET /api/folders", "", alice, 200, `"object":"folder"`},
		{"get", "GET /api/folders/" + known, "", alice, 200, known},
		{"get by another", "GET /api/folders/" + known, "", eve, 404, "Resource not found."},
		{"get unknown", "GET /api/folders/" + id.New().String(), "", alice, 404, "Resource not found."},
		{"get no id", "GET /api/folders/x", "", alice, 404, "Resource not found."},
		{"create", "POST /api/folders", name, alice, 200, `"name":"` + encrypted},
		{"create as older clients do", "POST /api/folders", `{"Name":"` + encrypted + `"}`, alice, 200, `"revisionDate":"2026-11-23T12:00:00Z"`},
		{"create in clear", "POST /api/folders", `{"name":"Bank"}`, alice, 400, `"name":["`},
		{"create without a name", "POST /api/folders", `{}`, alice, 400, `"name":["`},
		{"create over the limit", "POST /api/folders", long, alice, 400, `"name":["`},
		{"rename", "PUT /api/folders/" + known, `{"name":"2.BBBB|BBBB|BBBB"}`, alice, 200, "2.BBBB"},
		{"rename as older clients do", "POST /api/folders/" + known, name, alice, 200, known},
		{"rename by another", "PUT /api/folders/" + known, name, eve, 404, "Resource not found."},
		{"delete by another", "DELETE /api/folders/" + known, "", eve, 404, "Resource not found."},
		{"delete several, one foreign", "DELETE /api/folders", `{"ids":["` + known + `","` + id.New().String() + `"]}`, alice, 404, "Resource not found."},
		{"delete none", "DELETE /api/folders", `{"ids":[]}`, alice, 400, `"ids":["`},
		{"delete 501", "DELETE /api/folders", `{"ids":[` + strings.Repeat(`"`+known+`",`, 500) + `"` + known + `"]}`, alice, 400, `"ids":["`},
		{"delete twice in one list", "DELETE /api/folders", `{"ids":["` + known + `","` + known + `"]}`, alice, 200, ""},
		{"delete what is gone", "POST /api/folders/" + known + "/delete", "", alice, 404, "Resource not found."},
		{"delete all", "DELETE /api/folders/all", "", alice, 200, ""},
		{"list of none", "GET /api/folders", "", alice, 200, `{"object":"list","data":[],"continuationToken":null}`},
		{"tasks", "GET /api/tasks?status=0", "", alice, 200, `"data":[]`},
		{"not signed in", "GET /api/sync", "", id.ID{}, 401, "Sign in first."},
	}
	for _, row := range rows {
		rec := call(r, row.caller, row.target, row.body)
		if rec.Code != row.status || !strings.Contains(rec.Body.String(), row.contains) {
			t.Errorf("%s: got %d %s, want %d with %q", row.title, rec.Code, rec.Body, row.status, row.contains)
		}
	}
}
