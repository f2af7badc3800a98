package push_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/push"
	"coffre/internal/web"
)

// cloud is a relay behind a real server, which gives tokens to installations.
type cloud struct {
	*testing.T
	db     *db.DB
	server *httptest.Server
	*recorder
	now time.Time

	mu     sync.Mutex
	tokens int // given so far
	valid  string
}

func newCloud(t *testing.T, d *db.DB) *cloud {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	c := &cloud{T: t, db: d, recorder: newRecorder(t), now: noon}
	phones := &push.Phones{Store: push.NewStore(d), Provider: c.recorder, Now: func() time.Time { return c.now }, Log: log}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { phones.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	router := web.NewRouter(log, c.authenticate, nil)
	push.MountCloud(router, &push.RelayEnd{Store: push.NewRelayStore(d), Phones: phones, Now: phones.Now})
	web.Handle(router, "POST /identity/connect/token", c.token, web.Anonymous)
	c.server = httptest.NewServer(router)
	t.Cleanup(c.server.Close)
	return c
}

// token gives an installation a token that starts with its id.
func (c *cloud) token(_ *web.Call, form web.Form) (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if form.Get("scope") != "api.push" || form.Get("client_secret") != "key" {
		return nil, fault.SignIn
	}
	c.tokens++
	c.valid = strings.TrimPrefix(form.Get("client_id"), "installation.") + strings.Repeat("x", c.tokens)
	return map[string]any{"access_token": c.valid, "expires_in": 3600}, nil
}

func (c *cloud) authenticate(_ context.Context, token string) (web.Caller, error) {
	installation, err := id.Parse(token[:min(36, len(token))])
	if err != nil || len(token) > 36 && token != c.valid {
		return web.Caller{}, fault.SignIn
	}
	return web.Caller{InstallationID: installation, Scope: "api.push"}, nil
}

func (c *cloud) installation(email string) id.ID {
	c.T.Helper()
	v := id.New()
	if _, err := c.db.Exec(c.T.Context(), `INSERT INTO installation (id, email, key_hash, enabled, created_at) VALUES ($1, $2, '', TRUE, 0)`, v, email); err != nil {
		c.T.Fatal(err)
	}
	return v
}

// relay returns the other end, as a self-hosted server has it.
func (c *cloud) relay(installation id.ID) *push.Relay {
	return &push.Relay{
		Address: c.server.URL, Identity: c.server.URL + "/identity", Installation: installation, Key: "key",
		HTTP: c.server.Client(), Now: func() time.Time { return c.now },
	}
}

// call sends to the relay in the name of an installation.
func (c *cloud) call(installation id.ID, method, path string, body any) (int, string) {
	c.T.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.T.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.T.Context(), method, c.server.URL+path, bytes.NewReader(raw))
	if err != nil {
		c.T.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+installation.String())
	res, err := c.server.Client().Do(req)
	if err != nil {
		c.T.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

func eachCloud(t *testing.T, fn func(*cloud)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newCloud(t, d)) })
}

func TestRelayReachesThePhonesOfItsInstallation(t *testing.T) {
	eachCloud(t, func(c *cloud) {
		home := c.installation("a@example.com")
		relay, ctx := c.relay(home), c.T.Context()
		zoe := push.Phone{AccountID: "zoe", DeviceID: "d1", Identifier: "phone", Type: 0, Token: "fcm", Organizations: []string{"acme"}}
		tablet := push.Phone{AccountID: "zoe", DeviceID: "d2", Identifier: "tablet", Type: 1, Token: "apns", Organizations: []string{"acme"}}
		for _, p := range []push.Phone{zoe, tablet} {
			if err := relay.Register(ctx, p); err != nil {
				c.T.Fatal(err)
			}
			p.Installation = home
			if diff := cmp.Diff(recorded{What: "register", Phones: []push.Phone{p}}, c.next()); diff != "" {
				c.T.Errorf("-want +got:\n%s", diff)
			}
		}
		m := push.Message{Kind: 7, Payload: json.RawMessage(`{"id":"x"}`), DeviceID: "d1", Identifier: "phone"}
		heard := func(to push.Message) []string {
			c.T.Helper()
			if err := relay.Send(ctx, []push.Phone{zoe, tablet}, to); err != nil {
				c.T.Fatal(err)
			}
			got := c.next()
			if got.Message.Kind != 7 || string(got.Message.Payload) != `{"id":"x"}` {
				c.T.Errorf("got %+v", got.Message)
			}
			var tokens []string
			for _, p := range got.Phones {
				tokens = append(tokens, p.Token)
			}
			slices.Sort(tokens)
			return tokens
		}
		if got := heard(m); !slices.Equal(got, []string{"apns"}) {
			c.T.Errorf("all but the phone that acts: got %v", got)
		}
		m.Organization, m.Identifier, m.DeviceID = "acme", "", ""
		if got := heard(m); !slices.Equal(got, []string{"apns", "fcm"}) {
			c.T.Errorf("the organization: got %v", got)
		}
		if err := relay.Delete(ctx, zoe); err != nil {
			c.T.Fatal(err)
		}
		if got := c.next(); got.What != "delete" {
			c.T.Errorf("got %+v", got)
		}
		if got := heard(m); !slices.Equal(got, []string{"apns"}) {
			c.T.Errorf("without the deleted one: got %v", got)
		}
	})
}

