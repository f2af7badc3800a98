// Package atomicfile replaces files in one step, so that after a power cut a file
// is the old one or the new one and never a part of either.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces a file, and makes its folder for the owner alone when it is absent.
func Write(file string, content []byte, mode os.FileMode) error {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	out, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already when all went well
	_, err = out.Write(content)
	if err := errors.Join(err, out.Chmod(mode), out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}
