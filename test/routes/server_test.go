package routes_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"coffre/internal/account"
	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/test/harness"
)

// server is one of the two roles.
type server struct {
	*app.App
	config  config.Config
	options app.Options
	clock   *clock.Clock
	db      *db.DB // for what no route does
	log     *errorLog
	lines   *errorLog // all that an operator could read
	url     string

	ada     person // owns acme
	bob     person // has an account on the cloud only
	mallory person // has nothing to do with either
	eve     eve    // changes; made when she is needed
	joe     person // joins acme; made when he is needed
	editor  person // may edit any collection of acme; made when she is needed
	acme    id.ID
	acmeKey string // billing sync key; on the cloud only

	dead      map[string]string // tokens that open nothing
	machines  map[string]string // by scope, of the installation that may speak for acme
	contact   person            // of Ada's, for an emergency; made when needed
	shared    *sent             // what visitors read, once there is one
	strangers map[string]string // by scope, of one that may not
}

// strict is the setting of a server whose limits are the real ones.
const strict = "coffre__limits__factor=1"

// newServer starts a server whose delays after a wrong secret are short and whose
// mails become files.
func newServer(t *testing.T, engine harness.Engine, settings ...string) *server {
	t.Helper()
	listening := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(listening.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// Browsers make no passkeys for an address of digits.
	s := &server{url: "http://localhost:" + port, clock: &clock.Clock{}, log: &errorLog{}, lines: &errorLog{}}
	if !slices.Contains(settings, strict) {
		settings = append(settings, "coffre__limits__factor=1000")
	}
	settings = append(settings, "coffre__mail__sender=folder", "globalSettings__baseServiceUri__vault="+s.url)
	if engine == harness.PostgreSQL {
		settings = append(
			settings, "globalSettings__databaseProvider=postgresql", "globalSettings__postgreSql__connectionString="+dbtest.PostgresURL(t),
		)
	}
	if s.config, _, err = config.Read(settings, "", config.Flags{Data: t.TempDir(), Demo: true}); err != nil {
		t.Fatal(err)
	}
	failures := slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelError})
	lines := app.NewLog(s.lines, config.Log{Level: slog.LevelDebug}).Handler()
	s.options = app.Options{
		Version: "test", Log: slog.New(slog.NewMultiHandler(failures, lines)), Clock: s.clock, Passwords: account.NewPasswordsOf(1_000),
	}
	if s.App, err = app.New(t.Context(), s.config, s.options); err != nil {
		t.Fatal(err)
	}
	if s.db, err = app.OpenDatabase(s.config); err != nil {
		t.Fatal(err)
	}
	s.run(t, listening)
	return s
}

// run works until the test ends.
func (s *server) run(t *testing.T, listening *httptest.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	listening.Config.Handler = s.Handler()
	listening.Start()
	t.Cleanup(func() {
		listening.Close()
		cancel()
		wg.Wait()
		s.db.Close()
		s.Close()
	})
}

// change does what no route does.
func (s *server) change(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.db.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// account returns the identifier of a person's account.
func (s *server) account(t *testing.T, email string) (id.ID, error) {
	return db.Value[id.ID](t.Context(), s.db, `SELECT id FROM account WHERE email = $1`, email)
}

// send makes a call and reads the answer.
func (s *server) send(t *testing.T, c call) answer {
	t.Helper()
	req, err := c.request(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	recorded := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorded, req)
	return answer{recorded.Code, recorded.Header(), recorded.Body.Bytes()}
}

// errorLog keeps what a server logs.
type errorLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *errorLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// take returns what came since the last time.
func (l *errorLog) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// unsigned returns a token that says of itself that it needs no signature.
func unsigned(token string) string {
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt"}`)) + "." + parts[1] + "."
}

// spliced returns a token that says what one says under the signature of another.
func spliced(says, signs string) string {
	a, b := strings.Split(says, "."), strings.Split(signs, ".")
	return b[0] + "." + a[1] + "." + b[2]
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) accepted() bool { return a.status/100 == 2 }

func (a answer) read(out any) error { return json.Unmarshal(a.body, out) }
