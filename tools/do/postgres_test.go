package main

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

func TestPostgresServesOneDatabaseUntilItIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said strings.Builder
	server, err := startPostgres(ctx, shell{out: &said})
	if err != nil {
		t.Fatalf("start: %v\n%s", err, said.String())
	}
	database, err := sql.Open("pgx", server.url)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	var name string
	if err := database.QueryRowContext(ctx, "SELECT current_database()").Scan(&name); err != nil || name != "coffre" {
		t.Errorf("the database is %q, %v; want coffre", name, err)
	}
	cancel() // as Ctrl-C does
	if err := server.stop(ctx, shell{out: &said}); err != nil {
		t.Errorf("stop: %v\n%s", err, said.String())
	}
	if exists(server.dir) {
		t.Errorf("%s is still there", server.dir)
	}
	if err := database.PingContext(t.Context()); err == nil {
		t.Error("the server still answers")
	}
}
