package routes_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"coffre/internal/app"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
	"coffre/test/harness"
)

// authority is who may call some routes. The good calls are those of their rows.
type authority struct {
	routes []string
	on     role // which server's; both, unless set
	// own routes are for everybody who is signed in, about what is theirs.
	own bool
	// roles and permissions say which confirmed members of the organization in the
	// path may call: "owner admin user custom", and the permissions that let a custom
	// member do it too, by their names on the wire.
	roles       string
	permissions string
	// tied lets everyone call who has any tie to the organization, by its status:
	// "invited accepted revoked".
	tied string
	// disabled says that the owner of a disabled organization may call too.
	disabled bool
	// also are answers that are as good as the row's: a caller who may call, and is told
	// that it does not fit.
	also []int
	// reasoned says that who has a tie to the organization is told why not, with 400.
	reasoned bool
	// bare leaves out the collections of the body: who may give access to those is
	// another right.
	bare bool
	// perItem says that the answer is 200 with a fault for each identifier.
	perItem bool
}

// part is what somebody can be in an organization.
type part struct {
	name        string
	status      org.Status
	role        org.Type
	permissions string // one of them, or none
	absent      bool
	disabled    bool // the organization is
}

// parts are everything that one person can be.
var parts = func() []part {
	all := []part{
		{name: "stranger", absent: true},
		{name: "invited user", status: org.Invited, role: org.User},
		{name: "invited owner", status: org.Invited, role: org.Owner},
		{name: "accepted user", status: org.Accepted, role: org.User},
		{name: "accepted owner", status: org.Accepted, role: org.Owner},
		{name: "revoked user", status: org.Revoked, role: org.User},
		{name: "revoked owner", status: org.Revoked, role: org.Owner},
		{name: "user", status: org.Confirmed, role: org.User},
		{name: "custom", status: org.Confirmed, role: org.Custom},
		{name: "admin", status: org.Confirmed, role: org.Admin},
		{name: "owner", status: org.Confirmed, role: org.Owner},
		{name: "owner of a disabled organization", status: org.Confirmed, role: org.Owner, disabled: true},
	}
	for field := range reflect.TypeFor[org.Permissions]().Fields() {
		name := field.Tag.Get("json")
		all = append(all, part{name: "custom with " + name, status: org.Confirmed, role: org.Custom, permissions: name})
	}
	return all
}()

// Scenarios 15, 78, 79, 91 to 93, 96, 104, 126, 153 of spec 03, for every route.
func (a authority) admits(p part) bool {
	words := func(list, word string) bool { return slices.Contains(strings.Fields(list), word) }
	switch {
	case a.own:
		return true
	case p.absent:
		return false
	case p.disabled:
		return a.disabled
	case p.status == org.Invited:
		return words(a.tied, "invited")
	case p.status == org.Accepted:
		return words(a.tied, "accepted")
	case p.status == org.Revoked:
		return words(a.tied, "revoked")
	}
	role := map[org.Type]string{org.Owner: "owner", org.Admin: "admin", org.User: "user", org.Custom: "custom"}[p.role]
	return words(a.roles, role) || p.permissions != "" && words(a.permissions, p.permissions)
}

// TestWhoMayCall plays every part with every route: the same person, whose tie to
// the organization changes between two calls and counts at once. On the second engine
// each route has a third of the parts.
func TestWhoMayCall(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, engine)
			w.oneIn = map[harness.Engine]int{harness.SQLite: 1, harness.PostgreSQL: 3}[engine]
			t.Run("cloud", func(t *testing.T) { w.playAll(t, w.cloud, cloud) })
			t.Run("self-hosted", func(t *testing.T) { w.playAll(t, w.home, home) })
			harness.Note(t, "who may call which route, on %s: %d cases", engine, w.trials)
		})
	}
}

// play is the stage of one server: Carol plays every part, and another company
// must stay as it is.
type play struct {
	*world
	carol   person
	carolID id.ID
	adaID   id.ID
	company map[string]id.ID // of another company: an identifier of each table
	key     string           // the token of Acme's own programs
}

