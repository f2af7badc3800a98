package sponsorship

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// perStatement is how many rows one statement writes. More would be hardly faster
// and take more memory.
const perStatement = 250

// Store keeps sponsorships. One that lives has not ended; an own one was not made
// by an admin; a member has at most one that is both.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	Get(ctx context.Context, sponsorshipID id.ID) (Sponsorship, error)
	// FindOwn looks for the living own one of a member of this server.
	FindOwn(ctx context.Context, orgID, memberID id.ID) (Sponsorship, bool, error)
	// FindBySponsored looks for the living one from which a Families organization lives.
	FindBySponsored(ctx context.Context, orgID id.ID) (Sponsorship, bool, error)
	// GiversTo returns the organizations that give the living ones from which some live.
	GiversTo(ctx context.Context, orgIDs []id.ID) ([]id.ID, error)
	// ListByAccount returns the living ones of an account's members, own ones last.
	ListByAccount(ctx context.Context, accountID id.ID) ([]Sponsorship, error)
	// ListAdminInitiated returns the living ones that admins of an organization made.
	ListAdminInitiated(ctx context.Context, orgID id.ID) ([]Sponsorship, error)
	// CountAdminInitiated counts those of them that take a seat.
	CountAdminInitiated(ctx context.Context, orgID id.ID, now time.Time) (int, error)
	// ListByMemberIDs returns all living ones of members of this server.
	ListByMemberIDs(ctx context.Context, memberIDs []id.ID) ([]Sponsorship, error)
	// ListByOrganization returns all living ones that an organization gives, wherever
	// they were born.
	ListByOrganization(ctx context.Context, orgID id.ID) ([]Sponsorship, error)
	// ListEndedByAccount returns own ones of an account's members that others, or time,
	// have ended since an instant, the newest of each member that gives none now.
	ListEndedByAccount(ctx context.Context, accountID id.ID, since time.Time) ([]Sponsorship, error)
	// FindLastBySponsored looks for the one from which a Families organization lives, or
	// that has ended last, after an instant.
	FindLastBySponsored(ctx context.Context, orgID id.ID, since time.Time) (Sponsorship, bool, error)
	// Tally counts the sponsorships that servers of some organizations have sent, by
	// organization.
	Tally(ctx context.Context, orgIDs []id.ID) (map[id.ID]Tally, error)
	// LastSync returns when the cloud answered any of an organization's, or zero.
	LastSync(ctx context.Context, orgID id.ID) (time.Time, error)
	// LastExchange returns when an organization's server of a birthplace last synced,
	// or zero.
	LastExchange(ctx context.Context, orgID id.ID, birthplace string) (time.Time, error)
	// NoteExchange notes that it did.
	NoteExchange(ctx context.Context, orgID id.ID, birthplace string, at time.Time) error
	// Footings returns on what sponsorships stand, by their ids.
	Footings(ctx context.Context, sponsorshipIDs []id.ID) (map[id.ID]Footing, error)

	// ListByMembers returns the living own ones of members elsewhere.
	ListByMembers(ctx context.Context, orgID id.ID, birthplace string, memberIDs []id.ID) ([]Sponsorship, error)
	// EndedMembers returns which of the members elsewhere had one that has ended.
	EndedMembers(ctx context.Context, orgID id.ID, birthplace string, memberIDs []id.ID) ([]id.ID, error)
	// ListToSync returns living own ones of an organization of this server in the
	// order of ids, beginning behind one; the zero ID is before all.
	ListToSync(ctx context.Context, orgID, after id.ID, limit int) ([]Sponsorship, error)
	ListByID(ctx context.Context, sponsorshipIDs []id.ID) ([]Sponsorship, error)
	// CountAlive counts the living ones that an organization gives.
	CountAlive(ctx context.Context, orgID id.ID) (int, error)
	// ListOfUnpaidTrials returns redeemed living ones of organizations whose trial is over
	// and that have never paid an invoice, in the order of their ids; OfUnpaidTrial
	// reports whether one is such.
	ListOfUnpaidTrials(ctx context.Context, after id.ID, limit int) ([]Sponsorship, error)
	OfUnpaidTrial(ctx context.Context, sponsorshipID id.ID) (bool, error)
	// ListOver returns living ones that end and are paid until now at the latest, that
	// were paid until an instant long ago, or whose Families organization is deleted,
	// in the order of ids behind one.
	ListOver(ctx context.Context, now, longAgo time.Time, after id.ID, limit int) ([]Sponsorship, error)

	// ListEnding returns living ones that are paid until an instant at the latest and of
	// whose end nobody has been told, in the order of ids behind one.
	ListEnding(ctx context.Context, before time.Time, after id.ID, limit int) ([]Sponsorship, error)
	// ListStale returns living ones whose paid time ended before an instant.
	ListStale(ctx context.Context, before time.Time, limit int) ([]Sponsorship, error)

	// Save makes what is new. Of what is not, it replaces all but where it was born
	// and who gives it, which never changes.
	Save(ctx context.Context, list ...Sponsorship) error
	// MarkSent notes that the current revisions are being written into an exchange.
	MarkSent(ctx context.Context, sponsorshipIDs []id.ID) error
	// Stamp notes that the cloud has answered the current revisions.
	Stamp(ctx context.Context, sponsorshipIDs []id.ID, at time.Time) error
	// Delete forgets some without a skeleton: nobody else has ever heard of them.
	Delete(ctx context.Context, sponsorshipIDs []id.ID) error
	// Record adds entries to the log of changes.
	Record(ctx context.Context, list ...Change) error
	// ListChanges returns entries of an organization, the newest first, before one; the
	// zero ID is after all.
	ListChanges(ctx context.Context, orgID, before id.ID, limit int) ([]Change, error)
	// NextSequence counts n changes of outcomes and returns the number of the last.
	NextSequence(ctx context.Context, orgID id.ID, n int) (int64, error)
	// MarkTold notes when those who pay were told of the end.
	MarkTold(ctx context.Context, sponsorshipIDs []id.ID, at time.Time) error
	// Erase takes address and name from skeletons that ended before an instant.
	Erase(ctx context.Context, before time.Time) error

	// AccountsOf returns the accounts of members of this server.
	AccountsOf(ctx context.Context, memberIDs []id.ID) ([]id.ID, error)
	// EmailsOf returns the addresses of those members of this server who have an
	// account, by member.
	EmailsOf(ctx context.Context, memberIDs []id.ID) (map[id.ID]string, error)
	// Cultures returns the languages of those addresses that have an account here,
	// by lower-case address.
	Cultures(ctx context.Context, emails []string) (map[string]string, error)
	// Recipients returns who has redeemed sponsorships, by their ids: at the address of
	// the account, or, once that is gone, the one to which the offer went.
	Recipients(ctx context.Context, sponsorshipIDs []id.ID) (map[id.ID]Recipient, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ *db.DB }

