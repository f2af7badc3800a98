package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Placeholders returns n placeholders from $first on, for IN ( … ): "$2,$3,$4".
func Placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// Rows returns the placeholders of n rows of width columns, for VALUES …:
// "($1,$2),($3,$4)". One statement may hold at most 32,766 placeholders.
func Rows(n, width int) string {
	const longest = len("$32766,")
	text := make([]byte, 0, n*(width*longest+len("(),")))
	for i := range n {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, '(')
		for column := range width {
			if column > 0 {
				text = append(text, ',')
			}
			text = strconv.AppendInt(append(text, '$'), int64(1+i*width+column), 10)
		}
		text = append(text, ')')
	}
	return string(text)
}

// Typed is Rows for what is no INSERT: the first row says of which type each column is,
// and so PostgreSQL knows. Both engines call the columns column1, column2 and so on.
func Typed(n int, types ...string) string {
	var first strings.Builder
	for i, name := range types {
		if i > 0 {
			first.WriteByte(',')
		}
		first.WriteString("CAST($" + strconv.Itoa(1+i) + " AS " + name + ")")
	}
	width := len(types)
	_, rest, _ := strings.Cut(Rows(n, width), ")")
	return "(" + first.String() + ")" + rest
}

// Padded repeats the last of a list until there are a power of two. An UPDATE of the
// same row with the same values does no harm, and statements of few lengths are kept
// prepared better than those of many.
func Padded[T any](list []T) []T {
	if len(list) == 0 {
		return list
	}
	padded := slices.Clone(list)
	for len(padded)&(len(padded)-1) != 0 {
		padded = append(padded, list[len(list)-1])
	}
	return padded
}

// Containing is the pattern of texts that contain one, in whichever case:
// lower(name) LIKE $1 ESCAPE '!'.
func Containing(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
}

// bare writes placeholders as ?, where they stand in their order and each once. To
// SQLite $1 is a name, which it compares with all names before it. No literal of a
// query has a $ before a digit.
func bare(query string) string {
	var b strings.Builder
	rest := query
	for n := 1; ; n++ {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		if after[:digits] != strconv.Itoa(n) {
			return query
		}
		b.WriteByte('?')
		rest = after[digits:]
	}
}

// Optional stores a text that may be absent: "" is NULL.
type Optional string

// Value writes the text, or NULL.
func (o Optional) Value() (driver.Value, error) {
	if o == "" {
		return nil, nil
	}
	return string(o), nil
}

// Scan reads what Value wrote.
func (o *Optional) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		*o = ""
	case string:
		*o = Optional(s)
	case []byte:
		*o = Optional(s)
	default:
		return fmt.Errorf("db: %T is not a text", src)
	}
	return nil
}

// JSON stores a value as JSON text.
type JSON[T any] struct{ V *T }

// Value writes the text.
func (j JSON[T]) Value() (driver.Value, error) {
	raw, err := json.Marshal(j.V)
	return string(raw), err
}

// Scan reads what Value wrote.
func (j JSON[T]) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), j.V)
	case []byte:
		return json.Unmarshal(s, j.V)
	}
	return fmt.Errorf("db: %T is not JSON", src)
}
