package license

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Trust is the set of signers whose licenses a server accepts. The zero Trust
// accepts none. A certificate in it is taken as it is: neither its dates nor its
// own signature matter, the operator compared its fingerprint.
type Trust struct{ certificates []*x509.Certificate }

// ParseTrust reads the certificates of a PEM file; a blank file is the zero
// Trust. A file that holds a private key is refused: it is in the wrong place.
func ParseTrust(bundle []byte) (Trust, error) {
	var t Trust
	blocks := pemBlocks(bundle)
	if len(blocks) == 0 && len(bytes.TrimSpace(bundle)) > 0 {
		return Trust{}, errors.New("read trusted certificates: the file is not PEM")
	}
	for _, b := range blocks {
		if b.Type == announcementBlock {
			continue // it is for those who trust the signer before
		}
		if b.Type != "CERTIFICATE" {
			return Trust{}, fmt.Errorf("read trusted certificates: the file holds a %s; only certificates belong there",
				strings.ToLower(b.Type))
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return Trust{}, fmt.Errorf("read trusted certificates: %w", err)
		}
		key, ok := c.PublicKey.(*rsa.PublicKey)
		if !ok {
			return Trust{}, errors.New("read trusted certificates: a license signer needs an RSA key")
		}
		if err := checkKey(key); err != nil {
			return Trust{}, err
		}
		t = t.with(c)
	}
	return t, nil
}

// And returns the set of both.
func (t Trust) And(other Trust) Trust {
	for _, c := range other.certificates {
		t = t.with(c)
	}
	return t
}

func (t Trust) with(c *x509.Certificate) Trust {
	for _, have := range t.certificates {
		if have.Equal(c) {
			return t
		}
	}
	return Trust{append(slices.Clip(t.certificates), c)}
}

// Fingerprints returns those of the trusted certificates, in their order.
func (t Trust) Fingerprints() []string {
	all := make([]string, len(t.certificates))
	for i, c := range t.certificates {
		all[i] = Fingerprint(c)
	}
	return all
}

// PEM returns the certificates in the form that ParseTrust reads.
func (t Trust) PEM() (bundle []byte) {
	for _, c := range t.certificates {
		bundle = append(bundle, certificatePEM(c)...)
	}
	return bundle
}

// Signed reports whether a trusted signer made the signature; see Signer.Sign.
func (t Trust) Signed(data, signature []byte) bool {
	sum := sha256.Sum256(data)
	for _, c := range t.certificates {
		key, ok := c.PublicKey.(*rsa.PublicKey)
		if ok && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil {
			return true
		}
	}
	return false
}

const digestSize = sha256.Size

// Fingerprint returns the SHA-256 of a certificate as pairs of upper-case hex
// digits between colons, the way `openssl x509 -fingerprint -sha256` prints it.
func Fingerprint(c *x509.Certificate) string { return spell(digest(c)) }

// SameFingerprint compares two fingerprints as a person would: case, colons and
// spaces do not count.
func SameFingerprint(a, b string) bool {
	plain := strings.NewReplacer(":", "", " ", "")
	return strings.EqualFold(plain.Replace(a), plain.Replace(b))
}

func digest(c *x509.Certificate) []byte {
	sum := sha256.Sum256(c.Raw)
	return sum[:]
}

func spell(sum []byte) string { return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":") }