const columns = `id, organization_id, birthplace, origin_id, member_id,
	revision, type, offered_to, friendly_name, language, admin_initiated, offer, revoked,
	state, code, sequence, sponsored_organization_id, redeemed_by, valid_until, offered_at, ended_at,
	sent_revision, acknowledged_revision, synced_at, mails, mails_since, created_at, revised_at, notes, told_at`

type row struct{ Sponsorship }

func (r *row) Columns() []any {
	w, o := &r.Wish, &r.Outcome
	return []any{
		&r.ID, &r.OrganizationID, &r.Birthplace, &r.OriginID, &r.MemberID,
		&w.Revision, &w.Type, (*db.Optional)(&w.Email), (*db.Optional)(&w.FriendlyName), &w.Language, &w.AdminInitiated, &w.Offer, &w.Revoked,
		&o.State, (*db.Optional)(&o.Code), &o.Sequence, &o.SponsoredOrganizationID, &o.RedeemedBy,
		(*db.Time)(&o.ValidUntil), (*db.Time)(&o.OfferedAt), (*db.Time)(&o.EndedAt),
		&r.Sent, &r.Acknowledged, (*db.Time)(&r.SyncedAt), &r.Mails, (*db.Time)(&r.MailsSince), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
		(*db.Optional)(&w.Notes), (*db.Time)(&o.ToldAt),
	}
}

