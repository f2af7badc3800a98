package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"coffre/internal/config"
)

const settingsPage = "../../docs/settings.md"

const settingsHead = `# Settings

This page is made from the program: change a setting's description in ` + "`internal/config/config.go`" + `, then
run ` + "`UPDATE=1 go test ./internal/config`" + `.

Settings are environment variables, or lines of the env file (` + "`--env-file`" + `, else
` + "`<data>/env/global.override.env`" + `, which may be absent). A flag wins over the environment, and the environment over the env file.
The two underscores separate levels, and case does not matter. An empty value is the default.

The env file has Docker's format: one ` + "`NAME=VALUE`" + ` per line. A value is taken literally up to the end of its line, with its
quotes, ` + "`#`" + `, ` + "`$`" + ` and spaces. A line that starts with ` + "`#`" + ` is a comment.

A list has commas between its items, or numbered names: ` + "`adminSettings__admins__0`" + `, ` + "`adminSettings__admins__1`" + `.
The word ` + "`REPLACE`" + `, which the official installer writes, counts as no value.

A name that begins with ` + "`globalSettings__`, `adminSettings__` or `coffre__`" + ` and is not known is a warning with the
nearest known name. Official names that have no use here (of SQL Server, Braintree, SendGrid and such) are passed over in silence.
A value that cannot be read stops the start, with an error that names the setting and what was expected.
`

// page writes docs/settings.md.
func page() string {
	out := &strings.Builder{}
	out.WriteString(settingsHead)
	group := ""
	for _, s := range config.Settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(out, "\n## %s\n\n| Name | Default | Meaning |\n|---|---|---|\n", group)
		}
		value := s.Default
		if value != "" && !strings.Contains(value, " ") {
			value = "`" + value + "`"
		}
		doc := s.Doc
		if s.Later {
			doc += " *No effect in this version.*"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", s.Name, value, doc)
	}
	return out.String()
}

func TestSettingsPageIsCurrent(t *testing.T) {
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(settingsPage, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(settingsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page() {
		t.Error("docs/settings.md is not what the settings say; run UPDATE=1 go test ./internal/config")
	}
}
