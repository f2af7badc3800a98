package attachment_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/blob"
	"coffre/internal/collection"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
)

// Scenario 37.
func TestFileIsUploadedReadAndDeleted(t *testing.T) {
	each(t, func(w *world) {
		item := w.companyItem()
		w.Said = nil
		w.Time = w.Time.Add(time.Minute)
		made := w.good(w.ben, "POST "+on(item, "v2"), announced(5))
		file := made.text("attachmentId")
		if made.text("object") != "attachment-fileUpload" || made.object["fileUploadType"] != 0.0 || made.object["cipherMiniResponse"] != nil {
			t.Errorf("got %s", made.Body)
		}
		of := made.object["cipherResponse"].(object)["attachments"].([]any)[0].(object)
		if of["id"] != file || of["object"] != "attachment" || of["key"] != text || of["fileName"] != text {
			t.Errorf("got %v", of)
		}
		if len(w.Said) != 1 || w.Said[0].Kind != notice.CipherUpdated || !w.revision(w.ben).Equal(w.Time) {
			t.Errorf("clients were told %v", w.Said)
		}
		if waits := w.good(w.ben, "GET "+on(item, file, "renew"), nil); waits.text("url") != made.text("url") {
			t.Errorf("got %s", waits.Body)
		}
		w.refused(w.ben, "GET "+on(item, file), nil, 404, "")
		if a := w.upload(w.ben, on(item, file), text, "hello"); a.Code != 200 {
			t.Fatalf("got %d %s", a.Code, a.Body)
		}
		w.refused(w.ben, "GET "+on(item, file, "renew"), nil, 404, "")
		read := w.good(w.ben, "GET "+on(item, file), nil)
		if read.text("size") != "5" || read.text("sizeName") != "5 Bytes" {
			t.Errorf("got %s", read.Body)
		}
		got := w.fetch(w.link(w.ben, item, file))
		h := got.Header()
		if got.Code != 200 || got.Body.String() != "hello" || h.Get("Content-Type") != "application/octet-stream" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("got %d %q %v", got.Code, got.Body, h)
		}
		for _, target := range []string{"GET /api/sync", "GET /api/ciphers", "GET /api/ciphers/" + item + "/details"} {
			if a := w.good(w.ben, target, nil); !strings.Contains(a.Body.String(), file) {
				t.Errorf("%s does not know of the file: %s", target, a.Body)
			}
		}
		deleted := w.good(w.ben, "DELETE "+on(item, file), nil)
		left := deleted.object["cipher"].(object)
		if deleted.text("object") != "deleteAttachment" || left["object"] != "cipherMini" || left["attachments"] != nil {
			t.Errorf("got %s", deleted.Body)
		}
		w.refused(w.ben, "DELETE "+on(item, file), nil, 404, "")
		if n := w.contents(); n != 0 {
			t.Errorf("%d files are left", n)
		}
		types := w.RecordedTypes(t)
		if want := []event.Type{event.CipherCreated, event.AttachmentCreated, event.AttachmentDeleted}; len(types) != 3 || types[1] != want[1] || types[2] != want[2] {
			t.Errorf("the log has %v, want %v", types, want)
		}
	})
}

// Scenario 37, for what a browser would run: it comes as bytes to be kept, whatever it is.
func TestFilesDoNotRun(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		for _, content := range []string{"<html><script>alert(1)</script>", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "%PDF-1.7"} {
			file := w.held(w.ann, item, content)
			req := httptest.NewRequest("GET", w.link(w.ann, item, file), nil)
			req.Header.Set("Accept", "text/html,image/svg+xml")
			for _, part := range []string{"", "bytes=0-4"} {
				req.Header.Set("Range", part)
				rec := httptest.NewRecorder()
				w.router.ServeHTTP(rec, req)
				h := rec.Header()
				if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
					h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
					t.Errorf("%q %q: got %d %v", content, part, rec.Code, h)
				}
			}
		}
	})
}

