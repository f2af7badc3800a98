package push_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Scenario 101.
func TestHubSpeaksTheProtocol(t *testing.T) {
	each(t, func(w *world) {
		zoe := w.join("zoe", 9, "")
		c := w.listen(zoe)
		for _, size := range []int{10, 200, 20_000, 300_000} {
			long := strings.Repeat("é", size/2)
			w.room.Announce(w.Context(), notice.Notice{
				Kind: notice.PolicyChanged, People: []id.ID{zoe.id}, OrganizationID: id.ID{7},
				Members: map[string]any{"Policy": map[string]any{"type": 1, "data": long, "enabled": true, "list": []string{"a"}, "none": nil}},
			})
			want := map[string]any{
				"OrganizationId": id.ID{7}.String(),
				"Policy":         map[string]any{"type": int64(1), "data": long, "enabled": true, "list": []any{"a"}, "none": nil},
			}
			if diff := cmp.Diff(want, c.next().Payload); diff != "" {
				w.Errorf("%d bytes:\n%s", size, diff)
			}
		}
	})
}

// Scenario 101.
func TestHubPingsItsClients(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 50*time.Millisecond)
		c := w.listen(w.join("zoe", 9, ""))
		for range 2 {
			if diff := cmp.Diff([]any{int64(6)}, c.message()); diff != "" {
				t.Errorf("no ping:\n%s", diff)
			}
		}
	})
}

func TestClientThatIsSilentIsDropped(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), 10*time.Millisecond)
	w.open(hubOf(w.join("zoe", 9, ""))).gone()
}

func TestHubSpeaksJSON(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Second)
	zoe := w.join("zoe", 9, "")
	c := w.open(hubOf(zoe)).greet(jsonHandshake)
	w.room.Announce(w.Context(), notice.Folder(notice.FolderCreated, zoe.id, id.ID{5}, noon))
	for {
		kind, raw := c.frame()
		if string(raw) == `{"type":6}`+"\x1e" {
			continue
		}
		want := `{"type":1,"target":"ReceiveMessage","arguments":[{"ContextId":null,"Type":7,"Payload":{"Id":"` + id.ID{5}.String() +
			`","UserId":"` + zoe.id.String() + `","RevisionDate":"2026-11-23T12:00:00.123Z"}}]}` + "\x1e"
		if kind != websocket.MessageText || string(raw) != want {
			t.Errorf("got  %s\nwant %s", raw, want)
		}
		return
	}
}

func TestHandshakeOfAnotherProtocolIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Second)
	zoe := w.join("zoe", 9, "")
	for _, text := range []string{`{"protocol":"xml","version":1}` + "\x1e", "hello", `{"protocol":"json"}` + "\x1e"} {
		c := w.open(hubOf(zoe))
		c.write(text)
		if last := c.gone(); !strings.Contains(string(last), `"error"`) {
			t.Errorf("%q: got %q", text, last)
		}
	}
}

// Scenario 103.
func TestOtherClientsHearWhoseDoingItWas(t *testing.T) {
	each(t, func(w *world) {
		zoe, bob := w.join("zoe", 9, ""), w.join("bob", 9, "")
		phone := zoe
		phone.token = "zoe-phone"
		w.add(zoe, phone.token, 0, "")
		one, two, other := w.listen(zoe), w.listen(phone), w.listen(bob)
		item := notice.Notice{Kind: notice.CipherCreated, People: []id.ID{zoe.id}, ID: id.ID{5}, At: noon}
		w.room.Announce(w.as(zoe), item)
		want := heard{"ReceiveMessage", zoe.token, 1, map[string]any{
			"Id": id.ID{5}.String(), "UserId": zoe.id.String(), "OrganizationId": nil, "CollectionIds": nil, "RevisionDate": noon,
		}, nil}
		for _, c := range []*client{one, two} {
			got := c.next()
			got.Payload = utc(got.Payload)
			if diff := cmp.Diff(want, got); diff != "" {
				w.Errorf("-want +got:\n%s", diff)
			}
		}
		item.Everywhere = true
		w.room.Announce(w.as(zoe), item)
		if got := one.next(); got.ContextID != nil {
			w.Errorf("everywhere: the context is %v, want nil", got.ContextID)
		}
		w.room.Announce(w.Context(), notice.Settings(bob.id, noon))
		if got := other.next(); got.Kind != 10 {
			w.Errorf("somebody else got kind %d, want only 10", got.Kind)
		}
	})
}

