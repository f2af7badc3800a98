package routes_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// want is what an answer must be, beyond what every answer must be.
type want struct {
	statuses []int  // any of these; empty is any but a refusal of the caller
	field    string // named by validationErrors
}

func status(statuses ...int) want { return want{statuses: statuses} }

// naming wants a 400 that names a member.
func naming(field string) want { return want{[]int{400}, field} }

// internals is what no person should read: words of Go, of SQL and of databases.
var internals = regexp.MustCompile(`goroutine|\.go:\d|panic|runtime error|SQLSTATE|(?i:sqlite|postgres|pgx)|constraint failed|no such (table|column)` +
	`|json: |sql: |strconv\.|invalid (character|byte)|unexpected (EOF|end)|cannot unmarshal|multipart: |illegal base64|context (canceled|deadline)|0x[0-9a-f]{6}|%!`)

// places are the numbers of elements in the name of a member.
var places = regexp.MustCompile(`\[\d+\]`)

// complain says what is wrong with an answer, or nothing.
func (a answer) complain(w want, oauth bool) string {
	switch {
	case a.status >= 500:
		return "is a failure of the server"
	case len(w.statuses) > 0 && !slices.Contains(w.statuses, a.status):
		return fmt.Sprintf("should be one of %v", w.statuses)
	case len(w.statuses) == 0 && (a.status == 401 || a.status == 403):
		return "refuses somebody who is signed in"
	case a.status < 400:
		return a.complainOfGood()
	case internals.Match(a.body):
		return fmt.Sprintf("shows internals: %q", internals.Find(a.body))
	}
	return a.complainOfBody(w, oauth)
}

// complainOfGood holds what was done to the statuses and the type that clients know.
// Scenario 13 of spec 03.
func (a answer) complainOfGood() string {
	kind := a.header.Get("Content-Type")
	switch {
	case a.status/100 == 2 && !slices.Contains([]int{200, 201, 204}, a.status):
		return "is a status that no client knows"
	case len(a.body) > 0 && kind == "":
		return "says nothing of its type"
	case json.Valid(a.body) && !strings.HasPrefix(kind, "application/json") && kind != "application/octet-stream": // of a file
		return "is JSON and of the type " + kind
	}
	return ""
}

// complainOfBody holds the body of an error to the envelope that clients read.
// Scenario 14 of spec 03.
func (a answer) complainOfBody(w want, oauth bool) string {
	var body struct {
		Object           string              `json:"object"`
		Message          string              `json:"message"`
		ValidationErrors map[string][]string `json:"validationErrors"`
		Error            string              `json:"error"`
	}
	if kind := a.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		return "is of the type " + kind
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		return "is not the JSON of an error"
	}
	var present map[string]any
	if err := json.Unmarshal(a.body, &present); err != nil {
		return err.Error()
	}
	_, says := present["validationErrors"]
	for name, texts := range body.ValidationErrors {
		body.ValidationErrors[places.ReplaceAllString(name, "")] = texts
	}
	switch {
	case body.Object != "error" || body.Message == "" || !says:
		return "lacks object, message or validationErrors"
	case oauth && a.status == 400 && body.Error == "":
		return "lacks OAuth's error"
	case w.field != "" && (len(body.ValidationErrors[w.field]) != 1 || body.ValidationErrors[w.field][0] == ""):
		return "does not name " + w.field
	}
	return ""
}

func (a answer) String() string {
	const most = 400
	return fmt.Sprintf("%d %s", a.status, a.body[:min(len(a.body), most)])
}

func TestComplaints(t *testing.T) {
	const envelope = `{"object":"error","message":"No.","validationErrors":null}`
	const named = `{"object":"error","message":"No.","validationErrors":{"email":["Missing."]}}`
	tests := map[string]struct {
		status int
		body   string
		want   want
		oauth  bool
		says   string
	}{
		"good":                  {200, `{}`, want{}, false, ""},
		"an error":              {400, envelope, want{}, false, ""},
		"a field":               {400, named, naming("email"), false, ""},
		"another field":         {400, named, naming("name"), false, "does not name name"},
		"no field":              {400, envelope, naming("email"), false, "does not name email"},
		"another status":        {200, `{}`, status(404), false, "should be one of"},
		"a failure":             {500, envelope, status(500), false, "is a failure"},
		"a sign-out":            {401, envelope, want{}, false, "refuses somebody"},
		"no envelope":           {404, `{}`, want{}, false, "lacks object"},
		"no JSON":               {404, `<p>`, want{}, false, "is not the JSON"},
		"internals":             {400, strings.Replace(envelope, "No.", "json: cannot unmarshal", 1), want{}, false, "shows internals"},
		"an envelope for OAuth": {400, envelope, want{}, true, "lacks OAuth"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := answer{test.status, map[string][]string{"Content-Type": {"application/json"}}, []byte(test.body)}
			got := a.complain(test.want, test.oauth)
			if !strings.Contains(got, test.says) || (got == "") != (test.says == "") {
				t.Errorf("got %q, want %q", got, test.says)
			}
		})
	}
}
