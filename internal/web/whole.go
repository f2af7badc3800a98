package web

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Whole is a whole number in a request, which some clients write as a text.
type Whole int64

// UnmarshalJSON reads a number or a text of digits; null is 0.
func (n *Whole) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text == "null" {
		*n = 0
		return nil
	}
	if text[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Whole]()}
		}
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Whole]()}
	}
	*n = Whole(v)
	return nil
}
