package org

import (
	"context"
	"encoding/json"
	"strings"

	"coffre/internal/id"
)

// Claims returns what an access token says of a person's organizations: those that
// are enabled and have confirmed them, by the name of the claim. Other servers'
// programs read them; this one asks the database, where a changed role counts at
// once.
func (s *Service) Claims(ctx context.Context, accountID id.ID) (map[string][]id.ID, error) {
	memberships, err := s.Store.ListConfirmed(ctx, accountID)
	claims := map[string][]id.ID{}
	for _, m := range memberships {
		if !m.Organization.Enabled {
			continue
		}
		for _, name := range m.Member.claims() {
			claims[name] = append(claims[name], m.Organization.ID)
		}
	}
	return claims, err
}

var roleClaims = map[Type]string{Owner: "orgowner", Admin: "orgadmin", User: "orguser", Custom: "orgcustom"}

// claims names the role, and each permission that it leaves to m itself.
func (m Member) claims() []string {
	names := []string{roleClaims[m.Type]}
	raw, err := json.Marshal(m.Granted())
	if err != nil {
		panic(err) // claims and nothing else are always JSON
	}
	granted := map[string]bool{}
	if err := json.Unmarshal(raw, &granted); err != nil {
		panic(err)
	}
	for name, has := range granted {
		if has {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}
