package harness

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coffre/internal/dbtest"
)

// The names of settings that tests change.
const (
	SelfHosted         = "globalSettings__selfHosted"
	RootKey            = "coffre__keys__root"
	Vault              = "globalSettings__baseServiceUri__vault"
	Communication      = "globalSettings__enableCloudCommunication"
	InstallationID     = "globalSettings__installation__id"
	InstallationKey    = "globalSettings__installation__key"
	IdentityURI        = "globalSettings__installation__identityUri"
	APIURI             = "globalSettings__installation__apiUri"
	PushRelayURI       = "globalSettings__pushRelayBaseUri"
	Region             = "globalSettings__baseServiceUri__cloudRegion"
	CloudURL           = "coffre__cloud__url"
	CloudAuthority     = "coffre__cloud__caFile"
	OnChange           = "coffre__billingSync__onChange"
	smtpHost           = "globalSettings__mail__smtp__host"
	smtpPort           = "globalSettings__mail__smtp__port"
	limitFactor        = "coffre__limits__factor"
	databaseProvider   = "globalSettings__databaseProvider"
	PostgresConnection = "globalSettings__postgreSql__connectionString"
)

// Engine is a database engine.
type Engine string

// The engines that a server runs on.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// settings returns those that choose the engine; PostgreSQL gets a schema that is
// dropped when the test ends.
func (e Engine) settings(t testing.TB) map[string]string {
	t.Helper()
	if e != PostgreSQL {
		return map[string]string{databaseProvider: string(SQLite)}
	}
	return map[string]string{
		databaseProvider:   string(PostgreSQL),
		PostgresConnection: dbtest.PostgresURL(t),
	}
}

// Set changes lines of the env file; an empty value takes the line away. A running
// server learns of it by Restart.
func (s *Server) Set(t testing.TB, changes map[string]string) {
	t.Helper()
	maps.Copy(s.settings, changes)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		if value := s.settings[name]; value != "" {
			lines = append(lines, name+"="+value+"\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(s.EnvFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.EnvFile, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Setting returns a line of the env file as it was last set.
func (s *Server) Setting(name string) string { return s.settings[name] }
