package doctor_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/doctor"
)

// brief is the patience of tests with what never answers.
const brief = 300 * time.Millisecond

func TestReachSaysWhereTheWayEnds(t *testing.T) {
	plain := answering(t, http.StatusOK)
	broken := answering(t, http.StatusBadGateway)
	guarded := answering(t, http.StatusProxyAuthRequired)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	secure.StartTLS()
	t.Cleanup(secure.Close)
	trusting, strict := secure.Client(), &http.Client{Transport: &http.Transport{}}
	tests := map[string]struct {
		client  *http.Client
		address string
		state   doctor.State
		code    string
		steps   string // a text of the finding
	}{
		"plain":                         {strict, plain, doctor.OK, "", "(DNS, TCP, HTTP)"},
		"encrypted":                     {trusting, secure.URL, doctor.OK, "", "(DNS, TCP, TLS, HTTP)"},
		"a certificate nobody trusts":   {strict, secure.URL, doctor.Fault, "tls-untrusted", "coffre__cloud__caFile"},
		"a certificate of another name": {trusting, strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), doctor.Fault, "tls-untrusted", "TLS: "},
		"https where http is spoken":    {strict, strings.Replace(plain, "http:", "https:", 1), doctor.Fault, "tls-not-spoken", "begins with http or https"},
		"http where https is spoken":    {strict, strings.Replace(secure.URL, "https:", "http:", 1), doctor.OK, "", "HTTP"},
		"nobody listens":                {strict, "http://" + closed(t), doctor.Fault, "tcp-refused", "TCP: 127.0.0.1 refuses"},
		"the firewall drops":            {strict, "http://" + dropping(t), doctor.Fault, "tcp-silent", "TCP: 127.0.0.1 does not answer"},
		"nobody speaks":                 {strict, "http://" + hanging(t), doctor.Fault, "http-silent", "HTTP: "},
		"nobody speaks TLS":             {strict, "https://" + hanging(t), doctor.Fault, "tls-failed", "TLS: "},
		"the line is cut":               {strict, "http://" + cutting(t), doctor.Fault, "http-failed", "HTTP: "},
		"no such name":                  {strict, "https://nowhere.invalid", doctor.Fault, "name-unknown", "DNS: the name nowhere.invalid"},
		"a fault over there":            {strict, broken, doctor.Fault, "http-error", "status 502"},
		"a proxy that wants a name":     {strict, guarded, doctor.Fault, "http-proxy", "HTTPS_PROXY"},
		"no address":                    {strict, "cloud", doctor.Fault, "address-unreadable", "https://"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			took := clock.Stopwatch()
			f, _ := doctor.Told(doctor.Way{Client: test.client, Patience: brief}.Reach(t.Context(), doctor.API, test.address))
			if f.State != test.state || f.Code != test.code || !strings.Contains(f.Text, test.steps) {
				t.Errorf("got %+v, want %s %q and %q", f, test.state, test.code, test.steps)
			}
			if f.State == doctor.Fault && f.Host != "" && (!strings.Contains(f.Text, f.Host) && f.Code != "tls-untrusted" || f.Subject != net.JoinHostPort(f.Host, f.Port)) {
				t.Errorf("host and port are missing in %+v", f)
			}
			if took() > 20*brief {
				t.Errorf("it took %s", took())
			}
		})
	}
}

// A company's firewall may let its proxy through and nothing else: then the way goes
// through the proxy, and names of the world need not resolve here.
func TestReachGoesThroughTheProxyOfTheEnvironment(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.String()
		_, _ = io.WriteString(w, "{}")
	}))
	defer proxy.Close()
	through := func(address string) *http.Client {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u)}}
	}
	const far = "http://cloud.invalid/api/config"
	f, _ := doctor.Told(doctor.Way{Client: through(proxy.URL), Patience: brief}.Reach(t.Context(), doctor.API, far))
	if got := <-asked; f.State != doctor.OK || got != far || !strings.Contains(f.Text, strings.TrimPrefix(proxy.URL, "http://")) {
		t.Errorf("the proxy was asked for %q, found %+v", got, f)
	}
	gone := closed(t)
	f, _ = doctor.Told(doctor.Way{Client: through("http://" + gone), Patience: brief}.Reach(t.Context(), doctor.API, far))
	if _, port, _ := net.SplitHostPort(gone); f.Code != "tcp-refused" || !strings.Contains(f.Text, port) {
		t.Errorf("a proxy that is gone: %+v", f)
	}
}

// answering listens, and answers everything with a status.
func answering(t *testing.T, status int) (address string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(s.Close)
	return s.URL
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// closed is an address that refuses connections.
func closed(t *testing.T) string {
	t.Helper()
	l := listen(t)
	l.Close()
	return l.Addr().String()
}

// hanging is an address that takes connections and never says anything.
func hanging(t *testing.T) string {
	t.Helper()
	return serve(t, func(ctx context.Context, conn net.Conn) { <-ctx.Done() })
}

// cutting is an address that takes connections, listens, and hangs up.
func cutting(t *testing.T) string {
	t.Helper()
	return serve(t, func(_ context.Context, conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) })
}

// serve does something with each connection, then closes it.
func serve(t *testing.T, with func(ctx context.Context, conn net.Conn)) string {
	t.Helper()
	l := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed
			}
			wg.Go(func() {
				defer conn.Close()
				with(ctx, conn)
			})
		}
	})
	t.Cleanup(func() { stop(); l.Close(); wg.Wait() })
	return l.Addr().String()
}
