package process_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/process"
)

func TestExchangeWaitsForRequestsAndHasOthersWait(t *testing.T) {
	w := newWorld(t)
	under, later := make(chan string), make(chan string)
	go func() { under <- get(t, w.address, "/slow") }()
	<-w.entered
	go func() { w.slow <- struct{}{} }()
	changed := false
	err := w.Exchange(t.Context(), func(context.Context) error {
		if answer := <-under; answer != "first" {
			t.Errorf("the request under way got %q, want first", answer)
		}
		go func() { later <- get(t, w.address, "/") }()
		if body, err := process.Ask(t.Context(), w.socket, "/status", nil); string(body) != `"first"` || err != nil {
			t.Errorf("the local socket: %s, %v", body, err)
		}
		select {
		case answer := <-later:
			t.Errorf("a new request got %q before the exchange was over", answer)
		default:
		}
		w.name, changed = "second", true
		return nil
	})
	if err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	if answer := <-later; answer != "second" {
		t.Errorf("the request that waited got %q, want second", answer)
	}
	if name := <-w.closed; name != "first" {
		t.Errorf("closed %q, want first", name)
	}
}

func TestFailedExchangeGoesOn(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("broken")
	if err := w.Exchange(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if answer := get(t, w.address, "/"); answer != "first" {
		t.Errorf("got %q, want first", answer)
	}
	w.fail = errors.New("bad settings")
	if err := w.Exchange(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) || !errors.Is(err, w.fail) {
		t.Errorf("got %v, want both faults", err)
	}
	if answer := get(t, w.address, "/"); answer != "first" {
		t.Errorf("with bad settings: got %q, want first", answer)
	}
}

func TestNothingIsAnsweredByAnInstanceWhoseGroundIsGone(t *testing.T) {
	w := newWorld(t)
	w.fail = errors.New("bad settings")
	if err := w.Exchange(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, w.fail) {
		t.Errorf("got %v, want %v", err, w.fail)
	}
	res, err := http.Get("http://" + w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "repaired") || err != nil {
		t.Errorf("%d %s, %v", res.StatusCode, body, err)
	}
	w.fail, w.name = nil, "second"
	if err := w.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if answer := get(t, w.address, "/"); answer != "second" {
		t.Errorf("got %q, want second", answer)
	}
}

func TestFollowTellsLineAfterLine(t *testing.T) {
	w := newWorld(t)
	var got []string
	err := process.Follow(t.Context(), w.socket, "/lines", nil, func(line []byte) error {
		got = append(got, string(line))
		if len(got) == 1 {
			w.slow <- struct{}{} // the second line waits for it
		}
		return nil
	})
	if err != nil || strings.Join(got, " ") != "one two" {
		t.Errorf("got %v, %v", got, err)
	}
	if err := process.Follow(t.Context(), w.socket, "/refused", nil, nil); err == nil || err.Error() != "No." {
		t.Errorf("refused: got %v", err)
	}
}

func TestOccupiedFolderStartsNoServer(t *testing.T) {
	w := newWorld(t)
	if _, err := process.Occupy(t.Context(), w.socket); err == nil {
		t.Error("a folder was occupied on which a server runs")
	}
	release, err := process.Occupy(t.Context(), w.socket+"2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.Occupy(t.Context(), w.socket+"2"); err == nil {
		t.Error("a folder was occupied twice")
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = process.Occupy(t.Context(), w.socket+"2")
	if err != nil {
		t.Fatalf("after it was released: %v", err)
	}
	release()
}