// Scenario 38, for what breaks off: it is not kept, however much of it has come, and may
// come again.
func TestFileThatBreaksOffIsNotKept(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		file := w.good(w.ann, "POST "+on(item, "v2"), announced(10)).text("attachmentId")
		const head = "--x\r\nContent-Disposition: form-data; name=\"data\"; filename=\"f\"\r\n\r\n"
		const key = "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + text + "\r\n"
		for _, path := range []string{on(item, file), on(item)} {
			for _, body := range []string{"", "--x", head, head + "hello worl", head + "hello worl\r\n", key + head + "hello worl", key + head + "hello worl\r\n--", key} {
				req := httptest.NewRequest("POST", path, strings.NewReader(body))
				req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
				req.Header.Set("Authorization", "Bearer "+w.ann.String())
				rec := httptest.NewRecorder()
				w.router.ServeHTTP(rec, req)
				if rec.Code != 400 || w.contents() != 0 {
					t.Errorf("%q: got %d %s, and %d files", body, rec.Code, rec.Body, w.contents())
				}
			}
		}
		if left := w.shown(w.ann, item); len(left) != 1 {
			t.Errorf("the item has %v", left)
		}
		if a := w.upload(w.ann, on(item, file), text, "0123456789"); a.Code != 200 {
			t.Fatalf("again: got %d %s", a.Code, a.Body)
		}
		if got := w.fetch(w.link(w.ann, item, file)); got.Body.String() != "0123456789" {
			t.Errorf("got %q", got.Body)
		}
	})
}

// Scenario 38.
func TestFileOfAnotherSizeIsNotKept(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		for _, size := range []int{5 + 1<<20 + 1, 0} {
			announcedSize := 5
			if size == 0 {
				announcedSize = 2 << 20
			}
			file := w.good(w.ann, "POST "+on(item, "v2"), announced(announcedSize)).text("attachmentId")
			a := w.upload(w.ann, on(item, file), text, strings.Repeat("a", size))
			if a.Code != 400 || !strings.Contains(a.Body.String(), "not as large") {
				t.Errorf("%d bytes: got %d %s", size, a.Code, a.Body)
			}
			if left := w.shown(w.ann, item); left != nil {
				t.Errorf("%d bytes: the item has %v", size, left)
			}
		}
		file := w.good(w.ann, "POST "+on(item, "v2"), announced(5)).text("attachmentId")
		if a := w.upload(w.ann, on(item, file), text, strings.Repeat("a", 1<<20)); a.Code != 200 {
			t.Errorf("about as large: got %d %s", a.Code, a.Body)
		}
		if n := w.contents(); n != 1 {
			t.Errorf("%d files are there", n)
		}
	})
}

// Scenario 39.
func TestSizesThatAreNone(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		for _, size := range []any{0, -1, 525_336_577, "many", nil} {
			w.refused(w.ann, "POST "+on(item, "v2"), announced(size), 400, "ile")
		}
		w.good(w.ann, "POST "+on(item, "v2"), announced("5"))
		w.good(w.ann, "POST "+on(item, "v2"), announced(525_336_576))
	})
}

// Scenario 40.
func TestUploadOverTheLimitLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		file := w.good(w.ann, "POST "+on(item, "v2"), announced(blob.MaxSize)).text("attachmentId")
		req := httptest.NewRequest("POST", on(item, file), strings.NewReader("--x"))
		req.ContentLength = blob.MaxSize + 2<<20
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		req.Header.Set("Authorization", "Bearer "+w.ann.String())
		rec := httptest.NewRecorder()
		w.router.ServeHTTP(rec, req)
		if rec.Code != 413 || w.contents() != 0 {
			t.Errorf("got %d %s, and %d files", rec.Code, rec.Body, w.contents())
		}
	})
}

