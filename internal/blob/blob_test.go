package blob_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/blob"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
)

func TestSizeName(t *testing.T) {
	for size, want := range map[int64]string{1: "1 Bytes", 1290: "1.26 KB", 1024: "1 KB", 5 << 20: "5 MB", 501 << 20: "501 MB", 3 << 40: "3072 GB"} {
		if got := blob.SizeName(size); got != want {
			t.Errorf("%d: got %q, want %q", size, got, want)
		}
	}
}

func TestFileComesBackAsSent(t *testing.T) {
	onBuckets(t, func(t *testing.T, bucket blob.Bucket) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newWorld(t, d, bucket)
			b := w.file(t, w.person(t), "0123456789")
			rec := w.serve(t, b.ID)
			if rec.Code != 200 || rec.Body.String() != "0123456789" {
				t.Errorf("got %d %q", rec.Code, rec.Body)
			}
			for name, want := range map[string]string{
				"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
				"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Length": "10",
			} {
				if got := rec.Header().Get(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			if got := rec.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
				t.Errorf("disposition: got %q", got)
			}
			if rec := w.serve(t, b.ID, "Range", "bytes=2-4"); rec.Code != 206 || rec.Body.String() != "234" {
				t.Errorf("range: got %d %q", rec.Code, rec.Body)
			}
			if rec := w.serve(t, "../../etc/passwd"); rec.Code != 404 {
				t.Errorf("another name: got %d", rec.Code)
			}
		})
	})
}

// Scenarios 38 and 132: what is larger or smaller than announced is not kept.
func TestSizeIsCheckedWhileItStreams(t *testing.T) {
	const mib = 1 << 20
	tests := map[string]struct {
		announced, sent int64
		kept            bool
	}{
		"as announced":      {mib, mib, true},
		"a mebibyte more":   {10, 10 + mib, true},
		"more than that":    {10, 11 + mib, false},
		"a mebibyte less":   {3 * mib, 2 * mib, true},
		"less than that":    {3 * mib, 2*mib - 1, false},
		"a flood":           {10, 40 * mib, false},
		"over every limit":  {blob.MaxSize, blob.MaxSize + 1, false},
		"nothing for a few": {10, 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bucket, path := folder(t)
			w := newWorld(t, dbtest.SQLite(t), bucket)
			b, err := w.Reserve(t.Context(), w.person(t), test.announced)
			if err != nil {
				t.Fatal(err)
			}
			source := &zeros{left: test.sent}
			_, err = w.Receive(t.Context(), b.ID, source)
			if (err == nil) != test.kept || err != nil && !blob.IsWrongSize(err) {
				t.Errorf("got %v, want kept %v", err, test.kept)
			}
			if test.sent > test.announced+2*mib && source.left == 0 {
				t.Error("everything was read")
			}
			if got := len(files(t, path)); (got == 1) != test.kept || got > 1 {
				t.Errorf("%d files are left", got)
			}
		})
	}
}

// zeros yields as many bytes as are left.
type zeros struct{ left int64 }

// Read yields zeros.
func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

// Scenarios 42 and 132: the first content stays, of two at once as well.
func TestContentComesOnce(t *testing.T) {
	onBuckets(t, func(t *testing.T, bucket blob.Bucket) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newWorld(t, d, bucket)
			b, err := w.Reserve(t.Context(), w.person(t), 5)
			if err != nil {
				t.Fatal(err)
			}
			before := len(w.names(t))
			var wg sync.WaitGroup
			failures := make([]error, 4)
			for i := range failures {
				wg.Go(func() {
					_, failures[i] = w.Receive(t.Context(), b.ID, strings.NewReader(strings.Repeat(string(rune('a'+i)), 5)))
				})
			}
			wg.Wait()
			kept := ""
			for i, err := range failures {
				if err == nil {
					kept += strings.Repeat(string(rune('a'+i)), 5)
				}
			}
			if got := w.serve(t, b.ID).Body.String(); len(kept) != 5 || got != kept {
				t.Errorf("got %q, kept %q", got, kept)
			}
			if got := len(w.names(t)) - before; got != 1 {
				t.Errorf("%d contents are there", got)
			}
			if _, err := w.Receive(t.Context(), b.ID, strings.NewReader("other")); fault.KindOf(err) != fault.Invalid {
				t.Errorf("again: got %v", err)
			}
		})
	})
}

