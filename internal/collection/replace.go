package collection

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// replacement is a new list of the collections that members or groups are to have.
type replacement struct {
	by      Holder
	holders []id.ID
	held    []Grant // what they have
	want    map[id.ID]Access
	mayGive func(rights, id.ID) bool
	noMore  bool // nothing may be added to what there is
}

// replaceGrants gives holders what is wanted and takes away the rest. What the actor
// may not give is kept as it is: it may be named again, but not anew or otherwise.
func (s *Service) replaceGrants(ctx context.Context, p replacement, o org.Organization, actor org.Member) error {
	concerned := make([]id.ID, 0, len(p.held)+len(p.want))
	for _, g := range p.held {
		concerned = append(concerned, g.CollectionID)
	}
	for c := range p.want {
		concerned = append(concerned, c)
	}
	concerned = unique(concerned)
	collections, err := s.Store.ListByID(ctx, o.ID, concerned)
	if err != nil {
		return err
	}
	r, err := s.rightsOf(ctx, o, actor, concerned...)
	if err != nil {
		return err
	}
	open := map[id.ID]bool{} // which of them may be given and taken
	known := map[id.ID]Collection{}
	for _, c := range collections {
		known[c.ID] = c
		open[c.ID] = c.Type == Shared && p.mayGive(r, c.ID)
	}
	if err := p.check(known, open); err != nil {
		return err
	}
	if err := s.Store.RemoveGrantsTo(ctx, p.by, p.holders); err != nil {
		return err
	}
	return s.Store.PutGrants(ctx, p.by, p.result(open))
}

// check refuses what may not be given.
func (p replacement) check(known map[id.ID]Collection, open map[id.ID]bool) error {
	held := map[Grant]bool{}
	has := map[id.ID]bool{}
	for _, g := range p.held {
		held[g] = true
		has[g.CollectionID] = true
	}
	for c, access := range p.want {
		switch {
		case known[c].ID.IsZero():
			return fault.Gone
		case open[c] && p.noMore && !has[c]:
			return notYourself
		case open[c]:
			continue
		}
		if slices.ContainsFunc(p.holders, func(h id.ID) bool { return !held[Grant{c, h, access}] }) {
			return refusal(known[c])
		}
	}
	return nil
}

// refusal is the fault for a collection that may not be given.
func refusal(c Collection) error {
	if c.Type == MyItems {
		return personal
	}
	return fault.Gone
}

// result is what the holders have in the end.
func (p replacement) result(open map[id.ID]bool) []Grant {
	grants := make([]Grant, 0, len(p.held)+len(p.want)*len(p.holders))
	for _, g := range p.held {
		if !open[g.CollectionID] {
			grants = append(grants, g)
		}
	}
	for c, access := range p.want {
		if !open[c] {
			continue // held, as check has seen
		}
		for _, h := range p.holders {
			grants = append(grants, Grant{c, h, access})
		}
	}
	return grants
}
