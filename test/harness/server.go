package harness

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"coffre/internal/client"
)

// Options are what servers differ in.
type Options struct {
	Engine    Engine            // SQLite when empty
	Authority *Authority        // speak HTTPS with a certificate of this authority
	Settings  map[string]string // lines of the env file
}

// quick is how the people of tests turn their password into a key, unless they are to
// do as clients do: what clients choose takes a part of a second, and the official CLI
// several.
var quick = client.KDF{Type: client.Argon2id, Iterations: 2, Memory: new(16), Parallelism: new(1)}

// Server is one real process, and the place where it runs; both outlive a kill.
type Server struct {
	Name    string
	URL     string // without a slash at its end
	Address string // host:port
	Data    string // the data folder
	EnvFile string
	NewKDF  client.KDF // of the people who join from now on

	settings map[string]string
	tls      []string // flags
	http     *http.Client
	logPath  string
	cmd      *exec.Cmd
	exited   chan struct{} // closed when cmd has ended
}

// New prepares a server without starting it. The env file is the data folder's
// own, as an operator would write it. The log is printed when the test fails.
func New(t testing.TB, name string, o Options) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{
		Name: name, Address: FreeAddress(t), NewKDF: quick, Data: filepath.Join(dir, "bwdata"),
		settings: map[string]string{limitFactor: "1000"}, logPath: filepath.Join(dir, "log"),
	}
	s.EnvFile = filepath.Join(s.Data, "env", "global.override.env")
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	s.URL = "http://" + s.Address
	if o.Authority != nil {
		s.URL = "https://" + s.Address
		certificate, key := o.Authority.Issue(t)
		s.tls = []string{"--tls-cert", certificate, "--tls-key", key}
		transport.TLSClientConfig = &tls.Config{RootCAs: o.Authority.Pool, MinVersion: tls.VersionTLS12}
	}
	s.http = &http.Client{Timeout: Patience, Transport: transport}
	for _, some := range []map[string]string{o.Engine.settings(t), o.Settings} {
		s.Set(t, some)
	}
	t.Cleanup(func() { s.finish(t) })
	return s
}

// finish ends the process, and shows its log if something went wrong.
func (s *Server) finish(t testing.TB) {
	s.Kill(t)
	s.http.CloseIdleConnections()
	if !t.Failed() {
		return
	}
	raw, err := os.ReadFile(s.logPath)
	if err != nil {
		t.Logf("log of %s: %v", s.Name, err)
		return
	}
	const most = 6_000
	t.Logf("log of %s:\n%s", s.Name, raw[max(0, len(raw)-most):])
}

// HTTP returns a client that trusts the server.
func (s *Server) HTTP() *http.Client { return s.http }

// Client returns a web vault on which nobody is signed in.
func (s *Server) Client() *client.Client {
	c := client.New(s.URL, s.http)
	c.NewKDF = &s.NewKDF
	return c
}

// Start runs the program and returns once it is ready.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.launch(t)
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := Until(ctx, s.ready); err != nil {
		t.Fatalf("start %s: %v\n%s", s.Name, err, s.Log(t))
	}
}

// launch runs the program.
func (s *Server) launch(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(s.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	args := append([]string{"serve", "--listen", s.Address}, s.tls...)
	// The process outlives the subtest that starts it.
	cmd := s.command(context.WithoutCancel(t.Context()), t, args)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // Its log says why it ended.
		close(exited)
	}()
	s.cmd, s.exited = cmd, exited
}

// command prepares the program with the server's folder and a clean environment,
// so that no setting of the machine gets in.
func (s *Server) command(ctx context.Context, t testing.TB, args []string) *exec.Cmd {
	t.Helper()
	args = append(args, "--data", s.Data, "--env-file", s.EnvFile)
	cmd := exec.CommandContext(ctx, Program(t), args...)
	cmd.Env = []string{"COFFRE_TEST_CLOCK=1", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "HOME=" + s.Data}
	return cmd
}

// ready reports whether the server answers; it is an error when the process ended.
func (s *Server) ready(ctx context.Context) (bool, error) {
	select {
	case <-s.exited:
		return false, errors.New("the process ended")
	default:
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/ready", nil)
	if err != nil {
		return false, err
	}
	res, err := s.http.Do(req)
	if err != nil {
		return false, nil // It does not listen yet.
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK, err
}

// Kill ends the process at once, as a power cut does. A server that does not run
// is left as it is.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.signal(t, syscall.SIGKILL)
}

// Stop asks the process to end and waits until it has finished what is under way.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	cmd := s.cmd
	s.signal(t, syscall.SIGTERM)
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("%s ended with code %d after SIGTERM", s.Name, code)
	}
}

func (s *Server) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("signal %s: %v", s.Name, err)
	}
	select {
	case <-s.exited:
	case <-time.After(Patience):
		t.Fatalf("%s did not end after %v", s.Name, signal)
	}
	s.cmd = nil
}

// Restart applies the env file to the running process through coffre restart.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Command(t, "restart").Want(t, 0)
}

// Log returns what the server has logged so far.
func (s *Server) Log(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile(s.logPath)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Advance moves the server's clock forward and returns the time that it shows.
func (s *Server) Advance(t testing.TB, by time.Duration) time.Time {
	t.Helper()
	var clock struct{ Now time.Time }
	in := map[string]int64{"seconds": int64(by / time.Second)}
	if err := s.Client().Do(t.Context(), http.MethodPost, "/demo/clock", in, &clock); err != nil {
		t.Fatalf("advance the clock of %s: %v", s.Name, err)
	}
	return clock.Now
}

// Result is how a command of the program ended.
type Result struct {
	Args []string
	Code int
	Out  string
	Err  string
}

// Command runs another command of the program on the server's folder.
func (s *Server) Command(t testing.TB, args ...string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	var out, errs strings.Builder
	cmd := s.command(ctx, t, args)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatalf("coffre %s: %v", strings.Join(args, " "), err)
	}
	return Result{args, cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// Want fails the test unless the command ended with a code and every text stands
// in what it printed.
func (r Result) Want(t testing.TB, code int, texts ...string) Result {
	t.Helper()
	if r.Code != code {
		t.Fatalf("%s: exit code %d, want %d", r, r.Code, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.Out+r.Err, text) {
			t.Errorf("%s: %q is missing", r, text)
		}
	}
	return r
}

// String returns the command line and all that was printed.
func (r Result) String() string {
	return fmt.Sprintf("coffre %s\n%s%s", strings.Join(r.Args, " "), r.Out, r.Err)
}
