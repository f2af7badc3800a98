package main

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"coffre/api"
	"coffre/internal/id"
	"coffre/internal/web"
)

func TestCommittedDocumentDescribesTheRoutes(t *testing.T) {
	doc, err := generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := encode(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, api.Document) {
		t.Error("api/openapi.json is not what the routes say: run `go run ./tools/openapi` and commit the file")
	}
	types, err := os.ReadFile("../../ui/src/api/schema.d.ts")
	if err != nil || !bytes.Equal(types, typescript(doc)) {
		t.Errorf("ui/src/api/schema.d.ts is not what the routes say (%v): run `go run ./tools/openapi` and commit the file", err)
	}
}

type base struct {
	Object string `json:"object"`
	Note   string `json:"note"` // hidden by the node's
}

type node struct {
	base
	Next   *node `json:"next"`
	Note   *int  `json:"note,omitempty"`
	Hidden bool  `json:"-"`
}

// own is a struct with a say in how it is written, such as a license.
type own struct {
	Name string `json:"name"`
}

func (own) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }

func TestSchemaSaysWhatJSONSays(t *testing.T) {
	const ofNode = `{"properties":{"next":{"anyOf":[{"$ref":"#/components/schemas/openapi.node"},{"type":"null"}]},` +
		`"note":{"type":["integer","null"]},"object":{"type":"string"}},"required":["next","object"],"type":"object"}`
	tests := map[string]struct {
		of   reflect.Type
		want string
	}{
		"text":               {reflect.TypeFor[string](), `{"type":"string"}`},
		"a number":           {reflect.TypeFor[uint16](), `{"type":"integer"}`},
		"a fraction":         {reflect.TypeFor[float64](), `{"type":"number"}`},
		"a claim":            {reflect.TypeFor[bool](), `{"type":"boolean"}`},
		"an identifier":      {reflect.TypeFor[id.ID](), `{"format":"uuid","type":["string","null"]}`},
		"maybe one":          {reflect.TypeFor[*id.ID](), `{"format":"uuid","type":["string","null"]}`},
		"an instant":         {reflect.TypeFor[time.Time](), `{"format":"date-time","type":"string"}`},
		"maybe an instant":   {reflect.TypeFor[*time.Time](), `{"format":"date-time","type":["string","null"]}`},
		"an instant to read": {reflect.TypeFor[web.Time](), `{"format":"date-time","type":["string","null"]}`},
		"a list":             {reflect.TypeFor[[]int](), `{"items":{"type":"integer"},"type":"array"}`},
		"bytes":              {reflect.TypeFor[[]byte](), `{"contentEncoding":"base64","type":"string"}`},
		"a table":            {reflect.TypeFor[map[string]bool](), `{"additionalProperties":{"type":"boolean"},"type":"object"}`},
		"anything":           {reflect.TypeFor[any](), `{}`},
		"JSON as it came":    {reflect.TypeFor[json.RawMessage](), `{}`},
		"an answer's status": {reflect.TypeFor[web.Reply](), `{}`},
		"without a name":     {reflect.TypeFor[struct{ A int }](), `{"properties":{"A":{"type":"integer"}},"required":["A"],"type":"object"}`},
		"with a name":        {reflect.TypeFor[node](), ofNode},
		"writes itself":      {reflect.TypeFor[own](), `{"properties":{"name":{"type":["string","null"]}},"type":"object"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSchemas()
			s.answers = true
			ref := s.of(test.of)
			if ref.Ref != "" {
				ref = s.named[nameOf(test.of)]
			}
			got, err := json.Marshal(ref)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s (%v), want %s", got, err, test.want)
			}
		})
	}
}

func TestSchemaOfAListIsNamedAfterWhatItHolds(t *testing.T) {
	if got := nameOf(reflect.TypeFor[web.List[node]]()); got != "web.List.openapi.node" {
		t.Errorf("got %q", got)
	}
}

func TestRolesAreMergedByMethodAndPath(t *testing.T) {
	none, text, page := reflect.TypeFor[struct{}](), reflect.TypeFor[string](), reflect.Type(nil)
	shared := web.Route{Method: "GET", Path: "/api/plans/{id}", In: none, Out: text, Scope: web.ScopePerson}
	other := shared
	other.Out, other.Scope = reflect.TypeFor[node](), "api.licensing"
	doc := document([]role{
		{"cloud", []web.Route{shared, {Method: "GET", Path: "/", In: page, Out: page}, {Method: "POST", Path: "/api/plans/{id}", In: reflect.TypeFor[web.Form](), Out: none}}},
		{"selfHosted", []web.Route{other}},
	})
	if _, err := encode(t.Context(), doc); err != nil {
		t.Error(err)
	}
	if doc.Paths.Find("/") != nil {
		t.Error("a page is described")
	}
	item := doc.Paths.Find("/api/plans/{id}")
	want := `{"operationId":"getApiPlansId","parameters":[{"in":"path","name":"id","required":true,"schema":{"format":"uuid","type":"string"}}],` +
		`"responses":{"200":{"content":{"application/json":{"schema":{"anyOf":[{"type":"string"},{"$ref":"#/components/schemas/openapi.node"}]}}},` +
		`"description":"Done."},"default":{"$ref":"#/components/responses/Error"}},"security":[{"person":["api"]},{"machine":["api.licensing"]}],` +
		`"tags":["/api/plans"],"x-coffre-role":["cloud","selfHosted"]}`
	if got, err := json.Marshal(item.Get); err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	if item.Post.Security == nil || len(*item.Post.Security) != 0 || item.Post.RequestBody.Value.Content.Get("application/x-www-form-urlencoded") == nil {
		t.Errorf("an open form: %+v", item.Post)
	}
	if n := len(doc.Components.Schemas); n != 2 {
		t.Errorf("%d schemas, want the error and the node", n)
	}
}

func TestTypesOfTheWebVaultSayWhatTheDocumentSays(t *testing.T) {
	none := reflect.TypeFor[struct{}]()
	doc := document([]role{{"cloud", []web.Route{
		{Method: "GET", Path: "/api/nodes/{id}", In: none, Out: reflect.TypeFor[node](), Scope: web.ScopePerson},
		{Method: "POST", Path: "/api/token", In: reflect.TypeFor[web.Form](), Out: reflect.TypeFor[web.List[node]](), Scope: web.ScopePerson},
		{Method: "PUT", Path: "/api/file", In: reflect.TypeFor[web.Upload](), Out: reflect.TypeFor[map[string]*int](), Scope: web.ScopePerson},
	}}})
	got := string(typescript(doc))
	for _, want := range []string{
		"export interface OpenapiNode {\n  next: OpenapiNode | null;\n  note?: number | null;\n  object: string;\n}\n",
		"  \"GET /api/nodes/{id}\": { in: undefined; out: OpenapiNode };\n",
		"  \"POST /api/token\": { in: URLSearchParams; out: WebListOpenapiNode };\n",
		"  \"PUT /api/file\": { in: FormData; out: Record<string, number | null> };\n",
		"  data: Array<OpenapiNode>;\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}
