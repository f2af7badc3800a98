package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/backup"
	"coffre/internal/billingsync"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/operator"
	"coffre/internal/process"
	"coffre/internal/seal"
	"coffre/internal/sponsorship"
	"coffre/internal/web"
)

// ToBackUp is what `coffre backup` and `coffre restore` ask for.
type ToBackUp struct {
	File    string `json:"file"`
	RootKey bool   `json:"rootKey"` // whether a backup shall hold the root key
}

// Check reports a file that is missing.
func (in ToBackUp) Check() error {
	if in.File == "" {
		return fault.Required("file")
	}
	return nil
}

// Told is a line of what the running server tells a command while it backs up or
// restores: how far it is, or how it ended.
type Told struct {
	What     string       `json:"what,omitempty"`
	Done     int64        `json:"done,omitempty"`
	Total    int64        `json:"total,omitempty"`
	Error    string       `json:"error,omitempty"`
	Finished *BackupStory `json:"finished,omitempty"`
}

// BackupStory is what the operator is told once it is done.
type BackupStory struct {
	Content string   `json:"content"` // of the backup, in a few words
	Notes   []string `json:"notes"`
}

func roleOf(cfg config.Config) string {
	if cfg.SelfHosted {
		return "self-hosted"
	}
	return "cloud"
}

var errNothing = errors.New("there is no server on this data folder: there is nothing to back up")

// Backup backs up a server that does not run.
func Backup(ctx context.Context, cfg config.Config, version string, in ToBackUp, tell backup.Progress) (BackupStory, error) {
	if cfg.Database.Provider == config.SQLite {
		if _, err := os.Stat(cfg.Database.SQLite); err != nil {
			return BackupStory{}, errNothing
		}
	}
	d, err := OpenDatabase(cfg)
	if err != nil {
		return BackupStory{}, err
	}
	defer d.Close()
	if applied, err := d.Applied(ctx); err != nil || len(applied) == 0 {
		return BackupStory{}, errors.Join(errNothing, err)
	}
	if err := backup.Finish(ctx, d, cfg.Data); err != nil {
		return BackupStory{}, err
	}
	return write(ctx, cfg, d, version, in, (&clock.Clock{}).Now, tell)
}

func write(ctx context.Context, cfg config.Config, d *db.DB, version string, in ToBackUp, now func() time.Time, tell backup.Progress) (BackupStory, error) {
	source := backup.Source{DB: d, Folder: cfg.Data, Role: roleOf(cfg), Version: version, Now: now, Progress: tell}
	if in.RootKey {
		root, found, err := seal.FindRoot(string(cfg.Keys.Root), cfg.Data.RootKey())
		if err == nil && !found {
			err = fmt.Errorf("there is no root key at %s", cfg.Data.RootKey())
		}
		if err != nil {
			return BackupStory{}, err
		}
		source.Root = root
	}
	m, err := source.Write(ctx, in.File)
	return BackupStory{Content: m.String(), Notes: outside(cfg)}, err
}

// outside names the files that settings speak of and that no backup takes, because
// they are not in the data folder, or not where it keeps what survives.
func outside(cfg config.Config) []string {
	notes := []string{}
	if cfg.Files.Store == config.InS3 {
		notes = append(notes, "Not in the backup, because they are in S3: attachments and the files of Sends")
	}
	for _, file := range []string{
		cfg.EnvFile, cfg.Server.TLSCertificate, cfg.Server.TLSKey, cfg.Server.WebVault, cfg.Cloud.CAFile,
		cfg.License.CertificatePath, cfg.License.TrustedCertificates, cfg.License.Directory,
	} {
		if _, err := os.Stat(file); file == "" || err != nil {
			continue
		}
		if !survives(cfg.Data, file) {
			notes = append(notes, "Not in the backup, because it is not where the data folder keeps what survives: "+file)
		}
	}
	return notes
}

func survives(data config.Folder, file string) bool {
	root, err1 := filepath.Abs(string(data))
	at, err2 := filepath.Abs(file)
	inside, err3 := filepath.Rel(root, at)
	folder, _, _ := strings.Cut(filepath.ToSlash(inside), "/")
	return errors.Join(err1, err2, err3) == nil && (folder == "core" || folder == "licensing" || file == data.EnvFile())
}

