package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/test/harness"
)

// desk is where somebody works with the official CLI: by commands, each of which is a
// process, or through one that serves all the time. The words are the same.
type desk interface {
	bw(t *testing.T, args ...string) result
}

// served is a CLI that answers over HTTP, as programs use it.
type served struct{ address string }

// serve starts a CLI that serves what is open on a machine.
func (m *machine) serve(t *testing.T) *served {
	t.Helper()
	s := &served{harness.FreeAddress(t)}
	host, port, _ := strings.Cut(s.address, ":")
	ctx, cancel := context.WithCancel(t.Context())
	cmd := m.command(ctx, "serve", "--hostname", host, "--port", port)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // It was killed.
	})
	harness.Eventually(t, "bw serve", func(ctx context.Context) (bool, error) {
		answer, err := s.ask(ctx, "GET", "/status", nil)
		return err == nil && strings.Contains(string(answer), `"status":"unlocked"`), nil
	})
	return s
}

func (s *served) ask(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

// bw asks for what a command would do.
func (s *served) bw(t *testing.T, args ...string) result {
	t.Helper()
	method, path, body := request(args)
	raw, err := s.ask(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Success bool            `json:"success"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, raw)
	}
	r := result{args: args, out: printed(answer.Data), complaint: answer.Message}
	if !answer.Success {
		r.code = 1
	}
	if method == "GET" || !answer.Success {
		r.again = func() result { return s.bw(t, args...) }
	}
	return r
}

// request is how a command is asked for over HTTP.
func request(args []string) (method, path string, body []byte) {
	query, words := url.Values{}, []string{}
	for i := 0; i < len(args); i++ {
		name, isOption := strings.CutPrefix(args[i], "--")
		switch {
		case !isOption:
			words = append(words, args[i])
		case name == "force" || name == "trash" || name == "archived" || name == "permanent":
			query.Set(name, "true")
		default:
			i++
			query.Set(name, args[i])
		}
	}
	if last := len(words) - 1; last > 0 {
		if plain, err := base64.StdEncoding.DecodeString(words[last]); err == nil && json.Valid(plain) {
			body, words = plain, words[:last]
		}
	}
	verb, rest := words[0], words[1:]
	if verb == "send" { // create, get, list and delete are those of any other object
		verb, rest = rest[0], append([]string{"send"}, rest[1:]...)
	}
	method, prefix := "POST", verb
	switch verb {
	case "create", "get", "edit", "delete":
		method, prefix = map[string]string{"create": "POST", "get": "GET", "edit": "PUT", "delete": "DELETE"}[verb], "object"
	case "list":
		method, prefix = "GET", "list/object"
	case "status", "generate":
		method = "GET"
	case "device-approval": // list has no word of its own, and the organization comes first
		method = map[bool]string{true: "GET", false: "POST"}[rest[0] == "list"]
		words := append([]string{query.Get("organizationid")}, rest...)
		rest = slices.DeleteFunc(words, func(word string) bool { return word == "list" })
	case "remove-password":
		prefix, rest = "send", append(rest[1:], verb)
	}
	return method, "/" + strings.Join(append([]string{prefix}, rest...), "/") + "?" + query.Encode(), body
}

// printed is what a command prints of an answer.
func printed(data json.RawMessage) string {
	var wrapped struct {
		Object string          `json:"object"`
		Data   json.RawMessage `json:"data"`
	}
	if json.Unmarshal(data, &wrapped) != nil || wrapped.Object != "list" && wrapped.Object != "string" {
		return string(data)
	}
	var text string
	if json.Unmarshal(wrapped.Data, &text) == nil {
		return text
	}
	return string(wrapped.Data)
}

// walker is whoever works at a desk: Ada, who has a company and premium.
type walker struct {
	*office
	ada, bob harness.Person
	acme     string
	members  map[string]client.Member
}

func newWalker(t *testing.T, engine harness.Engine) *walker {
	t.Helper()
	w := &walker{office: newOffice(t, engine, map[string]string{"coffre__premium": "everyone"})}
	w.ada, w.bob = w.join(t, "ada"), w.join(t, "bob")
	acme, members := w.company(t, w.ada, w.bob)
	w.acme, w.members = acme.String(), members
	return w
}

// Scenario 179 of spec 03: the official CLI does all that it can do with a server, by
// commands on one engine and through one that serves on the other.
func TestTheOfficialCLIDoesEverything(t *testing.T) {
	t.Parallel()
	for engine, isServed := range map[harness.Engine]bool{harness.SQLite: false, harness.PostgreSQL: true} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := newWalker(t, engine)
			m := w.machine(t)
			m.open(t, w.ada)
			var d desk = m
			if isServed {
				d = m.serve(t)
			}
			for name, walk := range map[string]func(*testing.T, desk, *walker){"items": keepItems, "everything": look, "organization": manage, "Sends": send} {
				t.Run(name, func(t *testing.T) { walk(t, d, w) })
			}
			t.Run("a file", func(t *testing.T) { sendFile(t, m, w) })
			t.Run("import and export", func(t *testing.T) { carryFiles(t, m, w) })
		})
	}
}
