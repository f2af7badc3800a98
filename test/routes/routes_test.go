// Package routes_test calls every route of both roles with what no client sends,
// and holds each answer to what clients can read.
//
// The table has a row for each route: who may call it, and a good call. All that
// is wrong is made from the good call, and in the end that one must succeed. A
// route without a row and a row without a route fail the test.
//
// What is not a route's own to refuse is tried with one route in a few, always the
// same; COFFRE_TEST_ALL=1 tries everything with every route, in several times as long.
package routes_test

import (
	"cmp"
	"net/http"
	"slices"
	"testing"

	"coffre/internal/web"
	"coffre/test/harness"
)

// role is which servers have a route.
type role int

const (
	both role = iota
	cloud
	home
)

// row is what a test must know of a route. The routes of one row differ in
// nothing but their address.
type row struct {
	routes  []string // "METHOD /path"
	on      role
	open    bool   // to everyone
	machine string // the scope that it asks of machines; a person's token otherwise

	caller func(*world) person // Ada, unless set
	token  func(*world) string // of a machine or an operator; the world's, unless set
	given  func(*world) given  // a good call; nothing, unless set
	ok     int                 // what it is answered; 200, unless set

	required      []string       // members of the body that may not be empty
	requiredQuery []string       // parameters of the address that may not be absent
	longest       map[string]int // members, in characters
	loose         []string       // identifiers and ciphertext that may be anything
	words         bool           // the words of the path may be anything
	header        http.Header    // of every call
	shared        bool           // with every person who is signed in
	slow          bool           // hashes a password on each call that is well formed
	brief         bool           // what an item says is tried on another route
}

// given is what a good call of a row brings. It is made anew whenever a call has
// used it up.
type given struct {
	path  map[string]any // an id.ID for an identifier, a string for a word
	query map[string]string
	body  any // an object, a list, url.Values or an upload
}

func (r row) scope() string {
	if r.open {
		return ""
	}
	return cmp.Or(r.machine, web.ScopePerson)
}

func (r row) status() int { return cmp.Or(r.ok, 200) }

func (r row) make(w *world) given {
	if r.given == nil {
		return given{}
	}
	return r.given(w)
}

// sends is given by what needs no preparation.
func sends(body any) func(*world) given {
	return func(*world) given { return given{body: body} }
}

// rows are the table of a role, by route. One route may have several good calls.
func rows(on role) map[string][]row {
	found := map[string][]row{}
	for _, r := range slices.Concat(appRows, accountRows, changeRows, mailRows, deviceRows, twoStepRows, passkeyRows, identityRows, signInRows, cipherRows, attachmentRows, vaultRows, sendRows, emergencyRows, rotationRows, orgRows, organizationRows, collectionRows, groupRows, joinRows, membershipRows, recoveryRows, eventRows, licenseRows, premiumRows, billingRows, checkoutRows, soldNowhereRows, syncRows, sponsorshipRows, pushRows, operatorRows) {
		if r.on != both && r.on != on {
			continue
		}
		for _, route := range r.routes {
			found[route] = append(found[route], r)
		}
	}
	return found
}

// Scenarios 3 and 4 of spec 02, for every route; 13 for those of prelogin, 46 for
// those that take an id, and 107 for every member that takes what clients encrypt.
func TestEveryRouteAnswersBadInput(t *testing.T) {
	for engine, oneIn := range map[harness.Engine]int{harness.SQLite: 1, harness.PostgreSQL: 4} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, engine)
			w.oneIn = oneIn
			t.Run("cloud", func(t *testing.T) { w.tryAll(t, w.cloud, cloud) })
			t.Run("self-hosted", func(t *testing.T) { w.tryAll(t, w.home, home) })
			harness.Note(t, "every route with bad input, on %s: %d calls", engine, w.trials)
		})
	}
}

func (w *world) tryAll(t *testing.T, s *server, on role) {
	table := rows(on)
	if err := match(s.Routes(), table); err != nil {
		t.Error(err)
	}
	w.here = s
	for _, route := range s.Routes() {
		pattern := route.Method + " " + route.Path
		for _, r := range table[pattern] {
			t.Run(pattern, func(t *testing.T) {
				w.T = t
				w.try(r, route)
			})
		}
	}
	w.T = t
	if log := s.log.take(); log != "" {
		t.Errorf("the server has logged failures:\n%s", log)
	}
}
