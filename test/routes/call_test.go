package routes_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"coffre/internal/id"
)

// object is a JSON object.
type object = map[string]any

// raw is JSON as it is to be sent, right or wrong.
type raw = json.RawMessage

// upload is a multipart form with one file.
type upload struct {
	name   string // of the file's part; "license", unless set
	title  string // of the file; "license.json", unless set
	file   []byte // nil sends none
	values map[string]string
}

// call is one request, with what may be wrong about each part of it.
type call struct {
	method, path string
	ids          map[string]any // what stands in the path: an id.ID, or a string
	query        map[string]string
	badQuery     string // behind the query
	header       http.Header
	body         any    // nil, an object, a list, url.Values or an upload
	whole        []byte // instead of what body becomes
	kind         string // instead of its type
	unmeasured   bool   // without Content-Length
	told         int64  // instead of the length of the body
}

func (c call) clone() call {
	c.ids, c.query, c.header = maps.Clone(c.ids), maps.Clone(c.query), c.header.Clone()
	switch body := c.body.(type) {
	case object:
		c.body = cloned(body)
	case []any:
		c.body = cloned(body)
	case url.Values:
		c.body = url.Values(http.Header(body).Clone())
	case upload:
		body.values = maps.Clone(body.values)
		c.body = body
	}
	return c
}

// cloned copies JSON.
func cloned(value any) any {
	switch v := value.(type) {
	case object:
		out := object{}
		for name, member := range v {
			out[name] = cloned(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = cloned(element)
		}
		return out
	}
	return value
}

func (c *call) bear(token string) { c.header.Set("Authorization", "Bearer "+token) }

func (c call) request(ctx context.Context) (*http.Request, error) {
	path := c.path
	for name, value := range c.ids {
		text, ok := value.(string)
		if !ok {
			text = value.(id.ID).String()
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
	}
	values := url.Values{}
	for name, value := range c.query {
		values.Set(name, value)
	}
	body, kind, err := c.encode()
	if err != nil {
		return nil, err
	}
	var reader io.Reader = bytes.NewReader(body)
	if c.unmeasured {
		reader = io.MultiReader(reader)
	}
	req, err := http.NewRequestWithContext(ctx, c.method, "http://localhost"+path+"?"+values.Encode()+c.badQuery, reader)
	if err != nil {
		return nil, err
	}
	if c.unmeasured {
		req.ContentLength = -1
	}
	if c.told > 0 {
		req.ContentLength = c.told
	}
	req.Header = c.header.Clone()
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	return req, nil
}

func (c call) encode() (body []byte, kind string, err error) {
	switch in := c.body.(type) {
	case object, []any:
		body, err = json.Marshal(in)
		kind = "application/json; charset=utf-8"
	case url.Values:
		body, kind = []byte(in.Encode()), "application/x-www-form-urlencoded; charset=utf-8"
	case upload:
		body, kind, err = in.encode()
	}
	if c.whole != nil {
		body = c.whole
	}
	if c.kind != "" {
		kind = c.kind
	}
	return body, kind, err
}

func (u upload) encode() (body []byte, kind string, err error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(u.values)) {
		if err := form.WriteField(name, u.values[name]); err != nil {
			return nil, "", err
		}
	}
	if u.file != nil {
		part, err := form.CreateFormFile(cmp.Or(u.name, "license"), cmp.Or(u.title, "license.json"))
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(u.file); err != nil {
			return nil, "", err
		}
	}
	err = form.Close()
	return b.Bytes(), form.FormDataContentType(), err
}

// set puts a value at the place of a member, and makes what lies on the way.
func set(body object, path []string, value any) {
	for i, name := range path[:len(path)-1] {
		if path[i+1] == element {
			list, _ := body[name].([]any)
			if len(list) == 0 {
				list = []any{object{}}
				body[name] = list
			}
			if i+2 == len(path) {
				list[0] = value
				return
			}
			if i+3 == len(path) && path[i+2] == element { // a list of lists
				list[0] = []any{value}
				return
			}
			body = list[0].(object)
			continue
		}
		if name == element {
			continue
		}
		inner, ok := body[name].(object)
		if !ok {
			inner = object{}
			body[name] = inner
		}
		body = inner
	}
	body[path[len(path)-1]] = value
}

// remove takes a member away.
func remove(body object, path []string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := body[name].(object)
		if !ok {
			return
		}
		body = inner
	}
	delete(body, path[len(path)-1])
}

// asOlderClientsDo spells the members with capitals.
func asOlderClientsDo(value any) any {
	switch v := value.(type) {
	case object:
		out := object{}
		for name, member := range v {
			out[strings.ToUpper(name[:1])+name[1:]] = asOlderClientsDo(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = asOlderClientsDo(inner)
		}
		return out
	}
	return value
}

func TestSet(t *testing.T) {
	tests := map[string]struct {
		body string
		path []string
		want string
	}{
		"a member":             {`{"a":1}`, []string{"a"}, `{"a":"x"}`},
		"deep inside":          {`{"a":{"b":1,"c":2}}`, []string{"a", "b"}, `{"a":{"b":"x","c":2}}`},
		"what is not there":    {`{}`, []string{"a", "b"}, `{"a":{"b":"x"}}`},
		"an element":           {`{"a":[1,2]}`, []string{"a", element}, `{"a":["x",2]}`},
		"within an element":    {`{"a":[{"b":1}]}`, []string{"a", element, "b"}, `{"a":[{"b":"x"}]}`},
		"a list of lists":      {`{"a":[[1]]}`, []string{"a", element, element}, `{"a":[["x"]]}`},
		"an element to be":     {`{}`, []string{"a", element, "b"}, `{"a":[{"b":"x"}]}`},
		"in place of a scalar": {`{"a":1}`, []string{"a", "b"}, `{"a":{"b":"x"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := object{}
			if err := json.Unmarshal([]byte(test.body), &body); err != nil {
				t.Fatal(err)
			}
			set(body, test.path, "x")
			if got, err := json.Marshal(body); err != nil || string(got) != test.want {
				t.Errorf("got %s (%v), want %s", got, err, test.want)
			}
		})
	}
}

// normalized turns what Go values stand for into objects and lists.
func normalized(body any) (any, error) {
	in, ok := body.(object)
	if !ok {
		return body, nil
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	out := object{}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("example: %w", err)
	}
	return out, nil
}
