package mail_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/mail"
)

// names lists the templates by their English text.
func names(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".en.txt"); ok {
			list = append(list, name)
		}
	}
	return list
}

var (
	action      = regexp.MustCompile(`\{\{(.*?)\}\}`)
	placeholder = regexp.MustCompile(`\.[A-Z][A-Za-z]*`)
)

// shows returns the names that a template file shows, each once.
func shows(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile("templates/" + file)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, match := range action.FindAllStringSubmatch(string(raw), -1) {
		list = append(list, placeholder.FindAllString(match[1], -1)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var sample = map[string]string{
	"Vault": "https://vault.example", "Link": "https://vault.example/#/x?token=1.a.b&email=a%40b.example",
	"Organization": "Boulangerie d'Été & fils", "Until": "2026-12-01T10:00:00Z", "ID": "9f1f0c5e-0000-4000-8000-000000000001",
	"Device": "Firefox on Linux", "At": "2026-12-01T10:05:00Z", "Address": "203.0.113.7", "Code": "12345678", "Email": "new@example.com", "Hint": "<the usual> & more",
	"Sponsor": "Sociétés <Réunies> & Cie", "Provider": "Duo", "Passkey": "Phone & <watch>", "Person": "Zoé <O'Neill> (zoe@example.com)",
	"Since": "2026-12-01T10:05:00Z", "Reason": "The cloud <cannot> be reached at cloud.example:443.",
	"Number": "2026-00042", "Amount": "$1,234.50", "Due": "2026-12-23T12:00:00Z", "Ends": "2027-01-22T12:00:00Z",
	"Paid": "2026-11-23T12:00:00Z", "Change": "key", "Name": "Zoé <O'Neill>", "Days": "7", "Kind": "takeover",
}

func TestLanguagesShowTheSame(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			want := shows(t, name+".en.txt")
			for _, file := range []string{name + ".en.html", name + ".fr.txt", name + ".fr.html"} {
				if diff := cmp.Diff(want, shows(t, file)); diff != "" {
					t.Errorf("%s shows other things than the English text (-en.txt +it):\n%s", file, diff)
				}
			}
		})
	}
}

func TestEveryTemplateRendersInBothLanguages(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			english, err := mail.Render(name, "en", sample)
			if err != nil {
				t.Fatal(err)
			}
			french, err := mail.Render(name, "fr", sample)
			if err != nil {
				t.Fatal(err)
			}
			if english.Subject == french.Subject || english.Text == french.Text || english.HTML == french.HTML {
				t.Error("the French mail says something in English")
			}
			for _, l := range []mail.Letter{english, french} {
				if l.Subject == "" || strings.Contains(l.Subject+l.Text+l.HTML, "<no value>") {
					t.Errorf("%s: subject %q, or something has no value", l.Language, l.Subject)
				}
				if n := strings.Count(l.HTML, "<a "); n > 1 || strings.Contains(l.HTML, "<img") {
					t.Errorf("%s: %d links, or images", l.Language, n)
				}
				if strings.Contains(l.HTML, "ZgotmplZ") || !strings.Contains(l.HTML, `lang="`+l.Language+`"`) {
					t.Errorf("%s: the page is not well formed", l.Language)
				}
			}
		})
	}
}

func TestDatesAreWrittenOut(t *testing.T) {
	tests := map[string]struct{ language, at, want string }{
		"English":         {"en", "2026-11-23T23:30:00Z", "at the latest on November 23, 2026"},
		"French":          {"fr", "2026-11-23T23:30:00Z", "au plus tard le 23 novembre 2026"},
		"first in French": {"fr", "2026-08-01T00:00:00Z", "au plus tard le 1er août 2026"},
		"in UTC":          {"en", "2026-11-23T23:30:00-02:00", "at the latest on November 24, 2026"},
		"any other text":  {"en", "the end of time", "at the latest on the end of time"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := mail.Render("offer", test.language, map[string]string{"Organization": "O", "Link": "https://x.example", "Until": test.at})
			if err != nil || !strings.Contains(l.Text, test.want) {
				t.Errorf("got %q, %v, want it to contain %q", l.Text, err, test.want)
			}
		})
	}
}

func TestMomentsAreWrittenOut(t *testing.T) {
	tests := map[string]struct{ language, at, want string }{
		"English":        {"en", "2026-11-23T23:30:59-02:00", "When: November 24, 2026 at 01:30 UTC"},
		"French":         {"fr", "2026-11-23T23:30:00Z", "Date : 23 novembre 2026 à 23:30 UTC"},
		"any other text": {"en", "now", "When: now"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := mail.Render("new-device", test.language, map[string]string{
				"Device": "D", "At": test.at, "Address": "A", "Vault": "https://vault.example",
			})
			if err != nil || !strings.Contains(l.Text, test.want) {
				t.Errorf("got %q, %v, want it to contain %q", l.Text, err, test.want)
			}
		})
	}
}

// Scenario 109.
func TestHintStaysAValue(t *testing.T) {
	l, err := mail.Render("password-hint", "en", map[string]string{
		"Hint": "the\r\nBcc: all@example.com\u2028\x00<script>&{{.Vault}}", "Vault": "https://vault.example",
	})
	if err != nil || !strings.Contains(l.Text, "the  Bcc: all@example.com  <script>&{{.Vault}}\n") || strings.Contains(l.HTML, "<script>") ||
		!strings.Contains(l.HTML, "&lt;script&gt;&amp;") {
		t.Errorf("got %q, %q, %v", l.Text, l.HTML, err)
	}
}

// Scenarios 174 and 175, for the names of organizations and people.
func TestNamesNeitherAddHeadersNorMarkup(t *testing.T) {
	for _, name := range names(t) {
		for _, language := range []string{"en", "fr"} {
			data := maps.Clone(sample)
			data["Sponsor"] = "Evil\r\nBcc: all@example.com<b onclick=x>"
			data["Organization"], data["Person"] = "Evil\r\nBcc: all@example.com\x00<b onclick=x>", "Eve\u2028\nReply-To: eve@example.com<img src=x>"
			l, err := mail.Render(name, language, data)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(l.Subject, "\r\n\x00\u2028") || strings.Contains(l.Text, "\nBcc:") || strings.Contains(l.Text, "\nReply-To:") {
				t.Errorf("%s.%s has a line of its own:\n%s\n%s", name, language, l.Subject, l.Text)
			}
			if strings.Contains(l.HTML, "<b ") || strings.Contains(l.HTML, "<img") {
				t.Errorf("%s.%s holds markup:\n%s", name, language, l.HTML)
			}
		}
	}
}

func TestValuesStayValues(t *testing.T) {
	l, err := mail.Render("offer", "en", map[string]string{
		"Organization": "Evil\r\nBcc: all@example.com\x00<script>", "Link": "javascript:alert(1)", "Until": "",
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(l.Subject, "\r\n\x00") || !strings.Contains(l.Subject, "Bcc") {
		t.Errorf("subject %q is not the whole value in one line", l.Subject)
	}
	if strings.Contains(l.HTML, "<script>") || strings.Contains(l.HTML, "javascript:") {
		t.Errorf("the page runs a value:\n%s", l.HTML)
	}
}
