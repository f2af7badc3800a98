package soak_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fate is what becomes of one request on its way.
type fate string

const (
	passed      fate = "passed"
	dropped     fate = "dropped"
	delayed     fate = "delayed"
	requestCut  fate = "cut in the request"
	answerCut   fate = "cut in the answer"
	answerLost  fate = "answer lost"
	repeated    fate = "repeated"
	longestWait      = 300 * time.Millisecond
)

// fates are drawn from; half of what travels arrives as it should.
var fates = []fate{passed, passed, passed, passed, passed, passed, dropped, delayed, requestCut, answerCut, answerLost, repeated}

// network is the way from the self-hosted server to the cloud: it passes TCP
// connections on, request by request, and spoils some of them.
type network struct {
	listener net.Listener
	target   string
	work     sync.WaitGroup // of connections

	mu       sync.Mutex
	dice     *rand.Rand
	calm     bool
	underWay int
	idle     *sync.Cond // of underWay
	seen     map[fate]int
}

func newNetwork(t testing.TB, target string, dice *rand.Rand) *network {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listener: listener, target: target, dice: dice, seen: map[fate]int{}}
	n.idle = sync.NewCond(&n.mu)
	n.work.Go(n.accept)
	t.Cleanup(func() { listener.Close() })
	return n
}

// URL is what the self-hosted server takes for the cloud.
func (n *network) URL() string { return "http://" + n.listener.Addr().String() }

// String counts what became of the requests.
func (n *network) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(n.seen)) {
		parts = append(parts, fmt.Sprintf("%d %s", n.seen[f], f))
	}
	return strings.Join(parts, ", ")
}

// mend lets everything through from now on.
func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calm = true
}

// settle waits until nothing is on its way: what a dead server has sent must not
// arrive after what it sends in its next life, because the dialect v1 cannot tell
// which is newer.
func (n *network) settle() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.underWay > 0 {
		n.idle.Wait()
	}
}

func (n *network) accept() {
	for {
		near, err := n.listener.Accept()
		if err != nil {
			return // closed
		}
		go n.serve(near)
	}
}

// serve passes the requests of one connection on until one is spoiled.
func (n *network) serve(near net.Conn) {
	defer near.Close()
	in := bufio.NewReader(near)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		raw, err := httputil.DumpRequest(request, true)
		if err != nil {
			return
		}
		if !n.carry(near, raw) {
			return
		}
	}
}

// carry passes one request on, and reports whether the connection goes on.
func (n *network) carry(near io.Writer, raw []byte) bool {
	what, part, wait := n.begin()
	defer n.end()
	switch what {
	case dropped:
		return false
	case requestCut:
		n.send(raw[:int(part*float64(len(raw)))])
		return false
	case delayed:
		<-time.After(wait)
	case repeated:
		n.call(raw)
	}
	answer := n.call(raw)
	switch {
	case answer == nil || what == answerLost:
		return false
	case what == answerCut:
		answer = answer[:int(part*float64(len(answer)))]
	}
	_, err := near.Write(answer)
	return err == nil && what != answerCut
}

// begin draws what becomes of a request.
func (n *network) begin() (what fate, part float64, wait time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.underWay++
	what, part, wait = fates[n.dice.IntN(len(fates))], n.dice.Float64(), time.Duration(n.dice.Int64N(int64(longestWait)))
	if n.calm {
		what = passed
	}
	n.seen[what]++
	return what, part, wait
}

func (n *network) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.underWay--
	n.idle.Broadcast()
}

// call sends a request and returns the answer, or nil when none came.
func (n *network) call(raw []byte) []byte {
	far := n.send(raw)
	if far == nil {
		return nil
	}
	defer far.Close()
	response, err := http.ReadResponse(bufio.NewReader(far), nil)
	if err != nil {
		return nil
	}
	answer, err := httputil.DumpResponse(response, true)
	if err != nil {
		return nil
	}
	return bytes.Clone(answer)
}

// send writes to the cloud, and returns the connection unless that is impossible.
func (n *network) send(raw []byte) net.Conn {
	far, err := net.Dial("tcp", n.target)
	if err != nil {
		return nil
	}
	if _, err := far.Write(raw); err != nil {
		far.Close()
		return nil
	}
	return far
}
