package cli_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"coffre/test/harness"
)

// exchange is one request of the CLI and what the server answered.
type exchange struct {
	method, path         string // the path with its query
	header, answerHeader http.Header
	body, answer         []byte
	status               int
}

// recorder stands between the CLI and a server and writes down what passes.
type recorder struct {
	URL    string
	Absent string // a path that is answered 404, as by a server that does not know it

	mu        sync.Mutex
	exchanges []*exchange
}

// record starts a recorder in front of a server, with a certificate of its authority.
func record(t *testing.T, s *harness.Server, authority *harness.Authority) *recorder {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(target) },
		Transport: s.HTTP().Transport,
	}
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		e := r.begin(t, req)
		tap := &tap{ResponseWriter: w, status: http.StatusOK}
		if req.URL.Path == r.Absent {
			http.NotFound(tap, req)
		} else {
			proxy.ServeHTTP(tap, req)
		}
		r.finish(e, tap)
	}))
	certificateFile, keyFile := authority.Issue(t)
	certificate, err := tls.LoadX509KeyPair(certificateFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	front.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	front.StartTLS()
	t.Cleanup(front.Close)
	r.URL = front.URL
	return r
}

// begin notes a request at the moment it comes, so that the notes keep the order in
// which the CLI asks.
func (r *recorder) begin(t *testing.T, req *http.Request) *exchange {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Errorf("read the request %s: %v", req.URL, err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	e := &exchange{method: req.Method, path: req.URL.RequestURI(), header: req.Header.Clone(), body: body}
	// The answer is recorded as it is, not as it is packed.
	req.Header.Del("Accept-Encoding")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, e)
	return e
}

func (r *recorder) finish(e *exchange, tap *tap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.status, e.answerHeader, e.answer = tap.status, tap.Header().Clone(), tap.body.Bytes()
}

// take returns what has passed since the last call. The CLI asks for the server's
// configuration whenever it finds its copy old, beside its other requests: so those
// stand first, whenever they came.
func (r *recorder) take() []*exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.exchanges
	r.exchanges = nil
	rank := func(e *exchange) int {
		if e.path == "/api/config" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(taken, func(a, b *exchange) int { return rank(a) - rank(b) })
	return taken
}

// tap keeps a copy of an answer on its way out.
type tap struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tap) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tap) Write(p []byte) (int, error) {
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}