// Scenario 41.
func TestFileIsReachedThroughItsItemAlone(t *testing.T) {
	each(t, func(w *world) {
		item, other := w.item(w.ann), w.item(w.ann)
		file := w.good(w.ann, "POST "+on(item, "v2"), announced(5)).text("attachmentId")
		for what, a := range map[string]answer{
			"another item": w.upload(w.ann, on(other, file), text, "hello"), "a stranger": w.upload(w.eve, on(item, file), text, "hello"),
			"no file": w.upload(w.ann, on(item, strings.Repeat("a", 32)), text, "hello"), "no id": w.upload(w.ann, on(item, "a'--"), text, "hello"),
			"a stranger, in one step": w.upload(w.eve, on(item), text, "hello", "key", text),
			"a stranger, as an admin": w.upload(w.eve, on(item)+"-admin", text, "hello", "key", text),
			"a stranger's company":    w.upload(w.eve, on(item, file, "share")+"?organizationId="+w.acme.ID.String(), text, "hello", "key", text),
		} {
			if a.Code != 404 {
				t.Errorf("%s: got %d %s", what, a.Code, a.Body)
			}
		}
		held := w.held(w.ann, item, "hello")
		for _, target := range []string{
			"GET " + on(item, held), "DELETE " + on(item, held), "POST " + on(item, held, "delete"), "GET " + on(item, held, "admin"),
			"DELETE " + on(item, held, "admin"), "POST " + on(item, held, "delete-admin"), "GET " + on(item, file, "renew"), "POST " + on(item, "v2"),
		} {
			w.refused(w.eve, target, announced(5), 404, "")
		}
		w.refused(w.ann, "GET "+on(other, held), nil, 404, "")
		w.refused(w.ann, "DELETE "+on(other, held), nil, 404, "")
		if got := w.fetch(w.link(w.ann, item, held)); got.Body.String() != "hello" {
			t.Errorf("got %q", got.Body)
		}
	})
}

// Scenario 42.
func TestFileIsUploadedOnce(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		file := w.held(w.ann, item, "hello")
		for _, again := range []string{"other", strings.Repeat("a", 2<<20)} {
			if a := w.upload(w.ann, on(item, file), text, again); a.Code != 400 {
				t.Errorf("got %d %s", a.Code, a.Body)
			}
		}
		if got := w.fetch(w.link(w.ann, item, file)); got.Body.String() != "hello" || w.contents() != 1 {
			t.Errorf("got %q, and %d files", got.Body, w.contents())
		}
	})
}

// Scenarios 43 and 44.
func TestLinkIsOfOneFileForAMinute(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		first, second := w.held(w.ann, item, "first"), w.held(w.ann, item, "second")
		link := w.link(w.ann, item, first)
		for range 2 {
			if got := w.fetch(link); got.Code != 200 || got.Body.String() != "first" {
				t.Errorf("got %d %q", got.Code, got.Body)
			}
		}
		for what, wrong := range map[string]string{
			"cut": link[:len(link)-2], "longer": link + "AA", "altered": strings.Replace(link, link[len(link)-8:], "AAAAAAAA", 1),
			"none": "/api/ciphers/attachment/download", "an id": "/api/ciphers/attachment/download?token=" + second,
		} {
			if got := w.fetch(wrong); got.Code != 404 {
				t.Errorf("%s: got %d", what, got.Code)
			}
		}
		old := link
		w.Time = w.Time.Add(blob.LinkLife)
		if got := w.fetch(old); got.Code != 404 {
			t.Errorf("after a minute: got %d", got.Code)
		}
		link = w.link(w.ann, item, second)
		w.good(w.ann, "DELETE "+on(item, first), nil)
		if got := w.fetch(link); got.Body.String() != "second" {
			t.Errorf("got %q", got.Body)
		}
		w.good(w.ann, "DELETE "+on(item, second), nil)
		if got := w.fetch(link); got.Code != 404 {
			t.Errorf("of a file that is gone: got %d", got.Code)
		}
	})
}

