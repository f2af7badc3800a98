package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"coffre/internal/fault"
)

// unfinished begins the name of a file that is being written; a backup passes over
// such files.
const unfinished = ".new-"

// Folder is a Bucket in a folder, from which no name leads out.
type Folder struct{ root *os.Root }

// OpenFolder returns the Bucket in a folder, which is made when it is absent.
func OpenFolder(folder string) (*Folder, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// place returns where a name lies: in one of a thousand folders, because one with
// many files is slow.
func place(name string) (folder, file string, err error) {
	plain := strings.TrimPrefix(name, unfinished)
	if !isName(plain) {
		return "", "", fault.Gone
	}
	return plain[:2], plain[:2] + "/" + name, nil
}

// Put implements [Bucket]. What is there survives a power cut.
func (f *Folder) Put(ctx context.Context, name string, r io.Reader) (err error) {
	folder, file, err := place(name)
	if err != nil {
		return err
	}
	if err := f.root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	temporary := folder + "/" + unfinished + name
	out, err := f.root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, reader{ctx, r})
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = f.root.Rename(temporary, file)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(temporary))
	}
	return f.flush(folder)
}

// flush makes the name of a file survive a power cut.
func (f *Folder) flush(folder string) error {
	if runtime.GOOS == "windows" { // which cannot, and need not
		return nil
	}
	d, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements [Bucket].
func (f *Folder) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	_, file, err := place(name)
	if err != nil {
		return nil, err
	}
	content, err := f.root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Gone
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Delete implements [Bucket].
func (f *Folder) Delete(_ context.Context, name string) error {
	_, file, err := place(name)
	if err != nil {
		return nil //nolint:nilerr // What cannot be there is not there.
	}
	if err := f.root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// List implements [Bucket].
func (f *Folder) List(ctx context.Context, fn func(name string, at time.Time) error) error {
	return fs.WalkDir(f.root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted meanwhile
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir():
			return nil
		}
		if _, expected, err := place(path.Base(file)); err != nil || expected != file {
			return nil //nolint:nilerr // Whatever it is, it is not ours.
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(path.Base(file), info.ModTime())
	})
}

// Close implements [Bucket].
func (f *Folder) Close() error { return f.root.Close() }

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on while the context lives.
func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
