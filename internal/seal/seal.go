// Package seal encrypts the server's own secrets at rest. It never touches what
// clients encrypt: for that the server has no key.
//
// One root key lives outside the database. Every other key lives in the
// database, sealed under the root key, so that all nodes on one database agree.
// A sealed value is bound to its table, column and row: moved to another place it
// no longer opens.
package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"coffre/internal/atomicfile"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// KeySize is the size of the root key and of the sealing keys, in bytes.
const KeySize = 32

// ErrBroken says that a sealed value was not made here, was moved, or was changed.
var ErrBroken = errors.New("seal: the value does not open")

// Keys is the key ring of a server.
type Keys struct {
	db      *db.DB
	now     func() time.Time
	root    cipher.AEAD
	sealing map[string]cipher.AEAD // by key id; retired ones still open
	current string
	secret  []byte
}

// Root returns the root key: the setting when there is one, 64 hexadecimal
// digits, else the content of the file, which is made (mode 600) when absent.
func Root(setting, file string) ([]byte, error) {
	root, found, err := FindRoot(setting, file)
	if found || err != nil {
		return root, err
	}
	root = make([]byte, KeySize)
	rand.Read(root)
	if err := atomicfile.Write(file, RootText(root), 0o600); err != nil {
		return nil, fmt.Errorf("write root key: %w", err)
	}
	return root, nil
}

// FindRoot is Root where a file that is absent stays so.
func FindRoot(setting, file string) (root []byte, found bool, err error) {
	if setting != "" {
		root, err = ParseRoot([]byte(setting), "coffre__keys__root")
		return root, err == nil, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read root key: %w", err)
	}
	root, err = ParseRoot(raw, file)
	return root, err == nil, err
}

// ParseRoot reads what RootText wrote; where is named in the error.
func ParseRoot(text []byte, where string) ([]byte, error) {
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(root) != KeySize {
		return nil, fmt.Errorf("%s: a root key is 64 hexadecimal digits", where)
	}
	return root, nil
}

// RootText returns a root key as its file holds it.
func RootText(root []byte) []byte { return []byte(hex.EncodeToString(root) + "\n") }

// Open reads the key ring of a database, and makes what it lacks.
func Open(ctx context.Context, d *db.DB, root []byte, now func() time.Time) (*Keys, error) {
	aead, err := newAEAD(root)
	if err != nil {
		return nil, err
	}
	k := &Keys{db: d, now: now, root: aead, sealing: map[string]cipher.AEAD{}}
	random := func() ([]byte, error) {
		key := make([]byte, KeySize)
		rand.Read(key)
		return key, nil
	}
	if k.current, _, err = k.Key(ctx, "sealing", random); err != nil {
		return nil, err
	}
	if _, k.secret, err = k.Key(ctx, "derive", random); err != nil {
		return nil, err
	}
	rows, err := db.All[keyRow](ctx, d, `SELECT id, purpose, sealed FROM server_key WHERE purpose = 'sealing'`)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		key, err := k.openKey(row)
		if err != nil {
			return nil, err
		}
		if k.sealing[row.id], err = newAEAD(key); err != nil {
			return nil, err
		}
	}
	return k, nil
}

type keyRow struct{ id, purpose, sealed string }

func (r *keyRow) Columns() []any { return []any{&r.id, &r.purpose, &r.sealed} }

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

const current = `SELECT id, purpose, sealed FROM server_key WHERE purpose = $1 AND retired_at IS NULL`

// Key returns the current key of a purpose with its id. The first call of all
// nodes makes it, once, with create.
func (k *Keys) Key(ctx context.Context, purpose string, create func() ([]byte, error)) (keyID string, key []byte, err error) {
	row, err := db.One[keyRow](ctx, k.db, current, purpose)
	if fault.KindOf(err) == fault.NotFound {
		if key, err = create(); err != nil {
			return "", nil, fmt.Errorf("make %s key: %w", purpose, err)
		}
		if err = k.insert(ctx, purpose, key); err != nil {
			return "", nil, err
		}
		row, err = db.One[keyRow](ctx, k.db, current, purpose) // another node may have been first
	}
	if err != nil {
		return "", nil, err
	}
	key, err = k.openKey(row)
	return row.id, key, err
}

