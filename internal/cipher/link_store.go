package cipher

import (
	"context"
	"slices"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/id"
)

// linkStore keeps which items are in which collections, and what people did with
// items for themselves.
type linkStore interface {
	// Links returns the collections in which some items are.
	Links(ctx context.Context, cipherIDs []id.ID) ([]link, error)
	// LinksIn returns the items that are in some collections, of which it says no more.
	LinksIn(ctx context.Context, collectionIDs []id.ID) ([]link, error)
	// LinksOf returns which items of an organization are in which collections.
	LinksOf(ctx context.Context, orgID id.ID) ([]link, error)
	// AddLinks puts items into collections in which some may be already.
	AddLinks(ctx context.Context, links ...link) error
	// RemoveLinks takes items out of collections.
	RemoveLinks(ctx context.Context, cipherIDs, collectionIDs []id.ID) error
}

type linkRow struct{ link }

func (r *linkRow) Columns() []any {
	return []any{&r.CipherID, &r.CollectionID, &r.OrganizationID, &r.Type}
}

func (s sqlStore) links(ctx context.Context, where string, arg any) ([]link, error) {
	links := []link{}
	err := db.Each(ctx, s.db, func(r linkRow) error {
		links = append(links, r.link)
		return nil
	}, `SELECT l.cipher_id, l.collection_id, c.organization_id, c.type FROM cipher_collection l JOIN collection c ON c.id = l.collection_id
		WHERE `+where+` ORDER BY l.cipher_id, l.collection_id`, arg)
	return links, err
}

func (s sqlStore) Links(ctx context.Context, cipherIDs []id.ID) ([]link, error) {
	return s.links(ctx, `l.cipher_id`+s.named(), list(cipherIDs))
}

type heldRow struct {
	collectionID id.ID
	cipherIDs    idTexts
}

func (r *heldRow) Columns() []any { return []any{&r.collectionID, &r.cipherIDs} }

func (s sqlStore) LinksIn(ctx context.Context, collectionIDs []id.ID) ([]link, error) {
	links := []link{}
	if len(collectionIDs) == 0 {
		return links, nil
	}
	err := db.Each(ctx, s.db, func(r heldRow) error {
		links = slices.Grow(links, r.cipherIDs.len())
		return r.cipherIDs.each(func(cipherID id.ID) {
			links = append(links, link{CipherID: cipherID, CollectionID: r.collectionID})
		})
	}, `SELECT l.collection_id, string_agg(l.cipher_id, ',') FROM cipher_collection l WHERE l.collection_id`+s.named()+`
		GROUP BY l.collection_id`, list(collectionIDs))
	return links, err
}

func (s sqlStore) LinksOf(ctx context.Context, orgID id.ID) ([]link, error) {
	return s.links(ctx, `c.organization_id = $1`, orgID)
}

func (s sqlStore) AddLinks(ctx context.Context, links ...link) error {
	for chunk := range slices.Chunk(links, portion) {
		args := make([]any, 0, len(chunk)*2)
		for _, l := range chunk {
			args = append(args, l.CipherID, l.CollectionID)
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO cipher_collection (cipher_id, collection_id) VALUES `+db.Rows(len(chunk), 2)+`
			ON CONFLICT (cipher_id, collection_id) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) RemoveLinks(ctx context.Context, cipherIDs, collectionIDs []id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM cipher_collection WHERE cipher_id`+s.named()+` AND collection_id`+s.secondNamed(),
		list(cipherIDs), list(collectionIDs))
	return err
}

func (s sqlStore) Shared(ctx context.Context, orgID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT id FROM cipher WHERE organization_id = $1 AND id NOT IN (
		SELECT l.cipher_id FROM cipher_collection l JOIN collection k ON k.id = l.collection_id WHERE k.organization_id = $1 AND k.type = $2)`,
		orgID, collection.MyItems)
}

func (s sqlStore) Unshare(ctx context.Context, orgID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM cipher_collection WHERE collection_id IN (
		SELECT id FROM collection WHERE organization_id = $1 AND type <> $2)`, orgID, collection.MyItems)
	return err
}

func (s sqlStore) PutPersonal(ctx context.Context, accountID id.ID, by map[id.ID]Personal) error {
	ids := make([]id.ID, 0, len(by))
	for cipherID := range by {
		ids = append(ids, cipherID)
	}
	for chunk := range slices.Chunk(ids, portion) {
		args := make([]any, 0, len(chunk)*5)
		for _, cipherID := range chunk {
			p := by[cipherID]
			args = append(args, accountID, cipherID, p.FolderID, p.Favorite, db.Time(p.ArchivedAt))
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO cipher_person (account_id, cipher_id, folder_id, favorite, archived_at)
			VALUES `+db.Rows(len(chunk), 5)+` ON CONFLICT (cipher_id, account_id) DO UPDATE
			SET folder_id = excluded.folder_id, favorite = excluded.favorite, archived_at = excluded.archived_at`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Folders(ctx context.Context, accountID id.ID, folderIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT id FROM folder WHERE id`+s.named()+` AND account_id = $2`, list(folderIDs), accountID)
}
