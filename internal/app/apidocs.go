package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"coffre/api"
	"coffre/internal/web"
)

// apiPage is what the page of the API shows: the part of api/openapi.json that is
// for people. Templates walk its maps in the order of their keys.
type apiPage struct {
	pageData
	Groups     map[string][]apiOperation
	Paths      map[string]map[string]apiOperation
	Components struct{ Schemas map[string]apiSchema }
}

type apiOperation struct {
	ID          string   `json:"operationId"`
	Roles       []string `json:"x-coffre-role"` // keys of the texts
	Tags        []string
	Security    []map[string][]string
	RequestBody apiContent
	Responses   map[string]apiContent

	Method, Path string // where the document has it
}

type apiContent struct {
	Content map[string]struct{ Schema *apiSchema } // nil for what is not JSON
}

type apiSchema struct {
	Ref        string `json:"$ref"`
	Type       any    // a word, or a list of them
	Format     string
	AnyOf      []apiSchema
	Items      *apiSchema
	Properties map[string]apiSchema
}

// mountDocs adds the description of the API, for people and for programs.
func (a *App) mountDocs(r *web.Router) {
	pages := map[string]func() ([]byte, error){}
	for language := range a.site.texts {
		pages[language] = sync.OnceValues(func() ([]byte, error) { return a.site.renderAPI(language) })
	}
	web.Raw(r, "GET /docs/api", func(w http.ResponseWriter, c *web.Call) error {
		page, err := pages[c.Language()]()
		if err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(page)
		}
		return err
	}, web.Anonymous)
	web.Raw(r, "GET /docs/api/openapi.json", func(w http.ResponseWriter, _ *web.Call) error {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(api.Document)
		return nil
	}, web.Anonymous)
}

func (s *site) renderAPI(language string) ([]byte, error) {
	page := apiPage{Groups: map[string][]apiOperation{}}
	if err := json.Unmarshal(api.Document, &page); err != nil {
		return nil, fmt.Errorf("read API description: %w", err)
	}
	page.Language, page.Text = language, s.texts[language]
	page.group()
	var b bytes.Buffer
	err := s.templates.ExecuteTemplate(&b, "api.html", page)
	return b.Bytes(), err
}

// group sorts the operations by the part of the path that people look for, and
// tells each the members of what it reads and writes.
func (p *apiPage) group() {
	for _, path := range slices.Sorted(maps.Keys(p.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(p.Paths[path])) {
			o := p.Paths[path][method]
			o.Method, o.Path = strings.ToUpper(method), path
			p.fill(o.RequestBody)
			p.fill(o.Responses["200"])
			p.Groups[o.Tags[0]] = append(p.Groups[o.Tags[0]], o)
		}
	}
}

func (p *apiPage) fill(c apiContent) {
	for _, body := range c.Content {
		if body.Schema != nil && body.Schema.Ref != "" {
			body.Schema.Properties = p.Components.Schemas[body.Schema.Name()].Properties
		}
	}
}

// Name returns what a reference refers to.
func (s apiSchema) Name() string { return strings.TrimPrefix(s.Ref, "#/components/schemas/") }

// Kind spells a type that is made of no other: "string (uuid) | null".
func (s apiSchema) Kind() string {
	format := ""
	if s.Format != "" {
		format = " (" + s.Format + ")"
	}
	switch kind := s.Type.(type) {
	case string:
		return kind + format
	case []any: // the type, and null
		return fmt.Sprint(kind[0]) + format + " | null"
	}
	return "JSON"
}
