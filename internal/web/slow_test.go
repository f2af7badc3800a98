package web_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is a listener for one connection within the process, whose time a test can bend.
type pipe struct {
	server, client net.Conn
	taken          chan struct{}
}

func newPipe() *pipe {
	p := &pipe{taken: make(chan struct{}, 1)}
	p.server, p.client = net.Pipe()
	p.taken <- struct{}{}
	return p
}

func (p *pipe) Accept() (net.Conn, error) {
	if _, ok := <-p.taken; ok {
		return p.server, nil
	}
	return nil, http.ErrServerClosed
}

func (p *pipe) Close() error   { return nil }
func (p *pipe) Addr() net.Addr { return p.server.LocalAddr() }

// Scenario 165 of spec 03: who sends nothing, or next to nothing, does not keep a
// connection; who is merely slow has the time that it takes.
func TestASlowSenderIsCutOff(t *testing.T) {
	const body = 400_000 // letters
	tests := map[string]struct {
		letters int
		every   time.Duration
		cut     bool
	}{
		"silent":                  {0, time.Hour, true},
		"a letter now and then":   {1, 50 * time.Second, true},
		"all within a minute":     {8_000, time.Second, false},
		"as slow as an old modem": {5_600, time.Second, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := serve(t)
				start := time.Now()
				var sender sync.WaitGroup
				sender.Go(func() { trickle(p.client, body, test.letters, test.every) })
				answer, err := http.ReadResponse(bufio.NewReader(p.client), nil)
				if err == nil {
					_, err = io.Copy(io.Discard, answer.Body)
				}
				if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatal(err)
				}
				took := time.Since(start)
				if good := err == nil && answer.StatusCode == http.StatusOK; good == test.cut {
					t.Errorf("answered %v, %v", answer, err)
				}
				if test.cut && took > 2*time.Minute {
					t.Errorf("cut off after %v", took)
				}
				p.client.Close()
				sender.Wait()
			})
		})
	}
}

// What no route reads is not waited for without end either.
func TestABodyThatNobodyReadsIsNotWaitedFor(t *testing.T) {
	tests := map[string]struct {
		target, headers string
		status          int
	}{
		"no token":        {"POST /api/offers", "", 401},
		"no such path":    {"POST /api/x", "", 404},
		"no such method":  {"DELETE /api/offers", "", 404},
		"nothing is read": {"POST /api/nothing", "", 200},
		"no form":         {"POST /api/form", "", 200},
		"in pieces":       {"POST /api/nothing", "Transfer-Encoding: chunked\r\n", 200},
		"raw":             {"POST /api/raw", "", 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := serve(t)
				if test.headers == "" {
					test.headers = "Content-Length: 10\r\n"
				}
				start := time.Now()
				if _, err := io.WriteString(p.client, test.target+" HTTP/1.1\r\nHost: vault.example\r\n"+test.headers+"\r\n"); err != nil {
					t.Fatal(err)
				}
				answer, err := http.ReadResponse(bufio.NewReader(p.client), nil)
				if err != nil || answer.StatusCode != test.status {
					t.Errorf("answered %v, %v", answer, err)
				}
				if took := time.Since(start); took > 2*time.Minute {
					t.Errorf("answered after %v", took)
				}
			})
		})
	}
}

// A body that has come ends nothing, however long the answer takes.
func TestALongAnswerToABodyIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serve(t)
		if _, err := io.WriteString(p.client, "POST /api/long HTTP/1.1\r\nHost: vault.example\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
			t.Fatal(err)
		}
		if answer, err := http.ReadResponse(bufio.NewReader(p.client), nil); err != nil || answer.StatusCode != 200 {
			t.Errorf("answered %v, %v", answer, err)
		}
	})
}

// serve has a server answer one client until the test ends.
func serve(t *testing.T) *pipe {
	p := newPipe()
	server := &http.Server{Handler: newRouter(), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(p)
	t.Cleanup(func() {
		p.client.Close()
		close(p.taken)
		server.Close()
	})
	return p
}

// trickle sends a request whose body comes in pieces.
func trickle(to io.Writer, body, letters int, every time.Duration) {
	_, err := io.WriteString(to, "POST /api/offers HTTP/1.1\r\nHost: vault.example\r\nAuthorization: Bearer alice\r\nContent-Length: "+strconv.Itoa(body)+"\r\n\r\n")
	const text = `{"email":"a@example.org"}`
	rest := text + strings.Repeat(" ", body-len(text))
	for err == nil && rest != "" {
		<-time.After(every)
		n := min(letters, len(rest))
		_, err = io.WriteString(to, rest[:n])
		rest = rest[n:]
	}
}
