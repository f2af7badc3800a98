// Package migrations embeds the schema history. A file that both engines can run
// ends in .sql; a change they cannot share is a pair .sqlite.sql and .postgres.sql.
// schema.sql is where they end, kept true by a test.
package migrations

import "embed"

// Files holds the scripts in the order of their names.
//
//go:embed 0*.sql
var Files embed.FS
