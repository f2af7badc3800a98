package account_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)

func person(email string) account.Account {
	return account.Account{
		ID: id.New(), Email: email, EmailVerified: true, Name: "Zoé", Culture: "fr-FR", PasswordHash: "x", PasswordHint: "the usual",
		KDF:  account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)},
		Salt: email, Key: "2.a|b|c", PublicKey: "MIIB", PrivateKey: "2.d|e|f", KeyID: "00112233445566778899aabbccddeeff",
		SecurityStamp: id.New().String(), VerifyDevices: true, AvatarColor: "#aabbcc",
		CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon, PasswordChangedAt: noon,
	}
}

func bare(email string) account.Account {
	return account.Account{
		ID: id.New(), Email: email, Culture: "en-US", PasswordHash: "x", KDF: account.DefaultKDF(), Salt: email, Key: "2.a|b|c",
		SecurityStamp: "s", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
}

func insert(t *testing.T, store account.Store, people ...account.Account) {
	t.Helper()
	for _, a := range people {
		if err := store.Insert(t.Context(), a, "sealed"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPersonComesBackAsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := account.NewStore(d)
		for _, a := range []account.Account{person("full@example.com"), bare("bare@example.com")} {
			insert(t, store, a)
			got, err := store.Get(t.Context(), a.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a, got); diff != "" {
				t.Errorf("-stored +read:\n%s", diff)
			}
			found, known, err := store.FindByEmail(t.Context(), a.Email)
			if err != nil || !known || found.ID != a.ID {
				t.Errorf("FindByEmail: %v %v, %v", found.ID, known, err)
			}
		}
		if _, known, err := store.FindByEmail(t.Context(), "nobody@example.com"); known || err != nil {
			t.Errorf("nobody: %v, %v", known, err)
		}
		if _, err := store.Get(t.Context(), id.New()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown: %v, want NotFound", err)
		}
	})
}

func TestAddressIsTakenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := account.NewStore(d)
		insert(t, store, bare("a@example.com"))
		if err := store.Insert(t.Context(), bare("a@example.com"), "sealed"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("got %v, want Conflict", err)
		}
	})
}

// Scenarios 83 and 84.
func TestKeysAreSetOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		a, b := bare("a@example.com"), bare("b@example.com")
		insert(t, w.Store, a, b)
		if _, err := w.SetKeys(ctx, a.ID, "public", "private", ""); err != nil {
			t.Fatal(err)
		}
		_, err := w.SetKeys(ctx, a.ID, "other", "other", "")
		refused(t, err, "account.keysExist")
		if err := w.SetKeyID(ctx, a.ID, "id"); err != nil {
			t.Fatal(err)
		}
		refused(t, w.SetKeyID(ctx, a.ID, "other"), "account.keyIDExists")
		got, err := w.Get(ctx, a.ID)
		if err != nil || got.PublicKey != "public" || got.PrivateKey != "private" || got.KeyID != "id" {
			t.Errorf("got %+v, %v", got, err)
		}
		if other, err := w.Get(ctx, b.ID); err != nil || other.PublicKey != "" || other.KeyID != "" {
			t.Errorf("somebody else got keys: %+v, %v", other, err)
		}
	})
}

func TestTouchAlwaysMovesTheRevision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, ctx := account.NewStore(d), t.Context()
		a, b := bare("a@example.com"), bare("b@example.com")
		insert(t, store, a, b)
		revision := func() time.Time {
			got, err := store.Get(ctx, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got.VaultRevisedAt
		}
		for _, now := range []time.Time{noon, noon, noon.Add(time.Hour), noon.Add(time.Minute)} {
			before := revision()
			if err := store.Touch(ctx, []id.ID{b.ID, a.ID, a.ID, id.New()}, now); err != nil {
				t.Fatal(err)
			}
			if after := revision(); after.UnixMilli() <= before.UnixMilli() {
				t.Errorf("at %s: %s became %s", now, before, after)
			}
		}
		if want := noon.Add(time.Hour + time.Millisecond); !revision().Equal(want) {
			t.Errorf("got %s, want %s", revision(), want)
		}
		if err := store.Touch(ctx, nil, noon); err != nil {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestAPIKeyIsReplaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, ctx := account.NewStore(d), t.Context()
		a := bare("a@example.com")
		insert(t, store, a)
		err := store.Tx(ctx, func(ctx context.Context) error { return store.SetAPIKey(ctx, a.ID, "other", noon.Add(time.Hour)) })
		if err != nil {
			t.Fatal(err)
		}
		if got, err := store.SealedAPIKey(ctx, a.ID); got != "other" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