func TestUploadThatBreaksOffLeavesNothing(t *testing.T) {
	bucket, path := folder(t)
	w := newWorld(t, dbtest.SQLite(t), bucket)
	b, err := w.Reserve(t.Context(), w.person(t), 100)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Receive(t.Context(), b.ID, io.MultiReader(strings.NewReader("half"), failing{}))
	if fault.KindOf(err) != fault.Invalid || blob.IsWrongSize(err) {
		t.Errorf("got %v", err)
	}
	if got := files(t, path); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
	if _, err := w.Receive(t.Context(), b.ID, strings.NewReader(strings.Repeat("a", 100))); err != nil {
		t.Errorf("again: %v", err)
	}
}

type failing struct{}

// Read fails.
func (failing) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

// Scenario 48: storage that is used up, and is free again.
func TestStorageIsLimited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bucket, _ := folder(t)
		w := newWorld(t, d, bucket)
		w.quota = 100
		ann, bob := w.person(t), w.person(t)
		first := w.file(t, ann, strings.Repeat("a", 60))
		if _, err := w.Reserve(t.Context(), ann, 41); fault.KindOf(err) != fault.Invalid {
			t.Errorf("over the quota: got %v", err)
		}
		w.file(t, bob, strings.Repeat("b", 60))
		if err := w.Move(t.Context(), []string{first.ID}, bob); fault.KindOf(err) != fault.Invalid {
			t.Errorf("moved over the quota: got %v", err)
		}
		if err := w.Drop(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		if used, err := w.Used(t.Context(), ann); err != nil || used != 0 {
			t.Errorf("used: %d, %v", used, err)
		}
		if _, err := w.Reserve(t.Context(), ann, 100); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// What is larger than announced needs storage too, of whoever owns the file by then.
func TestWhatIsLargerThanAnnouncedNeedsStorage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bucket, path := folder(t)
		w := newWorld(t, d, bucket)
		w.quota = 100
		ann, bob := w.person(t), w.person(t)
		b, err := w.Reserve(t.Context(), ann, 60)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Receive(t.Context(), b.ID, strings.NewReader(strings.Repeat("a", 101))); fault.KindOf(err) != fault.Invalid || blob.IsWrongSize(err) {
			t.Errorf("over the quota: got %v", err)
		}
		if got := files(t, path); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
		w.file(t, bob, "bob's")
		content := &meanwhile{r: strings.NewReader(strings.Repeat("a", 100)), do: func() error {
			return w.Move(t.Context(), []string{b.ID}, bob)
		}}
		if _, err := w.Receive(t.Context(), b.ID, content); fault.KindOf(err) != fault.Invalid {
			t.Errorf("over the quota of another: got %v", err)
		}
		if _, err := w.Receive(t.Context(), b.ID, strings.NewReader(strings.Repeat("a", 95))); err != nil {
			t.Errorf("all there is: %v", err)
		}
		if used, err := w.Used(t.Context(), bob); err != nil || used != 100 {
			t.Errorf("used: %d, %v", used, err)
		}
	})
}

func TestContentOfWhatIsGoneIsNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bucket, path := folder(t)
		w := newWorld(t, d, bucket)
		b, err := w.Reserve(t.Context(), w.person(t), 7)
		if err != nil {
			t.Fatal(err)
		}
		content := &meanwhile{r: strings.NewReader("content"), do: func() error { return w.Drop(t.Context(), b.ID) }}
		if _, err := w.Receive(t.Context(), b.ID, content); fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v", err)
		}
		if got := files(t, path); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
	})
}

// meanwhile does something before what it yields is read.
type meanwhile struct {
	r  io.Reader
	do func() error
}

// Read reads on.
func (m *meanwhile) Read(p []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		if err := do(); err != nil {
			return 0, err
		}
	}
	return m.r.Read(p)
}

// Scenario 47: the content goes when the file goes, once that is committed.
func TestContentGoesWithItsFile(t *testing.T) {
	onBuckets(t, func(t *testing.T, bucket blob.Bucket) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newWorld(t, d, bucket)
			ann := w.person(t)
			before := len(w.names(t))
			b := w.file(t, ann, "content")
			w.file(t, ann, "another")
			undo := errors.New("undo")
			err := w.Store.Tx(t.Context(), func(ctx contextOf) error { return errors.Join(w.Drop(ctx, b.ID), undo) })
			if w.work(t); !errors.Is(err, undo) || w.serve(t, b.ID).Code != 200 {
				t.Errorf("rolled back: %v", err)
			}
			if err := w.Drop(t.Context(), b.ID); err != nil {
				t.Fatal(err)
			}
			if w.work(t); len(w.names(t))-before != 1 || w.serve(t, b.ID).Code != 404 {
				t.Error("the content is still there")
			}
			if err := w.DropOf(t.Context(), ann); err != nil {
				t.Fatal(err)
			}
			if w.work(t); len(w.names(t))-before != 0 {
				t.Error("something is still there")
			}
		})
	})
}

