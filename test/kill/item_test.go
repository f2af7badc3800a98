package kill_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/test/harness"
)

const (
	strikes = 4   // kills in each act, on each engine
	many    = 500 // items that one act is about, of which a cloud allows no more in a request
)

// Scenarios 75 and 170 of spec 03, with the whole server: an import, a bulk move and a
// bulk share are there with everything, or not at all; and what was acknowledged is there.
func TestAKillLeavesNoItemHalfway(t *testing.T) {
	seed := number(t, "COFFRE_SEED", rand.Uint64())
	for i, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			k := newKeeper(t, engine, rand.New(rand.NewPCG(seed, uint64(i))))
			for range strikes {
				for _, prepare := range acts {
					k.strike(t, prepare(k, t))
					if t.Failed() {
						t.Fatalf("run it again with COFFRE_SEED=%d", seed)
					}
				}
			}
			t.Logf("%d of %d kills came before the answer", k.inside, 3*strikes)
			if k.inside < strikes {
				t.Error("too few: the test has shown nothing")
			}
		})
	}
}

// keeper is a person with many items, of whom some go to an organization.
type keeper struct {
	harness.Person
	server *harness.Server
	dice   *rand.Rand
	acme   string
	shared []string // where items of the organization go
	text   string   // ciphertext
	took   map[string]time.Duration
	inside int
	kept   state
}

// state is how many items are where.
type state struct{ items, folders, inFolder, inAcme int }

// act is a change of many items in one request, and what it makes of a state.
type act struct {
	name   string
	do     func(context.Context) error
	change func(state) state
}

func newKeeper(t *testing.T, engine harness.Engine, dice *rand.Rand) *keeper {
	t.Helper()
	server, box := harness.NewSelfHosted(t, engine)
	k := &keeper{server: server, dice: dice, took: map[string]time.Duration{}}
	k.Person = server.Join(t, box, "mia@home.example", "Mia", "en")
	k.text = k.Key().Encrypt([]byte("something"))
	made, err := k.CreateOrganization(t.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: k.Email, PlanType: enterprise, AdditionalSeats: 5, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		t.Fatal(err)
	}
	k.acme = made.ID.String()
	for _, c := range k.vault(t).Collections {
		k.shared = append(k.shared, c.ID)
	}
	for _, prepare := range acts { // undisturbed, to see how long each takes
		act, start := prepare(k, t), time.Now()
		if err := act.do(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.took[act.name] = time.Since(start)
		want := act.change(k.kept)
		if k.kept = k.look(t); k.kept != want {
			t.Fatalf("%s: got %v, want %v", act.name, k.kept, want)
		}
	}
	return k
}

// contents is what a sync says of items.
type contents struct {
	Ciphers []struct {
		ID             string
		OrganizationID *string
		FolderID       *string
		CollectionIDs  []string
	}
	Folders     []struct{ ID string }
	Collections []struct{ ID string }
}

func (k *keeper) vault(t *testing.T) (v contents) {
	t.Helper()
	if err := k.Do(t.Context(), "GET", "/api/sync?excludeDomains=true", nil, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// look counts. An item of the organization is in the collection to which it was given.
func (k *keeper) look(t *testing.T) state {
	t.Helper()
	v := k.vault(t)
	s := state{items: len(v.Ciphers), folders: len(v.Folders)}
	for _, c := range v.Ciphers {
		switch {
		case c.OrganizationID == nil && c.FolderID != nil:
			s.inFolder++
		case c.OrganizationID != nil && len(c.CollectionIDs) == len(k.shared):
			s.inAcme++
		case c.OrganizationID != nil:
			t.Errorf("%s is in %d collections", c.ID, len(c.CollectionIDs))
		}
	}
	return s
}

// own returns items of the person's own, as many as one act is about.
func (k *keeper) own(t *testing.T) (ids []string, folder string) {
	t.Helper()
	v := k.vault(t)
	for _, c := range v.Ciphers {
		if c.OrganizationID == nil && len(ids) < many {
			ids = append(ids, c.ID)
		}
	}
	return ids, v.Folders[0].ID
}

func (k *keeper) login() map[string]any {
	return map[string]any{"type": 1, "name": k.text, "login": map[string]any{"username": k.text, "password": k.text}}
}

// acts are prepared one by one: each is about what the one before has left.
var acts = []func(*keeper, *testing.T) act{(*keeper).importing, (*keeper).moving, (*keeper).sharing}

// importing brings items without a folder, and a folder.
func (k *keeper) importing(*testing.T) act {
	items := make([]any, many)
	for i := range items {
		items[i] = k.login()
	}
	body := map[string]any{"ciphers": items, "folders": []any{map[string]any{"name": k.text}}, "folderRelationships": []any{}}
	return act{
		"import",
		func(ctx context.Context) error { return k.Do(ctx, "POST", "/api/ciphers/import", body, nil) },
		func(s state) state { return state{s.items + many, s.folders + 1, s.inFolder, s.inAcme} },
	}
}

// moving takes the items out of their folders when all are in one, and else into one.
func (k *keeper) moving(t *testing.T) act {
	ids, folder := k.own(t)
	var to any = folder
	after := len(ids)
	if k.kept.inFolder == len(ids) {
		to, after = nil, 0
	}
	body := map[string]any{"ids": ids, "folderId": to}
	return act{
		"move",
		func(ctx context.Context) error { return k.Do(ctx, "PUT", "/api/ciphers/move", body, nil) },
		func(s state) state { return state{s.items, s.folders, after, s.inAcme} },
	}
}

// sharing gives all of one's own to the organization.
func (k *keeper) sharing(t *testing.T) act {
	ids, _ := k.own(t)
	items := make([]any, len(ids))
	for i := range ids {
		item := k.login()
		item["id"], item["organizationId"] = ids[i], k.acme
		items[i] = item
	}
	body := map[string]any{"ciphers": items, "collectionIds": k.shared}
	return act{
		"share",
		func(ctx context.Context) error { return k.Do(ctx, "PUT", "/api/ciphers/share", body, nil) },
		func(s state) state { return state{s.items, s.folders, 0, s.inAcme + len(ids)} },
	}
}

// strike kills the server while it does something, and looks at what is left. What was
// not done is done again, so that the next act has something to do.
func (k *keeper) strike(t *testing.T, a act) {
	t.Helper()
	moment := time.Duration(k.dice.Int64N(int64(k.took[a.name])))
	done := make(chan error, 1)
	go func() { done <- a.do(t.Context()) }()
	<-time.After(moment)
	k.server.Kill(t)
	refused := <-done
	k.server.Start(t)
	want, got := a.change(k.kept), k.look(t)
	switch {
	case refused == nil && got != want:
		t.Errorf("%s: it was acknowledged: got %v, want %v", a.name, got, want)
	case got != want && got != k.kept:
		t.Errorf("%s: halfway: got %v, before %v, after %v", a.name, got, k.kept, want)
	}
	if refused != nil {
		k.inside++
	}
	if got == k.kept && got != want {
		if err := a.do(t.Context()); err != nil {
			t.Errorf("%s, once more: %v", a.name, err)
		}
		got = k.look(t)
	}
	k.kept = got
}

func (s state) String() string {
	return fmt.Sprintf("%d items, %d folders, %d in a folder, %d given", s.items, s.folders, s.inFolder, s.inAcme)
}
