package kill_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // a second program that uses the database of a server

	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/test/harness"
)

const (
	cuts    = 6     // kills, on each engine
	folders = 2_000 // of which each is a statement of the rotation
	// steady is how long somebody writes without a pause only in a rotation.
	steady = 10 * time.Millisecond
	// stream is how long a rotation writes, roughly; the kill falls somewhere in it.
	stream = 50 * time.Millisecond
)

// Scenario 89 of spec 02.
func TestAKillInARotationLeavesOneKey(t *testing.T) {
	seed := number(t, "COFFRE_SEED", rand.Uint64())
	for i, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, uint64(i)))
			r := newRotator(t, engine)
			inside := 0
			for range cuts {
				if r.cut(t, time.Duration(dice.Int64N(int64(stream)))) {
					inside++
				}
				if t.Failed() {
					t.Fatalf("run it again with COFFRE_SEED=%d", seed)
				}
			}
			t.Logf("%d of %d kills fell into a rotation", inside, cuts)
			if inside < cuts/2 {
				t.Error("too few: the test has shown nothing")
			}
			if _, err := r.Rotate(t.Context(), harness.Password, harness.Password); err != nil {
				t.Errorf("in the end: %v", err)
			}
		})
	}
}

// rotator is a person with many folders and a trusted device, who rotates their
// keys while the server is killed.
type rotator struct {
	harness.Person
	server  *harness.Server
	engine  harness.Engine
	aside   *sql.DB // a second program that looks at the server's database
	trusted client.KeyPair
}

func newRotator(t *testing.T, engine harness.Engine) *rotator {
	t.Helper()
	server, box := harness.NewSelfHosted(t, engine)
	r := &rotator{Person: server.Join(t, box, "zoe@home.example", "Zoé", "en"), server: server, engine: engine}
	r.fill(t, open(t, engine, server))
	r.trust(t)
	driver, source := "pgx", server.Setting(harness.PostgresConnection)
	if engine == harness.SQLite {
		driver, source = "sqlite", "file:"+filepath.Join(server.Data, "db", "coffre.db")+"?_txlock=immediate&_pragma=busy_timeout(0)"
	}
	var err error
	if r.aside, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.aside.Close() })
	return r
}

// fill makes the folders, faster than a client could.
func (r *rotator) fill(t *testing.T, b *book) {
	t.Helper()
	now := db.Time(time.Now())
	err := b.Tx(t.Context(), func(ctx context.Context) error {
		for n := range folders {
			name := r.Key().Encrypt(fmt.Appendf(nil, "Folder %d", n))
			if _, err := b.Exec(ctx, `INSERT INTO folder (id, account_id, name, created_at, revised_at) VALUES ($1, $2, $3, $4, $4)`,
				id.New(), r.UserID(), name, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// trust makes the person's device a trusted one.
func (r *rotator) trust(t *testing.T) {
	t.Helper()
	pair, err := client.NewKeyPair()
	var keys client.Keys
	var wrapped string
	if err == nil {
		keys, err = pair.Keys(r.Key())
	}
	if err == nil {
		wrapped, err = pair.Wrap(r.Key())
	}
	var public []byte
	if err == nil {
		public, err = base64.StdEncoding.DecodeString(keys.PublicKey)
	}
	if err == nil {
		err = r.Do(t.Context(), "PUT", "/api/devices/"+r.Device.Identifier+"/keys", map[string]string{
			"encryptedUserKey": wrapped, "encryptedPublicKey": r.Key().Encrypt(public), "encryptedPrivateKey": keys.EncryptedPrivateKey,
		}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.trusted = pair
}

// cut starts a rotation, kills the server once it has written for a while, and
// checks what is left. It reports whether the kill came before the answer.
func (r *rotator) cut(t *testing.T, after time.Duration) (inside bool) {
	t.Helper()
	old := r.Key()
	type outcome struct {
		fresh client.Key
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		fresh, err := r.Rotate(t.Context(), harness.Password, harness.Password)
		done <- outcome{fresh, err}
	}()
	if err := r.awaitWriting(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-time.After(after)
	r.server.Kill(t)
	made := <-done
	r.server.Start(t)
	if err := r.Login(t.Context(), r.Email, harness.Password); err != nil {
		t.Fatalf("sign in after the kill: %v", err)
	}
	switch key := r.Key(); {
	case made.err == nil && key != made.fresh:
		t.Error("an acknowledged rotation is lost")
	case key != made.fresh && key != old:
		t.Error("the user key is neither the old one nor the new one")
	}
	r.readable(t)
	return made.err != nil && r.Key() == old
}

// readable checks that everything opens with the user key.
func (r *rotator) readable(t *testing.T) {
	t.Helper()
	if names, err := r.FolderNames(t.Context()); err != nil || len(names) != folders {
		t.Errorf("%d folders open: %v", len(names), err)
	}
	var kept struct{ EncryptedUserKey string }
	err := r.Do(t.Context(), "GET", "/api/devices/identifier/"+r.Device.Identifier, nil, &kept)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := r.trusted.Unwrap(kept.EncryptedUserKey); err != nil || key != r.Key() {
		t.Errorf("the trusted device: %v", err)
	}
}

// awaitWriting returns once the server has been writing for a while.
func (r *rotator) awaitWriting(ctx context.Context) error {
	var since time.Time
	ctx, cancel := context.WithTimeout(ctx, harness.Patience)
	defer cancel()
	for ctx.Err() == nil {
		writing := r.writing(ctx)
		switch {
		case !writing:
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > steady:
			return nil
		}
		<-time.After(time.Millisecond)
	}
	return ctx.Err()
}

// writing reports whether a transaction of the server holds what a rotation writes:
// with SQLite the whole database, with PostgreSQL the person.
func (r *rotator) writing(ctx context.Context) bool {
	tx, err := r.aside.BeginTx(ctx, nil)
	if err != nil {
		return true
	}
	defer tx.Rollback()
	if r.engine == harness.PostgreSQL {
		_, err = tx.ExecContext(ctx, `SELECT id FROM account WHERE email = $1 FOR UPDATE NOWAIT`, r.Email)
	}
	return err != nil
}
