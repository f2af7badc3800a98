package cipher

import (
	"context"
	"slices"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/id"
	"coffre/internal/org"
)

// reach is what a person gets at: the enabled organizations that have confirmed them,
// and the collections that they have there.
type reach struct {
	caller        id.ID
	organizations map[id.ID]org.Membership
	collections   map[id.ID]collection.Assignment
	files         map[id.ID][]content.Attachment // of the items that are looked at
	personal      map[id.ID]Personal             // what the person did with those of long lists
}

func (s *Service) reachOf(ctx context.Context, caller id.ID) (reach, error) {
	r := reach{caller: caller, organizations: map[id.ID]org.Membership{}, collections: map[id.ID]collection.Assignment{}}
	memberships, err := s.Organizations.Confirmed(ctx, caller)
	if err != nil {
		return r, err
	}
	for _, m := range memberships {
		if m.Organization.Enabled {
			r.organizations[m.Organization.ID] = m
		}
	}
	if len(r.organizations) == 0 {
		return r, nil
	}
	assignments, err := s.Collections.AssignmentsOf(ctx, caller)
	for _, a := range assignments {
		r.collections[a.Collection.ID] = a
	}
	return r, err
}

// has returns the collections that the person has.
func (r reach) has() []id.ID {
	ids := make([]id.ID, 0, len(r.collections))
	for collectionID := range r.collections {
		ids = append(ids, collectionID)
	}
	slices.SortFunc(ids, compare)
	return ids
}

func compare(a, b id.ID) int { return slices.Compare(a[:], b[:]) }

// see returns an item as the person has it. Somebody's own is theirs alone. One of an
// organization is seen by who has one of its collections, and what several of those
// allow adds up; of one that is not seen, no more is known than that it is there.
func (r reach) see(k Kept, links []link) Item {
	it := Item{Cipher: k.Cipher, Personal: k.Personal, CollectionIDs: []id.ID{}, Attachments: r.files[k.ID]}
	if it.OrganizationID.IsZero() {
		if it.AccountID == r.caller {
			it.Seen, it.Access = true, everything
		}
		return it
	}
	in, member := r.organizations[it.OrganizationID]
	if !member {
		return it
	}
	it.TOTP = in.Organization.Features.UseTOTP
	for _, l := range links {
		if a, has := r.collections[l.CollectionID]; has {
			it.Seen = true
			it.Access = it.Access.Or(through(a.Access, in.Organization.Settings.LimitItemDeletion))
			it.CollectionIDs = append(it.CollectionIDs, l.CollectionID)
		}
	}
	return it
}

// seeListed is see for an item of a long list.
func (r reach) seeListed(c Cipher, links []link) Item { return r.see(Kept{c, r.personal[c.ID]}, links) }

// writes reports whether the person may put items into a collection that they have,
// and take them out.
func (r reach) writes(collectionID id.ID) bool {
	a, has := r.collections[collectionID]
	return has && !a.Access.ReadOnly
}

// byCipher sorts links by their items.
func byCipher(links []link) map[id.ID][]link {
	sorted := make(map[id.ID][]link, len(links))
	for i, l := range links {
		if others, has := sorted[l.CipherID]; has {
			sorted[l.CipherID] = append(others, l)
		} else {
			sorted[l.CipherID] = links[i : i+1 : i+1] // most are in one, which so is not copied
		}
	}
	return sorted
}

func collectionsOf(links []link) []id.ID {
	ids := make([]id.ID, len(links))
	for i, l := range links {
		ids[i] = l.CollectionID
	}
	return unique(ids)
}

// unique returns ids in order, each once.
func unique(ids []id.ID) []id.ID {
	return slices.Compact(slices.SortedFunc(slices.Values(ids), compare))
}
