package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// limited is a router whose clock the test moves, and whose log it reads.
type limited struct {
	*web.Router
	now time.Time
	log bytes.Buffer
}

func newLimited(d *db.DB) *limited {
	l := &limited{now: noon}
	l.Router = web.NewRouter(slog.New(slog.NewJSONHandler(&l.log, nil)), newRouter().Auth, nil)
	l.Limits = &throttle.Limits{DB: d, Now: func() time.Time { return l.now }}
	twice := web.Rate(throttle.Rule{Name: "twice", Limit: 2, Per: time.Minute})
	nothing := func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, nil }
	web.Handle(l.Router, "POST /api/twice", nothing, web.Anonymous, twice)
	web.Handle(l.Router, "POST /api/twice/alias", nothing, web.Anonymous, twice)
	web.Handle(l.Router, "POST /api/mine", nothing, twice)
	web.Handle(l.Router, "POST /api/free", nothing, web.Anonymous)
	web.Handle(l.Router, "GET /api/free", nothing, web.Anonymous)
	return l
}

// from makes a call from an address; headers are pairs of name and value.
func (l *limited) from(address, target string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	req := httptest.NewRequest(method, path, nil)
	req.RemoteAddr = address
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, req)
	return w
}

// passed makes calls and returns how many were not refused.
func (l *limited) passed(n int, address, target string, headers ...string) (passed int) {
	for range n {
		if l.from(address, target, headers...).Code != http.StatusTooManyRequests {
			passed++
		}
	}
	return passed
}

func TestCallsOverTheRateAreToldWhenToTryAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLimited(d)
		l.passed(1, "192.0.2.1:1", "POST /api/twice")
		l.now = noon.Add(15500 * time.Millisecond)
		l.passed(1, "192.0.2.1:1", "POST /api/twice/alias")
		w := l.from("192.0.2.1:9", "POST /api/twice", "Accept-Language", "fr")
		if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Réessayez dans 45 s.") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		for name, want := range map[string]string{"Retry-After": "45", "X-Retry-After": "1", "X-Rate-Limit-Reset": "2026-09-01T12:01:00Z"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		l.now = noon.Add(time.Minute)
		if got := l.passed(3, "192.0.2.1:1", "POST /api/twice"); got != 2 {
			t.Errorf("in the next minute %d calls passed, want 2", got)
		}
	})
}

func TestCallersWithoutATokenAreCountedByTheirNetwork(t *testing.T) {
	for other, want := range map[string]int{
		"192.0.2.1:7":              0,
		"[::ffff:192.0.2.1]:7":     0,
		"192.0.2.2:1":              2,
		"[2001:db8:0:1::9]:1":      0,
		"[2001:db8:0:1:8::9%e0]:1": 0,
		"[2001:db8:0:2::1]:1":      2,
	} {
		l := newLimited(dbtest.SQLite(t))
		l.passed(2, "192.0.2.1:1", "POST /api/twice")
		l.passed(2, "[2001:db8:0:1::1]:1", "POST /api/twice")
		if got := l.passed(3, other, "POST /api/twice"); got != want {
			t.Errorf("%s: %d calls passed, want %d", other, got, want)
		}
	}
}

func TestCallersWithATokenAreCountedApart(t *testing.T) {
	l := newLimited(dbtest.SQLite(t))
	l.passed(3, "192.0.2.1:1", "POST /api/twice")
	if got := l.passed(3, "192.0.2.1:1", "POST /api/mine", "Authorization", "Bearer alice"); got != 2 {
		t.Errorf("%d calls passed, want 2", got)
	}
	if got := l.passed(3, "198.51.100.1:1", "POST /api/mine", "Authorization", "Bearer alice"); got != 0 {
		t.Errorf("from elsewhere %d calls passed, want 0", got)
	}
}

