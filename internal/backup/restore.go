package backup

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/process"
	"coffre/internal/seal"
)

// Restore puts a server in the place of the one that is there. Nothing of the
// program may be at work on database and folder while Apply runs.
type Restore struct {
	DB          *db.DB
	Folder      config.Folder
	RootSetting string // the root key, where a setting holds it
	Role        string
	// KeepSettings is set while a server runs with settings that are not in a file.
	KeepSettings bool
	// Renew brings what was restored up to date: what must not be done twice, and
	// what others must learn. It is called in the transaction of the restore.
	Renew    func(ctx context.Context) error
	Now      func() time.Time
	Progress Progress

	Notes []string // what the operator should know, once it is prepared

	archive *Archive
	staging *staging // while files lie ready
	release func() error
}

// unchanged is said of everything that goes wrong before the one moment at which
// the server becomes the restored one.
func unchanged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w. Nothing was changed", err)
}

// Prepare looks through a backup, and lays its files ready. It returns the first
// reason why it cannot be restored here, and changes nothing of the server.
func (r *Restore) Prepare(ctx context.Context, a *Archive) error {
	r.archive = a
	err := r.prepare(ctx)
	if err != nil {
		err = errors.Join(unchanged(err), r.Discard())
	}
	return err
}

func (r *Restore) prepare(ctx context.Context) (err error) {
	if err = r.check(ctx); err != nil {
		return err
	}
	if r.release, err = process.Occupy(ctx, lock(r.Folder)); err != nil {
		return fmt.Errorf("another restore is under way on this data folder, or it cannot be written: %w", err)
	}
	r.staging, err = r.stage(ctx)
	return err
}

// lock is what a restore holds as long as files lie ready.
func lock(folder config.Folder) string {
	return filepath.Join(filepath.Dir(folder.Socket()), "restore.sock")
}

// check reports why the archive cannot be restored here.
func (r *Restore) check(ctx context.Context) error {
	if r.archive.Role != r.Role {
		return fmt.Errorf("this is the backup of a %s server, and the settings say %s (globalSettings__selfHosted)", r.archive.Role, r.Role)
	}
	if err := r.checkSchema(ctx); err != nil {
		return err
	}
	if err := r.archive.Verify(ctx, r.Progress); err != nil {
		return err
	}
	return r.checkRoot(ctx)
}

func (r *Restore) checkSchema(ctx context.Context) error {
	newer, err := r.DB.Unknown(r.archive.Migrations)
	if err == nil && len(newer) > 0 {
		err = fmt.Errorf("the backup was made by a newer version of Coffre (%s): update Coffre, then try again", r.archive.Version)
	}
	if err != nil {
		return err
	}
	// A new database has seen none.
	if applied, asked := r.DB.Applied(ctx); asked == nil {
		newer, err = r.DB.Unknown(applied)
	}
	if err == nil && len(newer) > 0 {
		err = errors.New("the database here is that of a newer version of Coffre: update Coffre, then try again")
	}
	return err
}

// checkRoot finds out whether the root key that will be in force opens what the
// database of the archive has sealed.
func (r *Restore) checkRoot(ctx context.Context) error {
	if len(r.archive.keys) == 0 {
		return nil // a database on which no server has run yet
	}
	stored, included, err := r.archive.content(ctx, rootKeyFile)
	if err != nil {
		return err
	}
	if included && r.RootSetting == "" {
		root, err := seal.ParseRoot(stored, rootKeyFile)
		if err == nil && !r.archive.opens(root) {
			err = errors.New("the root key in the backup is not that of the database in it")
		}
		return err
	}
	root, found, err := seal.FindRoot(r.RootSetting, r.Folder.RootKey())
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("the backup does not hold the root key, and there is none at %s: put that of the backed-up server there, "+
			"or into coffre__keys__root, then try again", r.Folder.RootKey())
	case !r.archive.opens(root):
		return errors.New("the root key of this server (" + r.rootPlace() + ") is not that of the backup: put the right one there, then try again")
	}
	return nil
}

