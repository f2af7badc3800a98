package routes_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coffre/internal/web"
	"coffre/test/harness"
)

// Scenario 112.
func TestLogTellsNoSecret(t *testing.T) {
	w := newWorld(t, harness.SQLite)
	for on, s := range map[role]*server{cloud: w.cloud, home: w.home} {
		w.here = s
		table := rows(on)
		passed := secretsOf{}
		for _, route := range s.Routes() {
			for _, r := range table[route.Method+" "+route.Path] {
				w.callWithSecrets(r, route, passed)
			}
		}
		passed.check(t, s.lines.take())
	}
}

// callWithSecrets makes calls that carry a secret where it does not belong, one of
// which is good.
func (w *world) callWithSecrets(r row, route web.Route, passed secretsOf) {
	const wrong = "wrongsecretwrongsecret"
	passed[wrong] = true
	g := r.make(w)
	for _, change := range []func(*call){
		func(c *call) { c.bear(wrong); c.badQuery = "&password=" + wrong },
		func(c *call) { c.whole = []byte(`{"masterPasswordHash":"` + wrong + `","otp":`) },
		func(c *call) {
			c.query["access_token"], c.query["token"] = w.here.ada.access, w.here.ada.refresh
			c.header.Set("X-Forwarded-For", wrong)
			c.header.Set("User-Agent", wrong)
		},
	} {
		c := r.call(w, route, g).clone()
		if c.query == nil {
			c.query = map[string]string{}
		}
		change(&c)
		passed.sent(c)
		passed.answered(w.here.send(w.T, c))
	}
}

// secretsOf is what has passed and nobody may find in a log: every text that is
// long enough not to be there by chance, and that is no identifier, address, time
// or word.
type secretsOf map[string]bool

var (
	telling  = regexp.MustCompile(`^[^\s@]{12,}$`)
	harmless = regexp.MustCompile(`^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT.*|https?://.*|[A-Za-z-]{12,16}|/[a-z/-]*)$`)
)

func (s secretsOf) add(value any) {
	switch v := value.(type) {
	case string:
		if telling.MatchString(v) && !harmless.MatchString(v) {
			s[v] = true
		}
	case object:
		for _, inner := range v {
			s.add(inner)
		}
	case []any:
		for _, inner := range v {
			s.add(inner)
		}
	}
}

func (s secretsOf) sent(c call) {
	switch body := c.body.(type) {
	case url.Values:
		for _, values := range body {
			s.add(values[0])
		}
	default:
		s.add(body)
	}
	for _, value := range c.query {
		s.add(value)
	}
	s.add(strings.TrimPrefix(c.header.Get("Authorization"), "Bearer "))
}

func (s secretsOf) answered(a answer) {
	var body any
	if a.accepted() && json.Unmarshal(a.body, &body) == nil {
		s.add(body)
	}
}

// requestLine is all that a line about a request may have: nothing that a caller can
// write into.
var requestLine = []string{"address", "bytes", "level", "method", "msg", "request", "route", "status", "time", "took"}

func (s secretsOf) check(t *testing.T, log string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if len(lines) < 100 || len(s) < 100 {
		t.Fatalf("%d lines and %d secrets are too few for a test", len(lines), len(s))
	}
	for _, line := range lines {
		var attributes map[string]any
		if err := json.Unmarshal([]byte(line), &attributes); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		names := slices.Sorted(maps.Keys(attributes))
		if attributes["msg"] == "request" && !slices.Equal(names, requestLine) {
			t.Errorf("a line about a request has %v, want %v", names, requestLine)
		}
	}
	s.find(log, func(secret string, at int) {
		start := strings.LastIndexByte(log[:at], '\n') + 1
		t.Errorf("the log tells %q: %s", secret, log[start:min(len(log), at+len(secret)+100)])
	})
}

// find tells of each place where a secret stands in a log. It reads the log once, and
// looks at the secrets that begin as the log goes on.
func (s secretsOf) find(log string, tell func(secret string, at int)) {
	const shortest = 12
	beginning := map[string][]string{}
	for secret := range s {
		beginning[secret[:shortest]] = append(beginning[secret[:shortest]], secret)
	}
	for at := range len(log) - shortest + 1 {
		for _, secret := range beginning[log[at:at+shortest]] {
			if strings.HasPrefix(log[at:], secret) {
				tell(secret, at)
			}
		}
	}
}

func TestSecretsAreFoundInALog(t *testing.T) {
	s := secretsOf{}
	s.add([]any{"0123456789ab", "0123456789abcdef", "wrongsecretwrongsecret", "tooshort"})
	var found []string
	s.find("x0123456789abcd wrongsecretwrongsecret", func(secret string, at int) { found = append(found, fmt.Sprint(at, " ", secret)) })
	if want := []string{"1 0123456789ab", "16 wrongsecretwrongsecret"}; !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
}
