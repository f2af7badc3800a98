package routes_test

import (
	"encoding/json"
	"slices"
	"strings"

	"coffre/internal/encstring"
	"coffre/internal/id"
	"coffre/internal/web"
)

// bodies tries what is not the JSON of an object.
func bodies(r row, route web.Route) []trial {
	var trials []trial
	body := func(name, text string, want want) {
		if int64(len(text)) > route.Limit {
			want = status(413)
		}
		trials = append(trials, trial{"body: " + name, func(c *call) { c.whole = []byte(text) }, want})
	}
	for name, text := range map[string]string{
		"list": `[]`, "text": `"x"`, "number": `7`, "claim": `true`, "word": `x`, "page": `<html>`, "form": `a=b&c=d`,
		"truncated": `{"a":`, "open": `{`, "closed twice": `{}}`, "two": `{}{}`, "more behind": `{} x`, "no quotes": `{a:1}`,
		"broken escape": `{"a":"\x"}`, "NUL": "{\"a\":\"\x00\"}", "byte order mark": "\xef\xbb\xbf{}", "UTF-16": "\xff\xfe{\x00}\x00",
		"deep": strings.Repeat(`{"a":`, 100_000), "deep list": strings.Repeat(`[`, 100_000),
		"a member twice": `{"a":1,"a":1}`, "a member twice inside": `{"a":[{"b":{},"c":"\"b\":","b":2}]}`,
		"no UTF-8": "{\"a\":\"\xff\"}", "no UTF-8 in a name": "{\"\xff\":1}",
	} {
		body(name, text, status(400))
	}
	nothing := want{}
	if len(r.required) > 0 {
		nothing = status(400)
	}
	body("nothing", " ", nothing)
	body("null", "null", nothing)
	body("an empty object", "{}", nothing)
	return append(trials, trial{"body: another type", func(c *call) { c.kind = "text/plain" }, want{}})
}

// members tries each member in the wrong form.
func members(r row, route web.Route, g given) []trial {
	var trials []trial
	example, _ := normalized(g.body) // the good call has told if it cannot be written
	for _, m := range membersOf(route.In) {
		if r.brief && m.saysItem() {
			continue
		}
		put := func(what string, value any, want want) {
			change := func(c *call) { set(c.body.(object), m.path, value) }
			trials = append(trials, trial{"member " + strings.Join(m.path, ".") + ": " + what, change, want})
		}
		for kind, value := range m.wrong() {
			put(kind.String(), value, naming(m.field()))
		}
		put("null", nil, m.without(r))
		m.ofKind(put, r)
		if encrypted(valueAt(example, m.path)) && !slices.Contains(r.loose, m.field()) {
			put("of the second generation", secondGeneration, naming(m.field()))
		}
		if m.required(r) {
			trials = append(trials, trial{"no member " + m.field(), func(c *call) { remove(c.body.(object), m.path) }, naming(m.field())})
		}
	}
	return trials
}

// saysItem reports whether a member is a part of what an item says.
func (m member) saysItem() bool {
	return slices.ContainsFunc(m.path, func(name string) bool {
		return slices.Contains(strings.Fields("login card identity secureNote sshKey bankAccount driversLicense passport fields passwordHistory"), name)
	})
}

// secondGeneration is a text that only clients of a later generation can read.
const secondGeneration = "7.QUJD"

// encrypted reports whether a member of a good call is what clients encrypt.
func encrypted(value any) bool {
	text, ok := value.(string)
	_, err := encstring.Parse(text)
	return ok && err == nil && strings.Contains(text, ".")
}

// valueAt returns the member of a body, of a list that of its first element.
func valueAt(value any, path []string) any {
	for _, name := range path {
		switch v := value.(type) {
		case object:
			value = v[name]
		case []any:
			if name != element || len(v) == 0 {
				return nil
			}
			value = v[0]
		default:
			return nil
		}
	}
	return value
}

// without is what to answer when a member is empty.
func (m member) without(r row) want {
	if m.required(r) {
		return naming(m.field())
	}
	return want{}
}

func (m member) required(r row) bool {
	return slices.Contains(r.required, m.field()) && !slices.Contains(m.path, element)
}

func (m member) ofKind(put func(what string, value any, want want), r row) {
	switch m.kind {
	case text:
		m.texts(put, r)
	case number:
		for _, n := range r.numbers() {
			put(n.String(), n, want{})
		}
		for _, n := range []json.Number{"1.5", "1e400", "9223372036854775808"} {
			put(n.String(), n, naming(m.field()))
		}
	case list:
		put("nothing in it", []any{}, want{})
		put("null in it", []any{nil}, want{})
	case identifier:
		for what, text := range badIDs {
			put(what, text, naming(m.field()))
		}
		unknown := status(400, 404)
		if slices.Contains(r.loose, m.field()) {
			unknown = want{}
		}
		put("unknown", id.New().String(), unknown)
		put("zeros", id.ID{}.String(), m.without(r))
		put("an empty text", "", m.without(r))
	case instant:
		for _, text := range []string{"noon", "", "2026-13-41T00:00:00Z", "10000-01-01T00:00:00Z", "2026-01-01", "\x00"} {
			put("a time "+text, text, naming(m.field()))
		}
		for _, text := range []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999+14:00"} {
			put(text, text, want{})
		}
	case anything:
		for what, value := range map[string]string{
			"a lone surrogate": `{"a":"\ud800"}`, "NUL": `{"a":"\u0000"}`, "a NUL": `"\u0000"`, "deep": strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
			"a huge number": `{"minLength":1e400}`, "a member twice": `{"a":1,"a":{}}`, "false": `false`,
		} {
			put(what, raw(value), want{})
		}
	case boolean, objects:
	}
}

func (m member) texts(put func(what string, value any, want want), r row) {
	for what, text := range r.texts() {
		put(what, text, want{})
	}
	put("NUL", "a\x00b", naming(m.field()))
	put("a lone surrogate", raw(`"\ud800"`), want{})
	put("an empty text", "", m.without(r))
	if limit, ok := r.longest[m.field()]; ok {
		put("one more than allowed", strings.Repeat("é", limit+1), naming(m.field()))
	}
}
