package icon_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/icon"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	png  = []byte("\x89PNG\r\n\x1a\n and so on")
)

// world is a server that fetches icons, and the network in which it does. Every name
// leads to one site on this machine.
type world struct {
	*icon.Service
	router *web.Router
	now    time.Time
	calls  atomic.Int32
}

func newWorld(t *testing.T, d *db.DB, site http.Handler) *world {
	t.Helper()
	w := &world{now: noon}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		w.calls.Add(1)
		site.ServeHTTP(rw, req)
	}))
	t.Cleanup(server.Close)
	clock := func() time.Time { return w.now }
	client := icon.NewClient(icon.Reaches)
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, port, _ := net.SplitHostPort(address); port != "80" {
			return nil, fmt.Errorf("nothing listens at %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	w.Service = &icon.Service{Client: client, Folder: filepath.Join(t.TempDir(), "icons"), Now: clock, Limits: &throttle.Limits{DB: d, Now: clock}}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), nil, nil)
	icon.Mount(w.router, w.Service)
	return w
}

func (w *world) get(host string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, httptest.NewRequest("GET", "/icons/"+host+"/icon.png", nil))
	return rec
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "93.184.216.34": true, "2606:4700::1111": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "::": false, "::1": false, "::ffff:10.0.0.1": false, "fe80::1": false,
		"fc00::1": false, "ff02::1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:db8::1": false,
	} {
		if got := icon.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v", address, got)
		}
	}
}

func TestPortsOfSites(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1:80": true, "[2606:4700::1111]:443": true, "1.1.1.1:22": false, "1.1.1.1:8080": false, "1.1.1.1:0": false, "10.0.0.1:80": false, "[::ffff:127.0.0.1]:443": false,
	} {
		if got := icon.Reaches(netip.MustParseAddrPort(address)); got != want {
			t.Errorf("%s: got %v", address, got)
		}
	}
}

func TestCleanHost(t *testing.T) {
	for host, want := range map[string]bool{
		"example.org": true, "EXAMPLE.org.": true, "a-b.c_d.example": true, "1.1.1.1": true, "localhost": false, "": false, ".": false, "a..b": false,
		"exa mple.org": false, "a.b/c": false, "a.b:80": false, "user@a.b": false, "a.0x7f": false, "0177.1": false, "é.fr": false,
		strings.Repeat("a", 64) + ".org": false, strings.Repeat("a.", 130) + "org": false,
	} {
		if _, got := icon.CleanHost(host); got != want {
			t.Errorf("%q: got %v", host, got)
		}
	}
}

func TestIconIsFetchedAndKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			switch req.URL.Path {
			case "/":
				fmt.Fprint(rw, `<HTML><link rel=stylesheet href=a.css><LINK REL='icon' sizes="16x16" href='/small.png'/><link rel="shortcut icon" sizes="32x32" href="/good?a=1&amp;b=2">`)
			case "/good":
				rw.Write(append(png, req.URL.RawQuery...))
			default:
				http.NotFound(rw, req)
			}
		}))
		for range 2 {
			rec := w.get("example.org")
			if rec.Code != 200 || rec.Header().Get("Content-Type") != "image/png" || !strings.HasSuffix(rec.Body.String(), "a=1&b=2") ||
				rec.Header().Get("Cache-Control") != "public, max-age=604800" || rec.Header().Get("Cross-Origin-Resource-Policy") != "" {
				t.Errorf("got %d %q %v", rec.Code, rec.Body, rec.Header())
			}
		}
		if got := w.calls.Load(); got != 2 {
			t.Errorf("%d calls", got)
		}
		w.now = noon.Add(25 * time.Hour)
		if w.get("example.org"); w.calls.Load() != 4 {
			t.Errorf("a day later: %d calls", w.calls.Load())
		}
		w.now = noon.Add(50 * time.Hour)
		if err := w.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if files, _ := filepath.Glob(filepath.Join(w.Folder, "*", "*")); len(files) != 0 {
			t.Errorf("kept: %v", files)
		}
	})
}

