package cipher_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/vault"
	"coffre/internal/vaulttest"
	"coffre/internal/web"
)

const (
	text    = orgtest.Encrypted
	other   = "2.BBBB|BBBB|BBBB"
	rekeyed = "2.CCCC|CCCC|CCCC"
)

// object is a JSON object.
type object = map[string]any

// world is the room behind a router. Ann owns Acme, whose members are Ben and, with a
// role that a test gives, others; Eve belongs to another company, Umbrella.
type world struct {
	*orgtest.World
	ciphers       *cipher.Service
	vaults        *vault.Service
	router        *web.Router
	ann, ben, eve id.ID
	acme, other   org.Organization
	annIn, benIn  org.Member
	shared        id.ID // a collection that Ben may edit
	foreign       id.ID // a collection of Umbrella
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{World: orgtest.New(t, d)}
	w.vaults = vaulttest.New(w.World, d)
	w.ciphers = w.vaults.Ciphers
	w.Accounts.Organizations, w.Accounts.PremiumFromOrganization = w.Orgs.Profile, w.Orgs.GivesPremium
	w.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return true, nil }
	w.Events.Items = w.ciphers.Whose
	w.router = w.Router(
		func(r *web.Router) { cipher.Mount(r, w.ciphers) }, func(r *web.Router) { vault.Mount(r, w.vaults) },
		func(r *web.Router) { event.Mount(r, w.Events) },
	)
	w.ann, w.ben, w.eve = w.Person(t, "ann@example.org"), w.Person(t, "ben@example.org"), w.Person(t, "eve@example.org")
	w.acme, w.other = w.Organization(t, w.ann, plan.EnterpriseAnnually), w.Organization(t, w.eve, plan.EnterpriseAnnually)
	w.annIn = w.membership(t, w.acme, w.ann)
	w.benIn = w.Join(t, org.Member{OrganizationID: w.acme.ID, AccountID: w.ben, Status: org.Confirmed, Type: org.User})
	w.shared = w.collection(t, w.acme.ID, collection.Shared)
	w.foreign = w.collection(t, w.other.ID, collection.Shared)
	w.give(t, w.shared, w.benIn.ID, collection.Access{})
	w.give(t, w.foreign, w.membership(t, w.other, w.eve).ID, collection.Access{Manage: true})
	w.forget()
	return w
}

// forget has the world say anew what happens.
func (w *world) forget() { w.Said, w.Touched = nil, nil }

func (w *world) membership(t testing.TB, o org.Organization, accountID id.ID) org.Member {
	t.Helper()
	m, err := w.Orgs.Store.Membership(t.Context(), o.ID, accountID)
	must(t, err)
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) collection(t testing.TB, orgID id.ID, kind int) id.ID {
	t.Helper()
	c := collection.Collection{ID: id.New(), OrganizationID: orgID, Name: text, Type: kind, CreatedAt: w.Time, RevisedAt: w.Time}
	must(t, w.Collections.Store.Insert(t.Context(), c))
	return c.ID
}

func (w *world) give(t testing.TB, collectionID, memberID id.ID, a collection.Access) {
	t.Helper()
	must(t, w.Collections.Store.PutGrants(t.Context(), collection.ByMember, []collection.Grant{{CollectionID: collectionID, HolderID: memberID, Access: a}}))
}

// giveGroup gives a collection to a group in which a member is alone.
func (w *world) giveGroup(t testing.TB, collectionID, memberID id.ID, a collection.Access) {
	t.Helper()
	g := collection.Group{ID: id.New(), OrganizationID: w.acme.ID, Name: "Sales", CreatedAt: w.Time, RevisedAt: w.Time}
	must(t, w.Collections.Store.InsertGroup(t.Context(), g))
	must(t, w.Collections.Store.AddPlaces(t.Context(), []collection.Place{{GroupID: g.ID, MemberID: memberID}}))
	must(t, w.Collections.Store.PutGrants(t.Context(), collection.ByGroup, []collection.Grant{{CollectionID: collectionID, HolderID: g.ID, Access: a}}))
}

// settings changes what Acme's members and admins may do.
func (w *world) settings(t testing.TB, s org.Settings) {
	t.Helper()
	o, err := w.Orgs.Get(t.Context(), w.acme.ID)
	must(t, err)
	o.Settings = s
	must(t, w.Orgs.Store.Update(t.Context(), o))
}

// enable switches Acme on or off.
func (w *world) enable(t testing.TB, on bool) {
	t.Helper()
	o, err := w.Orgs.Get(t.Context(), w.acme.ID)
	must(t, err)
	o.Enabled, o.Granted = on, on
	must(t, w.Orgs.Store.Update(t.Context(), o))
}

func (w *world) ownData(t testing.TB) {
	t.Helper()
	_, err := w.Policies.Store.Put(t.Context(), policy.Policy{
		ID: id.New(), OrganizationID: w.acme.ID, Type: policy.OwnsData, Enabled: true, CreatedAt: w.Time, RevisedAt: w.Time,
	})
	must(t, err)
}

// role gives Ben another role in Acme.
func (w *world) role(t testing.TB, role org.Type, permissions org.Permissions) {
	t.Helper()
	raw, err := json.Marshal(permissions)
	must(t, err)
	_, err = w.DB.Exec(t.Context(), `UPDATE member SET type = $2, permissions = $3 WHERE id = $1`, w.benIn.ID, role, string(raw))
	must(t, err)
}

func (w *world) revision(t testing.TB, accountID id.ID) time.Time {
	t.Helper()
	a, err := w.Accounts.Get(t.Context(), accountID)
	must(t, err)
	return a.VaultRevisedAt
}

