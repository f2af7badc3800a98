// Package cluster_test runs several nodes of one server: real processes on one
// PostgreSQL database, with one root key and one public address.
package cluster_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"coffre/internal/client"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const email = "ada@acme.example"

// nodes starts n of them.
func nodes(t *testing.T, n int) []*harness.Server {
	t.Helper()
	var root [32]byte
	rand.Read(root[:])
	settings := map[string]string{harness.RootKey: hex.EncodeToString(root[:])}
	var list []*harness.Server
	for i := range n {
		s := harness.New(t, "node "+string(rune('A'+i)), harness.Options{Engine: harness.PostgreSQL, Settings: settings})
		if i == 0 {
			settings[harness.Vault] = s.URL
			settings[harness.PostgresConnection] = s.Setting(harness.PostgresConnection)
			s.Set(t, settings)
		}
		s.Start(t)
		list = append(list, s)
	}
	return list
}

// at returns a person's client as it calls another node.
func at(s *harness.Server, c *client.Client) *client.Client {
	other := c.WithToken(c.AccessToken())
	other.BaseURL = s.URL
	return other
}

// socket is a client that listens, in the encoding that a person can read.
type socket struct {
	*testing.T
	conn *websocket.Conn
	rest []byte
}

func listen(t *testing.T, s *harness.Server, c *client.Client) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.URL+"/notifications/hub?access_token="+c.AccessToken(), nil) //nolint:bodyclose // There is no body behind an upgrade.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"protocol":"json","version":1}`+"\x1e")); err != nil {
		t.Fatal(err)
	}
	l := &socket{T: t, conn: conn}
	if got, ok := l.record(); !ok || string(got) != "{}" {
		t.Fatalf("the hub answers %q", got)
	}
	return l
}

// record returns the next text of the hub; false when the connection has ended.
func (l *socket) record() ([]byte, bool) {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), harness.Patience)
	defer cancel()
	for {
		if text, rest, found := bytes.Cut(l.rest, []byte{0x1E}); found {
			l.rest = rest
			return text, true
		}
		_, raw, err := l.conn.Read(ctx)
		if ctx.Err() != nil {
			l.Fatal("the hub says nothing")
		}
		if err != nil {
			return nil, false
		}
		l.rest = append(l.rest, raw...)
	}
}

// hear returns the types of the messages until one is of a type that is wanted, or
// until the connection ends.
func (l *socket) hear(want int) (heard []int) {
	l.Helper()
	for {
		text, ok := l.record()
		if !ok {
			return heard
		}
		var m struct {
			Type      int
			Arguments []struct{ Type int }
		}
		if err := json.Unmarshal(text, &m); err != nil {
			l.Fatalf("%s: %v", text, err)
		}
		if m.Type != 1 {
			continue
		}
		heard = append(heard, m.Arguments[0].Type)
		if heard[len(heard)-1] == want {
			return heard
		}
	}
}

const folderCreated, loggedOut, never = 7, 11, -1

func makeFolder(t *testing.T, c *client.Client) {
	t.Helper()
	name := client.NewKey().Encrypt([]byte("a folder"))
	if err := c.Do(t.Context(), http.MethodPost, "/api/folders", map[string]string{"name": name}, nil); err != nil {
		t.Fatal(err)
	}
}

func register(t *testing.T, s *harness.Server) *client.Client {
	t.Helper()
	c := s.Client()
	if err := c.Register(t.Context(), email, "Ada", harness.Password, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), email, harness.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatHappensOnOneNodeIsHeardOnTheOthers(t *testing.T) {
	list := nodes(t, 3)
	ada := register(t, list[0])
	var sockets []*socket
	for _, s := range list {
		sockets = append(sockets, listen(t, s, ada))
	}
	for i, s := range list {
		makeFolder(t, at(s, ada))
		for j, l := range sockets {
			if got := l.hear(folderCreated); len(got) == 0 || got[len(got)-1] != folderCreated {
				t.Errorf("from node %d to %d: got %v", i, j, got)
			}
		}
	}
	list[0].Kill(t)
	makeFolder(t, at(list[1], ada))
	for _, l := range sockets[1:] {
		if got := l.hear(folderCreated); len(got) != 1 {
			t.Errorf("after one node has died: got %v", got)
		}
	}
}

// Scenario 102.
func TestSessionThatEndsOnOneNodeEndsOnTheOthers(t *testing.T) {
	list := nodes(t, 2)
	ada := register(t, list[0])
	l := listen(t, list[1], ada)
	if err := ada.ChangePassword(t.Context(), harness.Password, "another password, as good", ""); err != nil {
		t.Fatal(err)
	}
	heard := l.hear(never) // until the connection ends
	if len(heard) == 0 || heard[len(heard)-1] != loggedOut {
		t.Errorf("got %v, want the log-out last", heard)
	}
}
