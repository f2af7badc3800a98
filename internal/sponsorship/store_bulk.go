package sponsorship

import (
	"context"
	"slices"
	"strings"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// first and third look a column up in a list, which is the first or third argument
// and JSON: one text of a statement for any length, and one look in the index for
// each value, even before the engine has statistics.
var (
	first = db.Dialect{
		SQLite:   ` IN (SELECT value FROM json_each($1))`,
		Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
	}
	third = db.Dialect{
		SQLite:   ` IN (SELECT value FROM json_each($3))`,
		Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($3 AS jsonb))))`,
	}
)

// ofOneBirthplace is a CASE so that no engine reads, and sorts, all rows of an
// organization by the index that begins with it when a few of them are asked for.
const ofOneBirthplace = `CASE WHEN organization_id = $1 AND birthplace = $2 THEN TRUE ELSE FALSE END`

func asJSON[T any](list []T) db.JSON[[]T] {
	if list == nil {
		list = []T{}
	}
	return db.JSON[[]T]{V: &list}
}

func (s sqlStore) ListByMembers(ctx context.Context, orgID id.ID, birthplace string, memberIDs []id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `member_id`+s.Pick(third)+` AND ended_at IS NULL AND NOT admin_initiated AND `+ofOneBirthplace,
		orgID, birthplace, asJSON(memberIDs))
}

func (s sqlStore) EndedMembers(ctx context.Context, orgID id.ID, birthplace string, memberIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.DB, `SELECT DISTINCT member_id FROM sponsorship WHERE member_id`+s.Pick(third)+` AND ended_at IS NOT NULL AND `+ofOneBirthplace,
		orgID, birthplace, asJSON(memberIDs))
}

func (s sqlStore) ListToSync(ctx context.Context, orgID, after id.ID, limit int) ([]Sponsorship, error) {
	return s.list(ctx, `id > $3 AND ended_at IS NULL AND NOT admin_initiated AND `+ofOneBirthplace+` ORDER BY id LIMIT $4`,
		orgID, Here, after.String(), limit)
}

func (s sqlStore) ListByID(ctx context.Context, sponsorshipIDs []id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `id`+s.Pick(first), asJSON(sponsorshipIDs))
}

func (s sqlStore) Save(ctx context.Context, list ...Sponsorship) error {
	for part := range slices.Chunk(list, perStatement) {
		args := make([]any, 0, len(part)*width)
		for _, v := range part {
			args = append(args, v.values()...)
		}
		_, err := s.Exec(ctx, `INSERT INTO sponsorship (`+columns+`) VALUES `+db.Rows(len(part), width)+
			` ON CONFLICT (id) DO UPDATE SET `+replacement, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// width is how many columns there are.
var width = strings.Count(columns, ",") + 1

// replacement sets the columns that change, those behind the member, to what the
// statement brings. An index of others costs nothing then.
var replacement = func() string {
	var set []string
	for _, name := range strings.Split(columns, ",")[5:] {
		name = strings.TrimSpace(name)
		set = append(set, name+" = excluded."+name)
	}
	return strings.Join(set, ", ")
}()

func (s sqlStore) MarkSent(ctx context.Context, sponsorshipIDs []id.ID) error {
	if len(sponsorshipIDs) == 0 {
		return nil
	}
	_, err := s.Exec(ctx, `UPDATE sponsorship SET sent_revision = revision WHERE id`+s.Pick(first), asJSON(sponsorshipIDs))
	return err
}

func (s sqlStore) Stamp(ctx context.Context, sponsorshipIDs []id.ID, at time.Time) error {
	if len(sponsorshipIDs) == 0 {
		return nil
	}
	_, err := s.Exec(ctx, `UPDATE sponsorship SET synced_at = $2, acknowledged_revision = revision WHERE id`+s.Pick(first),
		asJSON(sponsorshipIDs), db.Time(at))
	return err
}

func (s sqlStore) Delete(ctx context.Context, sponsorshipIDs []id.ID) error {
	_, err := s.Exec(ctx, `DELETE FROM sponsorship WHERE id`+s.Pick(first), asJSON(sponsorshipIDs))
	return err
}

func (s sqlStore) NextSequence(ctx context.Context, orgID id.ID, n int) (last int64, err error) {
	err = s.Tx(ctx, func(ctx context.Context) error {
		last, err = db.Value[int64](ctx, s.DB, `INSERT INTO sponsorship_sequence (organization_id, value) VALUES ($1, $2)
			ON CONFLICT (organization_id) DO UPDATE SET value = sponsorship_sequence.value + excluded.value
			RETURNING value`, orgID, n)
		return err
	})
	return last, err
}

func (s sqlStore) ListStale(ctx context.Context, before time.Time, limit int) ([]Sponsorship, error) {
	return s.list(ctx, `ended_at IS NULL AND valid_until < $1 ORDER BY id LIMIT $2`, db.Time(before), limit)
}

func (s sqlStore) Erase(ctx context.Context, before time.Time) error {
	_, err := s.Exec(ctx, `UPDATE sponsorship SET offered_to = NULL, friendly_name = NULL, notes = NULL
		WHERE ended_at < $1 AND offered_to IS NOT NULL`, db.Time(before))
	return err
}

func (s sqlStore) AccountsOf(ctx context.Context, memberIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.DB, `SELECT account_id FROM member WHERE account_id IS NOT NULL AND id`+s.Pick(first), asJSON(memberIDs))
}

type emailRow struct {
	id    id.ID
	email string
}

func (r *emailRow) Columns() []any { return []any{&r.id, &r.email} }

func (s sqlStore) EmailsOf(ctx context.Context, memberIDs []id.ID) (map[id.ID]string, error) {
	found := map[id.ID]string{}
	err := db.Each(ctx, s.DB, func(r emailRow) error {
		found[r.id] = r.email
		return nil
	}, `SELECT m.id, a.email FROM member m JOIN account a ON a.id = m.account_id WHERE m.id`+s.Pick(first), asJSON(memberIDs))
	return found, err
}

type cultureRow struct{ email, culture string }

func (r *cultureRow) Columns() []any { return []any{&r.email, &r.culture} }

func (s sqlStore) Cultures(ctx context.Context, emails []string) (map[string]string, error) {
	found := map[string]string{}
	lower := make([]string, len(emails))
	for i, email := range emails {
		lower[i] = strings.ToLower(email)
	}
	err := db.Each(ctx, s.DB, func(r cultureRow) error {
		found[r.email] = r.culture
		return nil
	}, `SELECT email, culture FROM account WHERE email`+s.Pick(first), asJSON(lower))
	return found, err
}
