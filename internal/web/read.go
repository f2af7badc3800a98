package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"coffre/internal/fault"
)

// Form is a request in form encoding. Names match without regard to case and
// underscores, as clients of several generations spell them differently.
type Form map[string]string

// Get returns a parameter, or "".
func (f Form) Get(name string) string { return f[plain(name)] }

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// Upload is a request in multipart encoding, held in memory up to the route's limit.
type Upload struct {
	Values map[string]string // by the name as sent
	Files  map[string][]byte
}

// Time is an instant in a request. Unlike time.Time it lets encoding/json name
// the member that cannot be read. Null is the zero Time.
type Time struct{ time.Time }

// UnmarshalJSON reads RFC 3339, or null.
func (t *Time) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		*t = Time{}
		return nil
	}
	if err := t.Time.UnmarshalJSON(raw); err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Time]()}
	}
	t.Time = t.UTC()
	return nil
}

// checker is an In that knows its own rules of shape.
type checker interface{ Check() error }

func read(w http.ResponseWriter, req *http.Request, limit int64, in any) error {
	req.Body = http.MaxBytesReader(w, req.Body, limit)
	var err error
	switch v := in.(type) {
	case *struct{}:
		return nil
	case *Form:
		*v, err = readForm(req)
	case *Upload:
		*v, err = readUpload(req)
	default:
		err = readJSON(req, in)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "bodyTooLarge")
	}
	if err != nil {
		return err
	}
	if c, ok := in.(checker); ok {
		return c.Check()
	}
	return nil
}

// readJSON leaves in as it is when there is no body: Check then names what is missing.
func readJSON(req *http.Request, in any) error {
	decoder := json.NewDecoder(req.Body)
	err := decoder.Decode(in)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fault.Malformed(wrong.Field)
	}
	if err != nil || decoder.More() {
		return fault.New(fault.Invalid, "notJSON")
	}
	return nil
}

func readForm(req *http.Request) (Form, error) {
	kind, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return nil, nil
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, nil
	}
	form := Form{}
	for name, list := range values {
		form[plain(name)] = list[0]
	}
	return form, nil
}

func readUpload(req *http.Request) (Upload, error) {
	up := Upload{Values: map[string]string{}, Files: map[string][]byte{}}
	reader, err := req.MultipartReader()
	if err != nil {
		return up, nil
	}
	for {
		part, err := reader.NextPart()
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return up, err
		}
		if err != nil {
			return up, nil // the end, or a form that breaks off: what is missing is told by name
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			return up, err
		}
		if part.FileName() != "" {
			up.Files[part.FormName()] = raw
		} else {
			up.Values[part.FormName()] = string(raw)
		}
	}
}
