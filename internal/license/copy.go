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
	_, raw, err := keys.Key(ctx, signing, func() ([]byte, error) {
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

// signing is the purpose of the key in the ring.
const signing = "license-signing"

// RotateSigner has the key ring hold another signer under that name, which the one
// before announces. A server uses it from its next start on. It is fault.Gone when
// the ring holds none.
func RotateSigner(ctx context.Context, keys *seal.Keys, name string, now time.Time) (next *Signer, err error) {
	err = keys.Replace(ctx, signing, func(old []byte) ([]byte, error) {
		former, err := LoadSigner(old, "")
		if err != nil {
			return nil, err
		}
		if next, err = former.Succeed(name, now); err != nil {
			return nil, err
		}
		return next.PEM()
	})
	return next, err
}

// Publish writes the public part to a file, where operators look for what their
// servers shall trust.
func (s *Signer) Publish(file string) error {
	public, err := s.PublicPEM()
	if err != nil {
		return err
	}
	return atomicfile.Write(file, public, 0o644)
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

// WriteCopy writes a person's license where other programs look for it.
func (l User) WriteCopy(folder string, accountID id.ID) error {
	return writeCopy(folder, copyOfUser, accountID, l)
}

// RemoveCopy removes what User.WriteCopy wrote, if it did.
func RemoveCopy(folder string, accountID id.ID) error {
	return removeCopy(folder, copyOfUser, accountID)
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
