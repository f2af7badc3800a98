package cipher_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
)

// discard is an answer that nobody reads.
type discard struct {
	header http.Header
	n      int64
}

func (d *discard) Header() http.Header { return d.header }
func (*discard) WriteHeader(int)       {}
func (d *discard) Write(b []byte) (int, error) {
	d.n += int64(len(b))
	return len(b), nil
}

var engines = map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres}

// sealed is ciphertext of as many letters as clients make of a short text.
var sealed = "2." + strings.Repeat("A", 24) + "|" + strings.Repeat("B", 64) + "|" + strings.Repeat("C", 44)

// bulky is a log-in of about a kilobyte.
func bulky() object {
	return object{
		"type": 1, "name": sealed, "notes": nil, "favorite": false, "key": sealed,
		"login": object{
			"username": sealed, "password": sealed, "totp": nil,
			"uris": []any{object{"uri": sealed, "uriChecksum": sealed, "match": nil}},
		},
	}
}

// processorTime is what this process has used: it says more than the clock where
// others share the machine.
func processorTime(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// vaultOf is an import of n items in twenty folders.
func vaultOf(n int) object {
	ciphers, folders, relations := make([]any, n), make([]any, 20), make([]any, 0, n)
	for i := range folders {
		folders[i] = object{"name": sealed}
	}
	for i := range ciphers {
		ciphers[i] = bulky()
		if i%2 == 0 {
			relations = append(relations, object{"key": i, "value": i % len(folders)})
		}
	}
	return object{"ciphers": ciphers, "folders": folders, "folderRelationships": relations}
}

func raw(b testing.TB, v any) []byte {
	b.Helper()
	text, err := json.Marshal(v)
	must(b, err)
	return text
}

// serve makes a call whose answer nobody keeps, and returns its length.
func (w *world) serve(b testing.TB, caller id.ID, method, path string, body []byte) int64 {
	b.Helper()
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+caller.String())
	req.Header.Set("Bitwarden-Client-Version", "2026.9.0")
	answer := &discard{header: http.Header{}}
	w.router.ServeHTTP(answer, req)
	if answer.header.Get("X-Request-Id") == "" || answer.n > 0 && answer.n < 1_000 {
		b.Fatalf("%s: %d letters", path, answer.n)
	}
	return answer.n
}

// BenchmarkSync is of a vault whose items are one's own, and of one whose items are an
// organization's.
func BenchmarkSync(b *testing.B) {
	for engine, open := range engines {
		for _, n := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", engine, n), func(b *testing.B) {
				w := newWorld(b, open(b))
				w.serve(b, w.ann, "POST", "/api/ciphers/import", raw(b, vaultOf(n)))
				body := vaultOf(n)
				body["collections"], body["collectionRelationships"] = []any{object{"id": w.shared}}, []any{}
				for i := range n {
					body["collectionRelationships"] = append(body["collectionRelationships"].([]any), object{"key": i, "value": 0})
				}
				body["folders"], body["folderRelationships"] = nil, nil
				body["collections"].([]any)[0].(object)["name"] = sealed
				w.serve(b, w.ann, "POST", "/api/ciphers/import-organization?organizationId="+w.acme.ID.String(), raw(b, body))
				for name, caller := range map[string]id.ID{"own": w.ann, "shared": w.ben} {
					b.Run(name, func(b *testing.B) { w.benchmarkSync(b, caller) })
				}
			})
		}
	}
}

func (w *world) benchmarkSync(b *testing.B, caller id.ID) {
	statements := w.DB.Statements()
	var before, after runtime.MemStats
	var n int64
	runtime.ReadMemStats(&before)
	busy := processorTime(b)
	for b.Loop() {
		n = w.serve(b, caller, "GET", "/api/sync?excludeDomains=true", nil)
	}
	b.ReportMetric(float64((processorTime(b)-busy).Milliseconds())/float64(b.N), "cpu-ms/op")
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(w.DB.Statements()-statements)/float64(b.N), "statements/op")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(n), "allocated/letter")
}

// BenchmarkCrowd is of a hundred clients that sync 1,000 items each at the same time.
func BenchmarkCrowd(b *testing.B) {
	const clients, items = 100, 1_000
	for engine, open := range engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, open(b))
			w.serve(b, w.ann, "POST", "/api/ciphers/import", raw(b, vaultOf(items)))
			b.SetParallelism((clients + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			busy := processorTime(b)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					w.serve(b, w.ann, "GET", "/api/sync?excludeDomains=true", nil)
				}
			})
			b.ReportMetric(float64((processorTime(b)-busy).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkImport is of 10,000 items and twenty folders.
func BenchmarkImport(b *testing.B) {
	body := raw(b, vaultOf(10_000))
	for engine, open := range engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, open(b))
			busy := processorTime(b)
			for b.Loop() {
				w.serve(b, w.ann, "POST", "/api/ciphers/import", body)
			}
			b.ReportMetric(float64((processorTime(b)-busy).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkRekey is of 10,000 items under a new user key.
func BenchmarkRekey(b *testing.B) {
	for engine, open := range engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, open(b))
			w.serve(b, w.ann, "POST", "/api/ciphers/import", raw(b, vaultOf(10_000)))
			own, err := w.ciphers.Own(b.Context(), w.ann)
			must(b, err)
			drafts := map[id.ID]cipher.Draft{}
			for _, cipherID := range own {
				var in content.Request
				must(b, json.Unmarshal(raw(b, bulky()), &in))
				must(b, in.Check())
				drafts[cipherID] = cipher.Draft{Type: in.Type, Data: in.Text()}
			}
			busy := processorTime(b)
			for b.Loop() {
				must(b, w.DB.Tx(b.Context(), func(ctx context.Context) error { return w.ciphers.Rekey(ctx, w.ann, drafts) }))
			}
			b.ReportMetric(float64((processorTime(b)-busy).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}
