package bench_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/test/harness"
)

const rows = 100_000

// BenchmarkBackup and BenchmarkRestore measure the commands on a server with a
// hundred thousand rows of a usual size, from their start to their end.
func BenchmarkBackup(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *harness.Server) {
		for i := 0; b.Loop(); i++ {
			s.Command(b, "backup", filepath.Join(b.TempDir(), fmt.Sprintf("%d.zip", i)), "--with-root-key").Want(b, 0)
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/backup")
	})
}

func BenchmarkRestore(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *harness.Server) {
		file := filepath.Join(b.TempDir(), "backup.zip")
		s.Command(b, "backup", file, "--with-root-key").Want(b, 0)
		for b.Loop() {
			s.Command(b, "restore", file).Want(b, 0)
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/restore")
	})
}

// eachEngine makes a server with rows on each engine, and stops it.
func eachEngine(b *testing.B, fn func(b *testing.B, s *harness.Server)) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			s := harness.New(b, "server", harness.Options{Engine: engine})
			s.Start(b)
			c := s.Client()
			if err := c.Register(b.Context(), "ada@acme.example", "Ada", harness.Password, nil); err != nil {
				b.Fatal(err)
			}
			if err := c.Login(b.Context(), "ada@acme.example", harness.Password); err != nil {
				b.Fatal(err)
			}
			s.Stop(b)
			open := func() (*db.DB, error) { return db.OpenSQLite(filepath.Join(s.Data, "db", "coffre.db")) }
			if engine == harness.PostgreSQL {
				open = func() (*db.DB, error) { return db.OpenPostgres(s.Setting(harness.PostgresConnection)) }
			}
			d, err := open()
			if err != nil {
				b.Fatal(err)
			}
			if err := fillFolders(b.Context(), d, c); err != nil {
				b.Fatal(err)
			}
			if err := d.Close(); err != nil {
				b.Fatal(err)
			}
			fn(b, s)
		})
	}
}

func fillFolders(ctx context.Context, d *db.DB, c *client.Client) error {
	at := time.Now().UnixMicro()
	list := make([][]any, rows)
	for i := range list {
		list[i] = []any{id.New().String(), c.UserID().String(), c.Key().Encrypt([]byte("a name of some length")), at, at}
	}
	return d.Tx(ctx, func(ctx context.Context) error {
		return d.Load(ctx, db.Table{Name: "folder", Columns: []string{"id", "account_id", "name", "created_at", "revised_at"}}, list)
	})
}