// Scenario 110. Also scenario 173 of spec 03.
func TestForwardedAddressesAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	const proxy, visitor = "10.0.0.1:1", "203.0.113.9"
	tests := map[string]struct {
		socket    string
		forwarded []string
		want      string
	}{
		"nobody forwards":            {"192.0.2.1:1", nil, "192.0.2.1"},
		"a stranger lies":            {"192.0.2.1:1", []string{visitor}, "192.0.2.1"},
		"a proxy forwards":           {proxy, []string{visitor}, visitor},
		"a visitor lies to a proxy":  {proxy, []string{"1.1.1.1, " + visitor}, visitor},
		"lies in a header of theirs": {proxy, []string{"1.1.1.1", visitor}, visitor},
		"two proxies":                {proxy, []string{visitor + ",10.0.0.2"}, visitor},
		"a visitor names a proxy":    {proxy, []string{"10.0.0.7, " + visitor + " , 10.0.0.2"}, visitor},
		"with a port":                {proxy, []string{visitor + ":4711"}, visitor},
		"IPv6":                       {"[::1]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv6 in brackets":           {"[::1]:1", []string{"[2001:db8::5]"}, "2001:db8::5"},
		"IPv6 with a port":           {"[::1]:1", []string{"[2001:db8::5]:80"}, "2001:db8::5"},
		"IPv4 in IPv6":               {"[::ffff:10.0.0.1]:1", []string{"::ffff:" + visitor}, visitor},
		"somebody unknown":           {proxy, []string{visitor + ", unknown"}, "10.0.0.1"},
		"nothing":                    {proxy, []string{""}, "10.0.0.1"},
		"the proxy itself":           {proxy, []string{"10.0.0.3"}, "10.0.0.3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLimited(nil)
			l.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
			var got netip.Addr
			web.Handle(l.Router, "GET /api/who", func(c *web.Call, _ struct{}) (struct{}, error) {
				got = web.CallerOf(c.Context()).Address
				return struct{}{}, nil
			}, web.Anonymous)
			var headers []string
			for _, value := range test.forwarded {
				headers = append(headers, "X-Forwarded-For", value)
			}
			l.from(test.socket, "GET /api/who", headers...)
			if got.String() != test.want {
				t.Errorf("the caller is %s, want %s", got, test.want)
			}
			if want := fmt.Sprintf(`"address":%q`, test.want); !strings.Contains(l.log.String(), want) {
				t.Errorf("the log says %s, want %s", l.log.String(), want)
			}
		})
	}
}

// Scenario 110.
func TestWhoSpoofsAnAddressIsStillCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLimited(d)
		passed := 0
		for i := range 5 {
			passed += l.passed(1, "192.0.2.1:1", "POST /api/twice", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
		}
		if passed != 2 {
			t.Errorf("%d calls passed, want 2", passed)
		}
	})
}

func TestOperatorIsToldOnceOfAProxyThatIsNotTrusted(t *testing.T) {
	l := newLimited(nil)
	l.passed(3, "127.0.0.1:1", "GET /api/free", "X-Forwarded-For", "203.0.113.9")
	if got := strings.Count(l.log.String(), "coffre__trustedProxies"); got != 1 {
		t.Errorf("the log says it %d times, want once:\n%s", got, l.log.String())
	}
	stranger := newLimited(nil)
	stranger.passed(3, "192.0.2.1:1", "GET /api/free", "X-Forwarded-For", "203.0.113.9")
	if strings.Contains(stranger.log.String(), "coffre__trustedProxies") {
		t.Error("a stranger can make the log speak of proxies")
	}
}

func TestOneNetworkCannotFloodTheServer(t *testing.T) {
	l := newLimited(dbtest.SQLite(t))
	before := l.Limits.DB.Statements()
	for _, method := range []string{"GET", "POST"} {
		if got := l.passed(5000, "192.0.2.1:1", method+" /api/free"); got < 1000 || got == 5000 {
			t.Errorf("%d calls by %s passed at once", got, method)
		}
		if l.passed(1, "192.0.2.2:1", method+" /api/free") != 1 {
			t.Error("others are refused too")
		}
	}
	if w := l.from("192.0.2.1:1", "POST /api/free"); w.Header().Get("Retry-After") != "1" {
		t.Errorf("got the headers %v", w.Header())
	}
	l.now = noon.Add(time.Second)
	if got := l.passed(1000, "192.0.2.1:1", "POST /api/free"); got < 20 || got > 100 {
		t.Errorf("a second later %d calls passed", got)
	}
	if n := l.Limits.DB.Statements() - before; n != 0 {
		t.Errorf("it took %d statements, want none", n)
	}
}

func TestManyNetworksTakeLittleMemory(t *testing.T) {
	l := newLimited(nil)
	l.passed(5000, "192.0.2.1:1", "POST /api/free")
	for i := range 100_000 {
		if got := web.Remembered(l.Router, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})); got > 1<<16 {
			t.Fatalf("%d networks are remembered", got)
		}
		if i%1000 == 0 && l.passed(1, "192.0.2.1:1", "POST /api/free") != 0 {
			t.Fatal("who calls all the time is forgotten")
		}
	}
}

// endless is a body that does not end, and counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.taken += int64(len(p))
	return len(p), nil
}

// Scenario 6.
func TestBodyOverTheLimitIsNotRead(t *testing.T) {
	for length, most := range map[int64]int64{600 << 20: 0, -1: web.DefaultLimit + 1<<20} {
		body := &endless{}
		req := httptest.NewRequest("POST", "/api/offers", io.NopCloser(body))
		req.ContentLength = length
		req.Header.Set("Authorization", "Bearer alice")
		w := httptest.NewRecorder()
		newRouter().ServeHTTP(w, req)
		if w.Code != http.StatusRequestEntityTooLarge || body.taken > most {
			t.Errorf("told length %d: got %d after %d bytes, want 413 after at most %d", length, w.Code, body.taken, most)
		}
	}
}
