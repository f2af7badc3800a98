package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

var alice = id.New()

type note struct {
	Note  string   `json:"note"`
	Words []string `json:"words"`
}

type offer struct {
	note
	Email  string   `json:"email"`
	Seats  int      `json:"seats"`
	Owner  id.ID    `json:"owner"`
	At     web.Time `json:"at"`
	Config struct {
		Key string `json:"key"`
	} `json:"config"`
}

func (o offer) Check() error {
	if o.Email == "" {
		return fault.Required("email")
	}
	return nil
}

func newRouter() *web.Router {
	auth := func(_ context.Context, token string) (web.Caller, error) {
		switch token {
		case "alice":
			return web.Caller{AccountID: alice, Scope: web.ScopePerson}, nil
		case "machine":
			return web.Caller{Scope: "api.licensing"}, nil
		}
		return web.Caller{}, fault.SignIn
	}
	r := web.NewRouter(slog.New(slog.DiscardHandler), auth, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "page")
	}))
	web.Handle(r, "POST /api/offers", func(_ *web.Call, in offer) (offer, error) { return in, nil })
	web.Handle(r, "POST /api/open", func(_ *web.Call, in offer) (struct{}, error) { return struct{}{}, nil }, web.Anonymous, web.Limit(64))
	web.Handle(r, "GET /api/offers/{id}", func(c *web.Call, _ struct{}) (string, error) {
		v, err := c.ID("id")
		return v.String(), err
	})
	web.Handle(r, "POST /api/sync", func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, nil }, web.Machine("api.installation"))
	web.Handle(r, "GET /api/broken", func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, errors.New("disk on fire") }, web.Anonymous)
	web.Handle(r, "GET /api/panic", func(*web.Call, struct{}) (struct{}, error) { panic("secret") }, web.Anonymous)
	web.Handle(r, "POST /api/upload", func(_ *web.Call, in web.Upload) (int, error) { return len(in.Files), nil }, web.Anonymous)
	web.Handle(r, "POST /api/nothing", func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, nil }, web.Anonymous)
	web.Raw(r, "POST /api/raw", func(http.ResponseWriter, *web.Call) error { return nil }, web.Anonymous)
	web.Raw(r, "POST /api/long", func(_ http.ResponseWriter, c *web.Call) error {
		if _, err := io.ReadAll(c.Body); err != nil {
			return err
		}
		select {
		case <-c.Context().Done():
			return c.Context().Err()
		case <-time.After(time.Hour):
			return nil
		}
	}, web.Anonymous)
	web.Handle(r, "POST /api/form", func(_ *web.Call, in web.Form) (string, error) { return in.Get("device_type"), nil }, web.Anonymous)
	return r
}