// Scenario 155, and what else is no icon: the globe, and no second question.
func TestWhatIsNoIcon(t *testing.T) {
	for name, page := range map[string]http.HandlerFunc{
		"SVG": func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(rw, `<svg xmlns="http://www.w3.org/2000/svg"/>`)
		},
		"too large":     func(rw http.ResponseWriter, _ *http.Request) { rw.Write(append(png, make([]byte, 60_000)...)) },
		"absent":        http.NotFound,
		"an odd status": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(206) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t), http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				if req.URL.Path == "/" {
					fmt.Fprint(rw, `<link rel="icon" href="/icon.svg"><link rel="icon" href="/icon">`)
					return
				}
				page(rw, req)
			}))
			rec := w.get("example.org")
			if rec.Code != 200 || icon.KindOf(rec.Body.Bytes()) != icon.PNG || bytes.HasPrefix(rec.Body.Bytes(), png) {
				t.Errorf("got %d %q", rec.Code, rec.Body)
			}
			before := w.calls.Load()
			if w.get("example.org"); w.calls.Load() != before {
				t.Error("it is asked again")
			}
		})
	}
}

func TestEndlessPageIsBounded(t *testing.T) {
	served := atomic.Int64{}
	w := newWorld(t, dbtest.SQLite(t), http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		for req.Context().Err() == nil {
			n, err := rw.Write(make([]byte, 64<<10))
			if served.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	if rec := w.get("example.org"); rec.Code != 200 || served.Load() > 64<<20 {
		t.Errorf("got %d after %d bytes", rec.Code, served.Load())
	}
}

// Scenario 154: nobody makes this server call what only it can reach.
func TestPrivateAddressesAreNotCalled(t *testing.T) {
	called := atomic.Int32{}
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer inside.Close()
	at, err := netip.ParseAddrPort(inside.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// A client as the program has it, but for the port: what it is led to decides.
	client := icon.NewClient(func(to netip.AddrPort) bool { return icon.Public(to.Addr()) })
	for _, target := range []string{
		inside.URL, fmt.Sprintf("http://localhost:%d/", at.Port()), fmt.Sprintf("http://[::ffff:127.0.0.1]:%d/", at.Port()),
		fmt.Sprintf("http://0.0.0.0:%d/", at.Port()),
	} {
		if answer, err := client.Get(target); err == nil {
			answer.Body.Close()
			t.Errorf("%s: answered", target)
		}
	}
	if called.Load() != 0 {
		t.Errorf("%d calls got through", called.Load())
	}
	w := newWorld(t, dbtest.SQLite(t), http.NotFoundHandler())
	for _, host := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "[::1]", "[::ffff:10.0.0.1]"} {
		if rec := w.get(host); rec.Code != 200 || icon.KindOf(rec.Body.Bytes()) != icon.PNG {
			t.Errorf("%s: got %d", host, rec.Code)
		}
	}
	if rec := w.get("localhost"); rec.Code != 400 || w.calls.Load() != 0 {
		t.Errorf("got %d, %d calls", rec.Code, w.calls.Load())
	}
}

// Scenario 154: neither a redirect, nor an icon that a page names, nor a name leads a
// site's visitor to what only this server reaches. What the program has in the place of
// the network here decides; a name is one thing when it is looked up, and then another.
func TestSitesLeadNowherePrivate(t *testing.T) {
	for name, target := range map[string]string{
		"this machine": "http://127.0.0.1/x.png", "another": "http://10.1.2.3/x.png", "the cloud's": "http://169.254.169.254/latest/meta-data/",
		"in the new form": "http://[::ffff:10.0.0.1]/x.png", "by name": "http://localhost/x.png", "by a number": "http://2130706433/x.png",
		"in short": "http://127.1/x.png", "to itself": "https://[::1]/x.png",
	} {
		for how, site := range map[string]http.HandlerFunc{
			"a redirect": func(rw http.ResponseWriter, req *http.Request) { http.Redirect(rw, req, target, http.StatusFound) },
			"an icon": func(rw http.ResponseWriter, req *http.Request) {
				if req.URL.Path == "/" {
					fmt.Fprintf(rw, `<link rel="icon" href="%s">`, target)
					return
				}
				http.NotFound(rw, req)
			},
		} {
			t.Run(how+" to "+name, func(t *testing.T) {
				w := newWorld(t, dbtest.SQLite(t), site)
				var reached atomic.Int32
				program := icon.NewClient(func(at netip.AddrPort) bool {
					if icon.Reaches(at) {
						reached.Add(1)
					}
					return false // whatever is public is not called from here
				}).Transport.(*http.Transport)
				transport := w.Client.Transport.(*http.Transport)
				toSite := transport.DialContext
				transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
					if address == "example.org:80" {
						return toSite(ctx, network, address)
					}
					return program.DialContext(ctx, network, address)
				}
				if rec := w.get("example.org"); rec.Code != 200 || icon.KindOf(rec.Body.Bytes()) != icon.PNG || w.calls.Load() == 0 || reached.Load() != 0 {
					t.Errorf("got %d after %d calls, and %d addresses were good", rec.Code, w.calls.Load(), reached.Load())
				}
			})
		}
	}
}

// Scenario 155: a site that says nothing, or nearly nothing, is given up after a while.
func TestSilentSiteIsGivenUp(t *testing.T) {
	for name, says := range map[string]string{"nothing": "", "a beginning": "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := icon.Service{Client: icon.NewClient(icon.Reaches), Folder: t.TempDir(), Now: time.Now, Limits: &throttle.Limits{DB: dbtest.SQLite(t), Now: time.Now}}
				s.Client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
					here, there := net.Pipe()
					go func() {
						_, _ = there.Read(make([]byte, 4096)) // what is asked
						if says != "" {
							_, _ = there.Write([]byte(says))
						}
						_, _ = io.Copy(io.Discard, there)
					}()
					return here, nil
				}
				began := time.Now()
				found, err := s.Get(t.Context(), "example.org")
				if took := time.Since(began); err != nil || found != nil || took > 20*time.Second || took == 0 {
					t.Errorf("got %d bytes, %v after %v", len(found), err, took)
				}
				time.Sleep(time.Minute) // of the bubble, in which a handshake ends that nobody waits for any more
			})
		})
	}
}

