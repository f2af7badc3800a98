// Package wire_test sends servers what clients of other makers were seen to send,
// byte for byte but for secrets, and reads the answers as strictly as they do.
package wire_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const ada = "ada@acme.example"

// world is a server that sends mail, with Ada on it.
type world struct {
	server *harness.Server
	mail   *harness.Mailbox
	ada    harness.Person
	hash   string // of Ada's master password
}

// each runs fn on a server of each engine.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, newWorld(t, engine))
		})
	}
}

func newWorld(t *testing.T, engine harness.Engine) *world {
	t.Helper()
	w := &world{mail: harness.NewMailbox(t)}
	w.server = harness.New(t, "server", harness.Options{Engine: engine, Settings: map[string]string{
		"globalSettings__mail__smtp__host": w.mail.Host, "globalSettings__mail__smtp__port": w.mail.Port,
	}})
	w.server.NewKDF = client.DefaultKDF()
	w.server.Start(t)
	pair := &harness.Pair{Cloud: w.server, Mail: w.mail}
	w.ada = pair.Join(t, ada, "Ada", "en")
	var err error
	if w.hash, err = w.ada.Hash(harness.Password); err != nil {
		t.Fatal(err)
	}
	return w
}

// request is what a client sends. Headers may stand there twice.
type request struct {
	method, path string
	header       [][2]string
	body         string
}

// send returns the status of the answer, and reads its JSON into out.
func (w *world) send(t *testing.T, r request, out any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, w.server.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range r.header {
		req.Header.Add(h[0], h[1])
	}
	res, err := w.server.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 0 && out != nil {
		if kind := res.Header.Get("Content-Type"); !strings.Contains(kind, "application/json") {
			t.Errorf("%s %s: answered as %q", r.method, r.path, kind)
		}
		if err := json.Unmarshal(raw, out); err != nil {
			t.Fatalf("%s %s: %v in %s", r.method, r.path, err, raw)
		}
	}
	return res.StatusCode
}

// want fails the test unless a request is answered with a status.
func (w *world) want(t *testing.T, status int, r request, out any) {
	t.Helper()
	if got := w.send(t, r, out); got != status {
		t.Fatalf("%s %s: got %d %+v, want %d", r.method, r.path, got, out, status)
	}
}

// form writes parameters in the order in which a client sends them.
func form(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		parts = append(parts, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return strings.Join(parts, "&")
}
