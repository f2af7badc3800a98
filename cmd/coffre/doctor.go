package main

import (
	"context"
	"encoding/json"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/doctor"
)

type doctorCommand struct {
	place
	JSON     bool   `help:"Print the findings as JSON."`
	Language string `help:"Language of the texts about the cloud: en or fr." default:"en" enum:"en,fr"`
}

// Run prints one line for each finding.
func (c doctorCommand) Run(ctx context.Context, t terminal) error {
	cfg, warnings, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	open := func() (*db.DB, error) { return app.OpenDatabase(cfg) }
	findings := doctor.Examine(ctx, cfg, warnings, open, (&clock.Clock{}).Now, c.Language)
	out := t.out
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(findings); err != nil {
			return err
		}
		out = t.err
	}
	if !doctor.Print(out, findings) {
		return errSaid
	}
	return nil
}
