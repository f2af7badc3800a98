package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"strings"
	"sync"
)

// schema is one of the test server's, which one test has at a time.
type schema struct {
	name, url string
	shape     string // of its tables, once they are migrated
}

// kept are the schemas of this process that wait, empty and migrated, for a test.
var kept struct {
	sync.Mutex
	schemas []schema
}

// take returns a schema that waits, or a new one.
func take(ctx context.Context) (*schema, error) {
	kept.Lock()
	defer kept.Unlock()
	if last := len(kept.schemas) - 1; last >= 0 {
		s := kept.schemas[last]
		kept.schemas = kept.schemas[:last]
		return &s, nil
	}
	s, err := create(ctx)
	return &s, err
}

// give empties a schema and keeps it, or drops it.
func give(ctx context.Context, s *schema) {
	shape, err := s.empty(ctx)
	if err != nil || s.shape != shape {
		s.drop(ctx)
		return
	}
	kept.Lock()
	defer kept.Unlock()
	kept.schemas = append(kept.schemas, *s)
}

// create makes an empty schema.
func create(ctx context.Context) (schema, error) {
	name := "t_" + strings.ToLower(rand.Text())
	err := administer(ctx, func(admin *sql.DB) error {
		_, err := admin.ExecContext(ctx, "CREATE SCHEMA "+name)
		return err
	})
	url := os.Getenv("COFFRE_TEST_POSTGRES")
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return schema{name: name, url: url + sep + "search_path=" + name}, err
}

func (s schema) drop(ctx context.Context) {
	administer(ctx, func(admin *sql.DB) error {
		_, err := admin.ExecContext(ctx, "DROP SCHEMA "+s.name+" CASCADE")
		return err
	})
}

// empty deletes every row but those that tell of migrations, whatever refers to it,
// and returns the shape of the schema.
func (s schema) empty(ctx context.Context) (shape string, err error) {
	err = administer(ctx, func(admin *sql.DB) error {
		_, err := admin.ExecContext(ctx, strings.ReplaceAll(emptying, "$schema", s.name))
		return err
	})
	if err != nil {
		return "", err
	}
	return s.measure(ctx)
}

// measure returns the shape of the tables as they are. What was made again is
// another shape, even of the same definition.
func (s schema) measure(ctx context.Context) (shape string, err error) {
	err = administer(ctx, func(admin *sql.DB) error {
		return admin.QueryRowContext(ctx, strings.ReplaceAll(shaping, "$schema", s.name)).Scan(&shape)
	})
	return shape, err
}

// A table without pages never had a row.
const emptying = `DO $$
DECLARE one text; used boolean;
BEGIN
	PERFORM set_config('session_replication_role', 'replica', true);
	FOR one IN SELECT relname FROM pg_class
		WHERE relnamespace = '$schema'::regnamespace AND relkind = 'r' AND relname <> 'migration' AND pg_relation_size(oid) > 0
	LOOP
		EXECUTE format('SELECT EXISTS (SELECT 1 FROM $schema.%I)', one) INTO used;
		IF used THEN
			EXECUTE format('DELETE FROM $schema.%I', one);
		END IF;
	END LOOP;
END $$`

const shaping = `WITH relation AS MATERIALIZED (SELECT oid, relname FROM pg_class WHERE relnamespace = '$schema'::regnamespace)
	SELECT concat(
	(SELECT md5(string_agg(concat(r.oid, a.attname, ' ', a.atttypid, a.attnotnull), ',' ORDER BY r.oid, a.attnum))
		FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attnum > 0),
	(SELECT md5(string_agg(concat(oid, convalidated), ',' ORDER BY oid)) FROM pg_constraint WHERE connamespace = '$schema'::regnamespace),
	(SELECT count(*) FROM pg_trigger t JOIN relation r ON t.tgrelid = r.oid),
	(SELECT md5(string_agg(name, ',' ORDER BY name)) FROM $schema.migration))`

// server is the test server, for what is done around tests.
var server = sync.OnceValues(func() (*sql.DB, error) {
	url := os.Getenv("COFFRE_TEST_POSTGRES")
	if url == "" {
		return nil, errors.New("COFFRE_TEST_POSTGRES is not set: run the tests with go run ./tools/do test")
	}
	admin, err := sql.Open("pgx", url)
	if err == nil {
		admin.SetMaxIdleConns(1)
	}
	return admin, err
})

func administer(ctx context.Context, fn func(*sql.DB) error) error {
	admin, err := server()
	if err != nil {
		return err
	}
	return fn(admin)
}
