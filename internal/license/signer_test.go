package license_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"coffre/internal/license"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSignerSurvivesItsPEM(t *testing.T) {
	pem, err := signer().PEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := license.LoadSigner(pem, "")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := again.Sign([]byte("test|data"))
	if err != nil {
		t.Fatal(err)
	}
	if !signer().Trust().Signed([]byte("test|data"), signature) || again.Fingerprint() != signer().Fingerprint() {
		t.Error("the signer is another one")
	}
	if signer().Trust().Signed([]byte("test|other"), signature) || (license.Trust{}).Signed([]byte("test|data"), signature) {
		t.Error("a signature serves for more than its data and signer")
	}
	if bytes.Contains(signer().CertificatePEM(), []byte("PRIVATE")) {
		t.Error("the public part holds the key")
	}
}

func TestSignerIsReadFromPFX(t *testing.T) {
	s, err := license.LoadSigner(read(t, "signer.pfx"), "secret")
	if err != nil {
		t.Fatal(err)
	}
	trust, err := license.ParseTrust(read(t, "signer.crt"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := license.NewOrganization(s, facts(), term(), 15)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trust.Verify(l, noon); err != nil {
		t.Errorf("license of the PFX: %v", err)
	}
	// As `openssl x509 -fingerprint -sha256` prints it.
	const fingerprint = "DE:0F:3B:7E:8F:2B:21:86:C3:A9:77:CF:3E:9E:9B:26:9F:E8:5D:EE:85:F3:FC:8B:53:FB:A4:03:CB:18:C4:BC"
	if s.Fingerprint() != fingerprint || s.Certificate.Subject.CommonName != "Test license signer" {
		t.Errorf("got %s of %s", s.Fingerprint(), s.Certificate.Subject)
	}
	if !license.SameFingerprint(fingerprint, strings.ToLower(strings.ReplaceAll(fingerprint, ":", ""))) ||
		license.SameFingerprint(fingerprint, fingerprint[1:]) {
		t.Error("fingerprints are compared by their spelling")
	}
}

func TestFilesWithoutSignerAreExplained(t *testing.T) {
	pem, err := signer().PEM()
	if err != nil {
		t.Fatal(err)
	}
	key, _, _ := bytes.Cut(pem, []byte("-----BEGIN CERTIFICATE"))
	tests := map[string]struct {
		raw      []byte
		password string
		want     string
	}{
		"wrong password":      {read(t, "signer.pfx"), "wrong", "password"},
		"modern PFX":          {read(t, "modern.pfx"), "secret", "convert it"},
		"words":               {[]byte("not a key"), "", "neither PEM nor PFX"},
		"nothing":             {nil, "", "neither PEM nor PFX"},
		"certificate only":    {signer().CertificatePEM(), "", "no private key"},
		"key only":            {key, "", "no certificate"},
		"foreign certificate": {append(bytes.Clone(key), stranger().CertificatePEM()...), "", "no certificate of its key"},
		"key with a password": {[]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), "", "has a password"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := license.LoadSigner(test.raw, test.password)
			if s != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestTrustIsASetOfCertificates(t *testing.T) {
	both := bytes.Join([][]byte{
		[]byte("The cloud of our provider:\n"), signer().CertificatePEM(), stranger().CertificatePEM(), signer().CertificatePEM(),
	}, []byte("\n"))
	trust, err := license.ParseTrust(both)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{signer().Fingerprint(), stranger().Fingerprint()}
	if got := trust.Fingerprints(); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := signer().Trust().And(stranger().Trust()).And(trust).PEM(); !bytes.Equal(got, trust.PEM()) {
		t.Error("joining two sets gives another one")
	}
	if _, err := trust.Verify(issue(t, 15), noon); err != nil {
		t.Errorf("one of two signers: %v", err)
	}
	if blank, err := license.ParseTrust([]byte(" \n")); err != nil || len(blank.Fingerprints()) != 0 {
		t.Errorf("blank file: %v", err)
	}
}

func TestWhatIsNoCertificateIsNotTrusted(t *testing.T) {
	secret, err := signer().PEM()
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"words": []byte("trust me"), "a key": secret,
		"broken": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	} {
		if trust, err := license.ParseTrust(raw); err == nil || len(trust.Fingerprints()) != 0 {
			t.Errorf("%s: got %v, %v", name, trust.Fingerprints(), err)
		}
	}
}