// values are what Columns reads, in the same order.
func (v Sponsorship) values() []any {
	w, o := v.Wish, v.Outcome
	return []any{
		v.ID, v.OrganizationID, v.Birthplace, v.OriginID, v.MemberID,
		w.Revision, w.Type, db.Optional(w.Email), db.Optional(w.FriendlyName), w.Language, w.AdminInitiated, w.Offer, w.Revoked,
		o.State, db.Optional(o.Code), o.Sequence, o.SponsoredOrganizationID, o.RedeemedBy,
		db.Time(o.ValidUntil), db.Time(o.OfferedAt), db.Time(o.EndedAt),
		v.Sent, v.Acknowledged, db.Time(v.SyncedAt), v.Mails, db.Time(v.MailsSince), db.Time(v.CreatedAt), db.Time(v.RevisedAt),
		db.Optional(w.Notes), db.Time(o.ToldAt),
	}
}

func (s sqlStore) list(ctx context.Context, where string, args ...any) ([]Sponsorship, error) {
	list := []Sponsorship{}
	err := db.Each(ctx, s.DB, func(r row) error {
		list = append(list, r.Sponsorship)
		return nil
	}, `SELECT `+columns+` FROM sponsorship WHERE `+where, args...)
	return list, err
}

func (s sqlStore) find(ctx context.Context, where string, args ...any) (Sponsorship, bool, error) {
	r, err := db.One[row](ctx, s.DB, `SELECT `+columns+` FROM sponsorship WHERE `+where, args...)
	if fault.KindOf(err) == fault.NotFound {
		return Sponsorship{}, false, nil
	}
	return r.Sponsorship, err == nil, err
}

func (s sqlStore) Get(ctx context.Context, sponsorshipID id.ID) (Sponsorship, error) {
	r, err := db.One[row](ctx, s.DB, `SELECT `+columns+` FROM sponsorship WHERE id = $1`, sponsorshipID)
	return r.Sponsorship, err
}

func (s sqlStore) FindOwn(ctx context.Context, orgID, memberID id.ID) (Sponsorship, bool, error) {
	return s.find(ctx, `organization_id = $1 AND birthplace = $2 AND member_id = $3 AND ended_at IS NULL AND NOT admin_initiated`,
		orgID, Here, memberID)
}

func (s sqlStore) FindBySponsored(ctx context.Context, orgID id.ID) (Sponsorship, bool, error) {
	return s.find(ctx, `sponsored_organization_id = $1 AND ended_at IS NULL`, orgID)
}

func (s sqlStore) GiversTo(ctx context.Context, orgIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.DB, `SELECT organization_id FROM sponsorship
		WHERE organization_id IS NOT NULL AND ended_at IS NULL AND sponsored_organization_id`+s.Pick(first), asJSON(orgIDs))
}

func (s sqlStore) ListByAccount(ctx context.Context, accountID id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `member_id IN (SELECT id FROM member WHERE account_id = $1) AND birthplace = $2 AND ended_at IS NULL
		ORDER BY admin_initiated DESC, created_at`, accountID, Here)
}

func (s sqlStore) ListAdminInitiated(ctx context.Context, orgID id.ID) ([]Sponsorship, error) {
	return s.list(ctx, `organization_id = $1 AND admin_initiated AND ended_at IS NULL ORDER BY created_at, id`, orgID)
}

// What nobody has redeemed takes a seat until it is withdrawn, and the rest as long
// as it is paid.
func (s sqlStore) CountAdminInitiated(ctx context.Context, orgID id.ID, now time.Time) (int, error) {
	return db.Value[int](ctx, s.DB, `SELECT count(*) FROM sponsorship
		WHERE organization_id = $1 AND admin_initiated AND ended_at IS NULL
			AND (valid_until > $2 OR valid_until IS NULL AND NOT revoked)`, orgID, db.Time(now))
}

func (s sqlStore) LastSync(ctx context.Context, orgID id.ID) (time.Time, error) {
	at, err := db.Value[db.Time](ctx, s.DB, `SELECT max(synced_at) FROM sponsorship WHERE organization_id = $1`, orgID)
	return time.Time(at), err
}

func (s sqlStore) ListOver(ctx context.Context, now, longAgo time.Time, after id.ID, limit int) ([]Sponsorship, error) {
	return s.list(ctx, `ended_at IS NULL AND valid_until IS NOT NULL AND id > $4
		AND (state = $2 AND valid_until <= $1 OR valid_until < $3 OR sponsored_organization_id IS NULL) ORDER BY id LIMIT $5`,
		db.Time(now), Ending, db.Time(longAgo), after.String(), limit)
}