func TestRoutes(t *testing.T) {
	tests := map[string]struct {
		target, token, body string
		status              int
		contains            string
	}{
		"answer":                          {"POST /api/offers", "alice", `{"email":"a","seats":2}`, 200, `"seats":2`},
		"older client":                    {"POST /api/offers", "alice", `{"Email":"a"}`, 200, `"email":"a"`},
		"unknown member":                  {"POST /api/offers", "alice", `{"email":"a","more":[1]}`, 200, `"email":"a"`},
		"no token":                        {"POST /api/offers", "", `{}`, 401, "Sign in first."},
		"dead token":                      {"POST /api/offers", "x", `{}`, 401, "Sign in first."},
		"machine on a person's":           {"POST /api/offers", "machine", `{}`, 403, "another purpose"},
		"person on a machine's":           {"POST /api/sync", "alice", ``, 404, "not found"},
		"machine of another scope":        {"POST /api/sync", "machine", ``, 403, "another purpose"},
		"missing member":                  {"POST /api/offers", "alice", `{}`, 400, `"validationErrors":{"email":["email is missing."]}`},
		"no body":                         {"POST /api/offers", "alice", ``, 400, `"email"`},
		"wrong type":                      {"POST /api/offers", "alice", `{"email":"a","seats":"two"}`, 400, `"validationErrors":{"seats":`},
		"wrong type deep inside":          {"POST /api/offers", "alice", `{"email":"a","config":{"key":1}}`, 400, `"validationErrors":{"config.key":`},
		"wrong type in what is embedded":  {"POST /api/offers", "alice", `{"email":"a","note":1}`, 400, `"validationErrors":{"note":["note cannot`},
		"NUL":                             {"POST /api/offers", "alice", `{"email":"a\u0000"}`, 400, `"validationErrors":{"email":`},
		"NUL deep inside":                 {"POST /api/offers", "alice", `{"email":"a","config":{"key":"\u0000"}}`, 400, `"validationErrors":{"config.key":`},
		"NUL in what is embedded":         {"POST /api/offers", "alice", `{"email":"a","words":["b","\u0000"]}`, 400, `"validationErrors":{"words":`},
		"not UTF-8":                       {"POST /api/offers", "alice", "{\"email\":\"\xff\"}", 400, "not valid JSON"},
		"wrong id":                        {"POST /api/offers", "alice", `{"email":"a","owner":"me"}`, 400, `"validationErrors":{"owner":`},
		"wrong time":                      {"POST /api/offers", "alice", `{"email":"a","at":"noon"}`, 400, `"validationErrors":{"at":`},
		"wrong shape":                     {"POST /api/offers", "alice", `[]`, 400, "not valid JSON"},
		"truncated":                       {"POST /api/offers", "alice", `{"email":`, 400, "not valid JSON"},
		"closed twice":                    {"POST /api/offers", "alice", `{"email":"a"}}`, 400, "not valid JSON"},
		"two values":                      {"POST /api/offers", "alice", `{"email":"a"}{}`, 400, "not valid JSON"},
		"oversized":                       {"POST /api/open", "", `{"email":"` + strings.Repeat("a", 100) + `"}`, 413, "larger"},
		"oversized by white space":        {"POST /api/open", "", `{"email":"a"}` + strings.Repeat(" ", 100), 413, "larger"},
		"oversized where nothing is read": {"GET /api/offers/" + alice.String(), "alice", strings.Repeat("a", web.DefaultLimit+1), 413, "larger"},
		"upload that breaks off":          {"POST /api/upload", "", "--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nc", 200, "0"},
		"unreadable id in the path":       {"GET /api/offers/7", "alice", ``, 404, "not found"},
		"trailing slash":                  {"GET /api/offers/" + alice.String() + "/", "alice", ``, 200, alice.String()},
		"unknown route":                   {"GET /api/nowhere", "", ``, 404, `"object":"error"`},
		"another method":                  {"DELETE /api/offers", "alice", ``, 404, `"object":"error"`},
		"page":                            {"GET /anything", "", ``, 200, "page"},
		"page by another method":          {"POST /anything", "", ``, 404, `"object":"error"`},
		"defect":                          {"GET /api/broken", "", ``, 500, "Something went wrong"},
		"panic":                           {"GET /api/panic", "", ``, 500, "Something went wrong"},
		"form":                            {"POST /api/form", "", `deviceType=8`, 200, `"8"`},
	}
	router := newRouter()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(test.target, " ")
			req := httptest.NewRequest(method, path, strings.NewReader(test.body))
			if test.token != "" {
				req.Header.Set("Authorization", "Bearer "+test.token)
			}
			if strings.Contains(path, "form") {
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			}
			if strings.Contains(path, "upload") {
				req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			}
			w := httptest.NewRecorder()
			router.ServeHTTP(w, req)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.contains) {
				t.Errorf("got %d %s, want %d with %q", w.Code, w.Body, test.status, test.contains)
			}
			if strings.Contains(w.Body.String(), "fire") || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the answer shows internals: %s", w.Body)
			}
		})
	}
}

func TestErrorSpeaksTheReadersLanguage(t *testing.T) {
	tests := map[string]struct {
		header, value, want string
	}{
		"our header":       {"Coffre-Language", "fr", "Connectez-vous"},
		"the browser's":    {"Accept-Language", "fr-CA,en;q=0.5", "Connectez-vous"},
		"unknown language": {"Accept-Language", "sv", "Sign in"},
		"no word":          {"X-None", "", "Sign in"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest("POST", "/api/offers", nil)
			req.Header.Set(test.header, test.value)
			w := httptest.NewRecorder()
			newRouter().ServeHTTP(w, req)
			if !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("got %s, want %q", w.Body, test.want)
			}
		})
	}
}

// Scenario 7 of spec 02: preflight from an extension and from nowhere known.
func TestOnlyClientsMayCallFromElsewhere(t *testing.T) {
	for origin, want := range map[string]string{
		"chrome-extension://nngceckbapebfimnlniiiahkandclblb": "chrome-extension://nngceckbapebfimnlniiiahkandclblb",
		"bw-desktop-file://bundle":                            "bw-desktop-file://bundle",
		"https://evil.example":                                "",
	} {
		req := httptest.NewRequest("OPTIONS", "/api/offers", nil)
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", "POST")
		w := httptest.NewRecorder()
		newRouter().ServeHTTP(w, req)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed %q, want %q", origin, got, want)
		}
	}
}
