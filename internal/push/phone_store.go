package push

import (
	"context"
	"slices"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

type phoneRow struct{ Phone }

func (r *phoneRow) Columns() []any {
	return []any{&r.AccountID, &r.DeviceID, &r.Identifier, &r.Type, &r.Token}
}

const phoneColumns = `account_id, id, identifier, type, push_token`

func (s sqlStore) Phones(ctx context.Context, people []id.ID) ([]Phone, error) {
	list := []Phone{}
	for part := range slices.Chunk(people, perQuery) {
		err := db.Each(ctx, s.db, func(r phoneRow) error {
			if Reachable(r.Type) {
				list = append(list, r.Phone)
			}
			return nil
		}, `SELECT `+phoneColumns+` FROM device WHERE push_token IS NOT NULL
			AND account_id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s sqlStore) Phone(ctx context.Context, accountID, deviceID id.ID) (Phone, bool, error) {
	r, err := db.One[phoneRow](ctx, s.db, `SELECT `+phoneColumns+` FROM device
		WHERE push_token IS NOT NULL AND account_id = $1 AND id = $2`, accountID, deviceID)
	if fault.KindOf(err) == fault.NotFound || err == nil && !Reachable(r.Type) {
		return Phone{}, false, nil
	}
	if err != nil {
		return Phone{}, false, err
	}
	organizations, err := db.Values[string](ctx, s.db, `SELECT organization_id FROM member WHERE account_id = $1 AND status = $2`, accountID, confirmed)
	r.Organizations = append(r.Organizations, organizations...)
	return r.Phone, true, err
}