// Scenario 45.
func TestReaderReadsFilesAndChangesNone(t *testing.T) {
	each(t, func(w *world) {
		item := w.companyItem()
		file := w.held(w.ben, item, "hello")
		waiting := w.good(w.ben, "POST "+on(item, "v2"), announced(5)).text("attachmentId")
		w.give(w.shared, collection.Access{ReadOnly: true, HidePasswords: true})
		if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "hello" {
			t.Errorf("got %q", got.Body)
		}
		w.refused(w.ben, "POST "+on(item, "v2"), announced(5), 400, "")
		w.refused(w.ben, "DELETE "+on(item, file), nil, 400, "")
		w.refused(w.ben, "DELETE "+on(item, file, "admin"), nil, 404, "")
		w.refused(w.ben, "POST "+on(item, file, "delete"), nil, 400, "")
		w.refused(w.ben, "POST "+on(item, file, "delete-admin"), nil, 404, "")
		w.refused(w.ben, "GET "+on(item, waiting, "renew"), nil, 400, "")
		if a := w.upload(w.ben, on(item), text, "hello", "key", text); a.Code != 400 {
			t.Errorf("in one step: got %d %s", a.Code, a.Body)
		}
		asAdmin := announced(5)
		asAdmin["adminRequest"] = true
		w.refused(w.ben, "POST "+on(item, "v2"), asAdmin, 404, "")
		if a := w.upload(w.ben, on(item, waiting), text, "hello"); a.Code != 400 {
			t.Errorf("got %d %s", a.Code, a.Body)
		}
		if left := w.shown(w.ben, item); len(left) != 2 {
			t.Errorf("got %v", left)
		}
	})
}

// Who may edit any collection does to files what they may do to items.
func TestAdministratorReachesFiles(t *testing.T) {
	each(t, func(w *world) {
		item := w.companyItem()
		file := w.held(w.ben, item, "hello")
		w.refused(w.ann, "GET "+on(item, file), nil, 404, "")
		w.refused(w.ann, "GET "+on(item, file, "admin"), nil, 404, "") // admins do not reach all items here
		w.acme.Settings.AdminsReachAllItems = true
		w.must(w.Orgs.Store.Update(t.Context(), w.acme))
		if got := w.good(w.ann, "GET "+on(item, file, "admin"), nil); got.text("id") != file {
			t.Errorf("got %s", got.Body)
		}
		body := announced(5)
		body["adminRequest"] = true
		made := w.good(w.ann, "POST "+on(item, "v2"), body)
		if made.object["cipherResponse"] != nil || made.object["cipherMiniResponse"].(object)["object"] != "cipherMini" {
			t.Errorf("got %s", made.Body)
		}
		if a := w.upload(w.ann, on(item, made.text("attachmentId")), text, "hello"); a.Code != 200 {
			t.Errorf("got %d %s", a.Code, a.Body)
		}
		w.good(w.ann, "DELETE "+on(item, file, "admin"), nil)
		w.good(w.ann, "POST "+on(item, made.text("attachmentId"), "delete-admin"), nil)
		if w.shown(w.ben, item) != nil || w.contents() != 0 {
			t.Errorf("the item has %v", w.shown(w.ben, item))
		}
	})
}

// Scenario 46.
func TestRevokedMemberGetsNoFurtherLink(t *testing.T) {
	each(t, func(w *world) {
		item := w.companyItem()
		file := w.held(w.ben, item, "hello")
		waiting := w.good(w.ben, "POST "+on(item, "v2"), announced(5)).text("attachmentId")
		link := w.link(w.ben, item, file)
		w.exec(`UPDATE member SET status = $2 WHERE id = $1`, w.benIn.ID, org.Revoked)
		w.refused(w.ben, "GET "+on(item, file), nil, 404, "")
		w.refused(w.ben, "POST "+on(item, "v2"), announced(5), 404, "")
		w.refused(w.ben, "DELETE "+on(item, file), nil, 404, "")
		if a := w.upload(w.ben, on(item, waiting), text, "hello"); a.Code != 404 {
			t.Errorf("what he announced before: got %d %s", a.Code, a.Body)
		}
		w.Time = w.Time.Add(blob.LinkLife)
		if got := w.fetch(link); got.Code != 404 {
			t.Errorf("got %d", got.Code)
		}
	})
}