// folder makes one of somebody's.
func (w *world) folder(t testing.TB, accountID id.ID) id.ID {
	t.Helper()
	ids, err := w.vaults.AddFolders(t.Context(), accountID, []string{text})
	must(t, err)
	return ids[0]
}

// login is a log-in as a client sends it, with what changes it: names and values.
func login(changes ...any) object {
	body := object{
		"type": 1, "name": text, "notes": nil, "favorite": false, "folderId": nil, "organizationId": nil, "reprompt": 0,
		"login": object{"username": text, "password": text, "totp": nil, "uris": []any{object{"uri": text, "match": nil}}},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

// answer is what a client reads.
type answer struct {
	status int
	body   string
	object object
}

func (a answer) text(name string) string {
	s, _ := a.object[name].(string)
	return s
}

func (a answer) list(t testing.TB) []any {
	t.Helper()
	data, ok := a.object["data"].([]any)
	if !ok {
		t.Fatalf("no list: %d %s", a.status, a.body)
	}
	return data
}

// do makes a call of somebody.
func (w *world) do(t testing.TB, caller id.ID, target string, body any, headers ...string) answer {
	t.Helper()
	raw, ok := body.(string)
	if !ok && body != nil {
		encoded, err := json.Marshal(body)
		must(t, err)
		raw = string(encoded)
	}
	rec := orgtest.Call(w.router, caller, target, raw, headers...)
	got := answer{status: rec.Code, body: rec.Body.String()}
	if strings.HasPrefix(got.body, "{") {
		must(t, json.Unmarshal(rec.Body.Bytes(), &got.object))
	}
	return got
}

// good is do for a call that succeeds.
func (w *world) good(t testing.TB, caller id.ID, target string, body any, headers ...string) answer {
	t.Helper()
	got := w.do(t, caller, target, body, headers...)
	if got.status != http.StatusOK {
		t.Fatalf("%s: got %d %s", target, got.status, got.body)
	}
	return got
}

// refused is do for a call that is answered with a status and says something.
func (w *world) refused(t testing.TB, caller id.ID, target string, body any, status int, says string, headers ...string) {
	t.Helper()
	if got := w.do(t, caller, target, body, headers...); got.status != status || !strings.Contains(got.body, says) {
		t.Errorf("%s: got %d %s, want %d with %q", target, got.status, got.body, status, says)
	}
}

// own makes an item of somebody's own.
func (w *world) own(t testing.TB, accountID id.ID) id.ID {
	t.Helper()
	return w.made(t, w.good(t, accountID, "POST /api/ciphers", login()))
}

func (w *world) made(t testing.TB, a answer) id.ID {
	t.Helper()
	v, err := id.Parse(a.text("id"))
	must(t, err)
	return v
}

// put makes an item of Acme in collections, whoever may.
func (w *world) put(t testing.TB, collectionIDs ...id.ID) id.ID {
	return w.putIn(t, w.acme.ID, collectionIDs...)
}

func (w *world) putIn(t testing.TB, orgID id.ID, collectionIDs ...id.ID) id.ID {
	t.Helper()
	c := id.New()
	_, err := w.DB.Exec(t.Context(), `INSERT INTO cipher (id, organization_id, type, data, created_at, revised_at) VALUES ($1, $2, 1, $3, $4, $4)`,
		c, orgID, `{"name":"`+text+`","notes":null,"login":{},"fields":null,"passwordHistory":null,"reprompt":0,"key":null}`, w.Time.UnixMicro())
	must(t, err)
	for _, collectionID := range collectionIDs {
		_, err := w.DB.Exec(t.Context(), `INSERT INTO cipher_collection (cipher_id, collection_id) VALUES ($1, $2)`, c, collectionID)
		must(t, err)
	}
	return c
}

// everything is all that the database holds of items, to be compared.
func (w *world) everything(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT id || ' ' || COALESCE(account_id, '-') || ' ' || COALESCE(organization_id, '-') || ' ' || data || ' ' || revised_at || ' ' || COALESCE(deleted_at, 0) FROM cipher ORDER BY id`,
		`SELECT cipher_id || ' ' || collection_id FROM cipher_collection ORDER BY cipher_id, collection_id`,
		`SELECT cipher_id || ' ' || account_id || ' ' || COALESCE(folder_id, '-') || ' ' || COALESCE(archived_at, 0) || CASE WHEN favorite THEN ' favorite' ELSE '' END FROM cipher_person ORDER BY cipher_id, account_id`,
	} {
		rows, err := db.All[line](t.Context(), w.DB, query)
		must(t, err)
		for _, row := range rows {
			fmt.Fprintln(&b, row.text)
		}
	}
	return b.String()
}

type line struct{ text string }

func (l *line) Columns() []any { return []any{&l.text} }

// details returns an item as somebody has it, or false.
func (w *world) details(t testing.TB, caller, cipherID id.ID) (object, bool) {
	t.Helper()
	got := w.do(t, caller, "GET /api/ciphers/"+cipherID.String()+"/details", nil)
	if got.status != 200 && got.status != 404 {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	return got.object, got.status == 200
}

// heard returns who was told of what since the last time.
func (w *world) heard() map[notice.Kind][]id.ID {
	by := map[notice.Kind][]id.ID{}
	for _, n := range w.Said {
		by[n.Kind] = append(by[n.Kind], n.People...)
	}
	w.forget()
	return by
}

// proof is the master password of everybody.
var proof = account.Secret{MasterPasswordHash: orgtest.Password}

var errBroken = errors.New("the log is full")

// broken records nothing.
func (*world) broken(context.Context, ...event.Event) error { return errBroken }