func (r *Restore) rootPlace() string {
	if r.RootSetting != "" {
		return "coffre__keys__root"
	}
	return r.Folder.RootKey()
}

// Apply replaces the database, then the files. When it fails before the commit
// nothing was changed, and the error says so; files that cannot be put into their
// places after it are tried again at the next start.
func (r *Restore) Apply(ctx context.Context) error {
	err := r.DB.Tx(ctx, func(ctx context.Context) error {
		if err := r.DB.Rebuild(ctx, r.archive.Migrations, r.load); err != nil {
			return err
		}
		if err := r.Renew(ctx); err != nil {
			return fmt.Errorf("renew what was restored: %w", err)
		}
		if err := r.DB.NewEpoch(ctx); err != nil {
			return err
		}
		_, err := r.DB.Exec(ctx, `INSERT INTO server_state (name, value) VALUES ('restore', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, r.staging.name)
		return err
	})
	if err != nil {
		return unchanged(fmt.Errorf("replace the database: %w", err))
	}
	committed := r.staging
	r.staging = nil // what lies ready is needed until it is in its place
	return finish(context.WithoutCancel(ctx), r.DB, committed)
}

// Discard ends a restore, whether it was applied or not.
func (r *Restore) Discard() (err error) {
	if r.staging != nil {
		err = r.staging.discard()
	}
	if r.release != nil {
		err = errors.Join(err, r.release())
	}
	r.staging, r.release = nil, nil
	return err
}

// perLoad is how many rows are held in memory at a time.
const perLoad = 500

// load fills the tables with the rows of the archive.
func (r *Restore) load(ctx context.Context) error {
	present, err := r.DB.Tables(ctx)
	if err != nil {
		return err
	}
	meter := newMeter(r.Progress, "bytes of rows restored", r.archive.size())
	for _, t := range r.archive.Tables {
		i := slices.IndexFunc(present, func(p db.Table) bool { return p.Name == t.Name })
		if i < 0 {
			return fmt.Errorf("the backup has a table %q, which this version does not know", t.Name)
		}
		for _, column := range t.Columns {
			if !slices.Contains(present[i].Columns, column) {
				return fmt.Errorf("the backup has a column %q in the table %q, which this version does not know", column, t.Name)
			}
		}
		if err := r.loadTable(ctx, t, meter); err != nil {
			return err
		}
	}
	return nil
}

func (r *Restore) loadTable(ctx context.Context, t Table, meter *meter) error {
	table := db.Table{Name: t.Name, Columns: t.Columns}
	var batch [][]any
	err := r.archive.rows(ctx, t, meter, func(values []any) error {
		batch = append(batch, values)
		if len(batch) < perLoad {
			return nil
		}
		err := r.DB.Load(ctx, table, batch)
		batch = batch[:0]
		return err
	})
	if err != nil {
		return err
	}
	return r.DB.Load(ctx, table, batch)
}

// Finish does what a restore that was killed after its commit has left to do. It
// comes before the root key is read.
func Finish(ctx context.Context, d *db.DB, folder config.Folder) error {
	applied, err := d.Applied(ctx)
	if used := err == nil && len(applied) > 0; !used {
		return nil
	}
	name, err := db.Value[string](ctx, d, `SELECT value FROM server_state WHERE name = 'restore'`)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if name != "" {
		s := &staging{folder: folder, name: name}
		if s.exists() {
			if err := finish(ctx, d, s); err != nil {
				return err
			}
		}
	}
	if release, taken := process.Occupy(ctx, lock(folder)); taken == nil {
		return errors.Join(sweep(folder, name), release())
	}
	return nil // what lies ready is of a restore that is being prepared
}

func finish(ctx context.Context, d *db.DB, s *staging) error {
	if err := s.place(); err != nil {
		return fmt.Errorf("the database is restored, and its files are not yet: %w. The next start tries again", err)
	}
	if _, err := d.Exec(ctx, `DELETE FROM server_state WHERE name = 'restore' AND value = $1`, s.name); err != nil {
		return err
	}
	return s.discard()
}