func TestNoticeOfWhatIsRolledBackIsNotSent(t *testing.T) {
	each(t, func(w *world) {
		zoe := w.join("zoe", 9, "")
		c := w.listen(zoe)
		failed := errors.New("failed")
		err := w.db.Tx(w.Context(), func(ctx context.Context) error {
			w.room.Announce(ctx, notice.Vault(noon, zoe.id))
			return failed
		})
		if !errors.Is(err, failed) {
			w.Fatal(err)
		}
		err = w.db.Tx(w.Context(), func(ctx context.Context) error {
			w.room.Announce(ctx, notice.Settings(zoe.id, noon))
			return nil
		})
		if got := c.next(); err != nil || got.Kind != 10 {
			w.Errorf("got kind %d, %v, want 10", got.Kind, err)
		}
	})
}

// Scenario 104.
func TestAnonymousHubIsBounded(t *testing.T) {
	each(t, func(w *world) {
		var first *client
		for i := range 25 {
			c := w.open("/notifications/anonymous-hub?Token=" + id.New().String())
			if i == 0 {
				first = c.greet(binaryHandshake)
			}
		}
		if got := w.status("/notifications/anonymous-hub?token=" + id.New().String()); got != http.StatusTooManyRequests {
			w.Errorf("the 26th: got %d, want 429", got)
		}
		first.conn.CloseNow()
		deadline, cancel := context.WithTimeout(w.Context(), patience)
		defer cancel()
		for w.status("/notifications/anonymous-hub?TOKEN="+id.New().String()) == http.StatusTooManyRequests {
			if deadline.Err() != nil {
				w.Fatal("the place of a closed socket is not given to another")
			}
		}
	})
}

// Scenario 105.
func TestApprovalReachesWhoeverAsked(t *testing.T) {
	each(t, func(w *world) {
		zoe, request := w.join("zoe", 9, ""), id.New()
		mine := w.listen(zoe)
		one := w.open("/notifications/anonymous-hub?Token=" + request.String()).greet(binaryHandshake)
		two := w.open("/notifications/anonymous-hub?token=" + request.String()).greet(binaryHandshake)
		w.room.Announce(w.as(zoe), notice.AuthRequest(notice.AuthRequestAnswered, zoe.id, request))
		payload := map[string]any{"Id": request.String(), "UserId": zoe.id.String()}
		want := heard{"AuthRequestResponseRecieved", zoe.token, 16, payload, zoe.id.String()}
		for _, c := range []*client{one, two} {
			if diff := cmp.Diff(want, c.next()); diff != "" {
				w.Errorf("-want +got:\n%s", diff)
			}
		}
		if got := mine.next(); got.Kind != 16 || got.Target != "ReceiveMessage" {
			w.Errorf("the person's own client got %v", got)
		}
		// What is only asked is nobody's business but the person's.
		w.room.Announce(w.Context(), notice.AuthRequest(notice.AuthRequestCreated, zoe.id, request))
		if got := mine.next(); got.Kind != 15 {
			w.Errorf("got kind %d, want 15", got.Kind)
		}
	})
}

// Scenario 106.
func TestSlowClientIsDroppedAndOthersAreNot(t *testing.T) {
	each(t, func(w *world) {
		zoe, bob := w.join("zoe", 9, ""), w.join("bob", 9, "")
		slow, quick := w.listen(zoe), w.listen(bob)
		long := strings.Repeat("x", 200_000)
		const many = 100 // 20 MB for a client that reads none of it
		for i := range many {
			w.room.Announce(w.Context(), notice.Notice{
				Kind: notice.PolicyChanged, People: []id.ID{zoe.id, bob.id}, Members: map[string]any{"N": i, "Policy": long},
			})
			if got := quick.next().Payload["N"]; got != int64(i) {
				w.Fatalf("the other client got %v, want %d", got, i)
			}
		}
		slow.gone()
	})
}

