package config_test

import (
	"strings"
	"testing"

	"coffre/internal/config"
)

func TestPostgreSQLIsNamedByURLOrKeywords(t *testing.T) {
	tests := map[string]string{
		"postgres://u:p@h:1/d?sslmode=disable": "postgres://u:p@h:1/d?sslmode=disable",
		"postgresql://h/d":                     "postgresql://h/d",
		"Host=h;Database=d":                    "postgres://h:5432/d",
		"host=h; port=1; DATABASE=d; User Id=u; Password=p; ssl mode=Require;": "postgres://u:p@h:1/d?sslmode=require",
		"Server=h;Username=u;SslMode=VerifyFull;Db=d":                          "postgres://u:@h:5432/d?sslmode=verify-full",
		`Host=h;Username=u;Password="a;b""c";Database=d`:                       "postgres://u:a;b%22c@h:5432/d",
		`Host=h;Username=u;Password='a/b@c' ;Database=d`:                       "postgres://u:a%2Fb%40c@h:5432/d",
		"Host=h;Username=u;Password=a=b#c d;Database=d":                        "postgres://u:a=b%23c%20d@h:5432/d",
		"Host=::1;Database=d":                                                  "postgres://[::1]:5432/d",
		"Host=/run/postgresql;Port=5433;Database=d":                            "postgres:///d?host=%2Frun%2Fpostgresql&port=5433",
	}
	for given, want := range tests {
		c := mustRead(t, "globalSettings__databaseProvider=PostgreSQL", "globalSettings__postgreSql__connectionString="+given)
		if got := string(c.Database.PostgreSQL); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

func TestBadPostgreSQLStringsAreRefused(t *testing.T) {
	tests := map[string]string{
		"Database=d":             "want a postgres:// URL",
		"mysql://h/d":            "want pairs such as Host=value",
		"Host=h;SSL Mode=maybe":  "want an SSL Mode of",
		`Host=h;Password="open`:  "with each quote closed",
		`Host=h;Password="a"b;`:  "with each quote closed",
		"Host=h;Database":        "want pairs such as Host=value",
		"http://u:s3cret@h/d?a=": "want a postgres:// URL",
	}
	for given, want := range tests {
		_, _, err := read(t, "globalSettings__postgreSql__connectionString="+given)
		if err == nil || !strings.Contains(err.Error(), "globalSettings__postgreSql__connectionString (environment): ") ||
			!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %s", given, err, want)
		}
	}
}

func TestUnusedDatabaseSettingsWarn(t *testing.T) {
	const name = "globalSettings__postgreSql__connectionString"
	_, warnings, err := read(t, "globalSettings__databaseProvider=postgresql", name+"=Host=h;Database=d;Pooling=true;Max Auto Prepare=3")
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Text, name) || !strings.Contains(warnings[0].Text, "maxautoprepare, pooling") {
		t.Errorf("keywords: error %v, warnings %v", err, warnings)
	}
	_, warnings, err = read(t, name+"=Host=h;Database=d")
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Text, "globalSettings__databaseProvider") {
		t.Errorf("provider: error %v, warnings %v", err, warnings)
	}
}

func TestSQLiteIsNamedByPathOrDataSource(t *testing.T) {
	for given, want := range map[string]string{
		"/x/a.db": "/x/a.db", "Data Source=/x/b c.db": "/x/b c.db", "data source='c.db';Cache=Shared;": "c.db", "": "data/db/coffre.db",
	} {
		c, _, err := config.Read([]string{"coffre__data=data", "globalSettings__sqlite__connectionString=" + given}, "", config.Flags{})
		if err != nil || c.Database.SQLite != want {
			t.Errorf("%s: got %s, error %v; want %s", given, c.Database.SQLite, err, want)
		}
	}
}
