package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

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

var (
	tooLarge = fault.New(fault.TooLarge, "bodyTooLarge")
	notJSON  = fault.New(fault.Invalid, "notJSON")
)

func read(w http.ResponseWriter, req *http.Request, limit int64, in any) error {
	req.Body = newPatient(w, http.MaxBytesReader(w, req.Body, limit))
	var err error
	switch v := in.(type) {
	case *struct{}:
		return nil
	case *Form:
		*v, err = readForm(req)
	case *Upload:
		*v, err = readUpload(req)
	case *Stream:
		*v = readStream(req)
	default:
		err = readJSON(req, in)
	}
	if err != nil {
		return err
	}
	if c, ok := in.(checker); ok {
		return c.Check()
	}
	return nil
}

// brokenOff is what to answer when a body does not end: that it is too large, or
// nothing in particular, because whoever sent it has gone.
func brokenOff(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	return notJSON
}

// readJSON leaves in as it is when there is no body: Check then names what is missing.
func readJSON(req *http.Request, in any) error {
	raw, err := io.ReadAll(req.Body)
	switch {
	case err != nil:
		return brokenOff(err)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil
	case !utf8.Valid(raw): // encoding/json would put other letters in, and let RawMessage pass
		return notJSON
	}
	err = json.Unmarshal(raw, in)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fault.Malformed(memberAt(reflect.TypeOf(in), wrong.Field))
	}
	if err != nil || repeats(raw) {
		return notJSON
	}
	if field := withNUL(reflect.ValueOf(in), ""); field != "" {
		return fault.Malformed(field)
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
		return nil, brokenOff(err)
	}
	return parseForm(string(raw)), nil
}

// parseForm reads nothing from what is no form. Of a parameter that is there twice,
// in whichever spelling, the first counts.
func parseForm(text string) Form {
	if _, err := url.ParseQuery(text); err != nil {
		return nil
	}
	form := Form{}
	for pair := range strings.SplitSeq(text, "&") {
		key, escaped, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(key)
		value, errValue := url.QueryUnescape(escaped)
		if errors.Join(errName, errValue) != nil {
			return nil
		}
		if _, there := form[plain(name)]; !there {
			form[plain(name)] = value
		}
	}
	return form
}

func readUpload(req *http.Request) (Upload, error) {
	up := Upload{Values: map[string]string{}, Files: map[string][]byte{}}
	reader, err := req.MultipartReader()
	if err != nil {
		return up, nil
	}
	for {
		part, err := reader.NextPart()
		var raw []byte
		if err == nil {
			raw, err = io.ReadAll(part)
		}
		switch _, long := errors.AsType[*http.MaxBytesError](err); {
		case long:
			return up, tooLarge
		case err != nil:
			return up, nil // the end, or a form that breaks off: what is missing is told by name
		case part.FileName() != "":
			up.Files[part.FormName()] = raw
		default:
			up.Values[part.FormName()] = string(raw)
		}
	}
}
