package routes_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"coffre/test/harness"
)

// unlimited are the open routes that write and have no rate, with what bounds them
// instead.
var unlimited = map[string]string{
	"POST " + tokenPath: "the sign-in counts its attempts itself: a session that is renewed is none",
	"POST /demo/clock":  "is there under the test clock only",
	"PUT /api/devices/identifier/{identifier}/clear-token":  "does nothing but to a device that nobody can guess",
	"POST /api/devices/identifier/{identifier}/clear-token": "does nothing but to a device that nobody can guess",
}

func TestOpenRoutesThatWriteHaveARate(t *testing.T) {
	for _, setting := range []string{"globalSettings__selfHosted=true", "globalSettings__selfHosted=false"} {
		s := newServer(t, harness.SQLite, setting)
		for _, route := range s.Routes() {
			pattern := route.Method + " " + route.Path
			if route.Scope == "" && route.Method != http.MethodGet && (len(route.Rates) == 0) != (unlimited[pattern] != "") {
				t.Errorf("%s has %d rates, and the list of those without says %q", pattern, len(route.Rates), unlimited[pattern])
			}
		}
	}
}

func TestEveryRateHasAName(t *testing.T) {
	s := newServer(t, harness.SQLite, "globalSettings__selfHosted=false")
	limits := map[string]int{}
	for _, route := range s.Routes() {
		for _, rate := range route.Rates {
			if rate.Name == "" || rate.Limit < 1 || rate.Per <= 0 {
				t.Errorf("%s %s: %+v", route.Method, route.Path, rate)
			}
			if other, there := limits[rate.Name]; there && other != rate.Limit {
				t.Errorf("%s allows %d in one place and %d in another", rate.Name, rate.Limit, other)
			}
			limits[rate.Name] = rate.Limit
		}
	}
}

// Scenario 111 of spec 01.
func TestThirdInstallationInTwoMinutesIsTooMany(t *testing.T) {
	s := newServer(t, harness.SQLite, "globalSettings__selfHosted=false", strict)
	register := func() answer {
		t.Helper()
		c := call{method: "POST", path: "/api/installations", body: object{"email": ada}, header: http.Header{}}
		return s.send(t, c)
	}
	for n, want := range []int{200, 200, 429} {
		got := register()
		if got.status != want {
			t.Errorf("installation %d: got %d, want %d", n+1, got.status, want)
		}
		if wait, err := strconv.Atoi(got.header.Get("Retry-After")); want == 429 && (err != nil || wait < 1 || wait > 120) {
			t.Errorf("installation %d: come back in %q, want up to two minutes", n+1, got.header.Get("Retry-After"))
		}
	}
	s.clock.Advance(2 * time.Minute)
	if got := register(); got.status != 200 {
		t.Errorf("two minutes later: got %d", got.status)
	}
}
