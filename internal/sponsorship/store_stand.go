package sponsorship

import (
	"context"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// What sponsorships stand on, and what has become of them.

func (s sqlStore) LastExchange(ctx context.Context, orgID id.ID, birthplace string) (time.Time, error) {
	at, err := db.Value[db.Time](ctx, s.DB, `SELECT max(at) FROM sponsorship_exchange
		WHERE organization_id = $1 AND birthplace = $2`, orgID, birthplace)
	return time.Time(at), err
}

func (s sqlStore) NoteExchange(ctx context.Context, orgID id.ID, birthplace string, at time.Time) error {
	_, err := s.Exec(ctx, `INSERT INTO sponsorship_exchange (organization_id, birthplace, at) VALUES ($1, $2, $3)
		ON CONFLICT (organization_id, birthplace) DO UPDATE SET at = excluded.at`, orgID, birthplace, db.Time(at))
	return err
}

type footingRow struct {
	id       id.ID
	features db.JSON[plan.Features]
	Footing
}

func (r *footingRow) Columns() []any {
	r.features = db.JSON[plan.Features]{V: &r.Features}
	return []any{
		&r.id, &r.Name, &r.Exists, &r.Enabled, &r.Plan, (*db.Time)(&r.ExpiresAt), r.features, &r.Barred, (*db.Time)(&r.LastExchange),
	}
}

func (s sqlStore) Footings(ctx context.Context, sponsorshipIDs []id.ID) (map[id.ID]Footing, error) {
	found := map[id.ID]Footing{}
	err := db.Each(ctx, s.DB, func(r footingRow) error {
		r.Barred = r.Barred && r.Features.UsePolicies
		found[r.id] = r.Footing
		return nil
	}, `SELECT s.id, COALESCE(o.name, ''), o.id IS NOT NULL, COALESCE(o.enabled, FALSE), COALESCE(o.plan_type, 0), o.expires_at,
			COALESCE(o.features, '{}'),
			EXISTS (SELECT 1 FROM policy p WHERE p.organization_id = o.id AND p.type = $2 AND p.enabled),
			(SELECT e.at FROM sponsorship_exchange e WHERE e.organization_id = o.id AND e.birthplace = s.birthplace)
		FROM sponsorship s LEFT JOIN organization o ON o.id = s.organization_id
		WHERE s.id`+s.Pick(first), asJSON(sponsorshipIDs), policy.FreeFamiliesSponsorship)
	return found, err
}

func (s sqlStore) CountAlive(ctx context.Context, orgID id.ID) (int, error) {
	return db.Value[int](ctx, s.DB, `SELECT COUNT(*) FROM sponsorship WHERE organization_id = $1 AND ended_at IS NULL`, orgID)
}

// ofUnpaidTrial is true of what was redeemed from an organization that had a trial and
// has never paid.
const ofUnpaidTrial = `ended_at IS NULL AND sponsored_organization_id IS NOT NULL AND organization_id IN (
	SELECT t.organization_id FROM subscription t WHERE t.trial_end_at IS NOT NULL AND t.status IN ($1, $2)
		AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.organization_id = t.organization_id AND i.paid_at IS NOT NULL))`

func (s sqlStore) ListOfUnpaidTrials(ctx context.Context, after id.ID, limit int) ([]Sponsorship, error) {
	return s.list(ctx, ofUnpaidTrial+` AND id > $3 ORDER BY id LIMIT $4`, billing.Canceled, billing.Unpaid, after.String(), limit)
}

func (s sqlStore) OfUnpaidTrial(ctx context.Context, sponsorshipID id.ID) (bool, error) {
	list, err := s.list(ctx, ofUnpaidTrial+` AND id = $3`, billing.Canceled, billing.Unpaid, sponsorshipID)
	return len(list) > 0, err
}

func (s sqlStore) ListEnding(ctx context.Context, before time.Time, after id.ID, limit int) ([]Sponsorship, error) {
	return s.list(ctx, `ended_at IS NULL AND valid_until <= $1 AND told_at IS NULL AND sponsored_organization_id IS NOT NULL
		AND id > $2 ORDER BY id LIMIT $3`, db.Time(before), after.String(), limit)
}

func (s sqlStore) MarkTold(ctx context.Context, sponsorshipIDs []id.ID, at time.Time) error {
	if len(sponsorshipIDs) == 0 {
		return nil
	}
	_, err := s.Exec(ctx, `UPDATE sponsorship SET told_at = $2 WHERE id`+s.Pick(first), asJSON(sponsorshipIDs), db.Time(at))
	return err
}

func (s sqlStore) ListByMemberIDs(ctx context.Context, memberIDs []id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `member_id`+s.Pick(first)+` AND birthplace = $2 AND ended_at IS NULL ORDER BY id`, asJSON(memberIDs), Here)
}

func (s sqlStore) ListByOrganization(ctx context.Context, orgID id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `organization_id = $1 AND ended_at IS NULL ORDER BY id`, orgID)
}

func (s sqlStore) ListEndedByAccount(ctx context.Context, accountID id.ID, since time.Time) ([]Sponsorship, error) {
	return s.list(ctx, `member_id IN (SELECT id FROM member WHERE account_id = $1) AND birthplace = $2 AND NOT admin_initiated
		AND ended_at > $3 AND code IS NOT NULL AND NOT revoked
		AND NOT EXISTS (SELECT 1 FROM sponsorship other WHERE other.member_id = sponsorship.member_id AND other.birthplace = $2
			AND NOT other.admin_initiated AND (other.ended_at IS NULL OR other.ended_at > sponsorship.ended_at))
		ORDER BY ended_at`, accountID, Here, db.Time(since))
}

func (s sqlStore) FindLastBySponsored(ctx context.Context, orgID id.ID, since time.Time) (Sponsorship, bool, error) {
	return s.find(ctx, `sponsored_organization_id = $1 AND (ended_at IS NULL OR ended_at > $2)
		ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, ended_at DESC LIMIT 1`, orgID, db.Time(since))
}

type recipientRow struct {
	id id.ID
	Recipient
}

func (r *recipientRow) Columns() []any { return []any{&r.id, (*db.Optional)(&r.Email), &r.Language} }

func (s sqlStore) Recipients(ctx context.Context, sponsorshipIDs []id.ID) (map[id.ID]Recipient, error) {
	found := map[id.ID]Recipient{}
	err := db.Each(ctx, s.DB, func(r recipientRow) error {
		found[r.id] = r.Recipient
		return nil
	}, `SELECT s.id, COALESCE(a.email, s.offered_to), COALESCE(a.culture, s.language)
		FROM sponsorship s LEFT JOIN account a ON a.id = s.redeemed_by WHERE s.id`+s.Pick(first), asJSON(sponsorshipIDs))
	return found, err
}
