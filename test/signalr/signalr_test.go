// Package signalr_test listens to real servers with the library of Bitwarden's own
// clients: what it does not hear, they do not.
package signalr_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const email = "ada@acme.example"

// event is a line of listen.mjs.
type event struct {
	Event   string
	Message json.RawMessage
}

// message is what a hub says.
type message struct {
	ContextID *string `json:"ContextId"`
	Type      int
	Payload   map[string]any
	UserID    string `json:"UserId"`
}

// listener is a client of a hub.
type listener struct {
	*testing.T
	events chan event
}

// listen connects to a hub, with a token or without.
func listen(t *testing.T, address, token string) *listener {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", "@microsoft", "signalr")); err != nil {
		t.Fatal("the library is not installed: run npm ci --prefix test/signalr")
	}
	args := []string{"listen.mjs", address}
	if token != "" {
		args = append(args, token)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := &listener{t, make(chan event, 1_000)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e event
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Errorf("%s: %v", lines.Bytes(), err)
			}
			l.events <- e
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // It may have ended by itself.
		<-ended
		_ = cmd.Wait() // It was killed.
	})
	return l
}

// next returns the next event, which must be the one that is wanted.
func (l *listener) next(want string) event {
	l.Helper()
	select {
	case e := <-l.events:
		if e.Event != want {
			l.Fatalf("got %s %s, want %s", e.Event, e.Message, want)
		}
		return e
	case <-time.After(harness.Patience):
		l.Fatalf("waited in vain for %s", want)
		return event{}
	}
}

// hear returns the next message, which must be of a type.
func (l *listener) hear(kind int) message {
	l.Helper()
	var m message
	raw := l.next("ReceiveMessage").Message
	if err := json.Unmarshal(raw, &m); err != nil || m.Type != kind {
		l.Errorf("got %s, %v, want type %d", raw, err, kind)
	}
	return m
}

// dated returns a payload without its date, which must be one.
func (l *listener) dated(payload map[string]any) map[string]any {
	l.Helper()
	for _, name := range []string{"Date", "RevisionDate"} {
		text, ok := payload[name].(string)
		if !ok {
			continue
		}
		if at, err := time.Parse(time.RFC3339, text); err != nil || time.Since(at).Abs() > time.Hour {
			l.Errorf("%s is %q", name, text)
		}
		delete(payload, name)
	}
	return payload
}

func (l *listener) same(want, got map[string]any) {
	l.Helper()
	if diff := cmp.Diff(want, l.dated(got)); diff != "" {
		l.Errorf("-want +got:\n%s", diff)
	}
}

