package collection_test

import (
	"testing"

	"coffre/internal/collection"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// A thousand people may be invited at once, but not to everything there is.
func TestManyMembersAreGivenOnlySoMuchAtOnce(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	people := make([]org.Member, 1_000)
	want, groups := make([]collection.Selection, 101), make([]id.ID, 101)
	for name, set := range map[string]error{
		"collections": c.Collections.SetMembersAccess(t.Context(), c.alice, c.org, people, want, nil),
		"groups":      c.Collections.SetMembersAccess(t.Context(), c.alice, c.org, people, nil, &groups),
	} {
		if fault.KindOf(set) != fault.Invalid {
			t.Errorf("%s: %v", name, set)
		}
	}
}
