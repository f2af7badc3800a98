package premium_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/premium"
	"coffre/internal/web"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer and stranger are made once, because a key takes a while.
var (
	signer   = sync.OnceValue(func() *license.Signer { return newSigner("Test cloud") })
	stranger = sync.OnceValue(func() *license.Signer { return newSigner("Another cloud") })
)

func newSigner(name string) *license.Signer {
	s, err := license.NewSigner(name, noon)
	if err != nil {
		panic(err)
	}
	return s
}

func userFacts() license.UserFacts {
	return license.UserFacts{LicenseKey: "p3yp3yp3yp3yp3yp3yp3", ID: id.New(), Name: "Alice", Email: "alice@example.com", Premium: true}
}

func userTerm() license.UserTerm {
	return license.UserTerm{Now: noon, NextInvoice: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func issueUser(t *testing.T) license.User {
	t.Helper()
	return userLicense(t, func(*license.UserFacts, *license.UserTerm) {})
}

// file is the license of an organization.
func file(t *testing.T) []byte {
	t.Helper()
	l, err := license.NewOrganization(signer(), license.Facts{ID: id.New(), Enabled: true}, license.Term{Now: noon}, license.Version)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(asJSON(t, l))
}

// flat is a self-hosted server with one person, whose licenses decide about premium.
type flat struct {
	*premium.Service
	db    *db.DB
	now   time.Time
	alice id.ID // whose address is that of the facts
	told  []notice.Notice
	mails []mail.Message
}

func newFlat(t *testing.T, d *db.DB) *flat {
	t.Helper()
	f := &flat{db: d, now: noon}
	accounts := &account.Service{
		Store: account.NewStore(d), Now: func() time.Time { return f.now },
		PremiumFromOrganization: func(context.Context, id.ID) (bool, error) { return false, nil },
	}
	f.Service = &premium.Service{
		Store: premium.NewStore(d), Accounts: accounts,
		Trust:     func() (license.Trust, error) { return signer().Trust(), nil },
		Directory: t.TempDir(), Log: slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)), Now: func() time.Time { return f.now },
		Announce: func(_ context.Context, n notice.Notice) { f.told = append(f.told, n) },
		Mail: func(_ context.Context, m mail.Message) error {
			f.mails = append(f.mails, m)
			return nil
		},
	}
	accounts.Premium = f.Has
	f.alice = f.person(t, userFacts().Email)
	return f
}

// has returns whether somebody has premium, as the profile and the token say it.
func (f *flat) has(t *testing.T, who id.ID) bool {
	t.Helper()
	a, err := f.Accounts.Get(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	has, err := f.Accounts.HasPremium(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return has
}

// copy returns what the folder of copies holds for Alice, or "".
func (f *flat) copy(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(f.Directory, "user", f.alice.String()+".json"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(raw)
}

func (f *flat) upload(t *testing.T, l license.User) {
	t.Helper()
	if err := f.Upload(t.Context(), f.alice, []byte(asJSON(t, l))); err != nil {
		t.Fatal(err)
	}
}

// userLicense issues one with other facts or another end.
func userLicense(t *testing.T, edit func(*license.UserFacts, *license.UserTerm)) license.User {
	t.Helper()
	facts, term := userFacts(), userTerm()
	edit(&facts, &term)
	l, err := license.NewUser(signer(), facts, term)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// person adds somebody with an address.
func (f *flat) person(t *testing.T, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, Culture: "en-US", Salt: email, Key: "2.AAAA|AAAA|AAAA", SecurityStamp: "stamp",
		CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := account.NewStore(f.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// replaceMember changes a member of a JSON object.
func replaceMember(t testing.TB, object, name, value string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		t.Fatal(err)
	}
	members[name] = json.RawMessage(value)
	return asJSON(t, members)
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || (want != "" && fault.KindOf(err) != fault.Invalid) {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
}

// router serves the room's routes, and takes the text form of a caller's id as token.
func (f *flat) router() *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		caller, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
	}, nil)
	premium.Mount(r, f.Service)
	return r
}

// call sends one request and returns the status and the answer.
func call(t *testing.T, r *web.Router, method, path, token string, body io.Reader, kind string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, body)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", kind)
	res := httptest.NewRecorder()
	r.ServeHTTP(res, req)
	return res.Code, res.Body.String()
}

// upload is a form with a license file, unless that is nil, and its content type.
func upload(t *testing.T, file []byte) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if file != nil {
		part, err := w.CreateFormFile("license", "bitwarden_premium_license.json")
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