// Restore puts a backup in the place of a server that does not run.
func Restore(ctx context.Context, cfg config.Config, in ToBackUp, tell backup.Progress) (story BackupStory, err error) {
	archive, err := backup.Open(in.File)
	if err != nil {
		return BackupStory{}, err
	}
	defer archive.Close()
	release, err := process.Occupy(ctx, cfg.Data.Socket())
	if err != nil {
		return BackupStory{}, err
	}
	defer func() { err = errors.Join(err, release()) }()
	d, err := OpenDatabase(cfg)
	if err != nil {
		return BackupStory{}, err
	}
	defer d.Close()
	if err := backup.Finish(ctx, d, cfg.Data); err != nil {
		return BackupStory{}, err
	}
	r := restoreOf(cfg, d, (&clock.Clock{}).Now, tell)
	if err := r.Prepare(ctx, archive); err != nil {
		return BackupStory{}, err
	}
	err = errors.Join(r.Apply(ctx), r.Discard())
	return BackupStory{Content: archive.String(), Notes: r.Notes}, err
}

func restoreOf(cfg config.Config, d *db.DB, now func() time.Time, tell backup.Progress) *backup.Restore {
	return &backup.Restore{
		DB: d, Folder: cfg.Data, RootSetting: string(cfg.Keys.Root), Role: roleOf(cfg), Now: now, Progress: tell,
		Renew: func(ctx context.Context) error {
			return cmp.Or(
				mail.Restored(ctx, d), jobs.Restored(ctx, d), account.Restored(ctx, d, now()),
				billingsync.Restored(ctx, d, now()), sponsorship.Restored(ctx, d),
				operator.Restored(ctx, d))
		},
	}
}

// mountBackup adds what `coffre backup` and `coffre restore` ask the running
// server for.
func (a *App) mountBackup() {
	web.Raw(a.control, "POST /backup", func(w http.ResponseWriter, c *web.Call) error {
		return follow(w, c, func(in ToBackUp, tell backup.Progress) (BackupStory, error) {
			return write(c.Context(), a.config, a.db, a.version, in, a.clock.Now, tell)
		})
	}, web.Anonymous)
	web.Raw(a.control, "POST /restore", func(w http.ResponseWriter, c *web.Call) error {
		return follow(w, c, func(in ToBackUp, tell backup.Progress) (BackupStory, error) {
			return a.restore(c.Context(), in, tell)
		})
	}, web.Anonymous)
}

// restore puts a backup in the place of this server. The next server is built on it
// while requests wait.
func (a *App) restore(ctx context.Context, in ToBackUp, tell backup.Progress) (BackupStory, error) {
	archive, err := backup.Open(in.File)
	if err != nil {
		return BackupStory{}, err
	}
	defer archive.Close()
	r := restoreOf(a.config, a.db, a.clock.Now, tell)
	r.KeepSettings = true
	if err := r.Prepare(ctx, archive); err != nil {
		return BackupStory{}, err
	}
	err = errors.Join(a.options.Exchange(ctx, r.Apply), r.Discard())
	return BackupStory{Content: archive.String(), Notes: r.Notes}, err
}

// follow answers with a line for each piece of news.
func follow(w http.ResponseWriter, c *web.Call, work func(ToBackUp, backup.Progress) (BackupStory, error)) error {
	var in ToBackUp
	if err := json.NewDecoder(c.Body).Decode(&in); err != nil {
		return fault.Malformed("file")
	}
	if err := in.Check(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jsonl")
	lines, now := json.NewEncoder(w), http.NewResponseController(w)
	say := func(t Told) { // to a command that may have gone
		_ = lines.Encode(t)
		_ = now.Flush()
	}
	story, err := work(in, func(what string, done, total int64) { say(Told{What: what, Done: done, Total: total}) })
	last := Told{Finished: &story}
	if err != nil {
		last = Told{Error: err.Error()}
	}
	say(last)
	return nil
}
