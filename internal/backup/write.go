package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/seal"
)

// Source is a server of which a backup is made. It may be at work.
type Source struct {
	DB       *db.DB
	Folder   config.Folder
	Root     []byte // the root key to include; nil for none
	Role     string
	Version  string
	Now      func() time.Time
	Progress Progress
}

// Write makes a backup and returns what is in it. The file must not exist; it is
// there once it is whole and has been read back.
func (s Source) Write(ctx context.Context, file string) (Manifest, error) {
	if _, err := os.Lstat(file); err == nil {
		return Manifest{}, fmt.Errorf("%s exists already: name a new file", file)
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".coffre-backup-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("make the backup file: %w", err)
	}
	defer os.Remove(out.Name()) // gone already when all went well
	_, err = s.write(ctx, out)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return Manifest{}, fmt.Errorf("write the backup: %w", err)
	}
	a, err := Open(out.Name())
	if err != nil {
		return Manifest{}, fmt.Errorf("read the backup again: %w", err)
	}
	err = a.Verify(ctx, s.Progress)
	if err := errors.Join(err, a.Close()); err != nil {
		return Manifest{}, fmt.Errorf("read the backup again: %w", err)
	}
	return a.Manifest, os.Rename(out.Name(), file)
}

// write writes the archive of one moment of the database. Files are read while the
// moment is held, so that none is missing that rows speak of and that is still there.
func (s Source) write(ctx context.Context, out io.Writer) (Manifest, error) {
	w := &writer{zip: zip.NewWriter(out), source: s, manifest: Manifest{
		Format: Format, Version: s.Version, Role: s.Role, Engine: s.DB.Engine(), MadeAt: s.Now(), RootKey: s.Root != nil,
		Tables: []Table{}, Files: []File{},
	}}
	// Most of it is ciphertext, which no effort makes smaller.
	w.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	err := s.DB.Snapshot(ctx, func(ctx context.Context) error {
		if err := w.rows(ctx); err != nil {
			return err
		}
		return w.files(ctx)
	})
	if err != nil {
		return Manifest{}, err
	}
	raw, err := json.MarshalIndent(w.manifest, "", "\t")
	if err != nil {
		return Manifest{}, err
	}
	if _, err := w.member(manifestName, func(out io.Writer) error { _, err := out.Write(raw); return err }); err != nil {
		return Manifest{}, err
	}
	return w.manifest, w.zip.Close()
}

// writer is an archive that is being written.
type writer struct {
	zip      *zip.Writer
	source   Source
	manifest Manifest
}

// member adds one with what fill writes, and returns what that amounts to.
func (w *writer) member(name string, fill func(io.Writer) error) (Sum, error) {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.MadeAt}
	header.SetMode(0o600)
	out, err := w.zip.CreateHeader(header)
	if err != nil {
		return Sum{}, err
	}
	counted := &summing{hash: sha256.New()}
	if err := fill(io.MultiWriter(out, counted)); err != nil {
		return Sum{}, fmt.Errorf("%s: %w", name, err)
	}
	return counted.sum(), nil
}

// summing counts and hashes what is written to it.
type summing struct {
	size int64
	hash hash.Hash
}

// Write takes in p.
func (s *summing) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.hash.Write(p)
}

func (s *summing) sum() Sum { return Sum{s.size, hex.EncodeToString(s.hash.Sum(nil))} }

// rows writes all tables, a row at a time.
func (w *writer) rows(ctx context.Context) (err error) {
	if w.manifest.Migrations, err = w.source.DB.Applied(ctx); err != nil {
		return err
	}
	tables, err := w.source.DB.Tables(ctx)
	if err != nil {
		return err
	}
	total := int64(0)
	for _, t := range tables {
		n, err := w.source.DB.Count(ctx, t)
		if err != nil {
			return err
		}
		total += n
	}
	meter := newMeter(w.source.Progress, "rows written", total)
	for _, t := range tables {
		table := Table{Name: t.Name, Columns: t.Columns}
		table.Sum, err = w.member(table.member(), func(out io.Writer) error {
			lines := newLines(out)
			return errors.Join(w.source.DB.Dump(ctx, t, func(values []any) error {
				table.Rows++
				meter.add(1)
				return lines.write(values)
			}), lines.flush())
		})
		if err != nil {
			return err
		}
		w.manifest.Tables = append(w.manifest.Tables, table)
	}
	return nil
}

// files writes what survives of the data folder.
func (w *writer) files(ctx context.Context) error {
	list, err := survivors(w.source.Folder)
	if err != nil {
		return err
	}
	total := int64(0)
	for _, f := range list {
		total += f.Size
	}
	meter := newMeter(w.source.Progress, "bytes of files written", total)
	for _, f := range list {
		if err := w.file(ctx, f, meter); err != nil {
			return err
		}
	}
	if w.source.Root == nil {
		return nil
	}
	f := File{Path: rootKeyFile, Mode: 0o600}
	f.Sum, err = w.member(f.member(), func(out io.Writer) error { _, err := out.Write(seal.RootText(w.source.Root)); return err })
	w.manifest.Files = append(w.manifest.Files, f)
	return err
}

func (w *writer) file(ctx context.Context, f File, meter *meter) error {
	in, err := os.Open(filepath.Join(string(w.source.Folder), filepath.FromSlash(f.Path)))
	if errors.Is(err, os.ErrNotExist) {
		return nil // deleted since it was listed
	}
	if err != nil {
		return err
	}
	defer in.Close()
	f.Sum, err = w.member(f.member(), func(out io.Writer) error {
		_, err := io.Copy(io.MultiWriter(out, meter), reader{ctx, in})
		return err
	})
	w.manifest.Files = append(w.manifest.Files, f)
	return err
}
