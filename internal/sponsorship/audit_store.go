package sponsorship

import (
	"context"
	"slices"

	"coffre/internal/db"
	"coffre/internal/id"
)

const changeColumns = `id, sponsorship_id, organization_id, actor_id, installation_id, what, state, code, at`

type changeRow struct{ Change }

func (r *changeRow) Columns() []any {
	return []any{
		&r.ID, &r.SponsorshipID, &r.OrganizationID, &r.ActorID, &r.InstallationID, &r.What, &r.State,
		(*db.Optional)(&r.Code), (*db.Time)(&r.At),
	}
}

// recorded is how many entries one statement writes: as many as an exchange may make
// at once.
const recorded = 1000

func (s sqlStore) Record(ctx context.Context, list ...Change) error {
	for part := range slices.Chunk(list, recorded) {
		var args []any
		for _, v := range part {
			args = append(args, v.ID, v.SponsorshipID, v.OrganizationID, v.ActorID, v.InstallationID, v.What, v.State, db.Optional(v.Code), db.Time(v.At))
		}
		_, err := s.Exec(ctx, `INSERT INTO sponsorship_change (`+changeColumns+`) VALUES `+db.Rows(len(part), len(args)/len(part)), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) ListChanges(ctx context.Context, orgID, before id.ID, limit int) ([]Change, error) {
	list := []Change{}
	where, args := `organization_id = $1`, []any{orgID, limit}
	if !before.IsZero() {
		where, args = where+` AND id < $3`, append(args, before)
	}
	err := db.Each(ctx, s.DB, func(r changeRow) error {
		list = append(list, r.Change)
		return nil
	}, `SELECT `+changeColumns+` FROM sponsorship_change WHERE `+where+` ORDER BY id DESC LIMIT $2`, args...)
	return list, err
}