func (w *world) playAll(t *testing.T, s *server, on role) {
	w.T, w.here = t, s
	authorities := map[string]authority{}
	for _, a := range authorityTable {
		if a.on != both && a.on != on {
			continue
		}
		for _, route := range a.routes {
			if _, twice := authorities[route]; twice {
				t.Errorf("%s has two authorities", route)
			}
			authorities[route] = a
		}
	}
	p := &play{world: w, carol: w.join(s, "carol@acme.example")}
	p.carolID, p.adaID = w.idOf(p.carol.email), w.idOf(ada)
	p.company = p.otherCompany()
	p.key, _ = w.token(s.App, url.Values{
		"grant_type": {"client_credentials"}, "scope": {"api.organization"}, "client_id": {"organization." + s.acme.String()}, "client_secret": {w.keyOf(s)},
	})
	before := p.snapshot()
	table := rows(on)
	for _, route := range s.Routes() {
		pattern := route.Method + " " + route.Path
		a, there := authorities[pattern]
		if !there && route.Scope == web.ScopePerson {
			t.Errorf("nothing says who may call %s", pattern)
			continue
		}
		t.Run(pattern, func(t *testing.T) {
			w.T = t
			if route.Scope != web.ScopePerson {
				p.machines(table[pattern][0], route)
				return
			}
			p.play(table[pattern][0], route, a)
		})
	}
	w.T = t
	if after := p.snapshot(); after != before {
		t.Errorf("somebody else's company is not what it was: %s, before %s", after, before)
	}
	if log := s.log.take(); log != "" {
		t.Errorf("the server has logged failures:\n%s", log)
	}
}

// machines tries who has a token of another sort. An open route asks for none.
func (p *play) machines(r row, route web.Route) {
	if route.Scope == "" {
		return
	}
	g := r.make(p.world)
	for name, token := range map[string]string{"a person": p.carol.access, "an organization": p.key} {
		c := r.call(p.world, route, g).clone()
		c.bear(token)
		p.refused(name, c, 401, 403, 404)
	}
}

// play tries one route with everybody.
func (p *play) play(r row, route web.Route, a authority) {
	g := r.make(p.world)
	for name, authorization := range map[string]string{
		"no token": "", "a dead token": "Bearer " + p.here.dead["changed stamp"], "an organization": "Bearer " + p.key,
		"an installation": "Bearer " + p.here.machines[scopeSync],
	} {
		c := r.call(p.world, route, g).clone()
		c.header.Set("Authorization", authorization)
		p.refused(name, c, 401, 403)
	}
	// The good call comes last: rows may prepare the world for it alone.
	defer func() {
		p.admitted("whom the row names", r.call(p.world, route, r.make(p.world)).clone(), []int{r.status()})
	}()
	if a.own {
		return // that nobody reaches what is another's is tried with bad input
	}
	of := p.organizationIn(g)
	for i, part := range parts {
		if (i+len(route.Path))%p.oneIn != 0 {
			continue
		}
		if part.disabled && !a.admits(part) {
			g = r.make(p.world)
			of = p.organizationIn(g)
		}
		p.enter(of, part)
		c := p.asCarol(r.call(p.world, route, g).clone())
		if body, ok := c.body.(object); ok && a.bare {
			body["collections"] = []any{}
		}
		if !a.admits(part) {
			if a.reasoned && !part.absent && part.status != org.Invited {
				p.refused(part.name, c, 400, 404)
			} else {
				p.refused(part.name, c, 404)
			}
			p.leave(of, part)
			continue
		}
		p.admitted(part.name, c, append(a.also, r.status()))
		p.leave(of, part)
		g = r.make(p.world)
		of = p.organizationIn(g)
	}
	p.foreign(r, route, a)
}

func (p *play) refused(name string, c call, statuses ...int) {
	p.Helper()
	p.trials++
	got := p.here.send(p.T, c)
	if !slices.Contains(statuses, got.status) {
		p.Errorf("%s: got %s, want %v", name, got, statuses)
	}
	if got.status == 404 && len(statuses) == 1 && !strings.Contains(string(got.body), "Resource not found.") {
		p.Errorf("%s: what is forbidden looks unlike what is absent: %s", name, got)
	}
}

func (p *play) admitted(name string, c call, statuses []int) {
	p.Helper()
	p.trials++
	if got := p.here.send(p.T, c); !slices.Contains(statuses, got.status) {
		p.Errorf("%s: got %s, want one of %v\n%s", name, got, statuses, p.here.log.take())
	}
}

