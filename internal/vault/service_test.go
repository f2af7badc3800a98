package vault_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/domain"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/passkey"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/send"
	"coffre/internal/vault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	wrapped   = "4.AAAA"
	encrypted = "2.AAAA|AAAA|AAAA"
)

// world is a server with people, organizations and vaults.
type world struct {
	db   *db.DB
	orgs *org.Service
	*vault.Service
	accounts account.Store
	now      time.Time
	said     []notice.Notice
	passkeys []passkey.Passkey
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{db: d, accounts: account.NewStore(d), now: noon}
	clock := func() time.Time { return w.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), clock)
	if err != nil {
		t.Fatal(err)
	}
	accounts := &account.Service{
		Store: w.accounts, Keys: keys, Now: clock,
		Premium: func(context.Context, account.Account) (bool, error) { return false, nil },
	}
	orgs := &org.Service{
		Record:           func(context.Context, ...event.Event) error { return nil },
		CreateCollection: (&collection.Service{Store: collection.NewStore(d)}).CreateDefault,
		Store:            org.NewStore(d), Keys: keys, Now: clock, Touch: accounts.Touch, Announce: func(context.Context, notice.Notice) {},
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return nil, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return 0, nil },
		MayCreate:      func(context.Context, id.ID) error { return nil },
		Subscribe:      func(context.Context, org.Organization, org.Purchase) error { return nil },
	}
	accounts.Organizations, accounts.PremiumFromOrganization = orgs.Profile, orgs.GivesPremium
	w.orgs = orgs
	policies := &policy.Service{Store: policy.NewStore(d), Organizations: orgs, Now: clock}
	collections := &collection.Service{Store: collection.NewStore(d), Organizations: orgs, Now: clock}
	ciphers := &cipher.Service{
		Store: cipher.NewStore(d), Accounts: accounts, Organizations: orgs, Collections: collections, Policies: policies, Limits: cipher.HomeLimits, Now: clock,
	}
	ciphers.Files = &attachment.Service{Store: attachment.NewStore(d), Ciphers: ciphers, Blobs: &blob.Service{Store: blob.NewStore(d)}}
	w.Service = &vault.Service{
		Store: vault.NewStore(d), Accounts: accounts, Collections: collections, Ciphers: ciphers, Policies: policies, Now: clock,
	}
	w.Passkeys = func(context.Context, id.ID) ([]passkey.Passkey, error) { return w.passkeys, nil }
	w.Sends = func(context.Context, id.ID) ([]send.View, error) { return []send.View{}, nil }
	w.Domains = func(context.Context, id.ID) (domain.Domains, error) {
		return domain.Domains{Own: [][]string{{"a.example", "b.example"}}}, nil
	}
	w.Announce = func(_ context.Context, n notice.Notice) { w.said = append(w.said, n) }
	return w
}

// person adds somebody with a complete account.
func (w *world) person(t *testing.T, email string) id.ID {
	t.Helper()
	return w.add(t, account.Account{
		ID: id.New(), Email: email, Name: "Ann", Culture: "fr-FR", EmailVerified: true, Salt: email, Key: encrypted,
		KDF: account.KDF{Iterations: 600_000}, PublicKey: "AAAA", PrivateKey: encrypted,
		SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	})
}

func (w *world) add(t *testing.T, a account.Account) id.ID {
	t.Helper()
	a.PasswordHash = "hashed"
	if err := w.accounts.Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func (w *world) revision(t *testing.T, accountID id.ID) time.Time {
	t.Helper()
	a, err := w.accounts.Get(t.Context(), accountID)
	if err != nil {
		t.Fatal(err)
	}
	return a.VaultRevisedAt
}

// Scenario 10: each change moves the date by which other devices notice it, and
// reading does not.
func TestEachChangeIsNoticed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		var f vault.Folder
		var err error
		steps := []struct {
			name    string
			do      func() error
			noticed bool
		}{
			{"create", func() error { f, err = w.CreateFolder(t.Context(), alice, encrypted); return err }, true},
			{"read", func() error { _, err := w.Folder(t.Context(), alice, f.ID); return err }, false},
			{"list", func() error { _, err := w.ListFolders(t.Context(), alice); return err }, false},
			{"rename", func() error { _, err := w.RenameFolder(t.Context(), alice, f.ID, encrypted); return err }, true},
			{"delete", func() error { return w.DeleteFolders(t.Context(), alice, f.ID) }, true},
			{"delete all", func() error { return w.DeleteAllFolders(t.Context(), alice) }, true},
		}
		for _, step := range steps {
			before := w.revision(t, alice)
			w.now = w.now.Add(time.Minute)
			if err := step.do(); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
			if got := w.revision(t, alice).After(before); got != step.noticed {
				t.Errorf("%s: noticed %v, want %v", step.name, got, step.noticed)
			}
		}
	})
}

// Scenario 35, for folders: a list with somebody else's in it changes nothing.
func TestFoldersOfOthersStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, eve := w.person(t, "alice@example.org"), w.person(t, "eve@example.org")
		theirs, err := w.CreateFolder(t.Context(), alice, encrypted)
		if err != nil {
			t.Fatal(err)
		}
		own, err := w.CreateFolder(t.Context(), eve, encrypted)
		if err != nil {
			t.Fatal(err)
		}
		before := w.revision(t, eve)
		if err := w.DeleteFolders(t.Context(), eve, own.ID, theirs.ID); err != fault.Gone {
			t.Errorf("delete: got %v, want Gone", err)
		}
		if _, err := w.RenameFolder(t.Context(), eve, theirs.ID, "stolen"); err != fault.Gone {
			t.Errorf("rename: got %v, want Gone", err)
		}
		if !w.revision(t, eve).Equal(before) {
			t.Error("what was refused is noticed as a change")
		}
		if err := w.DeleteAllFolders(t.Context(), eve); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Folder(t.Context(), alice, theirs.ID); err != nil || got.Name != encrypted {
			t.Errorf("afterwards: got %+v, %v", got, err)
		}
	})
}
