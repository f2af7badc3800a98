package cipher

import (
	"context"

	"coffre/internal/collection"
	"coffre/internal/id"
	"coffre/internal/org"
)

// EachOf calls fn with every item of an organization and all of its collections, for
// whoever looks after items. What is only in members' own collections is left out
// unless memberItems says otherwise.
func (s *Service) EachOf(ctx context.Context, caller, orgID id.ID, memberItems bool, fn func(Item) error) error {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, readsAll); err != nil {
		return err
	}
	return s.eachOf(ctx, caller, orgID, memberItems, fn)
}

func readsAll(m org.Member) bool {
	return m.May(func(p org.Permissions) bool { return p.AccessImportExport || p.EditAnyCollection || p.AccessReports })
}

func (s *Service) eachOf(ctx context.Context, caller, orgID id.ID, memberItems bool, fn func(Item) error) error {
	return s.seeEach(ctx, caller, orgID, func(it Item, links []link) error {
		shared := onlyShared(links)
		if memberItems {
			shared = links
		} else if len(shared) == 0 && len(links) > 0 {
			return nil
		}
		it.CollectionIDs = collectionsOf(shared)
		return fn(it)
	})
}

// seeEach calls fn with every item of an organization, as the caller sees it, and with
// what it is in.
func (s *Service) seeEach(ctx context.Context, caller, orgID id.ID, fn func(Item, []link) error) error {
	all, err := s.Store.LinksOf(ctx, orgID)
	if err != nil {
		return err
	}
	r, err := s.reachOf(ctx, caller)
	if err != nil {
		return err
	}
	if r.files, err = s.Files.Of(ctx, []id.ID{orgID}); err != nil {
		return err
	}
	if r.personal, err = s.Store.Personal(ctx, caller); err != nil {
		return err
	}
	links := byCipher(all)
	return s.Store.Of(ctx, orgID, func(c Cipher) error { return fn(r.seeListed(c, links[c.ID]), links[c.ID]) })
}

func onlyShared(links []link) []link {
	var shared []link
	for _, l := range links {
		if l.Type != collection.MyItems {
			shared = append(shared, l)
		}
	}
	return shared
}

// EachAssigned calls fn with every item of an organization that the caller has, and
// with those that nobody has when the caller may edit any collection.
func (s *Service) EachAssigned(ctx context.Context, caller, orgID id.ID, fn func(Item) error) error {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return err
	}
	return s.seeEach(ctx, caller, orgID, func(it Item, links []link) error {
		if len(links) == 0 && mayEditAny(m) {
			it.Seen, it.Access = true, everything
		}
		if !it.Seen {
			return nil
		}
		return fn(it)
	})
}

// Export is what an organization exports: collections, and through Each the items in
// them.
type Export struct {
	Collections []collection.Collection
	Each        func(ctx context.Context, fn func(Item) error) error
}

// Export returns what the caller may take out of an organization: all that members
// share to whoever may export, and to others the collections that they manage with
// what is in them.
func (s *Service) Export(ctx context.Context, caller, orgID id.ID) (Export, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return Export{}, err
	}
	all := m.May(func(p org.Permissions) bool { return p.AccessImportExport })
	collections, err := s.Collections.ForExport(ctx, m, all)
	if err != nil {
		return Export{}, err
	}
	exported := make(map[id.ID]bool, len(collections))
	for _, c := range collections {
		exported[c.ID] = true
	}
	return Export{collections, func(ctx context.Context, fn func(Item) error) error {
		return s.eachOf(ctx, caller, orgID, false, func(it Item) error {
			Kept := []id.ID{}
			for _, c := range it.CollectionIDs {
				if exported[c] {
					Kept = append(Kept, c)
				}
			}
			it.CollectionIDs = Kept
			if !all && len(Kept) == 0 {
				return nil
			}
			return fn(it)
		})
	}}, nil
}
