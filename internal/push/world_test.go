package push_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tinylib/msgp/msgp"

	"coffre/internal/bus"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/push"
	"coffre/internal/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_000_000, time.UTC)

const patience = 20 * time.Second

// world is the room behind a real server, with a tick of its choice.
type world struct {
	room *push.Service
	*testing.T
	db     *db.DB
	server *httptest.Server
	queue  *jobs.Queue
	stop   func() // ends the room and waits for it
}

// each runs a test in a world on each engine.
func each(t *testing.T, fn func(*world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newWorld(t, d, time.Second)) })
}

func newWorld(t *testing.T, d *db.DB, tick time.Duration) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	now := func() time.Time { return noon }
	// Jobs of one instant are one job, so this clock never shows the same twice.
	var instants atomic.Int64
	later := func() time.Time { return noon.Add(time.Duration(instants.Add(1)) * time.Microsecond) }
	w := &world{T: t, db: d, queue: &jobs.Queue{DB: d, Now: later, Log: log}}
	store := push.NewStore(d)
	w.room = &push.Service{
		Store: store, Bus: bus.New(d, "", log), Hub: &push.Hub{Tick: tick}, AfterCommit: d.AfterCommit, Now: now, Log: log,
		Phones: &push.Phones{Store: store, Queue: w.queue, Now: later, Log: log},
	}
	router := web.NewRouter(log, w.authenticate, nil)
	push.Mount(router, w.room)
	w.server = httptest.NewServer(router)
	t.Cleanup(w.server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.room.Run(ctx) })
	w.stop = func() { cancel(); wg.Wait() }
	t.Cleanup(w.stop)
	return w
}

// person is somebody with one device; their token is the device's identifier.
type person struct {
	id     id.ID
	device id.ID
	token  string
}

type callerRow struct {
	account, device id.ID
	stamp           string
}

func (r *callerRow) Columns() []any { return []any{&r.account, &r.device, &r.stamp} }

// authenticate knows people by the identifier of their device.
func (w *world) authenticate(ctx context.Context, token string) (web.Caller, error) {
	r, err := db.One[callerRow](ctx, w.db, `SELECT a.id, d.id, a.security_stamp FROM account a JOIN device d ON d.account_id = a.id
		WHERE d.identifier = $1`, token)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.SignIn
	}
	return web.Caller{AccountID: r.account, DeviceID: r.device, Device: token, Stamp: r.stamp, Scope: web.ScopePerson}, err
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	if _, err := w.db.Exec(w.Context(), query, args...); err != nil {
		w.Fatal(err)
	}
}

// join makes a person with a device of a type and, unless it is empty, a push token.
func (w *world) join(name string, deviceType int, pushToken string) person {
	w.Helper()
	p := person{id: id.New(), token: name + "-device"}
	w.exec(`INSERT INTO account (id, email, email_verified, name, culture, password_hash, kdf_type, kdf_iterations, salt,
		encrypted_key, security_stamp, sealed_api_key, verify_devices, created_at, revised_at, vault_revised_at)
		VALUES ($1, $2, TRUE, '', 'en-US', '', 0, 600000, '', '', 'stamp', '', TRUE, 0, 0, 0)`, p.id, name+"@example.com")
	p.device = w.add(p, p.token, deviceType, pushToken)
	return p
}

func (w *world) add(p person, identifier string, deviceType int, pushToken string) id.ID {
	w.Helper()
	deviceID := id.New()
	w.exec(`INSERT INTO device (id, account_id, identifier, type, name, push_token, created_at, active_at) VALUES ($1, $2, $3, $4, 'x', $5, 0, 0)`,
		deviceID, p.id, identifier, deviceType, db.Optional(pushToken))
	return deviceID
}

// employ makes an organization with confirmed members.
func (w *world) employ(people ...person) id.ID {
	w.Helper()
	organization := id.New()
	w.exec(`INSERT INTO organization (id, name, billing_email, plan, plan_type, features, settings, enabled, status, license_key, created_at, revised_at)
		VALUES ($1, 'Acme', '', '', 20, '{}', '{}', TRUE, 1, $2, 0, 0)`, organization, organization.String())
	for _, p := range people {
		w.exec(`INSERT INTO member (id, organization_id, account_id, status, type, permissions, created_at, revised_at)
			VALUES ($1, $2, $3, 2, 2, '{}', 0, 0)`, id.New(), organization, p.id)
	}
	return organization
}

