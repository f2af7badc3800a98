package attachment_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/vault"
	"coffre/internal/vaulttest"
	"coffre/internal/web"
)

const (
	text    = orgtest.Encrypted
	rekeyed = "2.CCCC|CCCC|CCCC"
)

// object is a JSON object.
type object = map[string]any

// world is the room behind a router, with a folder of files. Ann owns Acme, of which
// Ben is a member; Eve is a stranger.
type world struct {
	*testing.T
	*orgtest.World
	vaults        *vault.Service
	ciphers       *cipher.Service
	files         *attachment.Service
	router        *web.Router
	queue         *jobs.Queue
	folder        string
	ann, ben, eve id.ID
	acme          org.Organization
	benIn         org.Member
	shared        id.ID // a collection that Ben may edit
	free          bool  // whether nobody has premium
	quota         int64 // of everybody
	companyQuota  int64
}

// each runs fn with a world on each engine.
func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{
		T: t, World: orgtest.New(t, d), folder: filepath.Join(t.TempDir(), "files"), quota: blob.GB, companyQuota: blob.GB,
	}
	w.Accounts.Organizations, w.Accounts.PremiumFromOrganization = w.Orgs.Profile, func(context.Context, id.ID) (bool, error) { return false, nil }
	w.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return !w.free, nil }
	w.vaults = vaulttest.New(w.World, d)
	w.ciphers = w.vaults.Ciphers
	w.files = w.ciphers.Files.(*attachment.Service)
	bucket, err := blob.OpenFolder(w.folder)
	w.must(err)
	t.Cleanup(func() { bucket.Close() })
	w.queue = &jobs.Queue{DB: d, Now: w.Now}
	w.files.VaultURL = orgtest.VaultURL
	w.files.Blobs = &blob.Service{
		Store: blob.NewStore(d), Bucket: bucket, Keys: w.Keys, Now: w.Now, Queue: w.queue, Abandoned: w.files.Abandoned,
		Quota: func(_ context.Context, o blob.Owner) (int64, error) {
			if o.AccountID.IsZero() {
				return w.companyQuota, nil
			}
			return w.quota, nil
		},
	}
	w.files.Blobs.Schedule(w.queue)
	w.router = w.Router(
		func(r *web.Router) { cipher.Mount(r, w.ciphers) }, func(r *web.Router) { vault.Mount(r, w.vaults) },
		func(r *web.Router) { attachment.Mount(r, w.files) },
	)
	w.ann, w.ben, w.eve = w.Person(t, "ann@example.org"), w.Person(t, "ben@example.org"), w.Person(t, "eve@example.org")
	w.acme = w.Organization(t, w.ann, plan.EnterpriseAnnually)
	w.benIn = w.Join(t, org.Member{OrganizationID: w.acme.ID, AccountID: w.ben, Status: org.Confirmed, Type: org.User})
	w.shared = w.collection(collection.Shared)
	w.give(w.shared, collection.Access{})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) collection(kind int) id.ID {
	w.Helper()
	c := collection.Collection{ID: id.New(), OrganizationID: w.acme.ID, Name: text, Type: kind, CreatedAt: w.Time, RevisedAt: w.Time}
	w.must(w.Collections.Store.Insert(w.Context(), c))
	return c.ID
}

// give gives Ben a collection.
func (w *world) give(collectionID id.ID, a collection.Access) {
	w.Helper()
	w.must(w.Collections.Store.PutGrants(w.Context(), collection.ByMember, []collection.Grant{{CollectionID: collectionID, HolderID: w.benIn.ID, Access: a}}))
}

// exec changes the database behind the rooms.
func (w *world) exec(query string, args ...any) {
	w.Helper()
	_, err := w.DB.Exec(w.Context(), query, args...)
	w.must(err)
}

// answer is what a client reads.
type answer struct {
	*httptest.ResponseRecorder
	object object
}

func (a answer) text(name string) string {
	s, _ := a.object[name].(string)
	return s
}

func read(rec *httptest.ResponseRecorder) answer {
	a := answer{ResponseRecorder: rec}
	_ = json.Unmarshal(rec.Body.Bytes(), &a.object)
	return a
}

// do makes a call of somebody.
func (w *world) do(caller id.ID, target string, body any) answer {
	w.Helper()
	raw := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		w.must(err)
		raw = string(encoded)
	}
	return read(orgtest.Call(w.router, caller, target, raw))
}

