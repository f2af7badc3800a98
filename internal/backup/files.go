package backup

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"coffre/internal/config"
)

// survivors lists the files of a data folder that a backup takes, without their
// sums. Links to files count as files, as some deployments make them.
func survivors(folder config.Folder) ([]File, error) {
	list := []File{}
	root := string(folder)
	take := func(file string) error {
		info, err := os.Stat(file)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		relative, err := filepath.Rel(root, file)
		name := filepath.ToSlash(relative)
		if err == nil && restorable(name) {
			list = append(list, File{Path: name, Mode: info.Mode().Perm(), Sum: Sum{Size: info.Size()}})
		}
		return err
	}
	if err := take(filepath.Join(root, filepath.FromSlash(settingsFile))); err != nil {
		return nil, err
	}
	for _, name := range folders {
		err := filepath.WalkDir(filepath.Join(root, name), func(file string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, os.ErrNotExist):
				return nil
			case err != nil:
				return err
			case entry.IsDir() || unfinished(entry.Name()):
				return nil
			}
			return take(file)
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// unfinished reports whether a name is that of a file which is being written.
func unfinished(name string) bool { return strings.HasPrefix(name, ".new-") }

// move puts a file that lies ready into its place.
func move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	err := os.Rename(from, to)
	if err == nil || errors.Is(err, os.ErrNotExist) {
		return nil // or it is there already, from before a power cut
	}
	// Its place may be on another disk.
	if err := transfer(from, to); err != nil {
		return err
	}
	return os.Remove(from)
}

// transfer copies a file, whole or not at all.
func transfer(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Chmod(info.Mode().Perm()), out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}

// flush makes sure that what was renamed in a folder stays so after a power cut,
// where the system has a way to say that.
func flush(folder string) {
	if f, err := os.Open(folder); err == nil {
		_ = f.Sync()
		f.Close()
	}
}