// organizationIn returns the organization that a good call is about.
func (p *play) organizationIn(g given) id.ID {
	p.Helper()
	for _, name := range slices.Sorted(maps.Keys(g.path)) {
		if v, ok := g.path[name].(id.ID); ok && p.tableOf(v) == "organization" {
			return v
		}
	}
	for _, v := range idsIn(g) {
		for _, query := range []string{
			`SELECT organization_id FROM billing_sync_connection WHERE id = $1`, `SELECT organization_id FROM cipher WHERE id = $1`,
		} {
			if of, err := db.Value[id.ID](p.Context(), p.here.db, query, v); err == nil {
				return of
			}
		}
		if p.tableOf(v) == "organization" {
			return v
		}
	}
	p.Fatalf("no organization in %v", g)
	return id.ID{}
}

// idsIn lists the identifiers of a good call.
func idsIn(g given) []id.ID {
	ids := []id.ID{}
	for _, value := range g.path {
		if v, ok := value.(id.ID); ok {
			ids = append(ids, v)
		}
	}
	for _, value := range g.query {
		if v, err := id.Parse(value); err == nil {
			ids = append(ids, v)
		}
	}
	body, err := normalized(g.body)
	if err != nil {
		return ids
	}
	walk(body, func(text string) any {
		if v, err := id.Parse(text); err == nil {
			ids = append(ids, v)
		}
		return text
	})
	return ids
}

// walk replaces every text of a body.
func walk(value any, fn func(string) any) any {
	switch v := value.(type) {
	case string:
		return fn(v)
	case []any:
		for i, element := range v {
			v[i] = walk(element, fn)
		}
	case object:
		for name, member := range v {
			v[name] = walk(member, fn)
		}
	}
	return value
}

// enter gives Carol a part in an organization.
func (p *play) enter(of id.ID, as part) {
	p.Helper()
	p.here.change(p.T, `DELETE FROM member WHERE organization_id = $1 AND (account_id = $2 OR email = $3)`, of, p.carolID, p.carol.email)
	if as.disabled {
		p.here.change(p.T, `UPDATE organization SET enabled = false WHERE id = $1`, of)
	}
	if as.absent {
		return
	}
	permissions := map[string]bool{}
	for field := range reflect.TypeFor[org.Permissions]().Fields() {
		name := field.Tag.Get("json")
		permissions[name] = name == as.permissions
	}
	raw, err := json.Marshal(permissions)
	if err != nil {
		p.Fatal(err)
	}
	var account, email, key any
	account, key = p.carolID, p.secrets.wrapped
	if as.status == org.Invited {
		account, email, key = nil, p.carol.email, nil
	}
	if as.status == org.Accepted {
		key = nil
	}
	p.here.change(p.T, `INSERT INTO member (id, organization_id, account_id, email, status, type, encrypted_key, permissions, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)`, id.New(), of, account, email, as.status, as.role, key, string(raw))
}

// leave undoes what enter did to the organization.
func (p *play) leave(of id.ID, as part) {
	if as.disabled {
		p.here.change(p.T, `UPDATE organization SET enabled = true WHERE id = $1`, of)
	}
}

// asCarol has Carol make a call that was made for Ada.
func (p *play) asCarol(c call) call {
	c.bear(p.carol.access)
	for name, value := range c.ids {
		if value == p.adaID {
			c.ids[name] = p.carolID
		}
	}
	c.body = walk(c.body, func(text string) any {
		if text == p.here.ada.hash {
			return p.carol.hash
		}
		return text
	})
	return c
}

// tables are where identifiers of an organization come from.
var tables = []string{"organization", "member", "collection", "organization_group", "policy", "cipher"}

func (p *play) tableOf(v id.ID) string {
	for _, table := range tables {
		n, err := db.Value[int](p.Context(), p.here.db, `SELECT COUNT(*) FROM `+table+` WHERE id = $1`, v)
		if err != nil {
			p.Fatal(err)
		}
		if n > 0 {
			return table
		}
	}
	return ""
}