// Scenario 47.
func TestFilesGoWithTheirItems(t *testing.T) {
	proof := object{"masterPasswordHash": "hash of the master password"}
	each(t, func(w *world) {
		company := func() string { return w.companyItem() }
		own := func() string { return w.item(w.ann) }
		for what, test := range map[string]struct {
			item  func() string
			owner id.ID
			end   func(item string)
		}{
			"one":       {own, w.ann, func(item string) { w.good(w.ann, "DELETE /api/ciphers/"+item, nil) }},
			"several":   {own, w.ann, func(item string) { w.good(w.ann, "DELETE /api/ciphers", object{"ids": []string{item}}) }},
			"purge":     {own, w.ann, func(string) { w.good(w.ann, "POST /api/ciphers/purge", proof) }},
			"of a team": {company, w.ben, func(item string) { w.good(w.ben, "DELETE /api/ciphers/"+item, nil) }},
			"purge of a team": {company, w.ben, func(string) {
				w.good(w.ann, "POST /api/ciphers/purge?organizationId="+w.acme.ID.String(), proof)
			}},
			"trash": {own, w.ann, func(item string) {
				w.good(w.ann, "PUT /api/ciphers/"+item+"/delete", nil)
				if w.contents() != 1 || len(w.shown(w.ann, item)) != 2 {
					t.Error("the file of an item in the trash is gone")
				}
				w.Time = w.Time.Add(31 * 24 * time.Hour)
				w.must(w.ciphers.EmptyTrash(t.Context()))
			}},
			"account":      {own, w.ann, func(string) { w.must(w.files.Blobs.DropOf(t.Context(), blob.Owner{AccountID: w.ann})) }},
			"organization": {company, w.ben, func(string) { w.must(w.files.Blobs.DropOf(t.Context(), blob.Owner{OrganizationID: w.acme.ID})) }},
		} {
			item := test.item()
			w.held(test.owner, item, "hello")
			w.good(test.owner, "POST "+on(item, "v2"), announced(5)) // never uploaded
			if n := w.contents(); n != 1 {
				t.Fatalf("%s: %d files", what, n)
			}
			test.end(item)
			if n := w.contents(); n != 0 || w.used(blob.Owner{AccountID: test.owner})+w.used(blob.Owner{OrganizationID: w.acme.ID}) != 0 {
				t.Errorf("%s: %d files are left", what, n)
			}
		}
	})
}

// Scenario 48.
func TestStorageHasAnEnd(t *testing.T) {
	each(t, func(w *world) {
		w.quota, w.companyQuota = 10, 10
		for owner, item := range map[id.ID]string{w.ann: w.item(w.ann), w.ben: w.companyItem()} {
			file := w.held(owner, item, "123456")
			w.refused(owner, "POST "+on(item, "v2"), announced(5), 400, "not enough storage")
			w.good(owner, "DELETE "+on(item, file), nil)
			w.held(owner, item, "123456")
		}
		w.companyQuota = 0
		w.refused(w.ben, "POST "+on(w.companyItem(), "v2"), announced(5), 400, "plan")
		w.free = true
		w.refused(w.ann, "POST "+on(w.item(w.ann), "v2"), announced(5), 400, "premium")
		w.companyQuota = 100 // of which members need no premium
		w.held(w.ben, w.companyItem(), "123456")
	})
}

// Scenario 49.
func TestNamesOfFilesLeadNowhere(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		for _, name := range []string{"../../x", "/etc/passwd", "a\x01b", `..\\x`, "é", ""} {
			file := w.good(w.ann, "POST "+on(item, "v2"), announced(5)).text("attachmentId")
			want := 200
			if strings.Contains(name, "\x01") {
				want = 400 // no header may hold it
			}
			if a := w.upload(w.ann, on(item, file), name, "hello"); a.Code != want {
				t.Errorf("%q: got %d %s", name, a.Code, a.Body)
			}
			body := announced(5)
			body["fileName"] = name
			w.refused(w.ann, "POST "+on(item, "v2"), body, 400, "fileName")
			if a := w.upload(w.ann, on(item), name, "hello", "key", text); a.Code != 400 {
				t.Errorf("%q in one step: got %d %s", name, a.Code, a.Body)
			}
		}
		if n := w.contents(); n != 5 {
			t.Errorf("%d files", n)
		}
		w.must(filepath.WalkDir(filepath.Dir(w.folder), func(path string, entry os.DirEntry, err error) error {
			if name := entry.Name(); err == nil && !entry.IsDir() && (!strings.HasPrefix(path, w.folder) || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz234567") != "") {
				t.Errorf("there is %s", path)
			}
			return err
		}))
	})
}

