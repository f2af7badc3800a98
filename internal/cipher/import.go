package cipher

import (
	"context"
	"strconv"

	"coffre/internal/collection"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Relation places an item of an import into a folder or a collection of it, both by
// their numbers in the lists.
type Relation struct {
	Item  int `json:"key"`
	Place int `json:"value"`
}

// ImportFolder is a folder of an import: one that the importer has, or else a new one.
type ImportFolder struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// Import is what a person imports. Collections are for an organization alone.
type Import struct {
	Items             []Draft
	Folders           []ImportFolder
	FolderRelations   []Relation
	Collections       []collection.Wanted
	CollectionRelated []Relation
}

var (
	importTooLarge = fault.New(fault.Invalid, "cipher.importTooLarge")
	mayNotImport   = fault.New(fault.Invalid, "cipher.mayNotImport")
)

// check refuses an import that is too large, that was encrypted for somebody else, or
// that relates what it does not have.
func (in Import) check(l Limits, caller id.ID) error {
	for _, part := range []struct {
		field    string
		n, limit int
	}{
		{"ciphers", len(in.Items), l.Import},
		{"folders", len(in.Folders), l.Folders},
		{"collections", len(in.Collections), l.Folders},
		{"folderRelationships", len(in.FolderRelations), l.Relations},
		{"collectionRelationships", len(in.CollectionRelated), l.Relations},
	} {
		if part.n > part.limit {
			return importTooLarge.On(part.field).With("limit", part.limit)
		}
	}
	for i, d := range in.Items {
		if !d.For.IsZero() && d.For != caller {
			return forAnother.On("ciphers[" + strconv.Itoa(i) + "].encryptedFor")
		}
	}
	if err := checkRelations("folderRelationships", in.FolderRelations, len(in.Items), len(in.Folders)); err != nil {
		return err
	}
	return checkRelations("collectionRelationships", in.CollectionRelated, len(in.Items), len(in.Collections))
}

func checkRelations(field string, relations []Relation, items, places int) error {
	for i, r := range relations {
		at := field + "[" + strconv.Itoa(i) + "]."
		if r.Item < 0 || r.Item >= items {
			return fault.Malformed(at + "key")
		}
		if r.Place < 0 || r.Place >= places {
			return fault.Malformed(at + "value")
		}
	}
	return nil
}

// Import adds items and folders to the caller's vault, all or none.
func (s *Service) Import(ctx context.Context, caller id.ID, in Import) error {
	if err := in.check(s.Limits, caller); err != nil {
		return err
	}
	return s.change(ctx, caller, scope{}, func(ctx context.Context, w *work) error {
		bound, err := s.Policies.BindsToShare(ctx, caller)
		if err == nil && bound {
			err = dataOwned
		}
		if err != nil {
			return err
		}
		if _, err := w.insertAll(ctx, in, Cipher{AccountID: caller}); err != nil {
			return err
		}
		s.Announce(ctx, notice.Vault(w.at, caller))
		return nil
	})
}

// ImportInto adds items and collections to an organization, all or none, for whoever
// may import there or may change each of the collections.
func (s *Service) ImportInto(ctx context.Context, caller, orgID id.ID, in Import) error {
	if err := in.check(s.Limits, caller); err != nil {
		return err
	}
	there := make([]id.ID, 0, len(in.Collections))
	for _, c := range in.Collections {
		if !c.ID.IsZero() {
			there = append(there, c.ID)
		}
	}
	return s.change(ctx, caller, scope{organizations: []id.ID{orgID}, collections: there}, func(ctx context.Context, w *work) error {
		m, err := w.member(orgID)
		if err != nil {
			return err
		}
		places, err := s.Collections.ForImport(ctx, m.Organization, m.Member, in.Collections)
		if err != nil {
			return err
		}
		if !m.Member.May(importsOrEdits) && !in.placed() {
			return mayNotImport // what nobody has would be lost to the importer
		}
		made, err := w.insertAll(ctx, in, Cipher{OrganizationID: orgID})
		if err != nil {
			return err
		}
		links := make([]link, len(in.CollectionRelated))
		for i, r := range in.CollectionRelated {
			links[i] = link{CipherID: made[r.Item].ID, CollectionID: places[r.Place]}
		}
		if err := s.Store.AddLinks(ctx, links...); err != nil {
			return err
		}
		s.Announce(ctx, notice.Vault(w.at, w.audience()...))
		return nil
	})
}

func importsOrEdits(p org.Permissions) bool { return p.AccessImportExport || p.EditAnyCollection }

// placed reports whether every item goes into a collection.
func (in Import) placed() bool {
	placed := make([]bool, len(in.Items))
	for _, r := range in.CollectionRelated {
		placed[r.Item] = true
	}
	for _, is := range placed {
		if !is {
			return false
		}
	}
	return true
}

// insertAll adds the items of an import, whoever owns them, and what the caller wants
// them to be.
func (w *work) insertAll(ctx context.Context, in Import, owned Cipher) ([]Cipher, error) {
	folders, err := w.importFolders(ctx, in.Folders)
	if err != nil {
		return nil, err
	}
	made, personal := make([]Cipher, len(in.Items)), map[id.ID]Personal{}
	for i, d := range in.Items {
		c := owned // A sync reads items in the order of their ids: in the order of their rows, that is quick.
		c.ID, c.Type, c.Data, c.CreatedAt, c.RevisedAt = id.NewOrdered(), d.Type, d.Data, w.at, w.at
		made[i] = c
		d.FolderID = id.ID{}
		if is := d.personal(Personal{}); is != (Personal{}) {
			personal[c.ID] = is
		}
	}
	for _, r := range in.FolderRelations {
		is := personal[made[r.Item].ID]
		is.FolderID = folders[r.Place]
		personal[made[r.Item].ID] = is
	}
	if err := w.Store.Insert(ctx, made...); err != nil {
		return nil, err
	}
	return made, w.Store.PutPersonal(ctx, w.reach.caller, personal)
}

// importFolders returns the ids of the folders of an import, and makes those that the
// caller does not have.
func (w *work) importFolders(ctx context.Context, folders []ImportFolder) ([]id.ID, error) {
	ids := make([]id.ID, len(folders))
	for i, f := range folders {
		ids[i] = f.ID
	}
	owned, err := w.Store.Folders(ctx, w.reach.caller, ids)
	if err != nil {
		return nil, err
	}
	has := make(map[id.ID]bool, len(owned))
	for _, folderID := range owned {
		has[folderID] = true
	}
	var names []string
	for _, f := range folders {
		if !has[f.ID] {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return ids, nil
	}
	made, err := w.AddFolders(ctx, w.reach.caller, names)
	if err != nil {
		return nil, err
	}
	for i, f := range folders {
		if !has[f.ID] {
			ids[i], made = made[0], made[1:]
		}
	}
	return ids, nil
}
