package vault

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps the vaults.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Folder(ctx context.Context, accountID, folderID id.ID) (Folder, error)
	Folders(ctx context.Context, accountID id.ID) ([]Folder, error)
	InsertFolder(ctx context.Context, f Folder) error
	InsertFolders(ctx context.Context, folders []Folder) error
	RenameFolder(ctx context.Context, accountID, folderID id.ID, name string, now time.Time) (found bool, err error)
	DeleteFolders(ctx context.Context, accountID id.ID, folderIDs []id.ID) (deleted int64, err error)
	DeleteAllFolders(ctx context.Context, accountID id.ID) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const folderColumns = `id, account_id, name, created_at, revised_at`

type folderRow struct{ Folder }

// Columns lists folderColumns.
func (r *folderRow) Columns() []any {
	return []any{&r.ID, &r.AccountID, &r.Name, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt)}
}

func (s sqlStore) Folder(ctx context.Context, accountID, folderID id.ID) (Folder, error) {
	row, err := db.One[folderRow](ctx, s.db, `SELECT `+folderColumns+` FROM folder WHERE id = $1 AND account_id = $2`, folderID, accountID)
	return row.Folder, err
}

func (s sqlStore) Folders(ctx context.Context, accountID id.ID) ([]Folder, error) {
	rows, err := db.All[folderRow](ctx, s.db, `SELECT `+folderColumns+` FROM folder WHERE account_id = $1 ORDER BY id`, accountID)
	list := make([]Folder, len(rows))
	for i, row := range rows {
		list[i] = row.Folder
	}
	return list, err
}

func (s sqlStore) InsertFolder(ctx context.Context, f Folder) error {
	return s.InsertFolders(ctx, []Folder{f})
}

func (s sqlStore) InsertFolders(ctx context.Context, folders []Folder) error {
	const portion = 500 // rows of one statement
	for chunk := range slices.Chunk(folders, portion) {
		var args []any
		for _, f := range chunk {
			args = append(args, f.ID, f.AccountID, f.Name, db.Time(f.CreatedAt), db.Time(f.RevisedAt))
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO folder (`+folderColumns+`) VALUES `+db.Rows(len(chunk), 5), args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) RenameFolder(ctx context.Context, accountID, folderID id.ID, name string, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE folder SET name = $3, revised_at = $4 WHERE id = $1 AND account_id = $2`,
		folderID, accountID, name, db.Time(now))
	return n == 1, err
}

func (s sqlStore) DeleteFolders(ctx context.Context, accountID id.ID, folderIDs []id.ID) (int64, error) {
	if len(folderIDs) == 0 {
		return 0, nil
	}
	args := []any{accountID}
	for _, folderID := range folderIDs {
		args = append(args, folderID)
	}
	return s.db.Exec(ctx, `DELETE FROM folder WHERE account_id = $1 AND id IN (`+db.Placeholders(2, len(folderIDs))+`)`, args...)
}

func (s sqlStore) DeleteAllFolders(ctx context.Context, accountID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM folder WHERE account_id = $1`, accountID)
	return err
}
