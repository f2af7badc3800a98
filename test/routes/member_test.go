package routes_test

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/content"
	"coffre/internal/id"
)

// kind is which JSON a member is.
type kind int

const (
	text kind = iota
	number
	boolean
	list
	objects
	identifier
	instant
	anything
)

// element stands for the first element of a list in a path.
const element = "[]"

// member is one of the body that a route reads.
type member struct {
	path []string
	kind kind
}

// field is how a fault names the member: a list's elements share its name.
func (m member) field() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(m.path), func(s string) bool { return s == element }), ".")
}

// membersOf lists the members of a type as encoding/json reads them.
func membersOf(t reflect.Type, path ...string) []member {
	var found []member
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			found = append(found, membersOf(field.Type, path...)...)
		case name != "-" && field.IsExported():
			name = cmp.Or(name, field.Name)
			found = append(found, membersAt(field.Type, append(slices.Clone(path), name))...)
		}
	}
	return found
}

func membersAt(t reflect.Type, path []string) []member {
	if t.Kind() == reflect.Pointer {
		return membersAt(t.Elem(), path)
	}
	m := member{path, kindOf(t)}
	switch m.kind {
	case objects:
		return append([]member{m}, membersOf(t, path...)...)
	case list:
		return append([]member{m}, membersAt(t.Elem(), append(slices.Clone(path), element))...)
	}
	return []member{m}
}

func kindOf(t reflect.Type) kind {
	switch t {
	case reflect.TypeFor[id.ID]():
		return identifier
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[content.Number](), reflect.TypeFor[content.Date]():
		return anything
	}
	switch t.Kind() {
	case reflect.String:
		return text
	case reflect.Bool:
		return boolean
	case reflect.Slice:
		return list
	case reflect.Interface:
		return anything
	case reflect.Struct:
		if t.NumField() > 0 && t.Field(0).Type == reflect.TypeFor[time.Time]() {
			return instant
		}
		return objects
	}
	return number
}

// examples is a value of each JSON type, by the kind that reads it.
var examples = map[kind]any{text: "x", number: 7, boolean: true, list: []any{}, objects: object{}}

// wrong returns the values of the JSON types that a member is not.
func (m member) wrong() map[kind]any {
	values := map[kind]any{}
	for k, value := range examples {
		isText := k == text && (m.kind == identifier || m.kind == instant)
		if k != m.kind && m.kind != anything && !isText {
			values[k] = value
		}
	}
	return values
}

func (k kind) String() string {
	return [...]string{"a text", "a number", "a boolean", "a list", "an object", "an identifier", "an instant", "anything"}[k]
}

func TestMembersAreThoseThatJSONReads(t *testing.T) {
	type inner struct {
		Key *string `json:"key"`
	}
	type base struct {
		Name string `json:"name"`
	}
	type in struct {
		base
		Type   *int            `json:"type"`
		IDs    []id.ID         `json:"ids"`
		Rows   []inner         `json:"rows"`
		Inner  *inner          `json:"inner"`
		Data   json.RawMessage `json:"data"`
		At     struct{ time.Time }
		Hidden bool `json:"-"`
	}
	want := []string{
		"name a text", "type a number", "ids a list", "ids an identifier", "rows a list", "rows an object", "rows.key a text",
		"inner an object", "inner.key a text", "data anything", "At an instant",
	}
	var got []string
	for _, m := range membersOf(reflect.TypeFor[in]()) {
		got = append(got, m.field()+" "+m.kind.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
