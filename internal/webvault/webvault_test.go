package webvault_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"coffre/internal/webvault"
)

const (
	forever = "public, max-age=31536000, immutable"
	always  = "no-cache"
)

func built(t *testing.T, origins ...string) *webvault.Site {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	site, err := webvault.Built(fstest.MapFS{
		".keep": file(""), "index.html": file("<page>"), "index.html.br": file("brotli page"), "index.html.gz": file("gzip page"),
		"assets/app-Bx.js": file("0123456789"), "assets/app-Bx.js.br": file("brotli"), "assets/app-Bx.js.gz": file("gzip"),
		"assets/app-Bx.css": file("body{}"), "favicon.svg": file("<svg/>"),
	}, origins...)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// folder is a web vault beside a file that is none of its business.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"secret.html": "secret", "vault/index.html": "other", "vault/app/main.0123456789abcdef0123.js": "script", "vault/connector.html": "connector",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "secret.html"), filepath.Join(dir, "vault", "link.html")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "vault")
}

func get(site http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	req := httptest.NewRequest(method, "/", nil)
	req.URL.Path = path
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, req)
	return w
}

func TestFilesComeWithTheirTypeAndTheirTime(t *testing.T) {
	other, err := webvault.In(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		site                      http.Handler
		target, body, kind, cache string
	}{
		"the first page":       {built(t), "GET /", "<page>", "text/html; charset=utf-8", always},
		"the page by its name": {built(t), "GET /index.html", "<page>", "text/html; charset=utf-8", always},
		"a place in it":        {built(t), "GET /settings/security", "<page>", "text/html; charset=utf-8", always},
		"a script":             {built(t), "GET /assets/app-Bx.js", "0123456789", "text/javascript; charset=utf-8", forever},
		"a style":              {built(t), "GET /assets/app-Bx.css", "body{}", "text/css; charset=utf-8", forever},
		"an icon":              {built(t), "GET /favicon.svg", "<svg/>", "image/svg+xml", always},
		"only the headers":     {built(t), "HEAD /", "", "text/html; charset=utf-8", always},
		"another vault":        {other, "GET /", "other", "text/html; charset=utf-8", always},
		"its script":           {other, "GET /app/main.0123456789abcdef0123.js", "script", "text/javascript; charset=utf-8", forever},
		"its second page":      {other, "GET /connector.html", "connector", "text/html; charset=utf-8", always},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := get(test.site, test.target)
			if w.Code != http.StatusOK || w.Body.String() != test.body {
				t.Errorf("got %d %q, want %q", w.Code, w.Body, test.body)
			}
			if got := w.Header().Get("Content-Type"); got != test.kind {
				t.Errorf("type %q, want %q", got, test.kind)
			}
			if got := w.Header().Get("Cache-Control"); got != test.cache {
				t.Errorf("cache %q, want %q", got, test.cache)
			}
		})
	}
}

func TestBuiltInPageIsThereBesideAnotherVault(t *testing.T) {
	other, err := webvault.In(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	own := built(t)
	other.Else = own
	if w := get(other, "GET /assets/app-Bx.js"); w.Code != http.StatusOK || w.Body.String() != "0123456789" {
		t.Errorf("the script of the built-in page: %d %q", w.Code, w.Body)
	}
	if w := get(other, "GET /assets/none.js"); w.Code != http.StatusNotFound {
		t.Errorf("what neither has: %d", w.Code)
	}
	w := get(http.HandlerFunc(own.ServePage), "GET /admin")
	if w.Body.String() != "<page>" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "trusted-types") {
		t.Errorf("the page: %q under %s", w.Body, w.Header().Get("Content-Security-Policy"))
	}
}

func TestPageMayAskThisServerAndWhoIsNamedAlone(t *testing.T) {
	for want, origins := range map[string][]string{
		"; connect-src 'self'; ":                          nil,
		"; connect-src 'self' https://breaches.example; ": {"https://breaches.example"},
	} {
		site := built(t, origins...)
		if got := get(site, "GET /").Header().Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("the policy of the page is %s, want %s in it", got, want)
		}
		if got := get(site, "GET /assets/app-Bx.js").Header().Get("Content-Security-Policy"); strings.Contains(got, "connect-src") {
			t.Errorf("the worker may talk to somebody: %s", got)
		}
	}
}

func TestBrowserGetsTheSmallestEditionThatItTakes(t *testing.T) {
	for name, test := range map[string]struct{ accept, body, encoding string }{
		"brotli":              {"gzip, deflate, br", "brotli", "br"},
		"gzip":                {"gzip, deflate", "gzip", "gzip"},
		"with weights":        {"br;q=0.5, gzip;q=1.0", "brotli", "br"},
		"brotli refused":      {"br;q=0, gzip", "gzip", "gzip"},
		"with a space before": {"br; q=0.000, GZIP", "gzip", "gzip"},
		"neither":             {"deflate", "0123456789", ""},
		"nothing said":        {"", "0123456789", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(built(t), "GET /assets/app-Bx.js", "Accept-Encoding", test.accept)
			if w.Body.String() != test.body || w.Header().Get("Content-Encoding") != test.encoding {
				t.Errorf("got %q as %q, want %q as %q", w.Body, w.Header().Get("Content-Encoding"), test.body, test.encoding)
			}
			if got := w.Header().Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("Vary %q", got)
			}
		})
	}
	if w := get(built(t), "GET /favicon.svg", "Accept-Encoding", "br"); w.Body.String() != "<svg/>" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a file without editions: %q as %q", w.Body, w.Header().Get("Content-Encoding"))
	}
}

