package routes_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// forms tries what the token endpoint cannot grant.
func forms(r row, g given) []trial {
	example := g.body.(url.Values)
	var trials []trial
	for _, kind := range []string{"application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data", "/", ";;"} {
		trials = append(trials, trial{"form: of the type " + kind, func(c *call) { c.kind = kind }, status(400)})
	}
	for what, text := range map[string]string{
		"nothing": " ", "JSON": `{"grant_type":"password"}`, "broken": "grant_type=%zz", "half": "grant_type=password&username", "bytes": "\xff\xfe\x00",
	} {
		trials = append(trials, trial{"form: " + what, func(c *call) { c.whole = []byte(text) }, status(400)})
	}
	for name := range example {
		put := func(what, value string) {
			change := func(c *call) { c.body.(url.Values).Set(name, value) }
			trials = append(trials, trial{"form: " + what + " for " + name, change, want{}})
		}
		for what, text := range r.texts() {
			put(what, text[:min(len(text), 10_000)])
		}
		put("NUL", "a\x00b")
		put("no UTF-8", "\xff\xfe")
		put("a huge number", "99999999999999999999")
		put("less than nothing", "-1")
		put("a name alone", example.Get(name)+"\x00")
		missing := want{}
		if slices.Contains(r.required, name) {
			missing = status(400)
		}
		trials = append(trials,
			trial{"form: no " + name, func(c *call) { c.body.(url.Values).Del(name) }, missing},
			trial{"form: empty " + name, func(c *call) { c.body.(url.Values).Set(name, "") }, missing})
	}
	return trials
}

// uploads tries files that are no licenses, and forms that have none. A license
// that is almost one is tried where an accepted one can be uploaded again.
func uploads(r row, g given) []trial {
	example := g.body.(upload)
	if example.file == nil {
		return values(r, example)
	}
	var trials []trial
	add := func(name string, want want, change func(*call)) {
		trials = append(trials, trial{"upload: " + name, change, want})
	}
	change := func(fn func(*upload)) func(*call) {
		return func(c *call) {
			u := c.body.(upload)
			fn(&u)
			c.body = u
		}
	}
	for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "multipart/mixed", ";"} {
		add("of the type "+kind, naming("license"), func(c *call) { c.kind = kind })
	}
	add("no file", naming("license"), change(func(u *upload) { u.file = nil }))
	add("a value instead of the file", naming("license"), change(func(u *upload) { u.file, u.values = nil, map[string]string{"license": string(u.file)} }))
	add("broken off", status(400), func(c *call) {
		whole, kind, _ := c.encode()
		c.whole, c.kind = whole[:len(whole)/2], kind
	})
	add("broken off at the end", status(400), func(c *call) {
		whole, kind, _ := c.encode()
		c.whole, c.kind = whole[:bytes.LastIndexByte(whole, '}')], kind
	})
	add("no told length", status(400), func(c *call) { c.unmeasured = true })
	add("over the limit of licenses", status(400), change(func(u *upload) { u.file = bytes.Repeat([]byte(" "), 51_201) }))
	for what, file := range map[string]string{
		"an empty file": "", "a word": "license", "a page": "<html>", "NUL": "\x00", "no UTF-8": "\xff\xfe", "an empty object": "{}",
		"null": "null", "deep": strings.Repeat("[", 20_000),
	} {
		add(what, status(400), change(func(u *upload) { u.file = []byte(file) }))
	}
	for name, value := range example.values {
		if encrypted(value) {
			add("the second generation for "+name, naming(name), change(func(u *upload) { u.values[name] = secondGeneration }))
		}
		for what, text := range maps.All(badTexts) {
			add(what+" for "+name, status(400), change(func(u *upload) { u.values[name] = text[:min(len(text), 9_000)] }))
		}
		for what, text := range map[string]string{"NUL": "2.QUJD|QUJD|QU\x00JD", "no UTF-8": "\xff"} {
			add(what+" for "+name, status(400), change(func(u *upload) { u.values[name] = text }))
		}
		if slices.Contains(r.required, name) {
			add("no "+name, naming(name), change(func(u *upload) { delete(u.values, name) }))
		}
	}
	if !g.identifies() {
		return trials
	}
	return append(trials, licenses(example.file)...)
}

// values tries a form without a file.
func values(r row, example upload) []trial {
	var trials []trial
	for name := range example.values {
		put := func(what string, want want, change func(map[string]string)) {
			trials = append(trials, trial{"form: " + what + " for " + name, func(c *call) { change(c.body.(upload).values) }, want})
		}
		for what, text := range badTexts {
			put(what, want{}, func(v map[string]string) { v[name] = text })
		}
		for what, text := range map[string]string{"NUL": "QU\x00JD", "no UTF-8": "\xff"} {
			put(what, naming(name), func(v map[string]string) { v[name] = text })
		}
		if slices.Contains(r.required, name) {
			put("nothing", naming(name), func(v map[string]string) { delete(v, name) })
		}
	}
	return trials
}

// licenses tries a license with each member in the wrong form. Where the token
// vouches for a member the file's own word may not matter.
func licenses(file []byte) []trial {
	var license object
	if json.Unmarshal(file, &license) != nil {
		return nil
	}
	var trials []trial
	for name := range license {
		for kind, value := range map[string]string{
			"text": `"x"`, "number": `-7`, "huge number": `1e400`, "claim": `true`, "list": `[]`, "object": `{}`, "null": `null`, "NUL": `"\u0000"`,
		} {
			trials = append(trials, trial{"license: " + kind + " for " + name, func(c *call) {
				u := c.body.(upload)
				changed := object{}
				if json.Unmarshal(u.file, &changed) == nil {
					changed[name] = raw(value)
					u.file, _ = json.Marshal(changed)
				}
				c.body = u
			}, status(200, 400)})
		}
	}
	return trials
}
