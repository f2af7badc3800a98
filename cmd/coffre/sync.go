package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"coffre/internal/config"
	"coffre/internal/process"
)

type syncCommand struct {
	place
	Organization string `help:"Id of the organization on this server." placeholder:"ID" required:""`
}

// outcome is what the running server answers.
type outcome struct {
	License      part `json:"license"`
	Sponsorships part `json:"sponsorships"`
}

type part struct {
	Result   string `json:"result"`
	Code     string `json:"code"`
	Sent     int    `json:"sent"`
	Accepted int    `json:"accepted"`
	Refused  int    `json:"refused"`
	Removed  int    `json:"removed"`
}

// Run syncs through the running server and prints what happened to each part.
func (c syncCommand) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	body, err := process.AskIn(ctx, spoken(os.Getenv), cfg.Data.Socket(), "/sync", map[string]string{"organizationId": c.Organization})
	refused, isRefused := errors.AsType[*process.RefusedError](err)
	if isRefused {
		body = refused.Body
	} else if err != nil {
		return err
	}
	var o outcome
	if err := json.Unmarshal(body, &o); err != nil {
		return err
	}
	o.print(t.out)
	if isRefused {
		fmt.Fprintln(t.err, "coffre:", refused.Message)
		return errSaid
	}
	return nil
}

func (o outcome) print(w io.Writer) {
	if o.License.Result == "" {
		return // refused before either part began
	}
	fmt.Fprintln(w, "license:      "+o.License.word())
	s := o.Sponsorships
	fmt.Fprintf(w, "sponsorships: %s (sent %d, accepted %d, refused %d, removed %d)\n", s.word(), s.Sent, s.Accepted, s.Refused, s.Removed)
}

func (p part) word() string {
	if p.Code != "" {
		return p.Result + " (" + p.Code + ")"
	}
	return p.Result
}
