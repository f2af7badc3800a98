package license

import (
	"bytes"
	"context"
	"errors"
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

// The folders of copies, one for each sort of license.
const (
	copyOfOrganization = "organization"
	copyOfUser         = "user"
)

func copyFile(folder, sort string, holder id.ID) string {
	return filepath.Join(folder, sort, holder.String()+".json")
}

// writeCopy writes a license where other programs look for it.
func writeCopy(folder, sort string, holder id.ID, l interface{ Copy() ([]byte, error) }) error {
	content, err := l.Copy()
	if err != nil {
		return err
	}
	return atomicfile.Write(copyFile(folder, sort, holder), content, 0o600)
}

// copied reports whether the copy of a license is what writeCopy would write.
func copied(folder, sort string, holder id.ID, l interface{ Copy() ([]byte, error) }) bool {
	want, err := l.Copy()
	if err != nil {
		return false
	}
	got, err := os.ReadFile(copyFile(folder, sort, holder))
	return err == nil && bytes.Equal(got, want)
}

// removeCopy removes what writeCopy wrote, if it did.
func removeCopy(folder, sort string, holder id.ID) error {
	err := os.Remove(copyFile(folder, sort, holder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
