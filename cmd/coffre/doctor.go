package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/doctor"
)

type doctorCommand struct {
	place
	JSON     bool   `help:"Print the findings as JSON, with a code for each."`
	Language string `help:"Language of the findings: en or fr (default: the language of the environment)." default:"" enum:"en,fr,"`
}

// Run prints one line for each finding.
func (c doctorCommand) Run(ctx context.Context, t terminal) error {
	language := cmp.Or(c.Language, spoken(os.Getenv))
	findings := c.examine(ctx, language)
	if err := c.print(t.out, findings, language); err != nil {
		return err
	}
	if !doctor.Healthy(findings) {
		return errSaid
	}
	return nil
}

func (c doctorCommand) examine(ctx context.Context, language string) []doctor.Finding {
	cfg, warnings, err := c.read(config.Flags{})
	if err != nil {
		return doctor.Unreadable(err, language)
	}
	return doctor.Doctor{
		Config: cfg, Warnings: warnings, Language: language, Now: (&clock.Clock{}).Now, Ahead: app.ClockOffset,
		Open: func() (*db.DB, error) { return app.OpenDatabase(cfg) },
	}.Examine(ctx)
}

func (c doctorCommand) print(out io.Writer, findings []doctor.Finding, language string) error {
	if !c.JSON {
		return doctor.Print(out, findings, language)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(findings)
}

// spoken returns the language of the environment, as other programs find it.
func spoken(getenv func(string) string) string {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")))
	if locale == "fr" || strings.HasPrefix(locale, "fr_") || strings.HasPrefix(locale, "fr.") || strings.HasPrefix(locale, "fr-") {
		return "fr"
	}
	return "en"
}