// Scenario 50.
func TestOldClientsUploadInOneStep(t *testing.T) {
	each(t, func(w *world) {
		const name = "2.AAAA|AA/A|AAAA" // with a slash, which is no folder
		item := w.item(w.ann)
		a := w.upload(w.ann, on(item), name, "hello", "key", rekeyed)
		if a.Code != 200 || a.text("object") != "cipher" {
			t.Fatalf("got %d %s", a.Code, a.Body)
		}
		file := a.object["attachments"].([]any)[0].(object)
		if file["fileName"] != name || file["key"] != rekeyed || file["size"] != "5" {
			t.Errorf("got %v", file)
		}
		if got := w.fetch(w.link(w.ann, item, file["id"].(string))); got.Body.String() != "hello" {
			t.Errorf("got %q", got.Body)
		}
		if a := w.upload(w.ben, on(w.companyItem())+"-admin", name, "hello", "key", rekeyed); a.Code != 404 {
			t.Errorf("as an admin: got %d %s", a.Code, a.Body)
		}
		w.acme.Settings.AdminsReachAllItems = true
		w.must(w.Orgs.Store.Update(t.Context(), w.acme))
		company := w.companyItem()
		if a := w.upload(w.ann, on(company)+"-admin", name, "hello", "key", rekeyed); a.Code != 200 || a.text("object") != "cipherMini" {
			t.Errorf("by an owner: got %d %s", a.Code, a.Body)
		}
		w.good(w.ben, "DELETE /api/ciphers/"+company, nil)
		if a := w.upload(w.ann, on(item), name, "hello", "key", "plain"); a.Code != 400 {
			t.Errorf("a key that is none: got %d %s", a.Code, a.Body)
		}
		if len(w.shown(w.ann, item)) != 1 || w.contents() != 1 {
			t.Errorf("the item has %v", w.shown(w.ann, item))
		}
	})
}

// Scenario 51.
func TestSharedItemTakesItsFilesAlong(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ben)
		file := w.held(w.ben, item, "hello")
		personal, company := blob.Owner{AccountID: w.ben}, blob.Owner{OrganizationID: w.acme.ID}
		body := object{"collectionIds": []id.ID{w.shared}, "cipher": note(
			"organizationId", w.acme.ID, "attachments2", object{
				file: object{"fileName": rekeyed, "key": rekeyed}, "unknown": object{"fileName": rekeyed},
			},
		)}
		for _, quota := range []int64{0, 4} {
			w.companyQuota = quota
			w.refused(w.ben, "PUT /api/ciphers/"+item+"/share", body, 400, "storage")
			if w.used(personal) != 5 || w.used(company) != 0 {
				t.Fatal("a share that failed has moved the file")
			}
		}
		w.companyQuota = blob.GB
		shared := w.good(w.ben, "PUT /api/ciphers/"+item+"/share", body).object["attachments"].([]any)[0].(object)
		if shared["id"] != file || shared["fileName"] != rekeyed || shared["key"] != rekeyed {
			t.Errorf("got %v", shared)
		}
		if w.used(personal) != 0 || w.used(company) != 5 {
			t.Errorf("the person uses %d, the organization %d", w.used(personal), w.used(company))
		}
		if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "hello" {
			t.Errorf("got %q", got.Body)
		}
	})
}

// What an organization claims by its policy goes there, however much it is; what it
// does not claim, because its policy does not bind the person, has to have room.
func TestClaimedItemTakesItsFilesBeyondTheStorage(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ben)
		file := w.held(w.ben, item, "hello")
		w.companyQuota = 1
		_, err := w.Policies.Store.Put(t.Context(), policy.Policy{
			ID: id.New(), OrganizationID: w.acme.ID, Type: policy.OwnsData, Enabled: true, CreatedAt: w.Time, RevisedAt: w.Time,
		})
		w.must(err)
		w.good(w.ben, "PUT /api/ciphers/"+item+"/share", object{"collectionIds": []id.ID{w.shared}, "cipher": note(
			"organizationId", w.acme.ID, "attachments2", object{file: object{"fileName": rekeyed, "key": rekeyed}},
		)})
		if n := w.used(blob.Owner{OrganizationID: w.acme.ID}); n != 5 {
			t.Errorf("the organization uses %d", n)
		}
		w.exec(`UPDATE member SET type = $1 WHERE id = $2`, org.Admin, w.benIn.ID)
		item = w.item(w.ben)
		file = w.held(w.ben, item, "hello")
		w.refused(w.ben, "PUT /api/ciphers/"+item+"/share", object{"collectionIds": []id.ID{w.shared}, "cipher": note(
			"organizationId", w.acme.ID, "attachments2", object{file: object{"fileName": rekeyed, "key": rekeyed}},
		)}, 400, "storage")
	})
}

