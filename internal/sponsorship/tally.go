package sponsorship

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Tally is what has become of the sponsorships that a self-hosted server has sent.
type Tally struct {
	Open    int // offered, or about to be
	Active  int // redeemed
	Refused int
	Ended   int
}

// Tally counts the sponsorships that the servers of some organizations have sent, by
// organization; one without any is not there.
func (s *Service) Tally(ctx context.Context, orgIDs ...id.ID) (map[id.ID]Tally, error) {
	return s.Store.Tally(ctx, orgIDs)
}

type tallyRow struct {
	organizationID id.ID
	state          State
	count          int
}

func (r *tallyRow) Columns() []any { return []any{&r.organizationID, &r.state, &r.count} }

func (s sqlStore) Tally(ctx context.Context, orgIDs []id.ID) (map[id.ID]Tally, error) {
	rows, err := db.All[tallyRow](ctx, s.DB, `SELECT organization_id, state, count(*) FROM sponsorship
		WHERE organization_id`+s.Pick(first)+` AND birthplace <> '`+Here+`' GROUP BY organization_id, state`, asJSON(orgIDs))
	tallies := map[id.ID]Tally{}
	for _, r := range rows {
		t := tallies[r.organizationID]
		switch r.state {
		case Requested, Offered, Expired:
			t.Open += r.count
		case Active, Ending:
			t.Active += r.count
		case Refused:
			t.Refused += r.count
		case Ended:
			t.Ended += r.count
		}
		tallies[r.organizationID] = t
	}
	return tallies, err
}
