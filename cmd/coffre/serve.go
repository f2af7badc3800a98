package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/process"
)

type serveCommand struct {
	place
	Listen  string `help:"Address and port to listen on (default 127.0.0.1:8080)." placeholder:"ADDR"`
	TLSCert string `help:"Certificate chain for HTTPS, PEM." placeholder:"FILE" name:"tls-cert" type:"path"`
	TLSKey  string `help:"Private key for HTTPS, PEM." placeholder:"FILE" name:"tls-key" type:"path"`
}

// Run serves until the program is told to end.
func (c serveCommand) Run(ctx context.Context, t terminal) error {
	var p process.Process
	ticking := &clock.Clock{}
	var listening string
	var first app.LinkStory
	p.Build = func(ctx context.Context) (*process.Instance, error) {
		cfg, warnings, err := c.read(config.Flags{Listen: c.Listen, TLSCert: c.TLSCert, TLSKey: c.TLSKey})
		if err != nil {
			return nil, err
		}
		log := app.NewLog(t.err, cfg.Log)
		for _, warning := range warnings {
			log.LogAttrs(ctx, slog.LevelWarn, "setting", slog.String("setting", warning.Key), slog.String("warning", warning.Text))
		}
		server, err := app.New(ctx, cfg, app.Options{Version: version, Log: log, Clock: ticking, Restart: p.Restart, Exchange: p.Exchange, Warnings: warnings})
		if err != nil {
			return nil, err
		}
		listening = cfg.Server.VaultURL()
		if first, err = server.FirstLink(ctx); err != nil {
			return nil, errors.Join(err, server.Close())
		}
		return server.Instance()
	}
	return p.Run(ctx, func() {
		fmt.Fprintln(t.out, "Coffre listens at "+listening)
		if first.Address != "" {
			printAdminLink(t.out, first)
		}
	})
}

type restartCommand struct{ place }

// Run asks the running server to build itself anew.
func (c restartCommand) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	if _, err := process.Ask(ctx, cfg.Data.Socket(), "/restart", struct{}{}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, "The changed settings are in force.")
	return err
}

type migrateCommand struct{ place }

// Run applies the migrations that the database lacks.
func (c migrateCommand) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(cfg.Data), 0o700); err != nil {
		return err
	}
	d, err := app.OpenDatabase(cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, "The database is at this version.")
	return err
}