// What very old clients encrypted comes anew before the item is shared, and does not
// change before.
func TestFileWithoutAKeyComesAnewToBeShared(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ben)
		added := w.upload(w.ben, on(item), text, "under the old key")
		file := added.object["attachments"].([]any)[0].(object)["id"].(string)
		body := object{"collectionIds": []id.ID{w.shared}, "cipher": note(
			"organizationId", w.acme.ID, "attachments2", object{file: object{"fileName": rekeyed}},
		)}
		w.refused(w.ben, "PUT /api/ciphers/"+item+"/share", body, 400, "old version")
		into := on(item, file, "share") + "?organizationId="
		for what, test := range map[string]struct {
			caller, org id.ID
			status      int
		}{"a stranger": {w.eve, w.acme.ID, 404}, "another organization": {w.ben, id.New(), 404}} {
			if a := w.upload(test.caller, into+test.org.String(), rekeyed, "new", "key", rekeyed); a.Code != test.status {
				t.Errorf("%s: got %d %s", what, a.Code, a.Body)
			}
		}
		for range 2 { // as a client does whose share failed
			if a := w.upload(w.ben, into+w.acme.ID.String(), rekeyed, "under a new key", "key", rekeyed); a.Code != 200 {
				t.Fatalf("got %d %s", a.Code, a.Body)
			}
		}
		if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "under the old key" || w.contents() != 2 {
			t.Errorf("before: got %q, and %d files", got.Body, w.contents())
		}
		shared := w.good(w.ben, "PUT /api/ciphers/"+item+"/share", body).object["attachments"].([]any)[0].(object)
		if shared["key"] != rekeyed || shared["fileName"] != rekeyed {
			t.Errorf("got %v", shared)
		}
		if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "under a new key" || w.contents() != 1 {
			t.Errorf("after: got %q, and %d files", got.Body, w.contents())
		}
		if w.used(blob.Owner{AccountID: w.ben}) != 0 {
			t.Error("the person's storage is still in use")
		}
	})
}

// A sync tells of the files of everything that somebody has, and asks for no others.
func TestSyncTellsOfFiles(t *testing.T) {
	each(t, func(w *world) {
		own, company := w.item(w.ben), w.companyItem()
		want := map[any]string{own: w.held(w.ben, own, "own"), company: w.held(w.ben, company, "shared")}
		other := w.collection(collection.Shared)
		w.give(other, collection.Access{})
		elsewhere := w.good(w.ben, "POST /api/ciphers/create", object{
			"cipher": note("organizationId", w.acme.ID), "collectionIds": []id.ID{other},
		}).text("id")
		w.held(w.ben, elsewhere, "elsewhere")
		w.must(w.Collections.Store.RemoveGrants(w.Context(), collection.ByMember, []id.ID{other}))
		list := w.good(w.ben, "GET /api/ciphers", nil).object["data"].([]any)
		if len(list) != 2 {
			t.Fatalf("%d items", len(list))
		}
		for _, it := range list {
			files, _ := it.(object)["attachments"].([]any)
			if len(files) != 1 || files[0].(object)["id"] != want[it.(object)["id"]] {
				t.Errorf("got %v", files)
			}
		}
		for collectionID, n := range map[id.ID]int{w.shared: 1, other: 1, id.New(): 0} {
			if found, err := w.files.In(w.Context(), []id.ID{collectionID}); err != nil || len(found) != n {
				t.Errorf("got %v, %v", found, err)
			}
		}
	})
}

