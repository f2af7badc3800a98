package push

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Mount adds the hubs.
func Mount(r *web.Router, s *Service) {
	h := handler{s.Hub}
	web.Raw(r, "GET /notifications/hub", h.open, web.QueryToken)
	web.Handle(r, "POST /notifications/hub/negotiate", h.negotiate, web.QueryToken)
	web.Raw(r, "GET /notifications/anonymous-hub", h.openAnonymous, web.Anonymous, web.Rate(openings))
}

// openings is how often a network may open anonymous sockets: many a person may be
// behind it, and each of them asks now and then to be let in.
var openings = throttle.Rule{Name: "anonymous-hub", Limit: 300, Per: 5 * time.Minute}

type handler struct{ hub *Hub }

// transport is one way to the hub, and there is one.
type transport struct {
	Transport       string   `json:"transport"`
	TransferFormats []string `json:"transferFormats"`
}

type negotiation struct {
	NegotiateVersion    int         `json:"negotiateVersion"`
	ConnectionID        string      `json:"connectionId"`
	ConnectionToken     string      `json:"connectionToken"`
	AvailableTransports []transport `json:"availableTransports"`
}

// negotiate answers clients that ask for the way before they take it. The token is
// not needed again: each socket brings the person's.
func (h handler) negotiate(*web.Call, struct{}) (negotiation, error) {
	return negotiation{
		NegotiateVersion: 1, ConnectionID: id.New().String(), ConnectionToken: id.New().String(),
		AvailableTransports: []transport{{"WebSockets", []string{"Text", "Binary"}}},
	}, nil
}

func (h handler) open(w http.ResponseWriter, c *web.Call) error {
	return h.upgrade(w, c, place{person: c.Caller.AccountID})
}

func (h handler) openAnonymous(w http.ResponseWriter, c *web.Call) error {
	token, err := id.Parse(anyCase(c.Request, "token"))
	if err != nil || token.IsZero() {
		return fault.Malformed("Token")
	}
	return h.upgrade(w, c, place{token: token, from: c.Caller.Network()})
}

// anyCase returns a parameter of the address whatever the case of its name is.
func anyCase(req *http.Request, name string) string {
	for key, values := range req.URL.Query() {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// upgrade turns the request into a socket, which outlives it.
func (h handler) upgrade(w http.ResponseWriter, c *web.Call, p place) error {
	if !strings.EqualFold(c.Header.Get("Upgrade"), "websocket") {
		return notASocket
	}
	if err := h.hub.take(p); err != nil {
		return err
	}
	s := &socket{hub: h.hub, caller: c.Caller}
	heard := func() bool { return s.note() }
	conn, err := websocket.Accept(lean{w}, c.Request, &websocket.AcceptOptions{
		// A token opens the socket, never a cookie, so every origin may try.
		InsecureSkipVerify: true,
		OnPingReceived:     func(context.Context, []byte) bool { return heard() },
		OnPongReceived:     func(context.Context, []byte) { heard() },
	})
	if err != nil {
		h.hub.leave(p)
		return nil //nolint:nilerr // The library has answered.
	}
	s.conn = conn
	h.hub.open(s, p)
	return nil
}

// lean hands the connection over with buffers of a size that a hub needs: it has
// ten thousand sockets, and most of them are idle.
type lean struct{ http.ResponseWriter }

const (
	readBuffer  = 128 // clients send a few bytes
	writeBuffer = 512 // most messages go at once
)

// Hijack takes the connection.
func (l lean) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(l.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := rw.Peek(rw.Reader.Buffered())
	if err != nil {
		return nil, nil, err
	}
	// What came early is in the new buffer, where the library looks for it.
	reader := bufio.NewReaderSize(bytes.NewReader(bytes.Clone(early)), max(readBuffer, len(early)))
	if _, err := reader.Peek(len(early)); err != nil {
		return nil, nil, err
	}
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, writeBuffer)), nil
}