// insert stores the current key of a purpose, unless there is one.
func (k *Keys) insert(ctx context.Context, purpose string, key []byte) error {
	fresh := id.New().String()
	box := base64.RawStdEncoding.EncodeToString(k.root.Seal(nil, nil, key, []byte("server_key|sealed|"+fresh)))
	_, err := k.db.Exec(ctx, `INSERT INTO server_key (id, purpose, sealed, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		fresh, purpose, box, db.Time(k.now()))
	return err
}

// Replace puts another key in the place of the current one of a purpose, which stays
// in the ring as a retired one. It is fault.Gone when there is none.
func (k *Keys) Replace(ctx context.Context, purpose string, next func(old []byte) ([]byte, error)) error {
	return k.db.Tx(ctx, func(ctx context.Context) error {
		if err := k.db.Lock(ctx, "server_key:"+purpose); err != nil {
			return err
		}
		row, err := db.One[keyRow](ctx, k.db, current, purpose)
		if err != nil {
			return err
		}
		old, err := k.openKey(row)
		if err != nil {
			return err
		}
		key, err := next(old)
		if err != nil {
			return fmt.Errorf("make %s key: %w", purpose, err)
		}
		if _, err := k.db.Exec(ctx, `UPDATE server_key SET retired_at = $2 WHERE id = $1`, row.id, db.Time(k.now())); err != nil {
			return err
		}
		return k.insert(ctx, purpose, key)
	})
}

func (k *Keys) openKey(row keyRow) ([]byte, error) {
	box, err := base64.RawStdEncoding.DecodeString(row.sealed)
	if err != nil {
		return nil, ErrBroken
	}
	key, err := k.root.Open(nil, nil, box, []byte("server_key|sealed|"+row.id))
	if err != nil {
		return nil, fmt.Errorf("the %s key does not open: the root key is not the one of this database", row.purpose)
	}
	return key, nil
}

// Opens reports whether root is the root key that a key of the table server_key is
// sealed under.
func Opens(root []byte, keyID, sealed string) bool {
	aead, err := newAEAD(root)
	if err != nil {
		return false
	}
	_, err = (&Keys{root: aead}).openKey(keyRow{id: keyID, sealed: sealed})
	return err == nil
}

// Fits reports whether root opens the keys of a database, which it leaves as they
// are; one that has no keys yet fits any root.
func Fits(ctx context.Context, d *db.DB, root []byte) (bool, error) {
	rows, err := db.All[keyRow](ctx, d, `SELECT id, purpose, sealed FROM server_key`)
	for _, row := range rows {
		if !Opens(root, row.id, row.sealed) {
			return false, nil
		}
	}
	return err == nil, err
}

// Seal encrypts plain for one place in the database.
func (k *Keys) Seal(table, column string, row fmt.Stringer, plain string) string {
	return k.seal(table+"|"+column+"|"+row.String(), []byte(plain), base64.RawStdEncoding)
}

// Open returns what Seal encrypted for the same place, or ErrBroken.
func (k *Keys) Open(table, column string, row fmt.Stringer, sealed string) (string, error) {
	plain, err := k.open(table+"|"+column+"|"+row.String(), sealed, base64.RawStdEncoding)
	return string(plain), err
}

// Token returns content as an opaque text for links and answers: confidential,
// unforgeable, and of use for this purpose alone.
func (k *Keys) Token(purpose string, content any) (string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	return k.seal("token|"+purpose, raw, base64.RawURLEncoding), nil
}

// ReadToken reads what Token made for the same purpose, or returns ErrBroken.
func (k *Keys) ReadToken(purpose, token string, content any) error {
	raw, err := k.open("token|"+purpose, token, base64.RawURLEncoding)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, content)
}

// Derive returns size bytes that are always the same for a purpose on one
// database and that nobody else can compute.
func (k *Keys) Derive(purpose string, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, k.secret, nil, purpose, size)
}

// A sealed value is "1." + key id + "." + box; the 1 is the version of the form.
func (k *Keys) seal(place string, plain []byte, encoding *base64.Encoding) string {
	box := k.sealing[k.current].Seal(nil, nil, plain, []byte(place))
	return "1." + k.current + "." + encoding.EncodeToString(box)
}

func (k *Keys) open(place, sealed string, encoding *base64.Encoding) ([]byte, error) {
	parts := strings.SplitN(sealed, ".", 3)
	if len(parts) != 3 || parts[0] != "1" || k.sealing[parts[1]] == nil {
		return nil, ErrBroken
	}
	box, err := encoding.DecodeString(parts[2])
	if err != nil {
		return nil, ErrBroken
	}
	plain, err := k.sealing[parts[1]].Open(nil, nil, box, []byte(place))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}