func do(t *testing.T, c *client.Client, method, path string, in, out any) {
	t.Helper()
	if err := c.Do(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// hub is where a person listens, the token in the address as browsers have it.
func hub(s *harness.Server, c *client.Client) string {
	return s.URL + "/notifications/hub?access_token=" + c.AccessToken()
}

// Scenarios 103 and 105.
func TestClientsHearOfEverything(t *testing.T) {
	server, box := harness.NewSelfHosted(t, harness.SQLite)
	ada := server.Join(t, box, email, "Ada", "en")
	me, mine := ada.UserID().String(), ada.Device.Identifier
	l := listen(t, hub(server, ada.Client), "")
	l.next("connected")
	told := map[string]any{"UserId": me}
	folder := map[string]string{"name": wrapped()}

	var made struct{ ID id.ID }
	do(t, ada.Client, http.MethodPost, "/api/folders", folder, &made)
	f := made.ID.String()
	created := l.hear(7)
	if created.ContextID == nil || *created.ContextID != mine {
		t.Errorf("the context is %v, want the client that acts", created.ContextID)
	}
	l.same(map[string]any{"UserId": me, "Id": f}, created.Payload)
	do(t, ada.Client, http.MethodPut, "/api/folders/"+f, folder, nil)
	l.same(map[string]any{"UserId": me, "Id": f}, l.hear(8).Payload)
	do(t, ada.Client, http.MethodDelete, "/api/folders/"+f, nil, nil)
	l.same(map[string]any{"UserId": me, "Id": f}, l.hear(3).Payload)
	do(t, ada.Client, http.MethodDelete, "/api/folders/all", nil, nil)
	l.same(told, l.hear(5).Payload)
	do(t, ada.Client, http.MethodPut, "/api/accounts/profile", map[string]string{"name": "Ada L.", "culture": "en-US"}, nil)
	l.same(told, l.hear(10).Payload)

	// A client that is known asks to be let in.
	other := server.SignIn(t, email)
	asking, err := other.RequestLogin(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	request := map[string]any{"Id": asking.ID.String(), "UserId": me}
	l.same(request, l.hear(15).Payload)
	outside := listen(t, server.URL+"/notifications/anonymous-hub?Token="+asking.ID.String(), "")
	outside.next("connected")
	if err := ada.Approve(t.Context(), asking.ID); err != nil {
		t.Fatal(err)
	}
	l.same(request, l.hear(16).Payload)
	var answer message
	raw := outside.next("AuthRequestResponseRecieved").Message
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Type != 16 {
		t.Errorf("got %s, %v", raw, err)
	}
	outside.same(request, answer.Payload)

	if err := ada.ChangePassword(t.Context(), harness.Password, "another password, as good", ""); err != nil {
		t.Fatal(err)
	}
	l.same(told, l.hear(11).Payload)
}

func TestMembersHearOfTheirOrganization(t *testing.T) {
	pair := harness.NewPair(t, harness.SQLite, nil)
	ada := pair.Join(t, email, "Ada", "en")
	l := listen(t, pair.Cloud.URL+"/notifications/hub", ada.AccessToken()) // in the header
	l.next("connected")
	told := map[string]any{"UserId": ada.UserID().String()}
	acme, err := ada.CreateOrganization(t.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: email, PlanType: 20, AdditionalSeats: 5, CollectionName: "All", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		t.Fatal(err)
	}
	l.same(told, l.hear(6).Payload)
	l.same(told, l.hear(17).Payload) // with the subscription, its terms
	do(t, ada.Client, http.MethodPut, "/api/organizations/"+acme.ID.String()+"/policies/1", map[string]any{
		"policy": map[string]any{"enabled": true, "data": map[string]any{"minLength": 12}},
	}, nil)
	policy := l.hear(25).Payload
	content, _ := policy["Policy"].(map[string]any)
	if policy["OrganizationId"] != acme.ID.String() || content["enabled"] != true || content["type"] != 1.0 {
		t.Errorf("got %v", policy)
	}
	if err := ada.Offer(t.Context(), acme.ID, "family@home.example"); err != nil {
		t.Fatal(err)
	}
	l.same(told, l.hear(17).Payload)
}

func TestClientsComeBackAfterARestart(t *testing.T) {
	server, box := harness.NewSelfHosted(t, harness.SQLite)
	ada := server.Join(t, box, email, "Ada", "en")
	l := listen(t, hub(server, ada.Client), "")
	l.next("connected")
	for name, restart := range map[string]func(){
		"the settings are applied": func() { server.Restart(t) },
		"the program is stopped":   func() { server.Stop(t); server.Start(t) },
		"the power fails":          func() { server.Kill(t); server.Start(t) },
	} {
		restart()
		l.next("reconnecting")
		l.next("reconnected")
		do(t, ada.Client, http.MethodPost, "/api/folders", map[string]string{"name": wrapped()}, nil)
		if got := l.hear(7); got.Payload["UserId"] != ada.UserID().String() {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Scenario 102.
func TestTokenThatIsNoneIsRefused(t *testing.T) {
	server, _ := harness.NewSelfHosted(t, harness.SQLite)
	listen(t, server.URL+"/notifications/hub", "x.y.z").next("failed")
}

// wrapped is a text as a client encrypts it.
func wrapped() string { return client.NewKey().Encrypt([]byte("a folder")) }
