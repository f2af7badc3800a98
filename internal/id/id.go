// Package id makes, reads and prints the 128-bit identifiers of everything a
// client sees: lower-case text with dashes on the wire and in the database.
package id

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/uuid"
)

// ID identifies one thing. The zero ID means none: it is null in JSON and NULL
// in the database.
type ID [16]byte

// New returns a random ID.
func New() ID { return ID(uuid.New()) }

// NewOrdered returns an ID that sorts by the time it was made, and tells it, for
// what is written or read in that order.
func NewOrdered() ID { return ID(uuid.Must(uuid.NewV7())) }

// Parse reads the text form. An empty text, or one of another form, is an error.
func Parse(text string) (ID, error) {
	if len(text) != 36 {
		return ID{}, fmt.Errorf("id: %d characters instead of 36", len(text))
	}
	u, err := uuid.Parse(text)
	return ID(u), err
}

// IsZero reports whether v identifies nothing.
func (v ID) IsZero() bool { return v == ID{} }

// String returns the text form, of zeros for the zero ID.
func (v ID) String() string { return string(v.Append(make([]byte, 0, 36))) }

// Append writes the text form, of zeros for the zero ID.
func (v ID) Append(b []byte) []byte {
	b = append(hex.AppendEncode(b, v[:4]), '-')
	b = append(hex.AppendEncode(b, v[4:6]), '-')
	b = append(hex.AppendEncode(b, v[6:8]), '-')
	b = append(hex.AppendEncode(b, v[8:10]), '-')
	return hex.AppendEncode(b, v[10:])
}

// MarshalJSON writes the text form, or null for the zero ID.
func (v ID) MarshalJSON() ([]byte, error) {
	if v.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(v.String())
}

// UnmarshalJSON reads the text form; null and "" are the zero ID. The error is
// one for which encoding/json adds the path of the member.
func (v *ID) UnmarshalJSON(raw []byte) error {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[ID]()}
	}
	if text == nil || *text == "" {
		*v = ID{}
		return nil
	}
	parsed, err := Parse(*text)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "text", Type: reflect.TypeFor[ID]()}
	}
	*v = parsed
	return nil
}

// MarshalText writes the text form, so that an ID can be the key of a JSON object.
func (v ID) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the text form.
func (v *ID) UnmarshalText(text []byte) (err error) {
	*v, err = Parse(string(text))
	return err
}

// Value writes the text form to the database, or NULL for the zero ID.
func (v ID) Value() (driver.Value, error) {
	if v.IsZero() {
		return nil, nil
	}
	return v.String(), nil
}

// Scan reads what Value wrote.
func (v *ID) Scan(src any) (err error) {
	switch s := src.(type) {
	case nil:
		*v = ID{}
	case string:
		*v, err = Parse(s)
	case []byte:
		*v, err = Parse(string(s))
	default:
		err = fmt.Errorf("id: %T is not an identifier", src)
	}
	return err
}
