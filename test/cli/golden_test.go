package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// headers are those of a request that tell a server who asks and for what.
var headers = []string{
	"Accept", "Authorization", "Bitwarden-Client-Name", "Bitwarden-Client-Version",
	"Content-Type", "Device-Identifier", "Device-Type",
}

// secrets are what differs from run to run, and what stands for it in the notes.
// Earlier rows win.
var secrets = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`), "<token>"},
	{regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`), "<id>"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "<time>"},
	{regexp.MustCompile(`\b[0-9]\.[A-Za-z0-9+/=]{16,}(\|[A-Za-z0-9+/=]{16,})*`), "<encrypted>"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "<address>"},
	{regexp.MustCompile(`"gitHash": "[^"]*"`), `"gitHash": "<version>"`},
	{regexp.MustCompile(`"(userKeyId|containedKeyId|securityStamp|refresh_token)": ?"[^"]+"`), `"$1": "<secret>"`},
	{regexp.MustCompile(`"salt": (null|"ada@acme.example")\n`), "\"salt\": <address or null>\n"}, // each server has its own habit
	{regexp.MustCompile(`\b[0-9]{13}\b`), "<time>"},
	{regexp.MustCompile(`[A-Za-z0-9+/_-]{40,}={0,2}`), "<secret>"},
}

func normal(text string) string {
	for _, s := range secrets {
		text = s.pattern.ReplaceAllString(text, s.name)
	}
	return text
}

// String writes an exchange down for people and for comparison.
func (e *exchange) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "> %s %s\n", e.method, e.path)
	for _, name := range headers {
		if value := e.header.Get(name); value != "" {
			fmt.Fprintf(&text, "> %s: %s\n", strings.ToLower(name), value)
		}
	}
	text.WriteString(indent("> ", readable(e.header.Get("Content-Type"), e.body)))
	kind := e.answerHeader.Get("Content-Type")
	fmt.Fprintf(&text, "< %d %s\n", e.status, kind)
	text.WriteString(indent("< ", readable(kind, e.answer)))
	return normal(text.String())
}

// readable lays a body out by its type.
func readable(kind string, body []byte) string {
	switch {
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		var lines []string
		for pair := range strings.SplitSeq(string(body), "&") {
			if plain, err := url.QueryUnescape(pair); err == nil {
				pair = plain
			}
			lines = append(lines, pair)
		}
		return strings.Join(lines, "\n")
	case strings.Contains(kind, "json") && len(body) > 0:
		var out bytes.Buffer
		if json.Indent(&out, body, "", "  ") == nil {
			return out.String()
		}
	}
	return string(body)
}

func indent(mark, text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(mark + strings.TrimRight(line, "\n") + "\n")
	}
	return out.String()
}

// compare holds the notes against those of testdata; UPDATE=1 writes them anew.
func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); difference != "" {
		t.Errorf("the traffic differs from %s (if it should, run UPDATE=1 go test ./test/cli):\n%s", file, difference)
	}
}
