package rotation_test

import (
	"testing"

	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/rotation"
)

// No file stays behind under the old key: neither one without a key of its own, nor one
// of an item that gets or loses its key.
func TestRotationLeavesNoFileUnderTheOldKey(t *testing.T) {
	tests := map[string]struct {
		fileKey    string // of the file, as it is kept
		was, is    bool   // whether the item has a key of its own
		sent, good bool
	}{
		"the key of a file":                        {"2.file", false, false, true, true},
		"none":                                     {"2.file", false, false, false, false},
		"an item with a key":                       {"2.file", true, true, false, true},
		"an item that gets a key":                  {"2.file", false, true, false, false},
		"an item that gets a key, and one of it":   {"2.file", false, true, true, true},
		"an item that loses its key":               {"2.file", true, false, false, false},
		"a file without a key":                     {"", false, false, true, false},
		"a file without a key, of a keyed item":    {"", true, true, false, false},
		"a file without a key, of an item with it": {"", true, true, true, false},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, accountID := t.Context(), w.people[carl]
		note := func(keyed bool) string {
			in := content.Request{Type: content.SecureNote}
			in.Name = new(w.old.Encrypt([]byte("Note")))
			if keyed {
				in.Key = new(w.old.Encrypt(w.old[:]))
			}
			w.must(in.Check())
			return in.Text()
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				cipherID, fileID := id.New(), "a"
				w.must(w.ciphers.Store.Insert(ctx, cipher.Cipher{
					ID: cipherID, AccountID: accountID, Type: content.SecureNote, Data: note(test.was), CreatedAt: noon, RevisedAt: noon,
				}))
				w.must(blob.NewStore(d).Insert(ctx, blob.Blob{ID: fileID, Owner: blob.Owner{AccountID: accountID}, Size: 1, CreatedAt: noon}))
				w.must(attachment.NewStore(d).Insert(ctx, attachment.Attachment{ID: fileID, CipherID: cipherID, BlobID: fileID, FileName: "2.name", Key: test.fileKey}))
				draft := cipher.Draft{Type: content.SecureNote, Data: note(test.is), Files: map[string]content.FileKey{}}
				if test.sent {
					draft.Files[fileID] = content.FileKey{FileName: "2.name", Key: "2.fresh"}
				}
				err := rotation.Ciphers{Ciphers: w.ciphers}.Check(ctx, accountID, rotation.Rotation{Ciphers: map[id.ID]cipher.Draft{cipherID: draft}})
				if good := err == nil; good != test.good || err != nil && fault.KindOf(err) != fault.Invalid {
					t.Errorf("got %v", err)
				}
				w.must(blob.NewStore(d).Delete(ctx, []string{fileID}))
				w.must(w.ciphers.Store.Delete(ctx, []id.ID{cipherID}))
			})
		}
	})
}
