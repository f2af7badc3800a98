package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"coffre/internal/seal"
)

// Archive is a backup that is read.
type Archive struct {
	Manifest
	zip     *zip.ReadCloser
	members map[string]*zip.File
	keys    [][]any // rows of the table of keys, once verified
}

// maxManifest bounds a manifest, in bytes.
const maxManifest = 64 << 20

var (
	errNotBackup = errors.New("the file is not a whole backup: it was cut off, or is something else")
	errManifest  = errors.New("the backup has no manifest: it was cut off, or is something else")
)

// Open opens a backup and reads its manifest. What the manifest names is there,
// and nothing else; whether it is what was written, Verify says.
func Open(file string) (*Archive, error) {
	in, err := zip.OpenReader(file)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zip.ErrAlgorithm) {
		return nil, errNotBackup
	}
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	a := &Archive{zip: in, members: map[string]*zip.File{}}
	if err := a.readManifest(); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return a, nil
}

// Close closes the file.
func (a *Archive) Close() error { return a.zip.Close() }

func (a *Archive) readManifest() error {
	for _, f := range a.zip.File {
		if a.members[f.Name] != nil {
			return fmt.Errorf("the backup has two members %q", f.Name)
		}
		a.members[f.Name] = f
	}
	member := a.members[manifestName]
	if member == nil {
		return errManifest
	}
	in, err := member.Open()
	if err != nil {
		return fmt.Errorf("the backup cannot be read: %w", err)
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, maxManifest))
	if err == nil {
		err = json.Unmarshal(raw, &a.Manifest)
	}
	if err != nil {
		return fmt.Errorf("the manifest of the backup cannot be read: %w", err)
	}
	if err := a.check(); err != nil {
		return fmt.Errorf("the backup is not accepted: %w", err)
	}
	return a.checkMembers()
}

// checkMembers holds the members against the manifest.
func (a *Archive) checkMembers() error {
	expected := map[string]bool{manifestName: true}
	for _, t := range a.Tables {
		expected[t.member()] = true
	}
	for _, f := range a.Files {
		expected[f.member()] = true
	}
	for name := range expected {
		if a.members[name] == nil {
			return fmt.Errorf("the backup lacks %s", name)
		}
	}
	for name, f := range a.members {
		if !expected[name] || !f.Mode().IsRegular() {
			return fmt.Errorf("the backup has the member %q, which no backup has", name)
		}
	}
	return nil
}

// read hands the content of a member to fn, and checks that it amounts to sum.
func (a *Archive) read(ctx context.Context, name string, sum Sum, meter *meter, fn func(io.Reader) error) error {
	in, err := a.members[name].Open()
	if err != nil {
		return fmt.Errorf("the backup is damaged: %s: %w", name, err)
	}
	defer in.Close()
	source, counted := &failing{Reader: in}, &summing{hash: sha256.New()}
	content := io.TeeReader(io.LimitReader(reader{ctx, source}, sum.Size+1), io.MultiWriter(counted, meter))
	err = fn(content)
	if err == nil {
		_, err = io.Copy(io.Discard, content)
	}
	switch {
	case source.err != nil:
		return fmt.Errorf("the backup is damaged: %s: %w", name, source.err)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case counted.sum() != sum:
		return fmt.Errorf("the backup is damaged: %s is not what was written", name)
	}
	return nil
}

// failing remembers why reading failed.
type failing struct {
	io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// rows calls fn with each row of a table.
func (a *Archive) rows(ctx context.Context, t Table, meter *meter, fn func(values []any) error) error {
	rows := int64(0)
	err := a.read(ctx, t.member(), t.Sum, meter, func(in io.Reader) error {
		return readLines(in, len(t.Columns), func(values []any) error {
			rows++
			return fn(values)
		})
	})
	if err == nil && rows != t.Rows {
		err = fmt.Errorf("the backup is damaged: %s has %d rows instead of %d", t.member(), rows, t.Rows)
	}
	return err
}

// Verify reads all of the archive, and reports the first thing that is wrong.
func (a *Archive) Verify(ctx context.Context, tell Progress) error {
	meter := newMeter(tell, "bytes checked", a.size())
	a.keys = nil
	for _, t := range a.Tables {
		id, sealed := slices.Index(t.Columns, "id"), slices.Index(t.Columns, "sealed")
		err := a.rows(ctx, t, meter, func(values []any) error {
			if t.Name == "server_key" && id >= 0 && sealed >= 0 {
				a.keys = append(a.keys, []any{values[id], values[sealed]})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, f := range a.Files {
		if err := a.read(ctx, f.member(), f.Sum, meter, func(io.Reader) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// opens reports whether a root key is that of the server in a verified archive.
func (a *Archive) opens(root []byte) bool {
	for _, key := range a.keys {
		id, _ := key[0].(string)
		sealed, _ := key[1].(string)
		if !seal.Opens(root, id, sealed) {
			return false
		}
	}
	return true
}

// Settings returns the env file of the archive, if it has one.
func (a *Archive) Settings(ctx context.Context) (raw []byte, found bool, err error) {
	return a.content(ctx, settingsFile)
}

// content returns a small file of the archive.
func (a *Archive) content(ctx context.Context, path string) (raw []byte, found bool, err error) {
	i := slices.IndexFunc(a.Files, func(f File) bool { return f.Path == path })
	if i < 0 {
		return nil, false, nil
	}
	f := a.Files[i]
	err = a.read(ctx, f.member(), f.Sum, newMeter(func(string, int64, int64) {}, "", 0), func(in io.Reader) error {
		raw, err = io.ReadAll(io.LimitReader(in, maxManifest))
		return err
	})
	return raw, true, err
}

// extract writes a file of the archive, whole and safe on the disk.
func (a *Archive) extract(ctx context.Context, f File, to string, meter *meter) error {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, f.Mode)
	if err != nil {
		return err
	}
	err = a.read(ctx, f.member(), f.Sum, meter, func(in io.Reader) error {
		_, err := io.Copy(out, in)
		return err
	})
	return errors.Join(err, out.Sync(), out.Close())
}
