package license

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"coffre/internal/atomicfile"
	"coffre/internal/id"
	"coffre/internal/seal"
)

// OpenSigner returns the signer of a cloud: the one in a file when a file is
// named, else the one of the key ring, which the first start makes under that
// name.
func OpenSigner(ctx context.Context, keys *seal.Keys, file, password, name string, now time.Time) (*Signer, error) {
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read globalSettings__licenseCertificatePath: %w", err)
		}
		return LoadSigner(raw, password)
	}
	_, raw, err := keys.Key(ctx, "license-signing", func() ([]byte, error) {
		fresh, err := NewSigner(name, now)
		if err != nil {
			return nil, err
		}
		return fresh.PEM()
	})
	if err != nil {
		return nil, err
	}
	return LoadSigner(raw, "")
}

// Publish writes the certificate to a file, where operators look for what their
// servers shall trust.
func (s *Signer) Publish(file string) error {
	return atomicfile.Write(file, s.CertificatePEM(), 0o644)
}

// writeCopy writes the license of an organization where other programs look for it.
func writeCopy(folder string, organizationID id.ID, l Organization) error {
	content, err := l.Copy()
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(folder, "organization", organizationID.String()+".json"), content, 0o600)
}
