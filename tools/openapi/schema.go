package main

import (
	"encoding"
	"encoding/json"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"coffre/internal/id"
	"coffre/internal/web"
)

// schemas describes Go types as encoding/json writes and reads them. A struct
// with a name is described once, by the name of its package and its own.
type schemas struct {
	named openapi3.Schemas
	types map[string]reflect.Type // what each name stands for
	// answers says which way the types go: an answer has every member, and a
	// request may leave out what its handler does not insist on.
	answers bool
}

func newSchemas() *schemas {
	return &schemas{named: openapi3.Schemas{}, types: map[string]reflect.Type{}}
}

func plain(kind, format string) *openapi3.SchemaRef {
	return openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{kind}, Format: format})
}

func free() *openapi3.SchemaRef { return openapi3.NewSchemaRef("", &openapi3.Schema{}) }

func orNull(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	switch v := ref.Value; {
	case ref.Ref != "":
		return openapi3.NewSchemaRef("", &openapi3.Schema{AnyOf: openapi3.SchemaRefs{ref, plain("null", "")}})
	case v.Type != nil && !slices.Contains(*v.Type, "null"):
		*v.Type = append(*v.Type, "null")
	}
	return ref
}

func (s *schemas) of(t reflect.Type) *openapi3.SchemaRef {
	switch t {
	case reflect.TypeFor[id.ID]():
		return orNull(plain("string", "uuid"))
	case reflect.TypeFor[time.Time]():
		return plain("string", "date-time")
	case reflect.TypeFor[web.Reply]():
		return free()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(s.of(t.Elem()))
	case reflect.Struct:
		if wrapsTime(t) {
			return orNull(plain("string", "date-time"))
		}
		return s.object(t)
	}
	switch {
	case t.Implements(reflect.TypeFor[json.Marshaler]()):
		return free()
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return plain("string", "")
	}
	return s.basic(t)
}

// wrapsTime reports whether t is a time.Time for which null is the zero one.
func wrapsTime(t reflect.Type) bool {
	return t.NumField() == 1 && t.Field(0).Anonymous && t.Field(0).Type == reflect.TypeFor[time.Time]()
}

func (s *schemas) basic(t reflect.Type) *openapi3.SchemaRef {
	switch t.Kind() {
	case reflect.Bool:
		return plain("boolean", "")
	case reflect.String:
		return plain("string", "")
	case reflect.Float32, reflect.Float64:
		return plain("number", "")
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{"string"}, ContentEncoding: "base64"})
		}
		list := plain("array", "")
		list.Value.Items = s.of(t.Elem())
		return list
	case reflect.Map:
		object := plain("object", "")
		object.Value.AdditionalProperties.Schema = s.of(t.Elem())
		return object
	case reflect.Interface:
		return free()
	}
	return plain("integer", "")
}

var (
	folders  = regexp.MustCompile(`[\w.-]+/`)
	unusable = regexp.MustCompile(`[^\w.-]+`)
)

// nameOf is "room.view", and "web.List.room.view" of a generic type.
func nameOf(t reflect.Type) string {
	name := folders.ReplaceAllString(path.Base(t.PkgPath())+"."+t.Name(), "")
	return strings.Trim(unusable.ReplaceAllString(name, "."), ".")
}

func (s *schemas) object(t reflect.Type) *openapi3.SchemaRef {
	if t.Name() == "" {
		schema := plain("object", "")
		s.members(t, schema.Value)
		return schema
	}
	name := nameOf(t)
	ref := openapi3.NewSchemaRef("#/components/schemas/"+name, nil)
	switch s.types[name] {
	case nil:
		s.types[name] = t
		schema := plain("object", "")
		s.named[name] = schema // before its members, which may be of the same type
		s.members(t, schema.Value)
		if t.Implements(reflect.TypeFor[json.Marshaler]()) {
			loosen(schema.Value)
		}
	case t:
	default:
		panic("two types are called " + name)
	}
	return ref
}

// loosen is for a struct that writes itself, such as a license: it may leave
// members out, and write null for what is empty.
func loosen(schema *openapi3.Schema) {
	schema.Required = nil
	for name, member := range schema.Properties {
		schema.Properties[name] = orNull(member)
	}
}

// members adds those of a struct, then those of what it embeds: of two with one
// name the outer counts.
func (s *schemas) members(t reflect.Type, into *openapi3.Schema) {
	var embedded []reflect.Type
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case field.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			embedded = append(embedded, inner)
			continue
		case name == "-" || !field.IsExported():
			continue
		case name == "":
			name = field.Name
		}
		if into.Properties[name] != nil {
			continue
		}
		into.WithPropertyRef(name, s.of(field.Type))
		if s.answers && !strings.Contains(options, "omit") {
			into.Required = append(into.Required, name)
		}
	}
	for _, inner := range embedded {
		s.members(inner, into)
	}
}