// foreign puts identifiers of another company where those of the right one stand,
// each alone. Ada, who owns the right one, reaches nothing.
func (p *play) foreign(r row, route web.Route, a authority) {
	p.Helper()
	swap := func(name string, change func(*call)) {
		g := r.make(p.world)
		c := r.call(p.world, route, g).clone()
		change(&c)
		statuses := []int{400, 404}
		if a.perItem && !strings.HasPrefix(name, "the path's") {
			statuses = append(statuses, 200)
		}
		p.refused("a foreign identifier as "+name, c, statuses...)
	}
	g := r.make(p.world)
	for name, value := range g.path {
		if v, ok := value.(id.ID); ok {
			if other, known := p.company[p.tableOf(v)]; known {
				swap("the path's "+name, func(c *call) { c.ids[name] = other })
			}
		}
	}
	for name, value := range g.query {
		if v, err := id.Parse(value); err == nil && p.tableOf(v) != "" {
			swap("the query's "+name, func(c *call) { c.query[name] = p.company[p.tableOf(v)].String() })
		}
	}
	body, _ := normalized(g.body)
	seen := 0
	walk(body, func(text string) any {
		v, err := id.Parse(text)
		if err != nil || p.tableOf(v) == "" {
			return text
		}
		other, at := p.company[p.tableOf(v)], seen
		seen++
		swap(fmt.Sprintf("identifier %d of the body", at), func(c *call) {
			n := 0
			c.body = walk(c.body, func(text string) any {
				if w, err := id.Parse(text); err != nil || p.tableOf(w) == "" {
					return text
				}
				n++
				if n-1 == at {
					return other.String()
				}
				return text
			})
		})
		return text
	})
}

// otherCompany makes a company of Mallory's with one thing of each sort.
func (p *play) otherCompany() map[string]id.ID {
	p.Helper()
	orgID, group, policy := id.New(), id.New(), id.New()
	acme := p.here.acme
	p.here.change(p.T, `INSERT INTO organization (id, name, billing_email, plan, plan_type, features, settings, enabled, status, license_key, created_at, revised_at)
		SELECT $1, 'Elsewhere', billing_email, plan, plan_type, features, settings, enabled, status, $2, 0, 0 FROM organization WHERE id = $3`, orgID, id.New().String(), acme)
	owner, collection := id.New(), id.New()
	p.here.change(p.T, `INSERT INTO member (id, organization_id, account_id, status, type, encrypted_key, permissions, created_at, revised_at)
		VALUES ($1, $2, $3, 2, 0, $4, '{}', 0, 0)`, owner, orgID, p.idOf(mallory), p.secrets.wrapped)
	p.here.change(p.T, `INSERT INTO collection (id, organization_id, name, type, created_at, revised_at) VALUES ($1, $2, $3, 0, 0, 0)`, collection, orgID, p.secrets.text)
	p.here.change(p.T, `INSERT INTO organization_group (id, organization_id, name, created_at, revised_at) VALUES ($1, $2, 'Group', 0, 0)`, group, orgID)
	p.here.change(p.T, `INSERT INTO policy (id, organization_id, type, enabled, created_at, revised_at) VALUES ($1, $2, 1, false, 0, 0)`, policy, orgID)
	item := id.New()
	p.here.change(p.T, `INSERT INTO cipher (id, organization_id, type, data, created_at, revised_at) VALUES ($1, $2, 1, '{}', 0, 0)`, item, orgID)
	return map[string]id.ID{
		"organization": orgID, "member": owner, "collection": collection, "organization_group": group, "policy": policy, "cipher": item,
	}
}

// snapshot is all that the other company consists of, as text. Its log may tell what
// its owner does with her own account.
func (p *play) snapshot() string {
	p.Helper()
	store, err := app.OpenDatabase(p.here.config)
	if err != nil {
		p.Fatal(err)
	}
	defer store.Close()
	var b strings.Builder
	of := p.company["organization"].String()
	tables, err := store.Tables(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	for _, table := range tables {
		if table.Name == "event" {
			n, err := db.Value[int](p.Context(), p.here.db, `SELECT COUNT(*) FROM event WHERE organization_id = $1 AND type >= 1100`, of)
			if err != nil {
				p.Fatal(err)
			}
			fmt.Fprintln(&b, table.Name, n)
			continue
		}
		err := store.Dump(p.Context(), table, func(values []any) error {
			for _, v := range values {
				if s, ok := v.(string); ok && s == of {
					fmt.Fprintln(&b, table.Name, values)
				}
			}
			return nil
		})
		if err != nil {
			p.Fatal(err)
		}
	}
	lines := strings.Split(b.String(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