func TestInstallationReachesNobodyOfAnother(t *testing.T) {
	eachCloud(t, func(c *cloud) {
		one, two := c.installation("a@example.com"), c.installation("b@example.com")
		register := func(installation id.ID, token string) {
			c.T.Helper()
			status, answer := c.call(installation, "POST", "/push/register", map[string]any{
				"deviceId": "device", "pushToken": token, "userId": "zoe", "type": 0, "identifier": "phone",
				"organizationIds": []string{"acme"}, "installationId": two,
			})
			if status != http.StatusOK {
				c.T.Fatalf("register: %d %s", status, answer)
			}
			c.next()
		}
		register(one, "of one")
		register(two, "of two")
		for name, target := range map[string]map[string]any{
			"person":       {"userId": "zoe", "type": 5},
			"organization": {"organizationId": "acme", "type": 5},
			"installation": {"installationId": one, "type": 5},
		} {
			if status, answer := c.call(one, "POST", "/push/send", target); status != http.StatusOK {
				c.T.Errorf("%s: %d %s", name, status, answer)
			}
			got := c.next()
			if len(got.Phones) != 1 || got.Phones[0].Token != "of one" {
				c.T.Errorf("%s: reached %+v", name, got.Phones)
			}
		}
		if status, _ := c.call(one, "POST", "/push/send", map[string]any{"installationId": two, "type": 5}); status != http.StatusNotFound {
			c.T.Errorf("all of another installation: %d", status)
		}
		for _, path := range []string{"/push/delete/device", "/push/delete"} {
			c.call(one, "POST", path, map[string]any{"id": "device"})
		}
		c.next()
		c.call(one, "PUT", "/push/delete-organization", map[string]any{"devices": []any{map[string]any{"id": "device"}}, "organizationId": "acme"})
		c.call(two, "POST", "/push/send", map[string]any{"organizationId": "acme", "type": 5})
		if got := c.next(); len(got.Phones) != 1 || got.Phones[0].Token != "of two" {
			c.T.Errorf("what the other did reached %+v", got.Phones)
		}
		c.nothing()
	})
}

func TestPhonesJoinAndLeaveOrganizations(t *testing.T) {
	eachCloud(t, func(c *cloud) {
		home := c.installation("a@example.com")
		for _, device := range []string{"d1", "d2"} {
			c.call(home, "POST", "/push/register", map[string]any{
				"deviceId": device, "pushToken": "token " + device, "userId": "zoe", "type": 0, "identifier": device,
			})
			c.next()
		}
		devices := []any{map[string]any{"id": "d1", "type": 0}, map[string]any{"id": "unknown"}}
		join := map[string]any{"devices": devices, "organizationId": "acme"}
		if status, answer := c.call(home, "PUT", "/push/add-organization", join); status != http.StatusOK {
			c.T.Fatalf("%d %s", status, answer)
		}
		if got := c.next(); got.What != "register" || !slices.Equal(got.Phones[0].Organizations, []string{"acme"}) {
			c.T.Errorf("got %+v", got)
		}
		c.call(home, "POST", "/push/send", map[string]any{"organizationId": "acme", "type": 5})
		if got := c.next(); len(got.Phones) != 1 || got.Phones[0].DeviceID != "d1" {
			c.T.Errorf("got %+v", got)
		}
		c.call(home, "PUT", "/push/delete-organization", join)
		if got := c.next(); got.What != "register" || len(got.Phones[0].Organizations) != 0 {
			c.T.Errorf("got %+v", got)
		}
	})
}

func TestRelayWantsOneTarget(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	home := c.installation("a@example.com")
	for name, body := range map[string]map[string]any{
		"none":    {"type": 5},
		"two":     {"type": 5, "userId": "a", "organizationId": "b"},
		"no type": {"userId": "a"},
	} {
		if status, answer := c.call(home, "POST", "/push/send", body); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}

func TestTokenIsUsedForHalfItsLife(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	relay := c.relay(c.installation("a@example.com"))
	send := func(want int) {
		t.Helper()
		if err := relay.Delete(t.Context(), push.Phone{DeviceID: "d"}); err != nil || c.tokens != want {
			t.Errorf("%v; %d tokens, want %d", err, c.tokens, want)
		}
	}
	send(1)
	c.now = c.now.Add(30*time.Minute - time.Second)
	send(1)
	c.now = c.now.Add(time.Second)
	send(2)
	c.valid = "the cloud has other keys now"
	send(3)
}

func TestRefusedInstallationDoesNotKnockAgainAtOnce(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer server.Close()
	relay := c.relay(id.New())
	relay.Identity = server.URL
	for range 3 {
		if relay.Delete(t.Context(), push.Phone{DeviceID: "d"}) == nil {
			t.Error("no error")
		}
	}
	c.now = c.now.Add(5 * time.Minute)
	if relay.Delete(t.Context(), push.Phone{DeviceID: "d"}) == nil || asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}

// A relay that passes on to another keeps installations apart there too.
func TestNamesOfInstallationsDifferBehindTheRelay(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	relay := c.relay(c.installation("cloud@example.com"))
	seen := map[string]bool{}
	for _, installation := range []id.ID{{}, id.New(), id.New()} {
		p := push.Phone{Installation: installation, AccountID: "zoe", DeviceID: "d", Identifier: "phone", Token: "fcm", Organizations: []string{"acme"}}
		if err := relay.Register(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		got := c.next().Phones[0]
		for _, name := range []string{got.AccountID, got.DeviceID, got.Organizations[0]} {
			if seen[name] {
				t.Errorf("%s is a name of two", name)
			}
			seen[name] = true
		}
	}
}
