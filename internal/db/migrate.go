package db

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"coffre/migrations"
)

// Migrate applies every pending migration, each in its own transaction.
func (d *DB) Migrate(ctx context.Context) error {
	return d.migrateAll(ctx, func(string) bool { return true })
}

// migrateAll applies those of the pending migrations that are wanted, in order.
func (d *DB) migrateAll(ctx context.Context, wanted func(name string) bool) error {
	if _, err := d.Exec(ctx, `CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)`); err != nil {
		return fmt.Errorf("create migration table: %w", err)
	}
	names, err := d.scripts()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !wanted(name) {
			continue
		}
		if err := d.Tx(ctx, func(ctx context.Context) error { return d.migrateOne(ctx, name) }); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

// Pending returns the names of migrations that this database lacks.
func (d *DB) Pending(ctx context.Context) ([]string, error) {
	names, err := d.scripts()
	if err != nil {
		return nil, err
	}
	done, err := Values[string](ctx, d, `SELECT name FROM migration`)
	if err != nil {
		return nil, err
	}
	applied := map[string]bool{}
	for _, name := range done {
		applied[name] = true
	}
	pending := []string{}
	for _, name := range names {
		if !applied[name] {
			pending = append(pending, name)
		}
	}
	return pending, nil
}

// scripts lists the migrations of the running engine in order.
func (d *DB) scripts() ([]string, error) {
	all, err := fs.Glob(migrations.Files, "0*.sql")
	skip := d.Pick(Dialect{SQLite: ".postgres.sql", Postgres: ".sqlite.sql"})
	names := []string{}
	for _, name := range all {
		if !strings.HasSuffix(name, skip) {
			names = append(names, name)
		}
	}
	return names, err
}

func (d *DB) migrateOne(ctx context.Context, name string) error {
	// Two nodes may start together: the lock is held until the commit.
	if err := d.Lock(ctx, "migrate"); err != nil {
		return err
	}
	added, err := d.Exec(ctx, `INSERT INTO migration (name) VALUES ($1) ON CONFLICT DO NOTHING`, name)
	if err != nil || added == 0 {
		return err
	}
	script, err := migrations.Files.ReadFile(name)
	if err != nil {
		return err
	}
	_, err = d.Exec(ctx, string(script))
	return err
}
