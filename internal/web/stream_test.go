package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"coffre/internal/web"
)

// A file is read as it comes, with the values before it; what is too large is said to
// be so, with and without a told length.
func TestStream(t *testing.T) {
	r := web.NewRouter(slog.New(slog.DiscardHandler), nil, nil)
	web.Handle(r, "POST /api/stream", func(_ *web.Call, in web.Stream) (string, error) {
		file, err := in.File("data")
		if err != nil {
			return "", err
		}
		read, err := io.ReadAll(file.Content)
		return file.Values["key"] + string(read) + file.Name, err
	}, web.Anonymous, web.Limit(1<<20))
	form := func(key, file string) (*bytes.Buffer, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		w.WriteField("key", key)
		part, _ := w.CreateFormFile("data", "2.a|b/c")
		part.Write([]byte(file))
		w.Close()
		return &b, w.FormDataContentType()
	}
	tests := map[string]struct {
		key, file  string
		unmeasured bool
		status     int
		contains   string
	}{
		"a file":                   {"k", "content", false, 200, `"kcontent2.a|b/c"`},
		"no file in it":            {"k", "", false, 200, `"k2.a|b/c"`},
		"too large":                {"k", strings.Repeat("a", 1<<20), false, 413, "larger"},
		"too large, not told":      {"k", strings.Repeat("a", 1<<20), true, 413, "larger"},
		"a value that is too long": {strings.Repeat("k", 100<<10), "content", false, 400, `"key"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body, kind := form(test.key, test.file)
			req := httptest.NewRequest("POST", "/api/stream", body)
			if test.unmeasured {
				req.ContentLength = -1
			}
			req.Header.Set("Content-Type", kind)
			rec := httptest.NewRecorder()
			r.ServeHTTP(rec, req)
			if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.contains) {
				t.Errorf("got %d %s", rec.Code, rec.Body)
			}
		})
	}
	req := httptest.NewRequest("POST", "/api/stream", strings.NewReader("plain"))
	rec := httptest.NewRecorder()
	if r.ServeHTTP(rec, req); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"data"`) {
		t.Errorf("no form: got %d %s", rec.Code, rec.Body)
	}
}