// good is do for a call that succeeds.
func (w *world) good(caller id.ID, target string, body any) answer {
	w.Helper()
	a := w.do(caller, target, body)
	if a.Code != 200 {
		w.Fatalf("%s: got %d %s", target, a.Code, a.Body)
	}
	return a
}

// refused is do for a call that is answered with a status and says something.
func (w *world) refused(caller id.ID, target string, body any, status int, says string) {
	w.Helper()
	if a := w.do(caller, target, body); a.Code != status || !strings.Contains(a.Body.String(), says) {
		w.Errorf("%s: got %d %s, want %d with %q", target, a.Code, a.Body, status, says)
	}
}

// item makes an item of somebody's own; its id is a text.
func (w *world) item(owner id.ID) string {
	w.Helper()
	return w.good(owner, "POST /api/ciphers", note()).text("id")
}

// companyItem makes an item of Acme in the shared collection.
func (w *world) companyItem() string {
	w.Helper()
	body := note("organizationId", w.acme.ID)
	return w.good(w.ben, "POST /api/ciphers/create", object{"cipher": body, "collectionIds": []id.ID{w.shared}}).text("id")
}

// note is an item as clients send it, with what changes it: names and values.
func note(changes ...any) object {
	body := object{"type": 2, "name": text, "secureNote": object{"type": 0}}
	for i := 0; i+1 < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

// announced is a file that is to come.
func announced(size any) object {
	return object{"key": text, "fileName": text, "fileSize": size, "adminRequest": false}
}

func on(cipherID string, parts ...string) string {
	return "/api/ciphers/" + cipherID + "/attachment" + strings.Join(append([]string{""}, parts...), "/")
}

// upload sends a file in multipart encoding, with values before it.
func (w *world) upload(caller id.ID, path, name, content string, values ...string) answer {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(values); i += 2 {
		w.must(form.WriteField(values[i], values[i+1]))
	}
	part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="data"; filename="` + name + `"`}})
	w.must(err)
	_, err = part.Write([]byte(content))
	w.must(err)
	w.must(form.Close())
	req := httptest.NewRequest("POST", path, &body)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+caller.String())
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return read(rec)
}

// held adds a file to an item, and returns its id.
func (w *world) held(owner id.ID, cipherID, content string) string {
	w.Helper()
	made := w.good(owner, "POST "+on(cipherID, "v2"), announced(len(content)))
	fileID := made.text("attachmentId")
	if a := w.upload(owner, "/api"+made.text("url"), text, content); a.Code != 200 || a.Body.Len() > 0 {
		w.Fatalf("upload: %d %s", a.Code, a.Body)
	}
	return fileID
}

// link returns the address, without the host, from which a file may be fetched.
func (w *world) link(caller id.ID, cipherID, fileID string) string {
	w.Helper()
	url := w.good(caller, "GET "+on(cipherID, fileID), nil).text("url")
	path, ours := strings.CutPrefix(url, orgtest.VaultURL)
	if !ours {
		w.Fatalf("the link leads to %q", url)
	}
	return path
}

// fetch gets a file by its link, as nobody.
func (w *world) fetch(link string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, httptest.NewRequest("GET", link, nil))
	return rec
}

// shown returns the files of an item as somebody reads them.
func (w *world) shown(caller id.ID, cipherID string) []any {
	w.Helper()
	list, _ := w.good(caller, "GET /api/ciphers/"+cipherID, nil).object["attachments"].([]any)
	return list
}

// contents returns how many files lie in the folder once all work is done.
func (w *world) contents() (n int) {
	w.Helper()
	for {
		job, err := w.queue.Claim(w.Context())
		if err != nil {
			break
		}
		w.must(w.files.Blobs.Bucket.Delete(w.Context(), job.Args))
		w.exec(`DELETE FROM job WHERE id = $1`, job.ID)
	}
	w.must(filepath.WalkDir(w.folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func (w *world) used(o blob.Owner) int64 {
	w.Helper()
	n, err := w.files.Blobs.Used(w.Context(), o)
	w.must(err)
	return n
}

func (w *world) revision(accountID id.ID) time.Time {
	w.Helper()
	a, err := w.Accounts.Get(w.Context(), accountID)
	w.must(err)
	return a.VaultRevisedAt
}
