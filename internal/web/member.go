package web

import (
	"reflect"
	"strings"
)

// memberAt turns the path in an error of encoding/json into the one that a client
// knows: without the names of structs that are embedded.
func memberAt(t reflect.Type, path string) string {
	var names []string
	for name := range strings.SplitSeq(path, ".") {
		field, ok := fieldOf(t, name)
		if ok {
			t = field.Type
		}
		if !ok || !embedded(field) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		for field := range t.Fields() {
			if memberName(field) == name {
				return field, true
			}
		}
	}
	return reflect.StructField{}, false
}

// memberName is how encoding/json spells a field.
func memberName(field reflect.StructField) string {
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return field.Name
}

func embedded(field reflect.StructField) bool {
	return field.Anonymous && memberName(field) == field.Name
}

// withNUL returns the path of the first text that holds the character NUL, or "".
// PostgreSQL cannot store it, and no client sends it.
func withNUL(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return withNUL(v.Elem(), path)
		}
	case reflect.String:
		if strings.Contains(v.String(), "\x00") {
			return path
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "" // JSON as it came, in which it is spelled out
		}
		for i := range v.Len() {
			if found := withNUL(v.Index(i), path); found != "" {
				return found
			}
		}
	case reflect.Struct:
		return memberWithNUL(v, path)
	}
	return ""
}

func memberWithNUL(v reflect.Value, path string) string {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		inner := path
		switch {
		case embedded(field):
		case !field.IsExported():
			continue
		default:
			inner = strings.TrimPrefix(path+"."+memberName(field), ".")
		}
		if found := withNUL(v.Field(i), inner); found != "" {
			return found
		}
	}
	return ""
}
