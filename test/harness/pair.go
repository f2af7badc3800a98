package harness

import (
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

// Pair is a cloud and a self-hosted server.
type Pair struct {
	Cloud      *Server
	SelfHosted *Server
	Mail       *Mailbox // of the cloud
	Authority  *Authority
}

// NewPair starts a cloud and a self-hosted server that know nothing of each other.
// The cloud sends its mails to the mailbox; the self-hosted server has no way to
// send any, as many have.
func NewPair(t testing.TB, engine Engine, authority *Authority) *Pair {
	t.Helper()
	p := &Pair{Mail: NewMailbox(t), Authority: authority}
	cloud := map[string]string{SelfHosted: "false"}
	maps.Copy(cloud, p.Mail.settings())
	p.Cloud = New(t, "cloud", Options{Engine: engine, Authority: authority, Settings: cloud})
	p.SelfHosted = New(t, "self-hosted server", Options{Engine: engine, Authority: authority})
	p.Cloud.Start(t)
	p.SelfHosted.Start(t)
	return p
}

// NewSelfHosted starts a self-hosted server by itself, which sends its mails to the
// mailbox.
func NewSelfHosted(t testing.TB, engine Engine) (*Server, *Mailbox) {
	t.Helper()
	box := NewMailbox(t)
	s := New(t, "self-hosted server", Options{Engine: engine, Settings: box.settings()})
	s.Start(t)
	return s, box
}

// Introduce does what the operator of the self-hosted server does once: he gets an
// installation, names the cloud, allows speaking to it, and trusts its signer.
func (p *Pair) Introduce(t testing.TB, operator string) client.Installation {
	t.Helper()
	installation, err := p.Cloud.Client().RegisterInstallation(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{
		Communication:   "true",
		CloudURL:        p.Cloud.URL,
		InstallationID:  installation.ID.String(),
		InstallationKey: installation.Key,
	}
	if p.Authority != nil {
		settings[CloudAuthority] = p.Authority.File
	}
	p.SelfHosted.Set(t, settings)
	p.Trust(t)
	p.SelfHosted.Restart(t)
	return installation
}

var fingerprint = regexp.MustCompile(`SHA-256\): (\S+)`)

// Trust has the self-hosted server trust the cloud's license signer, by file as an
// operator does who got the certificate from his provider.
func (p *Pair) Trust(t testing.TB) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "signer.pem")
	raw := p.Cloud.Text(t, "/api/licensing/certificate")
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	p.TrustFrom(t, file)
}

// TrustFrom is Trust with a file, or with the address of the cloud.
func (p *Pair) TrustFrom(t testing.TB, source string) {
	t.Helper()
	asked := p.SelfHosted.Command(t, "license", "trust", source).Want(t, 1, "Fingerprint")
	shown := fingerprint.FindStringSubmatch(asked.Out)
	if shown == nil {
		t.Fatalf("%s: no fingerprint", asked)
	}
	p.SelfHosted.Command(t, "license", "trust", source, "--yes", shown[1]).Want(t, 0)
}

// Sync runs coffre sync for an organization of the self-hosted server.
func (p *Pair) Sync(t testing.TB, organizationID id.ID) Result {
	t.Helper()
	return p.SelfHosted.Command(t, "sync", "--organization", organizationID.String())
}

// Text returns what the server answers to anyone, whatever its type.
func (s *Server) Text(t testing.TB, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", path, res.Status, err)
	}
	return string(text)
}
