package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// Source is where the value of a setting comes from.
type Source string

// The sources.
const (
	ByDefault     Source = "default"
	ByFile        Source = "file"
	ByEnvironment Source = "environment"
	ByFlag        Source = "flag"
)

// Given is the source of each setting that has a value of the operator's, by its name.
type Given map[string]Source

// given returns where the values come from. An empty one is the default.
func (r *reader) given() Given {
	given := Given{}
	for _, s := range r.settings {
		if v := r.values[s.Name]; v.text != "" {
			given[s.Name] = [...]Source{fromFile: ByFile, fromEnvironment: ByEnvironment, fromFlag: ByFlag}[v.from]
		}
	}
	return given
}

// InForce is a setting with the value that the server goes by.
type InForce struct {
	Setting
	Value  string // "" when there is none, and for a secret
	Secret bool
	Set    bool // whether there is a value
	Source Source
}

// InForce lists every setting of c in the order of Config, without a secret.
func (c Config) InForce() []InForce {
	values := valuesOf(reflect.ValueOf(c))
	list := make([]InForce, len(values))
	for i, s := range Settings() {
		f := InForce{Setting: s, Source: ByDefault}
		if from, ok := c.Given[s.Name]; ok {
			f.Source = from
		}
		f.Value = textOf(values[i])
		f.Set = f.Value != ""
		if f.Secret = values[i].Type() == reflect.TypeFor[Secret](); f.Secret {
			f.Value = ""
		}
		list[i] = f
	}
	return list
}

// valuesOf returns the values of the settings in the order of settingsOf.
func valuesOf(v reflect.Value) []reflect.Value {
	var all []reflect.Value
	for field, value := range v.Fields() {
		if _, named := field.Tag.Lookup("env"); named {
			all = append(all, value)
		} else if field.Type.Kind() == reflect.Struct {
			all = append(all, valuesOf(value)...)
		}
	}
	return all
}

// textOf writes a value as an operator would; the zero value of what may be absent
// is nothing.
func textOf(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = textOf(v.Index(i))
		}
		return strings.Join(items, ", ")
	}
	if v.IsZero() && (v.Kind() == reflect.Array || v.Kind() == reflect.Struct) {
		return ""
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		if raw, err := text.MarshalText(); err == nil {
			return string(raw)
		}
	}
	return fmt.Sprint(v.Interface())
}
