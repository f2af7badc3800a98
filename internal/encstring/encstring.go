// Package encstring knows the shape of the ciphertext that clients make: a type
// number, a full stop, and one to three pieces of base64 between bars.
//
// The server stores such texts and hands them back. It never decrypts one, and
// it refuses what no client could read, because a single unreadable text makes a
// whole item, or on some phones a whole vault, fail to load.
package encstring

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"coffre/internal/fault"
)

// Type says how a text was encrypted.
type Type int

// The types of the protocol. AES means AES in CBC mode.
const (
	AES256                Type = iota // iv, ciphertext; only accounts made long ago
	AES128HMAC                        // iv, ciphertext, mac; no longer made
	AES256HMAC                        // iv, ciphertext, mac
	RSAOAEPSHA256                     // ciphertext
	RSAOAEPSHA1                       // ciphertext; keys that people share
	RSAOAEPSHA256WithHMAC             // ciphertext, mac
	RSAOAEPSHA1WithHMAC               // ciphertext, mac
	COSE                              // one COSE_Encrypt0 message
)

// pieces is how many pieces each type has.
var pieces = [...]int{
	AES256:                2,
	AES128HMAC:            3,
	AES256HMAC:            3,
	RSAOAEPSHA256:         1,
	RSAOAEPSHA1:           1,
	RSAOAEPSHA256WithHMAC: 2,
	RSAOAEPSHA1WithHMAC:   2,
	COSE:                  1,
}

// EncString is a text taken apart. The pieces are decoded, never decrypted, and
// their lengths are not judged.
type EncString struct {
	Type   Type
	Pieces [][]byte
}

// Parse reads the text form. Every piece must be there, not empty, and base64
// with its padding; white space is refused wherever it stands. A text without a
// type number is of type 1 when it has three pieces and of type 0 otherwise.
func Parse(text string) (EncString, error) {
	kind, body, err := split(text)
	if err != nil {
		return EncString{}, err
	}
	parts := strings.Split(body, "|")
	if len(parts) != pieces[kind] {
		return EncString{}, fmt.Errorf("encstring: type %d has %d pieces, not %d", kind, pieces[kind], len(parts))
	}
	parsed := EncString{Type: kind, Pieces: make([][]byte, len(parts))}
	for i, part := range parts {
		// The decoder skips line breaks, and no client does.
		if part == "" || strings.ContainsAny(part, "\r\n") {
			return EncString{}, fmt.Errorf("encstring: piece %d is empty or broken", i)
		}
		if parsed.Pieces[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			return EncString{}, fmt.Errorf("encstring: piece %d: %w", i, err)
		}
	}
	return parsed, nil
}

// split takes the type number off the text, or infers it.
func split(text string) (Type, string, error) {
	head, body, found := strings.Cut(text, ".")
	if !found {
		if strings.Count(text, "|") == 2 {
			return AES128HMAC, text, nil
		}
		return AES256, text, nil
	}
	if len(head) != 1 || head[0] < '0' || int(head[0]-'0') >= len(pieces) {
		return 0, "", errors.New("encstring: no such type")
	}
	return Type(head[0] - '0'), body, nil
}

// String returns the text form, with the type number.
func (e EncString) String() string {
	parts := make([]string, len(e.Pieces))
	for i, piece := range e.Pieces {
		parts[i] = base64.StdEncoding.EncodeToString(piece)
	}
	return fmt.Sprintf("%d.%s", e.Type, strings.Join(parts, "|"))
}

// CheckType is Check for a place where clients use one type only.
func CheckType(field, text string, limit int, kind Type) error {
	if err := Check(field, text, limit); err != nil {
		return err
	}
	if parsed, err := Parse(text); err != nil || parsed.Type != kind {
		return fault.Malformed(field)
	}
	return nil
}

// Check reports what is wrong with the member field of a request: a Required
// fault when text is empty, TooLong when it has more than limit characters, and
// Malformed when Parse refuses it or the type is COSE: that is the language of
// accounts of the second generation, which this server does not have, and whose
// texts the clients of its people could not read. A member that may be absent is
// checked only when it is there.
func Check(field, text string, limit int) error {
	if text == "" {
		return fault.Required(field)
	}
	if len(text) > limit {
		return fault.TooLong(field, limit)
	}
	if parsed, err := Parse(text); err != nil || parsed.Type == COSE {
		return fault.Malformed(field)
	}
	return nil
}
