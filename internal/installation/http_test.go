package installation_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/orgtest"
	"coffre/internal/web"
)

const secretBody = `{"masterPasswordHash":"` + orgtest.Password + `"}`

// router answers people and machines that have no token yet.
func (c *cloud) router() http.Handler {
	return c.Router(func(r *web.Router) { installation.MountCloud(r, c.Service) })
}

// golden compares an answer with a file, but for ids.
func (c *cloud) golden(t *testing.T, name, target string, i installation.Installation) {
	t.Helper()
	answer := orgtest.Call(c.router(), c.owner, target, "")
	got := strings.NewReplacer(i.ID.String(), "INSTALLATION", c.company.ID.String(), "COMPANY").Replace(answer.Body.String())
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

// Scenario 111 of spec 01: no answer but two shows a key, and each shows it once.
func TestRoutesAreAnswered(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	c.prove(t, c.owner, true)
	i, _ := c.register(t, "owner@example.com")
	if err := c.Downloaded(t.Context(), c.company.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	one := "/api/installations/" + i.ID.String()
	c.golden(t, "installations.json", "GET /api/installations", i)
	c.golden(t, "installation.json", "GET "+one, i)
	for _, test := range []struct{ request, contains string }{
		{"POST " + one + "/disable", `"key":null,"enabled":false`},
		{"POST " + one + "/enable", `"key":null,"enabled":true`},
		{"POST " + one + "/rotate-key", `"key":"`},
		{"GET " + one, `"key":null,"enabled":true`},
	} {
		if a := orgtest.Call(c.router(), c.owner, test.request, secretBody); a.Code != 200 || !strings.Contains(a.Body.String(), test.contains) {
			t.Errorf("%s: got %d %s, want %s", test.request, a.Code, a.Body, test.contains)
		}
	}
	a := orgtest.Call(c.router(), id.ID{}, "POST /api/installations", `{"email":"Other@Example.org"}`)
	if a.Code != 200 || strings.Contains(a.Body.String(), `"key":null`) {
		t.Errorf("registered: %d %s", a.Code, a.Body)
	}
	if c.Mails[len(c.Mails)-1].To != "other@example.org" {
		t.Errorf("mails %+v", c.Mails)
	}
}

func TestRoutesRefuse(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	c.prove(t, c.owner, true)
	i, _ := c.register(t, "owner@example.com")
	one, unknown := "/api/installations/"+i.ID.String(), "/api/installations/"+id.New().String()
	tests := []struct {
		name, request string
		caller        id.ID
		body          string
		status        int
		contains      string
	}{
		{"no address", "POST /api/installations", id.ID{}, `{}`, 400, `"email"`},
		{"bad address", "POST /api/installations", id.ID{}, `{"email":"nobody"}`, 400, `"email"`},
		{"unknown", "GET " + unknown, id.ID{}, "", 404, ""},
		{"unknown is disabled", "POST " + unknown + "/disable", c.owner, secretBody, 404, ""},
		{"no password", "POST " + one + "/rotate-key", c.owner, `{}`, 400, "masterPasswordHash"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := orgtest.Call(c.router(), test.caller, test.request, test.body)
			if a.Code != test.status || !strings.Contains(a.Body.String(), test.contains) {
				t.Errorf("got %d %s, want %d with %q", a.Code, a.Body, test.status, test.contains)
			}
		})
	}
}