// What is ready for an organization, and never shared, is deleted after a day.
func TestWhatIsNeverSharedIsNotKept(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ben)
		added := w.upload(w.ben, on(item), text, "old")
		file := added.object["attachments"].([]any)[0].(object)["id"].(string)
		w.upload(w.ben, on(item, file, "share")+"?organizationId="+w.acme.ID.String(), rekeyed, "new", "key", rekeyed)
		w.Time = w.Time.Add(25 * time.Hour)
		w.must(w.files.DropPrepared(t.Context()))
		if got := w.fetch(w.link(w.ben, item, file)); got.Body.String() != "old" || w.contents() != 1 {
			t.Errorf("got %q, and %d files", got.Body, w.contents())
		}
	})
}

// An update renames files and gives them new keys, also by old clients; what it does
// not name stays, and what the item does not have is passed over.
func TestUpdateRenamesFiles(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		first, second := w.held(w.ann, item, "first"), w.held(w.ann, item, "second")
		other := w.held(w.ann, w.item(w.ann), "other")
		got := w.good(w.ann, "PUT /api/ciphers/"+item, note("attachments2", object{
			first: object{"fileName": rekeyed, "key": rekeyed, "fileSize": nil}, other: object{"fileName": rekeyed}, "\x00": object{"fileName": rekeyed},
		})).object["attachments"].([]any)
		if a, b := got[0].(object), got[1].(object); a["fileName"] == b["fileName"] {
			t.Errorf("got %v", got)
		}
		w.good(w.ann, "PUT /api/ciphers/"+item, note("attachments", object{second: rekeyed}))
		for _, file := range w.shown(w.ann, item) {
			if file.(object)["fileName"] != rekeyed {
				t.Errorf("got %v", file)
			}
		}
		w.good(w.ann, "PUT /api/ciphers/"+item, note("attachments", w.shown(w.ann, item), "attachments2", "x")) // what it was answered
		w.refused(w.ann, "PUT /api/ciphers/"+item, note("attachments2", object{first: object{"fileName": "plain"}}), 400, "fileName")
	})
}

// A client that knows another revision of the item is refused, and has added nothing.
func TestFileOfAnOutdatedItemIsRefused(t *testing.T) {
	each(t, func(w *world) {
		item := w.item(w.ann)
		body := announced(5)
		body["lastKnownRevisionDate"] = w.Time.Add(-time.Minute)
		w.refused(w.ann, "POST "+on(item, "v2"), body, 400, "")
		body["lastKnownRevisionDate"] = w.Time
		w.good(w.ann, "POST "+on(item, "v2"), body)
		if n := len(w.shown(w.ann, item)); n != 1 {
			t.Errorf("the item has %d files", n)
		}
	})
}

// A file whose content has not come within a day is gone from its item, and whoever
// sees that is told.
func TestFileThatNeverCameIsForgotten(t *testing.T) {
	each(t, func(w *world) {
		item := w.companyItem()
		w.good(w.ben, "POST "+on(item, "v2"), announced(5))
		kept := w.held(w.ben, item, "hello")
		w.Time = w.Time.Add(25 * time.Hour)
		w.must(w.files.Blobs.Sweep(t.Context()))
		left := w.shown(w.ben, item)
		if len(left) != 1 || left[0].(object)["id"] != kept || !w.revision(w.ben).Equal(w.Time) {
			t.Errorf("the item has %v", left)
		}
	})
}

// Scenario 144: somebody who comes in an emergency reads files of own items alone.
func TestFilesOfOwnItems(t *testing.T) {
	each(t, func(w *world) {
		item, company := w.item(w.ben), w.companyItem()
		file, shared := w.held(w.ben, item, "hello"), w.held(w.ben, company, "hello")
		parsed := func(text string) id.ID {
			v, err := id.Parse(text)
			w.must(err)
			return v
		}
		found, err := w.files.OfOwn(t.Context(), w.ben, parsed(item), file)
		if err != nil || w.fetch(strings.TrimPrefix(found.URL, "https://vault.example.org")).Body.String() != "hello" {
			t.Errorf("got %+v, %v", found, err)
		}
		if _, err := w.files.OfOwn(t.Context(), w.ben, parsed(company), shared); err == nil {
			t.Error("a file of an organization is read")
		}
		if _, err := w.files.OfOwn(t.Context(), w.eve, parsed(item), file); err == nil {
			t.Error("a file of somebody else is read")
		}
	})
}
