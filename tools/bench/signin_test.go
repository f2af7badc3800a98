package bench_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/test/harness"
)

// How many do the same thing at a time, and how often all of them together.
const (
	workers = 8
	rounds  = 240
)

// gate is the token endpoint of a server, with a person who knows how to pass it.
type gate struct {
	server *harness.Server
	form   url.Values
}

func newGate(b *testing.B, engine harness.Engine) *gate {
	b.Helper()
	g := &gate{server: harness.New(b, "server", harness.Options{Engine: engine})}
	g.server.Start(b)
	ada := (&harness.Pair{SelfHosted: g.server}).JoinSelfHosted(b, "ada@acme.example", "Ada", "en")
	hash, err := ada.Hash(harness.Password)
	if err != nil {
		b.Fatal(err)
	}
	g.form = url.Values{
		"grant_type": {"password"}, "username": {ada.Email}, "password": {hash}, "scope": {"api offline_access"},
		"client_id": {"web"}, "deviceType": {"9"}, "deviceName": {"chrome"},
	}
	return g
}

// caller is a connection to a gate that takes as little as possible of the machine
// that it shares with the server.
type caller struct {
	conn    net.Conn
	answers *bufio.Reader
}

func (g *gate) call(b *testing.B) *caller {
	b.Helper()
	var dial net.Dialer
	conn, err := dial.DialContext(b.Context(), "tcp", g.server.Address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &caller{conn, bufio.NewReader(conn)}
}

// ask sends a form and returns the answer.
func (c *caller) ask(form url.Values) ([]byte, error) {
	body := form.Encode()
	_, err := fmt.Fprintf(c.conn, "POST /identity/connect/token HTTP/1.1\r\nHost: server\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	if err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, raw)
	}
	return raw, err
}

// logIn returns what logs in on one of the person's devices.
func (g *gate) logIn(device int) url.Values {
	form := url.Values{"deviceIdentifier": {"device-" + strconv.Itoa(device)}}
	maps.Copy(form, g.form)
	return form
}

// all has several workers do the same thing, rounds times together, and returns
// how long it took.
func all(b *testing.B, do func(worker int) error) time.Duration {
	b.Helper()
	var wg sync.WaitGroup
	elapsed := clock.Stopwatch()
	for worker := range workers {
		wg.Go(func() {
			for range rounds / workers {
				if err := do(worker); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return elapsed()
}

// engines runs a benchmark on a server of each engine.
func engines(b *testing.B, run func(b *testing.B, g *gate)) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) { run(b, newGate(b, engine)) })
	}
}

// asks returns a worker for each form, which sends it over and over.
func (g *gate) asks(b *testing.B, forms []url.Values) func(worker int) error {
	b.Helper()
	callers := make([]*caller, len(forms))
	for i := range forms {
		callers[i] = g.call(b)
	}
	return func(worker int) error {
		_, err := callers[worker].ask(forms[worker])
		return err
	}
}

// BenchmarkLogIn measures log-ins beside what none can be faster than: hashing the
// passwords alone, at the same concurrency, on the same machine and just before.
func BenchmarkLogIn(b *testing.B) {
	engines(b, func(b *testing.B, g *gate) {
		passwords, password := account.NewPasswords(), g.form.Get("password")
		stored, err := passwords.Hash(b.Context(), password)
		if err != nil {
			b.Fatal(err)
		}
		forms := make([]url.Values, workers)
		for i := range forms {
			forms[i] = g.logIn(i)
		}
		var hashing, loggingIn cost
		runs := 0.0
		for b.Loop() {
			hashing.add(b, os.Getpid(), func(int) error {
				_, err := passwords.Check(b.Context(), password, stored)
				return err
			})
			loggingIn.add(b, g.server.Process(), g.asks(b, forms)) // connections that rested are closed
			runs += rounds
		}
		b.ReportMetric(runs/hashing.clock.Seconds(), "hashes/s")
		b.ReportMetric(runs/loggingIn.clock.Seconds(), "log-ins/s")
		b.ReportMetric(hashing.clock.Seconds()/loggingIn.clock.Seconds(), "log-ins/hash")
		b.ReportMetric(1000*hashing.processor.Seconds()/runs, "ms-processor/hash")
		b.ReportMetric(1000*loggingIn.processor.Seconds()/runs, "ms-processor/log-in")
	})
}

// cost is the time that something has taken, and that of a process's in it.
type cost struct{ clock, processor time.Duration }

func (c *cost) add(b *testing.B, process int, do func(worker int) error) {
	b.Helper()
	before := harness.Processor(b, process)
	c.clock += all(b, do)
	c.processor += harness.Processor(b, process) - before
}

// BenchmarkRefresh measures how often sessions renew their access token.
func BenchmarkRefresh(b *testing.B) {
	engines(b, func(b *testing.B, g *gate) {
		forms := make([]url.Values, workers)
		for i := range forms {
			raw, err := g.call(b).ask(g.logIn(i))
			if err != nil {
				b.Fatal(err)
			}
			var session struct {
				Token string `json:"refresh_token"`
			}
			if err := json.Unmarshal(raw, &session); err != nil {
				b.Fatal(err)
			}
			forms[i] = url.Values{"grant_type": {"refresh_token"}, "client_id": {"web"}, "refresh_token": {session.Token}}
		}
		var took time.Duration
		runs := 0.0
		for b.Loop() {
			took += all(b, g.asks(b, forms))
			runs += rounds
		}
		b.ReportMetric(runs/took.Seconds(), "refreshes/s")
	})
}

// BenchmarkRush measures the memory of a server on which five hundred people log
// in at the same moment.
func BenchmarkRush(b *testing.B) {
	const people = 500
	g := newGate(b, harness.SQLite)
	before, _ := g.server.Memory(b)
	for b.Loop() {
		var wg sync.WaitGroup
		for i := range people {
			c := g.call(b)
			wg.Go(func() {
				if _, err := c.ask(g.logIn(i)); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		_, peak := g.server.Memory(b)
		b.ReportMetric(float64(before)/megabyte, "MB-before")
		b.ReportMetric(float64(peak)/megabyte, "MB-at-most")
	}
}