func TestSweepDeletesWhatFoundNoOtherHalf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bucket, path := folder(t)
		w := newWorld(t, d, bucket)
		ann := w.person(t)
		kept := w.file(t, ann, "kept")
		lost := w.file(t, ann, "lost")
		if _, err := d.Exec(t.Context(), `DELETE FROM blob WHERE id = $1`, lost.ID); err != nil {
			t.Fatal(err)
		}
		half := filepath.Join(path, kept.Object[:2], ".new-"+kept.Object)
		foreign := filepath.Join(path, "README")
		for _, file := range []string{half, foreign} {
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, file := range files(t, path) {
			if err := os.Chtimes(file, noon, noon); err != nil {
				t.Fatal(err)
			}
		}
		waits, err := w.Reserve(t.Context(), ann, 5)
		if err != nil {
			t.Fatal(err)
		}
		w.now = noon.Add(24*time.Hour - time.Second)
		if err := w.Sweep(t.Context()); err != nil || len(files(t, path)) != 4 {
			t.Errorf("too early: %v, %v", files(t, path), err)
		}
		w.now = noon.Add(24*time.Hour + time.Second)
		if err := w.Sweep(t.Context()); err != nil || len(files(t, path)) != 2 {
			t.Errorf("a day later: %v, %v", files(t, path), err)
		}
		if len(w.abandoned) != 1 || w.abandoned[0] != waits.ID {
			t.Errorf("abandoned: %v", w.abandoned)
		}
		if w.serve(t, kept.ID).Code != 200 {
			t.Error("what is known is gone")
		}
		if _, err := w.Get(t.Context(), waits.ID); err != fault.Gone {
			t.Errorf("what waited: %v", err)
		}
	})
}

// What comes at the last moment stays.
func TestSweepKeepsWhatHasJustCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bucket, _ := folder(t)
		w := newWorld(t, d, bucket)
		b, err := w.Reserve(t.Context(), w.person(t), 7)
		if err != nil {
			t.Fatal(err)
		}
		w.Abandoned = func(ctx contextOf, b blob.Blob) error {
			_, err := w.Receive(ctx, b.ID, strings.NewReader("content"))
			return err
		}
		w.now = noon.Add(25 * time.Hour)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.work(t)
		if rec := w.serve(t, b.ID); rec.Body.String() != "content" {
			t.Errorf("got %d %q", rec.Code, rec.Body)
		}
	})
}

// Scenario 43 and 44: a link is good for a minute, and for one thing.
func TestLinkIsShortAndNarrow(t *testing.T) {
	bucket, _ := folder(t)
	w := newWorld(t, dbtest.SQLite(t), bucket)
	token, err := w.Link("send", "subject", "blob")
	if err != nil {
		t.Fatal(err)
	}
	w.now = noon.Add(blob.LinkLife - time.Second)
	if subject, blobID, err := w.ReadLink("send", token); err != nil || subject != "subject" || blobID != "blob" {
		t.Errorf("got %q, %q, %v", subject, blobID, err)
	}
	for name, try := range map[string]string{"another": token[:len(token)-2] + "AA", "none": ""} {
		if _, _, err := w.ReadLink("send", try); err != fault.Gone {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, _, err := w.ReadLink("attachment", token); err != fault.Gone {
		t.Errorf("for another purpose: got %v", err)
	}
	w.now = noon.Add(blob.LinkLife)
	if _, _, err := w.ReadLink("send", token); err != fault.Gone {
		t.Errorf("a minute later: got %v", err)
	}
}

// A file of 500 MB passes through in little memory, both ways.
func TestLargeFileTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Log("a smaller file in a short run")
	}
	bucket, _ := folder(t)
	w := newWorld(t, dbtest.SQLite(t), bucket)
	size := int64(500 << 20)
	if testing.Short() {
		size = 50 << 20
	}
	b, err := w.Reserve(t.Context(), w.person(t), size)
	if err != nil {
		t.Fatal(err)
	}
	grown := peak(func() {
		if _, err := w.Receive(t.Context(), b.ID, &zeros{left: size}); err != nil {
			t.Error(err)
		}
		out := &discard{}
		if err := w.Serve(out, newGet(), b.ID); err != nil || out.n != size {
			t.Errorf("served %d bytes: %v", out.n, err)
		}
	})
	if grown > 16<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	t.Logf("%d MB both ways: memory grew by %d KB", size>>20, grown>>10)
}

// peak returns by how much the heap grew at most while fn ran.
func peak(fn func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, m.HeapAlloc
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	})
	fn()
	close(done)
	wg.Wait()
	return most - before
}
