package license

import (
	"errors"
	"fmt"
	"os"

	"coffre/internal/atomicfile"
)

// ReadTrust returns the signers of a PEM file. A file that is absent trusts nobody.
func ReadTrust(file string) (Trust, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return Trust{}, nil
	}
	if err != nil {
		return Trust{}, fmt.Errorf("read trusted certificates: %w", err)
	}
	return ParseTrust(raw)
}

// AddTrust adds signers to a PEM file; the file is the old or the new one, whole,
// whatever happens meanwhile.
func AddTrust(file string, added Trust) error {
	trusted, err := ReadTrust(file)
	if err != nil {
		return err
	}
	return atomicfile.Write(file, trusted.And(added).PEM(), 0o600)
}
