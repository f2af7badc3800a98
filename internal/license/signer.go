package license

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/pkcs12"
)

const (
	// keyBits outlasts the life of a certificate; a shorter foreign key is
	// accepted down to minimumBits.
	keyBits     = 3072
	minimumBits = 2048
	// signerYears is long because a license must stay verifiable and an operator
	// trusts a certificate, not an authority that could renew it.
	signerYears = 20
)

// Signer signs licenses for a cloud. It holds a secret: only the certificate may
// leave the server.
type Signer struct {
	Certificate *x509.Certificate
	key         *rsa.PrivateKey
	// announcements lead to this signer from those before it, the newest first.
	announcements []Announcement
}

// NewSigner makes a key and a certificate of that name, signed by itself.
func NewSigner(name string, now time.Time) (*Signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make license key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make license certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(signerYears, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make license certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("make license certificate: %w", err)
	}
	return &Signer{Certificate: certificate, key: key}, nil
}

// LoadSigner reads a key with its certificate from a PEM or a PFX file. The
// password is that of the PFX; a key within PEM must not have one.
func LoadSigner(raw []byte, password string) (*Signer, error) {
	blocks := pemBlocks(raw)
	if len(blocks) == 0 {
		var err error
		blocks, err = pkcs12.ToPEM(raw, password)
		if _, ok := errors.AsType[pkcs12.NotImplementedError](err); ok {
			return nil, fmt.Errorf("this PFX uses an encryption that cannot be read here; convert it with "+
				"`openssl pkcs12 -in FILE -nodes -out signer.pem` and name the PEM file: %w", err)
		}
		if err != nil {
			return nil, fmt.Errorf("read license certificate: neither PEM nor PFX, or a wrong password: %w", err)
		}
	}
	s, err := signerOf(blocks)
	if err != nil {
		return nil, err
	}
	s.announcements, err = ParseAnnouncements(raw)
	return s, err
}

// signerOf picks the key and the certificate that belongs to it.
func signerOf(blocks []*pem.Block) (*Signer, error) {
	var key *rsa.PrivateKey
	var certificates []*x509.Certificate
	for _, b := range blocks {
		switch b.Type {
		case "PRIVATE KEY", "RSA PRIVATE KEY":
			k, err := parseKey(b.Bytes)
			if err != nil {
				return nil, err
			}
			key = k
		case "ENCRYPTED PRIVATE KEY":
			return nil, errors.New("read license certificate: the key has a password; remove it from the PEM file or use a PFX")
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(b.Bytes)
			if err != nil {
				return nil, fmt.Errorf("read license certificate: %w", err)
			}
			certificates = append(certificates, c)
		}
	}
	if key == nil {
		return nil, errors.New("read license certificate: the file holds no private key")
	}
	for _, c := range certificates {
		if key.PublicKey.Equal(c.PublicKey) {
			if err := checkKey(&key.PublicKey); err != nil {
				return nil, err
			}
			return &Signer{Certificate: c, key: key}, nil
		}
	}
	return nil, errors.New("read license certificate: the file holds no certificate of its key")
}

// parseKey reads both encodings, because a PFX is taken apart into blocks whose
// name does not say which one they hold.
func parseKey(raw []byte) (*rsa.PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(raw); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read license key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("read license key: licenses need an RSA key")
	}
	return key, nil
}

func checkKey(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < minimumBits {
		return fmt.Errorf("read license certificate: its key has %d bits, %d are needed", bits, minimumBits)
	}
	return nil
}

// PEM returns key and certificate, for LoadSigner. It is a secret.
func (s *Signer) PEM() ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return nil, fmt.Errorf("write license key: %w", err)
	}
	public, err := s.PublicPEM()
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), public...), err
}

// CertificatePEM returns the certificate alone, in the form that ParseTrust reads.
func (s *Signer) CertificatePEM() []byte { return certificatePEM(s.Certificate) }

// PublicPEM returns the certificate and the announcements that lead to it, in the form
// that ParseTrust and ParseAnnouncements read.
func (s *Signer) PublicPEM() ([]byte, error) {
	announcements, err := announcementsPEM(s.announcements)
	return append(s.CertificatePEM(), announcements...), err
}

// Fingerprint returns that of the certificate; see the function of that name.
func (s *Signer) Fingerprint() string { return Fingerprint(s.Certificate) }

// Trust returns the set that holds this signer alone.
func (s *Signer) Trust() Trust { return Trust{[]*x509.Certificate{s.Certificate}} }

// Sign signs data of any kind. It must begin with a word for its kind and "|", so
// that a signature never serves for another: licenses begin with "license:".
func (s *Signer) Sign(data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// pemBlocks returns the blocks of a PEM file in order, whatever stands between.
func pemBlocks(raw []byte) (blocks []*pem.Block) {
	for {
		block, rest := pem.Decode(bytes.TrimSpace(raw))
		if block == nil {
			return blocks
		}
		blocks, raw = append(blocks, block), rest
	}
}
