package send_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/jobs"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/send"
	"coffre/internal/web"
)

const (
	encrypted = orgtest.Encrypted
	password  = "hash of the password of a Send"
)

// world is a server with people who have Sends, and visitors who want to read them.
type world struct {
	*testing.T
	*orgtest.World
	sends    *send.Service
	blobs    *blob.Service
	identity *identity.Service
	router   *web.Router
	queue    *jobs.Queue
	folder   string
	free     bool // whether nobody has premium
	quota    int64
}

// each runs fn with a world on each engine.
func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, World: orgtest.New(t, d), folder: filepath.Join(t.TempDir(), "files"), quota: blob.GB}
	w.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return !w.free, nil }
	w.Accounts.PremiumFromOrganization = func(context.Context, id.ID) (bool, error) { return false, nil }
	bucket, err := blob.OpenFolder(w.folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	w.queue = &jobs.Queue{DB: d, Now: w.Now}
	w.blobs = &blob.Service{
		Store: blob.NewStore(d), Bucket: bucket, Keys: w.Keys, Now: w.Now, Queue: w.queue,
		Quota:     func(context.Context, blob.Owner) (int64, error) { return w.quota, nil },
		Abandoned: func(ctx context.Context, b blob.Blob) error { return w.sends.Abandoned(ctx, b) },
	}
	w.blobs.Schedule(w.queue)
	w.sends = &send.Service{
		Store: send.NewStore(d), Accounts: w.Accounts, Policies: w.Policies, Blobs: w.blobs, Keys: w.Keys, Limits: w.Accounts.Limits,
		Now: w.Now, Sleep: func(context.Context, time.Duration) {}, Announce: w.Say, Record: w.Events.RecordAbout,
		Mail:     w.Mail,
		VaultURL: orgtest.VaultURL, Verification: true,
	}
	w.identity = &identity.Service{
		Accounts: w.Accounts, Keys: w.Keys, Limits: w.Accounts.Limits, Now: w.Now, Sleep: w.sends.Sleep, Issuer: orgtest.VaultURL + "/identity",
		AdmitToSend: w.sends.Admit,
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), func(ctx context.Context, token string) (web.Caller, error) {
		if caller, err := id.Parse(token); err == nil {
			return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
		}
		return w.identity.Authenticate(ctx, token)
	}, nil)
	send.Mount(w.router, w.sends)
	identity.Mount(w.router, w.identity)
	web.Handle(w.router, "GET /api/sync", func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, nil })
	return w
}

// answer is what a call was answered.
type answer struct {
	*httptest.ResponseRecorder
	body map[string]any
}

func (a answer) text(name string) string {
	text, _ := a.body[name].(string)
	return text
}

// call sends a request as somebody, or with the token of a visit.
func (w *world) call(token, target string, body any) answer {
	w.Helper()
	method, path, _ := strings.Cut(target, " ")
	raw := []byte{}
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			w.Fatal(err)
		}
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(raw))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return w.serve(req)
}

func (w *world) serve(req *http.Request) answer {
	w.Helper()
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	a := answer{ResponseRecorder: rec}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			w.Fatalf("%s: %v", rec.Body, err)
		}
	}
	return a
}

// must is call where nothing else than 200 is expected.
func (w *world) must(token, target string, body any) answer {
	w.Helper()
	a := w.call(token, target, body)
	if a.Code != 200 {
		w.Fatalf("%s: got %d %s", target, a.Code, a.Body)
	}
	return a
}

// refused is call where a status is expected.
func (w *world) refused(status int, token, target string, body any) answer {
	w.Helper()
	a := w.call(token, target, body)
	if a.Code != status {
		w.Errorf("%s: got %d %s, want %d", target, a.Code, a.Body, status)
	}
	return a
}

// upload sends a file in multipart encoding.
func (w *world) upload(token, path, content string) answer {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("data", encrypted)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err != nil || form.Close() != nil {
		w.Fatal(err)
	}
	req := httptest.NewRequest("POST", path, &body)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+token)
	return w.serve(req)
}

