package kill_test

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/test/harness"
)

const (
	uploadCuts = 8 // kills, on each engine, at least
	fileSize   = 1 << 20
	// busy is how long somebody uploads before a kill, at most.
	busy = 400 * time.Millisecond
)

// Somebody adds files while the server is killed. Each upload that was answered is there
// afterwards, and of all others nothing is left once the server has swept.
func TestAKillInAnUploadLosesNothingAndLeavesNothing(t *testing.T) {
	seed := number(t, "COFFRE_SEED", rand.Uint64())
	for i, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, uint64(i)))
			box := harness.NewMailbox(t)
			server := harness.New(t, "server", harness.Options{Engine: engine, Settings: map[string]string{"coffre__premium": "everyone"}})
			server.Start(t)
			u := &uploader{Person: server.Join(t, box, "zoe@home.example", "Zoé", "en"), server: server}
			for n := 0; n < uploadCuts || len(u.answered) == u.begun && n < 5*uploadCuts; n++ {
				u.cut(t, time.Duration(dice.Int64N(int64(busy))))
			}
			t.Logf("%d uploads were answered, %d were not", len(u.answered), u.begun-len(u.answered))
			if len(u.answered) == u.begun {
				t.Error("no kill fell into an upload: the test has shown nothing")
			}
			u.check(t, open(t, engine, server))
			if t.Failed() {
				t.Logf("run it again with COFFRE_SEED=%d", seed)
			}
		})
	}
}

// uploader is a person who adds files to items.
type uploader struct {
	harness.Person
	server   *harness.Server
	begun    int
	answered map[harness.File]byte // of what letter each is full
}

// cut kills the server while files are uploaded one after the other.
func (u *uploader) cut(t *testing.T, after time.Duration) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for u.add(t.Context()) {
		}
	}()
	<-time.After(after)
	u.server.Kill(t)
	<-done
	u.server.Start(t)
}

// add adds an item with a file, and reports whether both were answered.
func (u *uploader) add(ctx context.Context) bool {
	item, err := u.Item(ctx)
	if err != nil {
		return false
	}
	file, err := u.Announce(ctx, item, fileSize)
	if err != nil {
		return false
	}
	letter := 'a' + byte(u.begun%26)
	u.begun++
	if u.Upload(ctx, u.server.URL, u.server.HTTP(), file, bytes.NewReader(bytes.Repeat([]byte{letter}, fileSize))) != nil {
		return false
	}
	if u.answered == nil {
		u.answered = map[harness.File]byte{}
	}
	u.answered[file] = letter
	return true
}

// check looks for each file that was answered, and once the server has swept for what
// no row knows.
func (u *uploader) check(t *testing.T, b *book) {
	t.Helper()
	for file, letter := range u.answered {
		var got bytes.Buffer
		if err := u.Download(t.Context(), u.server.HTTP(), file, &got); err != nil || !bytes.Equal(got.Bytes(), bytes.Repeat([]byte{letter}, fileSize)) {
			t.Errorf("a file that was answered came back with %d bytes: %v", got.Len(), err)
		}
	}
	u.server.Advance(t, 26*time.Hour)
	harness.Eventually(t, "the folder holds what the database knows", func(ctx context.Context) (bool, error) {
		rows, err := db.Value[int](ctx, b.DB, `SELECT COUNT(*) FROM blob`)
		if err != nil {
			return false, err
		}
		known, err := db.Value[int](ctx, b.DB, `SELECT COUNT(*) FROM attachment JOIN blob ON blob.id = attachment.blob_id WHERE object IS NOT NULL`)
		if err != nil {
			return false, err
		}
		there, unfinished, err := u.contents()
		return rows == known && there == known && unfinished == 0 && known >= len(u.answered), err
	})
}

// contents counts the files in the folder, and those of them that never became whole.
func (u *uploader) contents() (there, unfinished int, err error) {
	err = filepath.WalkDir(filepath.Join(u.server.Data, "core", "attachments"), func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if there++; strings.HasPrefix(entry.Name(), ".new-") {
				unfinished++
			}
		}
		return err
	})
	return there, unfinished, err
}