// A redirect to another port, another protocol, or for ever, leads nowhere.
func TestRedirectsAreWatched(t *testing.T) {
	for name, target := range map[string]string{"a port": "http://example.org:22/", "a file": "file:///etc/passwd", "for ever": "/again", "a person": "http://a:b@example.org/"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t), http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				http.Redirect(rw, req, target, http.StatusFound)
			}))
			if rec := w.get("example.org"); rec.Code != 200 || w.calls.Load() > 8 {
				t.Errorf("got %d, %d calls", rec.Code, w.calls.Load())
			}
		})
	}
}

func TestFetchesAreLimited(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), http.NotFoundHandler())
	w.Limits.Factor = 0.003
	for n := range 6 {
		w.get(fmt.Sprintf("site%d.example", n))
	}
	if files, _ := filepath.Glob(filepath.Join(w.Folder, "*", "*")); len(files) != 3 {
		t.Errorf("%d sites were asked", len(files))
	}
}

func TestNothingIsFetchedWhenThatIsOff(t *testing.T) {
	r := web.NewRouter(slog.New(slog.DiscardHandler), nil, nil)
	icon.Mount(r, nil)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, httptest.NewRequest("GET", "/icons/example.org/icon.png", nil))
	if rec.Code != 200 || icon.KindOf(rec.Body.Bytes()) != icon.PNG {
		t.Errorf("got %d", rec.Code)
	}
	if dir := os.Getenv("COFFRE_SHOW_ICON"); dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "globe.png"), rec.Body.Bytes(), 0o600)
	}
}

func TestChangePasswordAddress(t *testing.T) {
	everything := false
	w := newWorld(t, dbtest.SQLite(t), http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if !everything && strings.Contains(req.URL.Path, "should-not-exist") {
			http.NotFound(rw, req)
		}
	}))
	site := w.Client.Transport.(*http.Transport)
	dial := site.DialContext
	site.DialTLSContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dial(ctx, network, "example.org:80")
	}
	ask := func(uri string) string {
		rec := httptest.NewRecorder()
		w.router.ServeHTTP(rec, httptest.NewRequest("GET", "/icons/change-password-uri?uri="+uri, nil))
		return strings.TrimSpace(rec.Body.String())
	}
	if got, want := ask("https://example.org/login"), `{"uri":"https://example.org/.well-known/change-password"}`; got != want {
		t.Errorf("got %s", got)
	}
	everything = true
	for _, uri := range []string{"https://example.org", "http://example.org", "nonsense", "https://localhost"} {
		if got := ask(uri); got != `{"uri":null}` {
			t.Errorf("%s: got %s", uri, got)
		}
	}
}
