// Package webvault serves the files of a web vault: the built-in one, or another in
// a folder. It never writes anything that a caller sends.
package webvault

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
)

// Site is a web vault, ready to be served.
type Site struct {
	// Else answers for what the site does not have; nil is 404.
	Else http.Handler

	files    fs.FS
	page     string // the policy of pages
	script   string // the policy of scripts, under which their workers live
	editions []edition
	tags     map[string]string // strong ETags of files that cannot change; nil where they can
}

// edition is a compressed copy that lies beside a file, or in its place.
type edition struct{ encoding, suffix string }

// compressed lists the editions from the smallest to the largest.
var compressed = []edition{{"br", ".br"}, {"gzip", ".gz"}}

const index = "index.html"

// Built returns the built-in web vault. Its files stay as they are for as long as
// the program runs, and those under assets/ carry their content in their name. Besides
// this server, its page may talk to those whose origins are given.
func Built(files fs.FS, origins ...string) (*Site, error) {
	s := &Site{files: files, page: ownPage(origins...), script: ownScript, editions: compressed, tags: map[string]string{}}
	return s, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		sum := sha256.Sum256(append(raw, s.page...)) // A browser may keep a policy as long as its page.
		s.tags[name] = fmt.Sprintf(`"%x"`, sum)
		if plain, packed := strings.CutSuffix(name, ".gz"); packed && s.tags[plain] == "" {
			s.tags[plain] = fmt.Sprintf(`"%x-plain"`, sum) // "a" comes before "a.gz"
		}
		return err
	})
}

// In returns the web vault in a folder, such as Bitwarden's own. Nothing outside of
// the folder is served, whatever its links say.
func In(folder string) (*Site, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("web vault: %w", err)
	}
	s := &Site{files: root.FS(), page: otherPage, script: otherPage}
	if _, err := fs.Stat(s.files, index); err != nil {
		return nil, errors.Join(fmt.Errorf("web vault in %s: %w", folder, err), root.Close())
	}
	return s, nil
}

// ServeHTTP answers with a file. An address without one that looks like a place in
// the application is answered with its first page, which knows all places.
func (s *Site) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		http.NotFound(w, req)
		return
	}
	name := strings.TrimPrefix(req.URL.Path, "/")
	if name == "" || path.Ext(name) == "" {
		name = index
	}
	switch {
	case strings.HasPrefix(path.Base(name), ".") || !fs.ValidPath(name):
		http.NotFound(w, req)
	case s.serve(w, req, name):
	case s.Else != nil:
		s.Else.ServeHTTP(w, req)
	default:
		http.NotFound(w, req)
	}
}

// ServePage answers with the first page of the application, at whatever address.
func (s *Site) ServePage(w http.ResponseWriter, req *http.Request) { s.serve(w, req, index) }

// serve reports whether there is such a file.
func (s *Site) serve(w http.ResponseWriter, req *http.Request, name string) bool {
	file, info := s.open(name)
	stored, encoding := name, ""
	for _, e := range s.editions {
		if req.Header.Get("Range") != "" || !accepts(req, e.encoding) {
			continue
		}
		if smaller, about := s.open(name + e.suffix); smaller != nil {
			if file != nil {
				file.Close()
			}
			file, info, stored, encoding = smaller, about, name+e.suffix, e.encoding
			break
		}
	}
	if file == nil {
		file, info = s.expand(name)
	}
	if file == nil {
		return false
	}
	defer file.Close()
	s.headers(w.Header(), name, stored)
	if encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, req, "", info.ModTime(), file)
	return true
}

// content is a file that is open.
type content interface {
	io.ReadSeeker
	io.Closer
}

// expanded is a file that is stored as its compressed edition alone.
type expanded struct{ *bytes.Reader }

func (expanded) Close() error { return nil }

// expand returns what a compressed edition holds, for the few who take none.
func (s *Site) expand(name string) (content, fs.FileInfo) {
	if len(s.editions) == 0 {
		return nil, nil
	}
	packed, info := s.open(name + ".gz")
	if packed == nil {
		return nil, nil
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, nil
	}
	plain, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, nil
	}
	return expanded{bytes.NewReader(plain)}, info
}

// open returns a file and what is known of it, or nil for a folder and for nothing.
func (s *Site) open(name string) (content, fs.FileInfo) {
	file, err := s.files.Open(name)
	if err != nil {
		return nil, nil
	}
	info, err := file.Stat()
	found, ok := file.(content)
	if err != nil || !ok || !info.Mode().IsRegular() {
		file.Close()
		return nil, nil
	}
	return found, info
}

// headers sets what does not depend on the request.
func (s *Site) headers(h http.Header, name, stored string) {
	kind := typeOf(name)
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	if s.isFixed(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if tag := s.tags[stored]; tag != "" {
		h.Set("ETag", tag)
	}
	if len(s.editions) > 0 {
		h.Add("Vary", "Accept-Encoding")
	}
	h.Set("Content-Security-Policy", s.page)
	if strings.HasPrefix(kind, "text/javascript") {
		h.Set("Content-Security-Policy", s.script)
	}
	h.Set("Permissions-Policy", permissions)
}

// hashed is how the bundlers of other web vaults name a file after its content.
var hashed = regexp.MustCompile(`\.[0-9a-f]{16,}\.\w+$`)

// isFixed reports whether the name of a file changes with its content.
func (s *Site) isFixed(name string) bool {
	if s.tags != nil {
		return strings.HasPrefix(name, "assets/")
	}
	return hashed.MatchString(name)
}

// types are those that a machine may have no opinion on, or a wrong one.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm",
	".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}

func typeOf(name string) string {
	if kind := types[path.Ext(name)]; kind != "" {
		return kind
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// accepts reports whether the browser takes an encoding. A weight of zero is a no.
func accepts(req *http.Request, encoding string) bool {
	for one := range strings.SplitSeq(strings.Join(req.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(one, ";")
		weight = strings.ReplaceAll(weight, " ", "")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