// as is the context of a request by a person's device.
func (w *world) as(p person) context.Context {
	var ctx context.Context
	router := web.NewRouter(slog.New(slog.DiscardHandler), w.authenticate, nil)
	web.Handle(router, "GET /", func(c *web.Call, _ struct{}) (struct{}, error) {
		ctx = context.WithoutCancel(c.Context())
		return struct{}{}, nil
	})
	req := httptest.NewRequestWithContext(w.Context(), http.MethodGet, "/", nil)
	req.Header.Set("Authorization", "Bearer "+p.token)
	router.ServeHTTP(httptest.NewRecorder(), req)
	return ctx
}

// client is a socket as a client sees it.
type client struct {
	*testing.T
	conn *websocket.Conn
	rest []byte // of the last frame
}

func (w *world) dial(target string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	return websocket.Dial(ctx, w.server.URL+target, nil)
}

// open connects without the handshake.
func (w *world) open(target string) *client {
	w.Helper()
	conn, _, err := w.dial(target) //nolint:bodyclose // There is no body behind an upgrade.
	if err != nil {
		w.Fatal(err)
	}
	conn.SetReadLimit(1 << 22)
	w.Cleanup(func() { conn.CloseNow() })
	return &client{T: w.T, conn: conn}
}

const (
	binaryHandshake = `{"protocol":"messagepack","version":1}` + "\x1e"
	jsonHandshake   = `{"protocol":"json","version":1}` + "\x1e"
)

func hubOf(p person) string { return "/notifications/hub?access_token=" + p.token }

// listen connects a person.
func (w *world) listen(p person) *client { return w.open(hubOf(p)).greet(binaryHandshake) }

func (c *client) greet(text string) *client {
	c.Helper()
	c.write(text)
	if _, answer := c.frame(); string(answer) != "{}\x1e" {
		c.Fatalf("handshake: got %q", answer)
	}
	return c
}

func (c *client) write(text string) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		c.Fatal(err)
	}
}

func (c *client) frame() (websocket.MessageType, []byte) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	kind, raw, err := c.conn.Read(ctx)
	if err != nil {
		c.Fatalf("read: %v", err)
	}
	return kind, raw
}

// message returns the next message of a binary hub as it is in the frame.
func (c *client) message() []any {
	c.Helper()
	if len(c.rest) == 0 {
		_, c.rest = c.frame()
	}
	length, n := binary.Uvarint(c.rest) // the same groups of seven bits
	if n <= 0 || uint64(len(c.rest)-n) < length {
		c.Fatalf("a frame of %d bytes holds a message of %d", len(c.rest), length)
	}
	body := c.rest[n : n+int(length)]
	c.rest = c.rest[n+int(length):]
	value, left, err := msgp.ReadIntfBytes(body)
	list, ok := value.([]any)
	if err != nil || len(left) != 0 || !ok {
		c.Fatalf("message %x: %v", body, err)
	}
	return list
}

// heard is an invocation.
type heard struct {
	Target    string
	ContextID any
	Kind      int
	Payload   map[string]any
	UserID    any
}

// next returns the next invocation, past pings.
func (c *client) next() heard {
	c.Helper()
	for {
		m := c.message()
		if kind, _ := m[0].(int64); kind == 6 {
			continue
		}
		if len(m) != 5 || m[0] != int64(1) || m[2] != nil {
			c.Fatalf("got %v, want an invocation", m)
		}
		argument := m[4].([]any)[0].(map[string]any)
		kind, _ := argument["Type"].(int64)
		payload, _ := argument["Payload"].(map[string]any)
		return heard{m[3].(string), argument["ContextId"], int(kind), payload, argument["UserId"]}
	}
}

// gone waits until the connection has ended; what comes before is dropped.
func (c *client) gone() (last []byte) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	for {
		_, raw, err := c.conn.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				c.Fatal("the connection is still open")
			}
			return last
		}
		last = raw
	}
}

// status returns what a try to connect is answered.
func (w *world) status(target string) int {
	w.Helper()
	conn, res, err := w.dial(target) //nolint:bodyclose // As above.
	if err == nil {
		w.Cleanup(func() { conn.CloseNow() })
		return http.StatusSwitchingProtocols
	}
	if res == nil {
		w.Fatal(err)
	}
	return res.StatusCode
}

// address is where the server of a world listens.
func (w *world) address() string { return strings.TrimPrefix(w.server.URL, "http://") }

func (w *world) tcp() *net.TCPConn {
	w.Helper()
	conn, err := net.Dial("tcp", w.address())
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

// utc reads the times of a payload: nanoseconds in 30 bits, seconds in 34.
func utc(payload map[string]any) map[string]any {
	for name, value := range payload {
		if at, ok := value.(*msgp.RawExtension); ok && at.Type == -1 && len(at.Data) == 8 {
			both := binary.BigEndian.Uint64(at.Data)
			payload[name] = time.Unix(int64(both&(1<<34-1)), int64(both>>34)).UTC()
		}
	}
	return payload
}
