package routes_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"coffre/test/harness"
)

const (
	calledFile = "testdata/clients.txt"
	answerPage = "../../docs/compatibility.md"
	pageStart  = "<!-- route by route: UPDATE=1 go test ./test/routes -run TestWhatClientsCall -->\n"
	pageEnd    = "<!-- end of the routes -->\n"
)

// called is what clients call, as the description of the protocol lists it: methods and
// a path, and why nothing is there, if so.
type called struct{ part, methods, path, why string }

func readCalled(t *testing.T) (list []called) {
	t.Helper()
	raw, err := os.ReadFile(calledFile)
	if err != nil {
		t.Fatal(err)
	}
	part := ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if name, isPart := strings.CutPrefix(line, "# "); isPart {
			part = name
			continue
		}
		line, why, _ := strings.Cut(line, " | ")
		methods, path, _ := strings.Cut(line, " ")
		list = append(list, called{part, methods, path, why})
	}
	return list
}

var parameter = regexp.MustCompile(`\{[^/]+\}`)

// shape is a route without the names of its parameters.
func shape(method, path string) string { return method + " " + parameter.ReplaceAllString(path, "{}") }

// TestWhatClientsCall holds what official clients call against the routes of both
// roles: each is there, or the list says why it is not; and the page says the same.
func TestWhatClientsCall(t *testing.T) {
	served := map[string]string{}
	for role, setting := range map[string]string{"cloud": "false", "self-hosted": "true"} {
		for _, route := range newServer(t, harness.SQLite, "globalSettings__selfHosted="+setting).Routes() {
			served[shape(route.Method, route.Path)] += role + " "
		}
	}
	var page strings.Builder
	part := ""
	for _, c := range readCalled(t) {
		if c.part != part {
			part = c.part
			fmt.Fprintf(&page, "\n### %s\n\n| Route | Answered by |\n|---|---|\n", part)
		}
		fmt.Fprintf(&page, "| %s `%s` | %s |\n", strings.ReplaceAll(c.methods, ",", ", "), c.path, c.answer(t, served))
	}
	comparePage(t, page.String()+"\n")
}

// answer says who answers a route, in the words of the page.
func (c called) answer(t *testing.T, served map[string]string) string {
	t.Helper()
	by := ""
	for i, method := range strings.Split(c.methods, ",") {
		on := served[shape(method, c.path)]
		switch {
		case on == "" && c.why == "":
			t.Errorf("nothing answers %s %s, and the list does not say why", method, c.path)
		case on != "" && c.why != "":
			t.Errorf("%s %s is there, and the list says that %s", method, c.path, c.why)
		case i > 0 && len(on) != len(by):
			t.Errorf("%s is answered by %q with one method and %q with another: give them lines of their own", c.path, by, on)
		}
		by = on
	}
	switch fields := strings.Fields(by); {
	case c.why != "":
		return "nobody: " + c.why
	case len(fields) == 2:
		return "both roles"
	case len(fields) == 1:
		return "the " + fields[0] + " role"
	}
	return ""
}

// comparePage holds a part of the page against what it must say; UPDATE=1 writes it anew.
func comparePage(t *testing.T, want string) {
	t.Helper()
	raw, err := os.ReadFile(answerPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, started := strings.Cut(string(raw), pageStart)
	got, after, ended := strings.Cut(rest, pageEnd)
	if !started || !ended {
		t.Fatalf("%s has no part between %q and %q", answerPage, pageStart, pageEnd)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(answerPage, []byte(before+pageStart+want+pageEnd+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s tells something else of the routes: run UPDATE=1 go test ./test/routes -run TestWhatClientsCall", answerPage)
	}
}
