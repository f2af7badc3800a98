package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/seal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, d *db.DB, root []byte) *seal.Keys {
	t.Helper()
	keys, err := seal.Open(t.Context(), d, root, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := bytes.Repeat([]byte{7}, seal.KeySize)
		keys, row := open(t, d, root), id.New()
		sealed := keys.Seal("account", "secret", row, "hello")
		if strings.Contains(sealed, "hello") {
			t.Error("the sealed value shows its content")
		}
		got, err := open(t, d, root).Open("account", "secret", row, sealed)
		if err != nil || got != "hello" {
			t.Errorf("after a restart: got %q, %v", got, err)
		}
		places := map[string]func() (string, error){
			"another row":    func() (string, error) { return keys.Open("account", "secret", id.New(), sealed) },
			"another column": func() (string, error) { return keys.Open("account", "other", row, sealed) },
			"another table":  func() (string, error) { return keys.Open("device", "secret", row, sealed) },
			"one bit off":    func() (string, error) { return keys.Open("account", "secret", row, flip(sealed)) },
			"not sealed":     func() (string, error) { return keys.Open("account", "secret", row, "hello") },
		}
		for name, attempt := range places {
			if _, err := attempt(); !errors.Is(err, seal.ErrBroken) {
				t.Errorf("%s: got %v, want ErrBroken", name, err)
			}
		}
	})
}

func flip(s string) string {
	last := s[len(s)-2]
	if last == 'A' {
		last = 'B'
	} else {
		last = 'A'
	}
	return s[:len(s)-2] + string(last) + s[len(s)-1:]
}

func TestTokenIsForOnePurpose(t *testing.T) {
	keys := open(t, dbtest.SQLite(t), bytes.Repeat([]byte{7}, seal.KeySize))
	type offer struct{ Email string }
	token, err := keys.Token("offer", offer{"a@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	var got offer
	if err := keys.ReadToken("offer", token, &got); err != nil || got.Email != "a@example.org" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := keys.ReadToken("verify", token, &got); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("another purpose: got %v, want ErrBroken", err)
	}
}

func TestAnotherRootKeyIsToldAsSuch(t *testing.T) {
	d := dbtest.SQLite(t)
	open(t, d, bytes.Repeat([]byte{7}, seal.KeySize))
	_, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{8}, seal.KeySize), func() time.Time { return noon })
	if err == nil || !strings.Contains(err.Error(), "root key") {
		t.Errorf("got %v, want a word about the root key", err)
	}
}

func TestRootKeyIsTriedWithoutOpeningTheRing(t *testing.T) {
	d, root := dbtest.SQLite(t), bytes.Repeat([]byte{7}, seal.KeySize)
	open(t, d, root)
	row, err := db.One[keyRow](t.Context(), d, `SELECT id, sealed FROM server_key LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	if !seal.Opens(root, row.id, row.sealed) {
		t.Error("the root key does not open its own")
	}
	if seal.Opens(bytes.Repeat([]byte{8}, seal.KeySize), row.id, row.sealed) || seal.Opens(root, "another", row.sealed) || seal.Opens(nil, row.id, row.sealed) {
		t.Error("something opens that should not")
	}
}

type keyRow struct{ id, sealed string }

func (r *keyRow) Columns() []any { return []any{&r.id, &r.sealed} }

func TestReplacedKeyIsThatOfAllNodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one, other := open(t, d, bytes.Repeat([]byte{7}, seal.KeySize)), open(t, d, bytes.Repeat([]byte{7}, seal.KeySize))
		never := func() ([]byte, error) { return nil, errors.New("made again") }
		after := func(old []byte) ([]byte, error) { return append(old, '+'), nil }
		if err := one.Replace(t.Context(), "test", after); fault.KindOf(err) != fault.NotFound {
			t.Errorf("without a key: got %v, want NotFound", err)
		}
		if _, _, err := one.Key(t.Context(), "test", func() ([]byte, error) { return []byte("first"), nil }); err != nil {
			t.Fatal(err)
		}
		failed := errors.New("no")
		if err := one.Replace(t.Context(), "test", func([]byte) ([]byte, error) { return nil, failed }); !errors.Is(err, failed) {
			t.Errorf("got %v, want the failure", err)
		}
		if _, key, err := other.Key(t.Context(), "test", never); err != nil || string(key) != "first" {
			t.Errorf("after a failure the key is %q, %v", key, err)
		}
		if err := one.Replace(t.Context(), "test", after); err != nil {
			t.Fatal(err)
		}
		if _, key, err := other.Key(t.Context(), "test", never); err != nil || string(key) != "first+" {
			t.Errorf("the other node has %q, %v", key, err)
		}
	})
}

func TestAbsentRootKeyIsOnlyLookedFor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "root.key")
	if _, found, err := seal.FindRoot("", file); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("looking made the file: %v", err)
	}
}

func TestRootKeyFileIsMadeOnceForTheOwnerOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "root.key")
	first, err := seal.Root("", file)
	if err != nil {
		t.Fatal(err)
	}
	second, err := seal.Root("", file)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("second read: %v, the same: %v", err, bytes.Equal(first, second))
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