// visit asks for the token of a Send, with names and values besides.
func (w *world) visit(accessID string, pairs ...string) answer {
	w.Helper()
	form := url.Values{"grant_type": {"send_access"}, "client_id": {"send"}, "scope": {"api.send.access"}}
	if accessID != "" {
		form.Set("send_id", accessID)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequest("POST", "/identity/connect/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.serve(req)
}

// admitted is visit where a token is expected.
func (w *world) admitted(accessID string, pairs ...string) string {
	w.Helper()
	a := w.visit(accessID, pairs...)
	if a.Code != 200 || a.text("access_token") == "" || a.text("scope") != "api.send.access" || a.body["expires_in"] != 300.0 {
		w.Fatalf("got %d %s", a.Code, a.Body)
	}
	return a.text("access_token")
}

// turnedAway is visit where a refusal is expected.
func (w *world) turnedAway(kind, code string, accessID string, pairs ...string) {
	w.Helper()
	a := w.visit(accessID, pairs...)
	if a.Code != 400 || a.text("send_access_error_type") != kind || a.text("error") != code {
		w.Errorf("got %d %s, want %s", a.Code, a.Body, kind)
	}
}

type object = map[string]any

// text is a Send with a text, changed by pairs of names and values.
func (w *world) text(pairs ...any) object {
	in := object{
		"type": 0, "authType": nil, "name": encrypted, "notes": nil, "key": encrypted, "text": object{"text": encrypted, "hidden": true}, "file": nil,
		"maxAccessCount": nil, "expirationDate": nil, "deletionDate": w.Now().Add(48 * time.Hour), "password": nil, "emails": nil,
		"disabled": false, "hideEmail": false,
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		in[pairs[i].(string)] = pairs[i+1]
	}
	return in
}

// file is a Send with a file of a size.
func (w *world) file(size any, pairs ...any) object {
	in := w.text(append([]any{"type", 1, "text", nil, "file", object{"fileName": encrypted}, "fileLength", size}, pairs...)...)
	return in
}

// sent is a Send of somebody's that has what it is to hold.
func (w *world) sent(owner id.ID, in object) answer {
	w.Helper()
	if in["type"] == 0 {
		return w.must(owner.String(), "POST /api/sends", in)
	}
	a := w.must(owner.String(), "POST /api/sends/file/v2", in)
	if up := w.upload(owner.String(), "/api"+a.text("url"), strings.Repeat("a", in["fileLength"].(int))); up.Code != 200 {
		w.Fatalf("upload: %d %s", up.Code, up.Body)
	}
	return answer{a.ResponseRecorder, a.body["sendResponse"].(object)}
}

func fileOf(a answer) string { return a.body["file"].(object)["id"].(string) }

// work deletes the contents that are to be deleted.
func (w *world) work() {
	w.Helper()
	for {
		job, err := w.queue.Claim(w.Context())
		if err != nil {
			return
		}
		if err := w.blobs.Bucket.Delete(w.Context(), job.Args); err != nil {
			w.Fatal(err)
		}
		if _, err := w.DB.Exec(w.Context(), `DELETE FROM job WHERE id = $1`, job.ID); err != nil {
			w.Fatal(err)
		}
	}
}

// contents returns how many files lie in the folder.
func (w *world) contents() (n int) {
	w.Helper()
	w.work()
	err := filepath.WalkDir(w.folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// revision returns the date by which somebody's devices notice changes.
func (w *world) revision(accountID id.ID) time.Time {
	w.Helper()
	a, err := w.Accounts.Get(w.Context(), accountID)
	if err != nil {
		w.Fatal(err)
	}
	return a.VaultRevisedAt
}

// kinds returns what clients were told since the last call.
func (w *world) kinds() []notice.Kind {
	var list []notice.Kind
	for _, n := range w.Said {
		list = append(list, n.Kind)
	}
	w.Said = nil
	return list
}

// rule sets a policy of an organization of which somebody is a plain member.
func (w *world) rule(memberID id.ID, t policy.Type, data string) {
	w.Helper()
	owner := w.Person(w, id.New().String()+"@example.org")
	o := w.Organization(w, owner, plan.EnterpriseAnnually)
	w.Join(w, org.Member{OrganizationID: o.ID, AccountID: memberID, Status: org.Confirmed, Type: org.User})
	p := policy.Policy{OrganizationID: o.ID, Type: t, Enabled: true}
	if data != "" {
		p.Data = []byte(data)
	}
	if _, err := w.Policies.Set(w.Context(), owner, p); err != nil {
		w.Fatal(err)
	}
}

type contextOf = context.Context

func base64URL(v id.ID) string { return base64.RawURLEncoding.EncodeToString(v[:]) }