func TestFileThatIsOnlyStoredCompressedIsExpandedForThoseWhoTakeNone(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("0123456789"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	site, err := webvault.Built(fstest.MapFS{
		"assets/app.js.gz": {Data: packed.Bytes()}, "assets/app.js.br": {Data: []byte("brotli")}, "assets/cut.js.gz": {Data: packed.Bytes()[:12]},
	})
	if err != nil {
		t.Fatal(err)
	}
	plain, small := get(site, "GET /assets/app.js"), get(site, "GET /assets/app.js", "Accept-Encoding", "br")
	if plain.Body.String() != "0123456789" || plain.Header().Get("Content-Encoding") != "" || small.Body.String() != "brotli" {
		t.Errorf("got %q as %q, and %q", plain.Body, plain.Header().Get("Content-Encoding"), small.Body)
	}
	if tag := plain.Header().Get("ETag"); tag == "" || tag == small.Header().Get("ETag") || tag == get(site, "GET /assets/app.js", "Accept-Encoding", "gzip").Header().Get("ETag") {
		t.Errorf("tag %q", tag)
	}
	if part := get(site, "GET /assets/app.js", "Range", "bytes=2-4", "Accept-Encoding", "br"); part.Code != http.StatusPartialContent || part.Body.String() != "234" {
		t.Errorf("a range: %d %q", part.Code, part.Body)
	}
	for _, target := range []string{"GET /assets/cut.js", "GET /assets/none.js"} {
		if w := get(site, target); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

func TestBrowserAsksAgainForWhatItHas(t *testing.T) {
	site := built(t)
	whole, small := get(site, "GET /"), get(site, "GET /", "Accept-Encoding", "br")
	tag := whole.Header().Get("ETag")
	if tag == "" || tag == small.Header().Get("ETag") {
		t.Fatalf("the tags of two editions: %q and %q", tag, small.Header().Get("ETag"))
	}
	if w := get(site, "GET /", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("the same page again: %d %q", w.Code, w.Body)
	}
	if w := get(site, "GET /", "If-None-Match", `"of an older build"`); w.Code != http.StatusOK {
		t.Errorf("a newer page: %d", w.Code)
	}
	other, err := webvault.In(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	since := get(other, "GET /").Header().Get("Last-Modified")
	if w := get(other, "GET /", "If-Modified-Since", since); w.Code != http.StatusNotModified {
		t.Errorf("the same page of another vault: %d", w.Code)
	}
}

func TestRangesAreOfThePlainFile(t *testing.T) {
	w := get(built(t), "GET /assets/app-Bx.js", "Range", "bytes=2-4", "Accept-Encoding", "br")
	if w.Code != http.StatusPartialContent || w.Body.String() != "234" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("got %d %q as %q", w.Code, w.Body, w.Header().Get("Content-Encoding"))
	}
	if w := get(built(t), "GET /assets/app-Bx.js", "Range", "bytes=90-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %d", w.Code)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	other, err := webvault.In(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		"GET /.keep", "GET /assets/none.js", "GET /assets/../index.html", "GET /../go.mod", "GET //index.html", "GET /assets//app-Bx.js",
		"GET /./index.html", `GET /..\go.mod`, "GET /index.html\x00.js", "GET /../secret.html", "GET /link.html",
		"POST /", "PUT /index.html", "DELETE /assets/app-Bx.js",
	} {
		for name, site := range map[string]http.Handler{"the built one": built(t), "another": other} {
			if w := get(site, target); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s of %s: %d %q", target, name, w.Code, w.Body)
			}
		}
	}
}

func TestPageMayDoNoMoreThanItNeeds(t *testing.T) {
	page := get(built(t), "GET /").Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "require-trusted-types-for 'script'", "frame-ancestors 'none'"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page's policy lacks %q: %s", want, page)
		}
	}
	if strings.Contains(page, "unsafe") {
		t.Errorf("the page's policy is unsafe: %s", page)
	}
	worker := get(built(t), "GET /assets/app-Bx.js").Header().Get("Content-Security-Policy")
	if worker != "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" {
		t.Errorf("a worker's policy: %s", worker)
	}
}

func TestOtherWebVaultHasAPolicyItCanLiveUnder(t *testing.T) {
	other, err := webvault.In(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	policy := get(other, "GET /").Header().Get("Content-Security-Policy")
	for _, want := range []string{"'wasm-unsafe-eval'", "style-src 'self' 'unsafe-inline'", "worker-src 'self' blob:", "duosecurity.com"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "trusted-types") {
		t.Errorf("the policy forbids what the vault does: %s", policy)
	}
}

func TestFolderWithoutAWebVaultIsRefused(t *testing.T) {
	for name, folder := range map[string]string{"empty": t.TempDir(), "absent": filepath.Join(t.TempDir(), "none")} {
		if _, err := webvault.In(folder); err == nil {
			t.Errorf("an %s folder is taken for a web vault", name)
		}
	}
}
