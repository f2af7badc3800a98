package routes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"coffre/internal/id"
	"coffre/internal/web"
)

// trial is a good call with one thing wrong.
type trial struct {
	name   string
	change func(*call)
	want   want
}

// badTexts are what people who look for holes write. What they are answered is up
// to the route, within the limits of every answer.
var badTexts = map[string]string{
	"SQL":          `'; DROP TABLE account; --`,
	"SQL, more":    `" OR "1"="1`,
	"a path":       `../../../../etc/passwd`,
	"a format":     `%s%n%d%!`,
	"a page":       `<script>alert(1)</script>`,
	"a template":   `{{.Password}}${jndi:ldap://a}`,
	"lines":        "a\r\nBcc: everyone@acme.example\r\n\r\n",
	"other planes": "\U0001F512\u202E\u2028\uFEFF",
	"blank":        " \t ",
	"very long":    strings.Repeat("long ", 60_000),
	"long base64":  "2." + strings.Repeat("QUJD", 30_000) + "|QUJD|QUJD",
}

// texts returns the bad texts to try with members of the body.
func (r row) texts() map[string]string {
	if !r.slow {
		return badTexts
	}
	return map[string]string{"SQL": badTexts["SQL"], "very long": badTexts["very long"]}
}

// numbers returns the numbers to try with members of the body.
func (r row) numbers() []json.Number {
	if r.slow {
		return []json.Number{"-1", "2147483648", "9223372036854775807"}
	}
	return []json.Number{"-1", "0", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807"}
}

// badIDs are texts that identify nothing.
var badIDs = map[string]string{
	"a word":       "me",
	"braces":       "{6f2b3c1e-1111-4222-8333-944455566677}",
	"no dashes":    "6f2b3c1e111142228333944455566677",
	"almost":       "6f2b3c1e-1111-4222-8333-94445556667g",
	"36 of them":   strings.Repeat("-", 36),
	"SQL":          `' OR '1'='1`,
	"a path":       "../../etc/passwd",
	"nothing read": "\x00",
	"broken UTF-8": "\xff\xfe",
	"very long":    strings.Repeat("6f2b3c1e", 2_000),
}

// trialsOf lists what is tried with a route, always in the same order. A route
// that both roles have is the same code: the second role is tried with callers and
// paths, which is where the roles could differ.
func (w *world) trialsOf(r row, route web.Route, g given) []trial {
	trials := slices.Concat(w.callers(r, route, g), paths(r, g), queries(r, g), whole(r, route))
	switch {
	case r.on == both && w.here == w.home:
	case route.In == nil || route.In == reflect.TypeFor[struct{}]():
	case route.In == reflect.TypeFor[web.Form]():
		trials = append(trials, forms(r, g)...)
	case route.In == reflect.TypeFor[web.Upload]():
		trials = append(trials, uploads(r, g)...)
	case isStream(route):
		trials = append(trials, streams(g)...)
	default:
		trials = slices.Concat(trials, bodies(r, route), members(r, route, g))
	}
	slices.SortFunc(trials, func(a, b trial) int { return strings.Compare(a.name, b.name) })
	return w.sampled(route, trials)
}

// own are the trials that a route answers itself. The rest is refused by what stands
// before all routes, or by what reads every body.
var own = regexp.MustCompile(`^caller: (nobody|stranger|person|machine)|^path: unknown|^no member|^query: no|^upload: no|^an oversized body$|` +
	`: (NUL|a lone surrogate|one more than allowed|of the second generation|null|-?[0-9.e]+)$`)

// others is how many routes share the trials that are not their own.
const others = 3

// sampled picks what is tried with a route. The second engine has a budget: most bad
// input is refused before a database is asked.
func (w *world) sampled(route web.Route, trials []trial) []trial {
	if os.Getenv("COFFRE_TEST_ALL") != "" {
		return trials
	}
	start := fnv.New32a()
	fmt.Fprint(start, w.here == w.home, route.Method, route.Path)
	var picked []trial
	for i, t := range trials {
		oneIn := w.oneIn
		if !own.MatchString(t.name) {
			oneIn *= others
		}
		if (i+int(start.Sum32()))%oneIn == 0 {
			picked = append(picked, t)
		}
	}
	return picked
}

// callers tries who may not call.
func (w *world) callers(r row, route web.Route, g given) []trial {
	if route.Scope == "" {
		return []trial{{"caller: a token that nobody asks for", func(c *call) { c.bear("garbage") }, status(r.status())}}
	}
	var trials []trial
	as := func(name, authorization string, want want) {
		trials = append(trials, trial{"caller: " + name, func(c *call) { c.header.Set("Authorization", authorization) }, want})
	}
	for name, authorization := range map[string]string{"nobody": "", "no token": "Bearer", "blank token": "Bearer ", "password": "Basic YTpi", "token alone": w.here.ada.access} {
		as(name, authorization, status(401))
	}
	for name, token := range w.here.dead {
		as(name, "Bearer "+token, status(401))
	}
	for scope, token := range w.here.machines {
		if scope != route.Scope {
			as("machine of scope "+scope, "Bearer "+token, status(403))
		}
	}
	stranger := w.here.mallory.access
	if route.Scope != web.ScopePerson {
		as("person", "Bearer "+w.here.ada.access, status(404))
		stranger = w.here.strangers[route.Scope]
	}
	if !r.shared && (g.identifies() || hasIdentifier(route)) {
		as("stranger", "Bearer "+stranger, status(400, 404))
	}
	return trials
}

func hasIdentifier(route web.Route) bool {
	return takesJSON(route) && slices.ContainsFunc(membersOf(route.In), func(m member) bool { return m.kind == identifier })
}

func takesJSON(route web.Route) bool {
	return route.In != nil && route.In.Kind() == reflect.Struct && route.In != reflect.TypeFor[web.Upload]() && !isStream(route) && route.In.NumField() > 0
}

// paths tries identifiers and words that are none.
func paths(r row, g given) []trial {
	var trials []trial
	for name, value := range g.path {
		put := func(what string, value any) {
			change := func(c *call) { c.ids[name] = value }
			trials = append(trials, trial{"path: " + what + " for " + name, change, status(400, 404)})
		}
		if _, isID := value.(id.ID); isID {
			put("unknown", id.New())
			put("zeros", id.ID{})
			for what, text := range badIDs {
				put(what, text)
			}
			continue
		}
		put("no UTF-8", "\xff")
		put("NUL", "\x00")
		if r.words {
			continue
		}
		for what, text := range badTexts {
			put(what, text)
		}
		put("a huge number", "99999999999999999999")
		put("less than nothing", "-1")
	}
	trials = append(trials, trial{"another method", func(c *call) { c.method = "BREW" }, status(404)})
	return trials
}

// queries tries parameters of the address, and headers, in the wrong form.
func queries(r row, g given) []trial {
	trials := []trial{
		{"odd headers", func(c *call) {
			c.header.Set("Accept-Language", strings.Repeat("fr-;q=x,", 200))
			c.header.Set("Coffre-Language", "\xff\x00'")
			c.header.Set("Bitwarden-Client-Version", "-1.99999999999999999999")
			c.header.Set("Device-Type", "{}")
		}, want{}},
		{"odd query", func(c *call) { c.badQuery = "&%zz;;&a=b;c&=&\xff=%00" }, want{}},
	}
	for name := range g.query {
		put := func(what, value string) {
			trials = append(trials, trial{"query: " + what + " for " + name, func(c *call) { c.query[name] = value }, want{}})
		}
		for what, text := range badTexts {
			put(what, text)
		}
		put("NUL", "\x00")
		put("no UTF-8", "\xff")
		missing := want{}
		if slices.Contains(r.requiredQuery, name) {
			missing = naming(name)
		}
		trials = append(trials, trial{"query: no " + name, func(c *call) { delete(c.query, name) }, missing})
	}
	return trials
}

// whole tries bodies as wholes that no route reads. Scenario 165 of spec 03.
func whole(r row, route web.Route) []trial {
	if isStream(route) { // half a gigabyte, which is only said to come
		return []trial{{"an oversized body", func(c *call) { c.told = route.Limit + 1 }, status(413)}}
	}
	over := blank(int(route.Limit) + 1)
	trials := []trial{{"an oversized body", func(c *call) { c.whole = over }, status(413)}}
	if route.In != nil && route.In != reflect.TypeFor[struct{}]() {
		tooLarge := status(413)
		if route.In == reflect.TypeFor[web.Upload]() {
			tooLarge = status(400, 413) // it is no form either
		}
		trials = append(trials, trial{"an oversized body of no told length", func(c *call) { c.whole, c.unmeasured = over, true }, tooLarge})
	}
	return trials
}

// blank is a body of spaces, which the trials share.
func blank(length int) []byte {
	if length > len(spaces) {
		return bytes.Repeat([]byte(" "), length)
	}
	return spaces[:length]
}

var spaces = bytes.Repeat([]byte(" "), web.DefaultLimit+1)

// call returns a good call of a route.
func (r row) call(w *world, route web.Route, g given) call {
	c := call{method: route.Method, path: route.Path, ids: g.path, query: g.query, body: g.body, header: r.header.Clone()}
	if c.header == nil {
		c.header = http.Header{}
	}
	var err error
	if c.body, err = normalized(g.body); err != nil {
		w.Fatal(err)
	}
	switch route.Scope {
	case "":
	case web.ScopePerson:
		caller := w.here.ada
		if r.caller != nil {
			caller = r.caller(w)
		}
		c.bear(caller.access)
	case scopeSend:
		c.bear(w.visitor())
	default:
		token := w.here.machines[route.Scope]
		if r.token != nil {
			token = r.token(w)
		}
		c.bear(token)
	}
	return c
}

// try makes every trial of a row, and then the good call in the words of clients of
// two generations. What a call has used up is made anew for the next one.
func (w *world) try(r row, route web.Route) {
	g := r.make(w)
	for _, t := range w.trialsOf(r, route, g) {
		c := r.call(w, route, g).clone()
		t.change(&c)
		if w.check(t, c) && route.Method != http.MethodGet {
			g = r.make(w)
		}
	}
	good := status(r.status())
	for _, t := range []trial{
		{"the good call", func(*call) {}, good},
		{"the good call of an older client", func(c *call) {
			if body, ok := c.body.(object); ok {
				c.body = asOlderClientsDo(body)
			}
		}, good},
		{"the good call with more to say", func(c *call) {
			switch body := c.body.(type) {
			case object:
				body["notYetInvented"] = object{"a": []any{1, nil}}
			case url.Values:
				body.Set("notYetInvented", "1")
			}
		}, good},
	} {
		c := r.call(w, route, r.make(w)).clone()
		t.change(&c)
		w.check(t, c)
	}
}

// check makes a call and reports whether it was accepted.
func (w *world) check(t trial, c call) bool {
	w.Helper()
	w.trials++
	got := w.here.send(w.T, c)
	if complaint := got.complain(t.want, c.path == tokenPath); complaint != "" {
		w.Errorf("%s: the answer %s: %s\n%s", t.name, complaint, got, w.here.log.take())
	}
	return got.accepted()
}

func (g given) identifies() bool {
	for _, value := range g.path {
		if _, ok := value.(id.ID); ok {
			return true
		}
	}
	return false
}

func (r row) String() string { return fmt.Sprint(r.routes) }
