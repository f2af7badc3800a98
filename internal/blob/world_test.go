package blob_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/seal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a server with people who have storage.
type world struct {
	*blob.Service
	db        *db.DB
	now       time.Time
	quota     int64
	abandoned []string
	queue     *jobs.Queue
}

func newWorld(t testing.TB, d *db.DB, bucket blob.Bucket) *world {
	t.Helper()
	w := &world{db: d, now: noon, quota: blob.GB}
	clock := func() time.Time { return w.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), clock)
	if err != nil {
		t.Fatal(err)
	}
	w.queue = &jobs.Queue{DB: d, Now: clock}
	w.Service = &blob.Service{
		Store: blob.NewStore(d), Bucket: bucket, Keys: keys, Now: clock, Queue: w.queue,
		Quota:     func(context.Context, blob.Owner) (int64, error) { return w.quota, nil },
		Abandoned: func(_ context.Context, b blob.Blob) error { w.abandoned = append(w.abandoned, b.ID); return nil },
	}
	w.Schedule(w.queue)
	return w
}

func folder(t testing.TB) (blob.Bucket, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "attachments")
	bucket, err := blob.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	return bucket, path
}

func s3(t testing.TB) blob.Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	bucket, err := blob.OpenS3(blob.S3{
		Endpoint: strings.TrimPrefix(server.URL, "https://"), Transport: server.Client().Transport, Region: "us-east-1", Bucket: "files", AccessKey: "key", SecretKey: "secret",
		PathStyle: true, Prefix: "coffre",
	})
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// onBuckets runs fn with each kind of bucket.
func onBuckets(t *testing.T, fn func(*testing.T, blob.Bucket)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		bucket, _ := folder(t)
		fn(t, bucket)
	})
	t.Run("s3", func(t *testing.T) { fn(t, s3(t)) })
}

// person adds somebody who can own files.
func (w *world) person(t testing.TB) blob.Owner {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: id.New().String() + "@example.org", Culture: "en-US", SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	a.Salt = a.Email
	if err := account.NewStore(w.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return blob.Owner{AccountID: a.ID}
}

// file adds a file with a content.
func (w *world) file(t testing.TB, o blob.Owner, content string) blob.Blob {
	t.Helper()
	b, err := w.Reserve(t.Context(), o, int64(len(content)))
	if err == nil {
		b, err = w.Receive(t.Context(), b.ID, strings.NewReader(content))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// work does the jobs that are due.
func (w *world) work(t testing.TB) {
	t.Helper()
	for {
		job, err := w.queue.Claim(t.Context())
		if err != nil {
			return
		}
		if err := w.Bucket.Delete(t.Context(), job.Args); err != nil {
			t.Fatal(err)
		}
		if _, err := w.db.Exec(t.Context(), `DELETE FROM job WHERE id = $1`, job.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// names lists what is in the bucket.
func (w *world) names(t testing.TB) []string {
	t.Helper()
	var list []string
	err := w.Bucket.List(t.Context(), func(name string, _ time.Time) error { list = append(list, name); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (w *world) serve(t testing.TB, blobID string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest("GET", "/", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	if err := w.Serve(rec, req, blobID); err != nil {
		rec.Code = 404
	}
	return rec
}

// files lists the files of a folder, however deep.
func files(t testing.TB, folder string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

type contextOf = context.Context

func newGet() *http.Request { return httptest.NewRequest("GET", "/", nil) }

// discard is an answer that is thrown away.
type discard struct {
	header http.Header
	n      int64
}

// Header returns the headers.
func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}

// WriteHeader does nothing.
func (d *discard) WriteHeader(int) {}

// Write counts.
func (d *discard) Write(p []byte) (int, error) { d.n += int64(len(p)); return len(p), nil }
