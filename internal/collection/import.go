package collection

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Wanted is a collection into which items are imported: one that there is, or one to
// be made under a name when the id is zero.
type Wanted struct {
	ID         id.ID  `json:"id"`
	Name       string `json:"name"`
	ExternalID string `json:"externalId"`
}

var mayNotImport = fault.New(fault.Invalid, "collection.mayNotImport")

// ForImport returns the ids of the collections of o into which m imports items, in
// their order, and makes those that are missing, which m manages. It takes part in a
// transaction with the lock of the organization. Whoever may import may import into
// all that members share; others into what they may change, and make what they may
// create.
func (s *Service) ForImport(ctx context.Context, o org.Organization, m org.Member, wanted []Wanted) ([]id.ID, error) {
	var there []id.ID
	var missing []Collection
	ids := make([]id.ID, len(wanted))
	for i, w := range wanted {
		ids[i] = w.ID
		if w.ID.IsZero() {
			ids[i] = id.New()
			missing = append(missing, Collection{
				ID: ids[i], OrganizationID: o.ID, Name: w.Name, ExternalID: w.ExternalID, Type: Shared, CreatedAt: s.Now(), RevisedAt: s.Now(),
			})
			continue
		}
		there = append(there, w.ID)
	}
	if err := s.mayImport(ctx, o, m, unique(there), len(missing)); err != nil {
		return nil, err
	}
	return ids, s.makeAll(ctx, o, m, missing)
}

func (s *Service) mayImport(ctx context.Context, o org.Organization, m org.Member, there []id.ID, missing int) error {
	found, err := s.Store.ListByID(ctx, o.ID, there)
	if err != nil {
		return err
	}
	r, err := s.rightsOf(ctx, o, m, there...)
	if err != nil {
		return err
	}
	all := m.May(func(p org.Permissions) bool { return p.AccessImportExport })
	if len(found) != len(there) || missing > 0 && !all && !r.mayCreate() {
		return mayNotImport
	}
	for _, c := range found {
		if !r.manages(c.ID) && (c.Type != Shared || !all && !r.mayEdit(c.ID)) {
			return mayNotImport
		}
	}
	if o.MaxCollections == nil || missing == 0 {
		return nil
	}
	n, err := s.Store.CountShared(ctx, o.ID)
	if err == nil && n+missing > *o.MaxCollections {
		err = full.With("limit", *o.MaxCollections)
	}
	return err
}

func (s *Service) makeAll(ctx context.Context, o org.Organization, m org.Member, missing []Collection) error {
	if len(missing) == 0 {
		return nil
	}
	if err := s.Store.Insert(ctx, missing...); err != nil {
		return err
	}
	grants := make([]Grant, len(missing))
	for i, c := range missing {
		grants[i] = Grant{c.ID, m.ID, Access{Manage: true}}
	}
	if err := s.Store.PutGrants(ctx, ByMember, grants); err != nil {
		return err
	}
	return s.record(ctx, o.ID, event.CollectionCreated, idsOf(missing))
}

// ForExport returns the collections that members of an organization share: all of
// them, or those that m manages.
func (s *Service) ForExport(ctx context.Context, m org.Member, all bool) ([]Collection, error) {
	own, err := s.accessOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	return s.listShared(ctx, m, all, own)
}
