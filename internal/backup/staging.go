package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"coffre/internal/atomicfile"
	"coffre/internal/config"
	"coffre/internal/id"
	"coffre/internal/seal"
)

// staging is a folder in the data folder with the files of a restore, from before
// the database is replaced until all of them are in their places.
type staging struct {
	folder config.Folder
	name   string
	plan   plan
}

// plan says where the files that lie ready go. The ready ones are called by number.
type plan struct {
	Moves []string `json:"moves"` // paths in the data folder, in the order of their numbers
	// Keep are the files that stay, or come, in the folders that a backup takes; what
	// else is there is of after the backup, and goes.
	Keep []string `json:"keep"`
}

const planName = "plan.json"

// stagings is where staging folders are.
func stagings(folder config.Folder) string { return filepath.Join(string(folder), ".restore") }

func (s *staging) path(name string) string { return filepath.Join(stagings(s.folder), s.name, name) }

func (s *staging) ready(number int) string { return s.path(strconv.Itoa(number)) }

// stage lays the files of an archive ready.
func (r *Restore) stage(ctx context.Context) (*staging, error) {
	s := &staging{folder: r.Folder, name: id.New().String(), plan: plan{Moves: []string{}, Keep: []string{}}}
	if err := os.MkdirAll(s.path(""), 0o700); err != nil {
		return nil, err
	}
	meter := newMeter(r.Progress, "bytes of files laid ready", r.archive.size())
	for _, f := range r.archive.Files {
		to := f.Path
		switch f.Path {
		case settingsFile, rootKeyFile:
			continue
		default:
			s.plan.Keep = append(s.plan.Keep, f.Path)
		}
		if err := r.archive.extract(ctx, f, s.ready(len(s.plan.Moves)), meter); err != nil {
			return s, err
		}
		s.plan.Moves = append(s.plan.Moves, to)
	}
	if err := errors.Join(r.stageSettings(ctx, s), r.stageRootKey(ctx, s)); err != nil {
		return s, err
	}
	raw, err := json.Marshal(s.plan)
	if err != nil {
		return s, err
	}
	return s, atomicfile.Write(s.path(planName), raw, 0o600)
}

// put lays a small file ready.
func (s *staging) put(content []byte, to string) error {
	if err := atomicfile.Write(s.ready(len(s.plan.Moves)), content, 0o600); err != nil {
		return err
	}
	s.plan.Moves = append(s.plan.Moves, to)
	return nil
}

// stageSettings brings the settings back where there are none. Where there are,
// those of the backup are put beside them: they may name another database.
func (r *Restore) stageSettings(ctx context.Context, s *staging) error {
	stored, found, err := r.archive.content(ctx, settingsFile)
	if err != nil || !found {
		return err
	}
	present, err := os.ReadFile(filepath.Join(string(r.Folder), filepath.FromSlash(settingsFile)))
	switch {
	case err == nil && bytes.Equal(present, stored):
		return nil
	case errors.Is(err, os.ErrNotExist) && !r.KeepSettings:
		return s.put(stored, settingsFile)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	}
	r.Notes = append(r.Notes, "The settings stay as they are; those of the backup are in "+settingsFile+".restored.")
	return s.put(stored, settingsFile+".restored")
}

// stageRootKey brings the root key back, where the archive has one and the setting
// does not hold it. Another one that is there is kept beside it.
func (r *Restore) stageRootKey(ctx context.Context, s *staging) error {
	stored, found, err := r.archive.content(ctx, rootKeyFile)
	if err != nil || !found || r.RootSetting != "" {
		return err
	}
	present, there, err := seal.FindRoot("", r.Folder.RootKey())
	if err != nil {
		return err
	}
	if there {
		root, err := seal.ParseRoot(stored, rootKeyFile)
		if err != nil || bytes.Equal(root, present) {
			return err
		}
		beside := rootKeyFile + ".before-" + r.Now().Format("20060102-150405")
		if err := s.put(seal.RootText(present), beside); err != nil {
			return err
		}
		r.Notes = append(r.Notes, "The root key that was here is in "+beside+".")
	}
	return s.put(stored, rootKeyFile)
}

// place puts all that lies ready into its place. It may be called again after a
// power cut, and does the rest then.
func (s *staging) place() error {
	raw, err := os.ReadFile(s.path(planName))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &s.plan); err != nil {
		return err
	}
	touched := map[string]bool{}
	for number, to := range s.plan.Moves {
		target := filepath.Join(string(s.folder), filepath.FromSlash(to))
		touched[filepath.Dir(target)] = true
		if err := move(s.ready(number), target); err != nil {
			return fmt.Errorf("put %s into its place: %w", to, err)
		}
	}
	present, err := survivors(s.folder)
	if err != nil {
		return err
	}
	slices.Sort(s.plan.Keep)
	for _, f := range present {
		if _, kept := slices.BinarySearch(s.plan.Keep, f.Path); kept || f.Path == settingsFile {
			continue
		}
		target := filepath.Join(string(s.folder), filepath.FromSlash(f.Path))
		touched[filepath.Dir(target)] = true
		if err := os.Remove(target); err != nil {
			return fmt.Errorf("remove %s, which is of after the backup: %w", f.Path, err)
		}
	}
	for folder := range touched {
		flush(folder)
	}
	return nil
}

// exists reports whether anything lies ready, here and not on another node.
func (s *staging) exists() bool {
	_, err := os.Stat(s.path(planName))
	return err == nil
}

// discard removes what lies ready.
func (s *staging) discard() error { return os.RemoveAll(s.path("")) }

// sweep removes what restores that were killed have left lying ready.
func sweep(folder config.Folder, except string) error {
	entries, err := os.ReadDir(stagings(folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if entry.Name() != except {
			err = errors.Join(err, os.RemoveAll(filepath.Join(stagings(folder), entry.Name())))
		}
	}
	return err
}
