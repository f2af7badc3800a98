package restore_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"coffre/test/harness"
)

// Scenario 178 of spec 03, for files: those of items come back with them, and clients
// that are signed in read them.
func TestFilesOfItemsAreRestored(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		s := harness.New(t, "server", harness.Options{Engine: engine, Settings: map[string]string{"coffre__premium": "everyone"}})
		s.Start(t)
		ada := join(t, s, "ada@acme.example")
		content := strings.Repeat("ciphertext", 100_000)
		var files []harness.File
		for range 2 {
			item, err := ada.Item(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f, err := ada.Announce(t.Context(), item, int64(len(content)))
			if err == nil {
				err = ada.Upload(t.Context(), s.URL, s.HTTP(), f, strings.NewReader(content))
			}
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		file := backUp(t, s)
		if err := ada.Do(t.Context(), http.MethodDelete, "/api/ciphers/"+files[0].ItemID, nil, nil); err != nil {
			t.Fatal(err)
		}
		s.Command(t, "restore", file).Want(t, 0, "Restored: ")
		for i, f := range files {
			var got bytes.Buffer
			if err := ada.Download(t.Context(), s.HTTP(), f, &got); err != nil || got.String() != content {
				t.Errorf("file %d came back with %d bytes: %v", i, got.Len(), err)
			}
		}
	})
}