// Scenarios 93 and 176 of spec 03.
func TestOrganizationIsHeardByItsMembersOfTheMoment(t *testing.T) {
	each(t, func(w *world) {
		zoe, bob, eve := w.join("zoe", 9, ""), w.join("bob", 9, ""), w.join("eve", 9, "")
		organization := w.employ(zoe, bob, eve)
		w.exec(`UPDATE member SET status = 1 WHERE account_id = $1`, eve.id)
		clients := []*client{w.listen(zoe), w.listen(bob), w.listen(eve)}
		say := func() []int {
			w.room.Announce(w.Context(), notice.Notice{Kind: notice.OrganizationStatus, Organization: organization, Members: map[string]any{"Enabled": false}})
			for _, p := range []person{zoe, bob, eve} {
				w.room.Announce(w.Context(), notice.Settings(p.id, noon))
			}
			var kinds []int
			for _, c := range clients {
				got := c.next()
				kinds = append(kinds, got.Kind)
				if got.Kind == 18 {
					if diff := cmp.Diff(map[string]any{"OrganizationId": organization.String(), "Enabled": false}, got.Payload); diff != "" {
						w.Error(diff)
					}
					c.next()
				}
			}
			return kinds
		}
		if got := say(); !slices.Equal(got, []int{18, 18, 10}) {
			w.Errorf("two confirmed members of three: got %v", got)
		}
		w.exec(`DELETE FROM member WHERE account_id = $1`, bob.id)
		if got := say(); !slices.Equal(got, []int{18, 10, 10}) {
			w.Errorf("one has left: got %v", got)
		}
		w.exec(`UPDATE member SET status = -1 WHERE account_id = $1`, zoe.id)
		if got := say(); !slices.Equal(got, []int{10, 10, 10}) {
			w.Errorf("one is revoked: got %v", got)
		}
		w.exec(`UPDATE member SET status = 2 WHERE account_id = $1`, zoe.id)
		if got := say(); !slices.Equal(got, []int{18, 10, 10}) {
			w.Errorf("and restored: got %v", got)
		}
	})
}

// Scenario 176 of spec 03.
func TestIdleSocketsThatNeverGreetAreClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 2*time.Millisecond)
		var idle []*client
		for range 25 {
			idle = append(idle, w.open("/notifications/anonymous-hub?Token="+id.New().String()))
		}
		for range 1000 {
			conn := w.tcp()
			if _, err := fmt.Fprintf(conn, "GET /notifications/hub HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", w.address()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range idle {
			c.gone()
		}
		if got := w.status("/notifications/anonymous-hub?Token=" + id.New().String()); got != http.StatusSwitchingProtocols {
			t.Errorf("one more is answered %d", got)
		}
	})
}

func TestClientThatTalksTooMuchIsDropped(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Hour)
	c := w.listen(w.join("zoe", 9, ""))
	for range 101 {
		if c.conn.Write(t.Context(), websocket.MessageBinary, []byte{2, 0x91, 6}) != nil {
			break
		}
	}
	c.gone()
}

func TestEndOfTheServerTellsClientsToComeAgain(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Hour)
	packed := w.listen(w.join("zoe", 9, ""))
	texted := w.open(hubOf(w.join("bob", 9, ""))).greet(jsonHandshake)
	silent := w.open(hubOf(w.join("eve", 9, "")))
	ended := make(chan struct{})
	go func() { w.stop(); close(ended) }()
	if diff := cmp.Diff([]any{int64(7), nil, true}, packed.message()); diff != "" {
		t.Error(diff)
	}
	if _, raw := texted.frame(); string(raw) != `{"type":7,"allowReconnect":true}`+"\x1e" {
		t.Errorf("got %s", raw)
	}
	for _, c := range []*client{packed, texted, silent} {
		c.gone()
	}
	<-ended
	w.open(hubOf(w.join("ann", 9, ""))).gone()
}

func TestClientsCatchUpWhenSomethingMayBeMissing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Hour)
	zoe := w.join("zoe", 9, "")
	c := w.listen(zoe)
	w.room.CatchUp(t.Context())
	got := c.next()
	if diff := cmp.Diff(map[string]any{"UserId": zoe.id.String(), "Date": noon}, utc(got.Payload)); got.Kind != 5 || diff != "" {
		t.Errorf("got kind %d:\n%s", got.Kind, diff)
	}
}

func TestNegotiationOffersTheSocket(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Hour)
	zoe := w.join("zoe", 9, "")
	res, err := http.Post(w.server.URL+"/notifications/hub/negotiate?negotiateVersion=1&access_token="+zoe.token, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("got %d", res.StatusCode)
	}
}
