package attachment_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// racing does something once, before a transaction begins or after what waits is
// listed: what another request does at that moment.
type racing struct {
	attachment.Store
	beforeTx, afterList func()
}

func (r *racing) Tx(ctx context.Context, fn func(context.Context) error) error {
	once(&r.beforeTx)
	return r.Store.Tx(ctx, fn)
}

func (r *racing) Prepared(ctx context.Context, before time.Time, most int) ([]string, error) {
	list, err := r.Store.Prepared(ctx, before, most)
	once(&r.afterList)
	return list, err
}

func once(fn *func()) {
	if do := *fn; do != nil {
		*fn = nil
		do()
	}
}

// meanwhile does something before what it yields is read.
type meanwhile struct {
	io.Reader
	do func()
}

func (m *meanwhile) Read(p []byte) (int, error) {
	once(&m.do)
	return m.Reader.Read(p)
}

// oldFile makes an item of Ben's with a file without a key of its own.
func (w *world) oldFile() (item, file string) {
	w.Helper()
	item = w.item(w.ben)
	added := w.upload(w.ben, on(item), text, "under the old key")
	return item, added.object["attachments"].([]any)[0].(object)["id"].(string)
}

// ready has a file come anew for Acme.
func (w *world) ready(item, file, content string) answer {
	w.Helper()
	return w.upload(w.ben, on(item, file, "share")+"?organizationId="+w.acme.ID.String(), rekeyed, content, "key", rekeyed)
}

func (w *world) shares(item string) {
	w.Helper()
	w.good(w.ben, "PUT /api/ciphers/"+item+"/share", object{"collectionIds": []id.ID{w.shared}, "cipher": note("organizationId", w.acme.ID)})
}

// known returns how many bytes of Acme's storage files of items take.
func (w *world) known() int64 {
	w.Helper()
	n, err := db.Value[int64](w.Context(), w.DB, `SELECT CAST(COALESCE(SUM(b.size), 0) AS BIGINT) FROM blob b
		JOIN attachment a ON a.blob_id = b.id OR a.next_blob_id = b.id WHERE b.organization_id = $1`, w.acme.ID)
	w.must(err)
	return n
}

// prepare has a file come anew for Acme from a reader.
func (w *world) prepare(item, file string, size int64, content io.Reader) error {
	w.Helper()
	cipherID, err := id.Parse(item)
	w.must(err)
	return w.files.Prepare(w.Context(), w.ben, cipherID, w.acme.ID, file, attachment.Next{OrganizationID: w.acme.ID, FileName: rekeyed, Key: rekeyed}, size, content)
}

// Whatever is under way while an item is shared, its file stays.
func TestFileOfAnItemThatIsSharedMeanwhileStays(t *testing.T) {
	tests := map[string]func(w *world, store *racing, item, file string){
		"it comes anew once more": func(w *world, store *racing, item, file string) {
			store.beforeTx = func() { w.shares(item) }
			if err := w.prepare(item, file, 3, strings.NewReader("new")); fault.KindOf(err) != fault.NotFound {
				w.Errorf("got %v", err)
			}
		},
		"it has waited for a day": func(w *world, store *racing, item, _ string) {
			w.Time = w.Time.Add(25 * time.Hour)
			store.afterList = func() { w.shares(item) }
			w.must(w.files.DropPrepared(w.Context()))
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				item, file := w.oldFile()
				if a := w.ready(item, file, "under a new key"); a.Code != 200 {
					t.Fatal(a.Body)
				}
				store := &racing{Store: w.files.Store}
				w.files.Store = store
				test(w, store, item, file)
				if n := w.contents(); n != 1 {
					t.Errorf("%d contents are there", n)
				}
				if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "under a new key" {
					t.Errorf("got %d %q", got.Code, got.Body)
				}
			})
		})
	}
}

// What comes while something else happens to the file takes no storage that nobody
// knows of.
func TestWhatComesMeanwhileIsNotForgotten(t *testing.T) {
	tests := map[string]struct {
		meanwhile func(w *world, item, file string)
		kept      bool // what came
	}{
		"it is renamed": {func(w *world, item, file string) {
			w.good(w.ben, "PUT /api/ciphers/"+item, note("attachments2", object{file: object{"fileName": rekeyed}}))
		}, true},
		"it comes again": {func(w *world, item, file string) {
			if a := w.ready(item, file, "again"); a.Code != 200 {
				w.Error(a.Body)
			}
		}, false},
		"its item is deleted": {func(w *world, item, _ string) { w.good(w.ben, "DELETE /api/ciphers/"+item, nil) }, false},
		"its item is shared": {func(w *world, item, file string) {
			w.good(w.ben, "PUT /api/ciphers/"+item+"/share", object{"collectionIds": []id.ID{w.shared}, "cipher": note(
				"organizationId", w.acme.ID, "attachments2", object{file: object{"fileName": rekeyed, "key": rekeyed}},
			)})
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				item, file := w.oldFile()
				company := blob.Owner{OrganizationID: w.acme.ID}
				err := w.prepare(item, file, 3, &meanwhile{strings.NewReader("new"), func() { test.meanwhile(w, item, file) }})
				if test.kept != (err == nil) || err != nil && fault.KindOf(err) != fault.NotFound {
					t.Errorf("got %v", err)
				}
				if n := w.known(); n != w.used(company) {
					t.Errorf("the organization uses %d, of which %d are of files", w.used(company), n)
				}
				w.Time = w.Time.Add(25 * time.Hour)
				w.must(w.files.DropPrepared(t.Context()))
				if n := w.known(); n != w.used(company) || w.contents() > 1 {
					t.Errorf("a day later the organization uses %d, and %d contents are there", w.used(company), w.contents())
				}
			})
		})
	}
}

// Only who may share the item has its file come anew, and only one that has to.
func TestWhoMayNotShareMakesNothingReady(t *testing.T) {
	each(t, func(w *world) {
		item, file := w.oldFile()
		w.give(w.shared, collection.Access{ReadOnly: true})
		if a := w.ready(item, file, "new"); a.Code != 404 {
			t.Errorf("a reader: got %d %s", a.Code, a.Body)
		}
		w.give(w.shared, collection.Access{})
		keyed := w.held(w.ben, item, "hello")
		if a := w.ready(item, keyed, "new"); a.Code != 400 || !bytes.Contains(a.Body.Bytes(), []byte("as it is")) {
			t.Errorf("with a key: got %d %s", a.Code, a.Body)
		}
		if n := w.used(blob.Owner{OrganizationID: w.acme.ID}); n != 0 {
			t.Errorf("the organization uses %d", n)
		}
		if a := w.ready(item, file, "new"); a.Code != 200 {
			t.Errorf("got %d %s", a.Code, a.Body)
		}
	})
}
