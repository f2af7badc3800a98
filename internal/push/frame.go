package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/tinylib/msgp/msgp"

	"coffre/internal/id"
)

// The protocol is that of a SignalR hub: a handshake in JSON, then messages in the
// encoding that it names.

const (
	recordEnd = 0x1E // after each JSON text
	perGroup  = 7    // bits of a length in one byte
)

// The types of message that are sent.
const (
	invocation = 1
	ping       = 6
	closing    = 7
)

// The names of the client's functions.
const (
	receive  = "ReceiveMessage"
	answered = "AuthRequestResponseRecieved" // sic: clients listen to this name
)

// encoding is how a socket wants its messages.
type encoding int

const (
	none encoding = iota // the handshake has not said yet
	binary
	texted
)

var errHandshake = errors.New("push: the handshake is not that of a hub")

// handshake reads what a client sends first.
func handshake(raw []byte) (encoding, error) {
	text, _, found := bytes.Cut(raw, []byte{recordEnd})
	var wish struct {
		Protocol string `json:"protocol"`
		Version  int    `json:"version"`
	}
	if !found || json.Unmarshal(text, &wish) != nil || wish.Version < 1 {
		return none, errHandshake
	}
	switch wish.Protocol {
	case "messagepack":
		return binary, nil
	case "json":
		return texted, nil
	}
	return none, errHandshake
}

// The answers to a handshake.
var (
	welcome = []byte("{}\x1e")
	refusal = []byte(`{"error":"This is not a protocol of the hub."}` + "\x1e")
)

// pings and closings are the messages that are the same for everyone, by encoding.
var (
	pings    = map[encoding][]byte{binary: framed([]byte{0x91, ping}), texted: []byte(`{"type":6}` + "\x1e")}
	closings = map[encoding][]byte{
		binary: framed([]byte{0x93, closing, 0xC0, 0xC3}), // no error; come again
		texted: []byte(`{"type":7,"allowReconnect":true}` + "\x1e"),
	}
)

// call is the invocation of a client's function with one argument.
type call struct {
	target  string
	context string // the identifier of the client that need not listen, or ""
	kind    int
	payload []member
	person  id.ID // whom an anonymous socket is told that it was, or zero
}

func (c call) argument() []member {
	var device any
	if c.context != "" {
		device = c.context
	}
	list := []member{{"ContextId", device}, {"Type", c.kind}, {"Payload", c.payload}}
	if !c.person.IsZero() {
		list = append(list, member{"UserId", c.person.String()})
	}
	return list
}

// encode writes the message for sockets of an encoding.
func (c call) encode(e encoding) []byte {
	if e == texted {
		body := appendJSON(nil, []member{
			{"type", invocation}, {"target", c.target}, {"arguments", []any{c.argument()}},
		})
		return append(body, recordEnd)
	}
	b := msgp.AppendArrayHeader(nil, 5)
	b = msgp.AppendInt(b, invocation)
	b = msgp.AppendMapHeader(b, 0) // headers
	b = msgp.AppendNil(b)          // no answer is expected
	b = msgp.AppendString(b, c.target)
	b = msgp.AppendArrayHeader(b, 1)
	return framed(appendBinary(b, c.argument()))
}

// framed puts the length before a message: seven bits in a byte, the lowest first,
// and the highest bit where another byte follows.
func framed(body []byte) []byte {
	var prefix []byte
	n := len(body)
	for ; n >= 1<<perGroup; n >>= perGroup {
		prefix = append(prefix, byte(n)|1<<perGroup)
	}
	return slices.Concat(append(prefix, byte(n)), body)
}

func appendBinary(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return msgp.AppendNil(b)
	case time.Time:
		return msgp.AppendTimeExt(b, v)
	case int:
		return msgp.AppendInt(b, v)
	case float64: // as encoding/json reads every number
		if whole := int64(v); float64(whole) == v {
			return msgp.AppendInt64(b, whole)
		}
		return msgp.AppendFloat64(b, v)
	case bool:
		return msgp.AppendBool(b, v)
	case string:
		return msgp.AppendString(b, v)
	case []any:
		b = msgp.AppendArrayHeader(b, uint32(len(v))) //nolint:gosec // A payload is never that long.
		for _, element := range v {
			b = appendBinary(b, element)
		}
		return b
	case map[string]any:
		return appendBinary(b, sorted(v))
	case []member:
		b = msgp.AppendMapHeader(b, uint32(len(v))) //nolint:gosec // As above.
		for _, m := range v {
			b = appendBinary(msgp.AppendString(b, m.name), m.value)
		}
		return b
	}
	return msgp.AppendNil(b) // encoding/json reads nothing else
}

func sorted(members map[string]any) []member {
	list := []member{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		list = append(list, member{name, members[name]})
	}
	return list
}

func appendJSON(b []byte, value any) []byte {
	switch v := value.(type) {
	case time.Time:
		return appendJSON(b, stamp(v))
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, element)
		}
		return append(b, ']')
	case []member:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	}
	raw, err := json.Marshal(value)
	if err != nil { // it is nothing that encoding/json has read
		raw = []byte("null")
	}
	return append(b, raw...)
}
