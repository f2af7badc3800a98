package exchange

import (
	"context"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/policy"
	"coffre/internal/sponsorship"
)

// Cloud is the end of a cloud: servers tell it what their members wish.
type Cloud struct {
	*sponsorship.Cloud
	// CheckKey is asked before anything else when a server wants to sync.
	CheckKey billingsync.CheckKey
}

var batchTooLarge = fault.New(fault.Invalid, "exchange.batchTooLarge").On("sponsorshipsBatch")

// AnswerV1 takes a batch of wishes from a server and answers each. All of it
// happens in one transaction, or nothing does. Its faults are those of CheckKey,
// and of a batch that is missing or too large.
func (c *Cloud) AnswerV1(ctx context.Context, installationID id.ID, in RequestV1) (AnswerV1, error) {
	if err := c.CheckKey(ctx, installationID, in.CloudOrganizationID, in.BillingSyncKey); err != nil {
		return AnswerV1{}, err
	}
	switch {
	case in.Batch == nil:
		return AnswerV1{}, fault.Required("sponsorshipsBatch")
	case len(in.Batch) > MaxBatch:
		return AnswerV1{}, batchTooLarge.With("limit", MaxBatch)
	}
	x := newExchangeV1(installationID, c.Now(), c.Life(), c.MailsPerHour)
	x.key = in.BillingSyncKey
	err := c.Locked(ctx, in.CloudOrganizationID, func(ctx context.Context) error {
		if err := c.load(ctx, x, in); err != nil {
			return err
		}
		for _, row := range in.Batch {
			x.take(row)
		}
		return c.commit(ctx, x)
	})
	return x.answer, err
}

func (c *Cloud) load(ctx context.Context, x *exchangeV1, in RequestV1) (err error) {
	if x.sponsor, err = c.Organizations.Get(ctx, in.CloudOrganizationID); err != nil {
		return err
	}
	if x.barred, err = c.Policies.Enabled(ctx, x.sponsor.ID, policy.FreeFamiliesSponsorship); err != nil {
		return err
	}
	if x.left, x.trial, err = c.TrialOffers(ctx, x.sponsor.ID); err != nil {
		return err
	}
	members := make([]id.ID, len(in.Batch))
	for i, row := range in.Batch {
		members[i] = row.MemberID
	}
	alive, err := c.Store.ListByMembers(ctx, x.sponsor.ID, x.birthplace, members)
	if err != nil {
		return err
	}
	for _, v := range alive {
		x.alive[v.MemberID], x.before[v.ID] = v, v
	}
	ended, err := c.Store.EndedMembers(ctx, x.sponsor.ID, x.birthplace, members)
	for _, member := range ended {
		x.ended[member] = true
	}
	return err
}

func (c *Cloud) commit(ctx context.Context, x *exchangeV1) error {
	changed, written := x.result()
	if err := c.Save(ctx, sponsorship.Actor{Installation: x.installation}, changed...); err != nil {
		return err
	}
	if err := c.Store.Stamp(ctx, x.kept, x.now); err != nil {
		return err
	}
	synced := event.Event{OrganizationID: x.sponsor.ID, Type: event.SponsorshipsSynced, InstallationID: x.installation}
	if err := c.Organizations.Record(ctx, synced); err != nil {
		return err
	}
	if err := c.noteExchange(ctx, x.sponsor.ID, x.birthplace); err != nil {
		return err
	}
	return c.MailOffers(ctx, x.sponsor, written...)
}

// noteEvery is how exactly the last exchange of a server is known: an idle one costs no
// write when one was noted lately.
const noteEvery = time.Hour

func (c *Cloud) noteExchange(ctx context.Context, orgID id.ID, birthplace string) error {
	last, err := c.Store.LastExchange(ctx, orgID, birthplace)
	if err != nil || !last.IsZero() && c.Now().Sub(last) < noteEvery {
		return err
	}
	return c.Store.NoteExchange(ctx, orgID, birthplace, c.Now())
}

// exchangeV1 decides about a batch. See [Note: dialect v1].
type exchangeV1 struct {
	sponsor    org.Organization
	barred     bool // by policy
	trial      bool // and left is how many it may still give
	left       int
	birthplace string
	key        string // the billing sync key

	installation id.ID
	now          time.Time
	life         time.Duration
	perHour      int // mails of one sponsorship

	alive  map[id.ID]sponsorship.Sponsorship // by member
	before map[id.ID]sponsorship.Sponsorship // alive, as they were
	ended  map[id.ID]bool                    // members who had one before

	order   []id.ID // of what has changed, oldest change first
	changed map[id.ID]sponsorship.Sponsorship
	mailed  map[id.ID]bool
	kept    []id.ID
	answer  AnswerV1
}

func newExchangeV1(installationID id.ID, now time.Time, life time.Duration, perHour int) *exchangeV1 {
	return &exchangeV1{
		// A member's id means nothing beyond the server that made it.
		birthplace: "v1:" + installationID.String(), installation: installationID, now: now, life: life, perHour: perHour,
		alive: map[id.ID]sponsorship.Sponsorship{}, before: map[id.ID]sponsorship.Sponsorship{}, ended: map[id.ID]bool{}, changed: map[id.ID]sponsorship.Sponsorship{}, mailed: map[id.ID]bool{},
		answer: AnswerV1{Batch: []AnswerRowV1{}, Refused: []RefusedV1{}},
	}
}

// take decides about one row.
func (x *exchangeV1) take(row RowV1) {
	v, known := x.alive[row.MemberID]
	switch {
	case row.MemberID.IsZero():
		x.refuse(row, sponsorship.CodeRowInvalid)
	case row.ToDelete && known:
		x.withdraw(row, v)
	case row.ToDelete, !known && x.ended[row.MemberID] && !row.LastSync.IsZero():
		// The asking server has missed the end. Nothing is made, nothing is mailed.
		x.accept(row, sponsorship.Sponsorship{}, true)
	case known && v.Redeemed():
		x.keep(row, v)
		if row.email() != "" && !v.Wish.Is(row.email()) {
			x.refuse(row, sponsorship.CodeAlreadyRedeemed) // the new recipient, not the row
		}
	default:
		x.offer(row, v, known)
	}
}

func (x *exchangeV1) withdraw(row RowV1, v sponsorship.Sponsorship) {
	if v.Wish.Revoked {
		x.keep(row, v)
		return
	}
	v = v.Withdrawn(x.now).Closed(sponsorship.CodeRevoked, x.now).Answered(x.now)
	x.put(v)
	x.accept(row, v, v.Outcome.State == sponsorship.Ended)
}

// offer takes on a wish that nobody has redeemed. An offer that is as it was is
// not mailed again, except when it is too old and the asking server wants it anew.
func (x *exchangeV1) offer(row RowV1, v sponsorship.Sponsorship, known bool) {
	same := known && (row.email() == "" || v.Wish.Is(row.email()))
	renewed := row.LastSync.IsZero() && v.Expired(x.now, x.life)
	to, wrong := row.recipient()
	switch {
	case !x.sponsor.PlanType.Sponsors():
		x.refuse(row, sponsorship.CodePlanTooLow)
	case same && !renewed:
		x.keep(row, v)
	case x.dormant():
		x.refuse(row, sponsorship.CodeOrganizationDisabled)
	case x.barred:
		x.refuse(row, sponsorship.CodeDisabledByPolicy)
	case wrong != "":
		x.refuse(row, wrong)
	case row.own(x.key):
		x.refuse(row, sponsorship.CodeOwnEmail)
	case !known && x.trial && x.left == 0:
		x.refuse(row, sponsorship.CodeTrialLimit)
	default:
		if !known {
			v = sponsorship.Wished(x.sponsor.ID, row.MemberID, x.birthplace, x.now)
			x.left--
		}
		x.write(row, v, to)
	}
}

func (x *exchangeV1) write(row RowV1, v sponsorship.Sponsorship, to sponsorship.Recipient) {
	v, err := v.Paced(x.now, x.perHour)
	if err != nil {
		x.refuse(row, sponsorship.CodeTooManyMails) // it comes again with the next sync
		return
	}
	v, _ = v.To(to, x.now) // nobody has redeemed or withdrawn it
	v = v.Offered(x.now)
	x.put(v)
	x.mailed[v.ID] = true
	x.accept(row, v, false)
}

// dormant reports whether the organization gives nothing new any more.
func (x *exchangeV1) dormant() bool {
	end := x.sponsor.ExpiresAt
	return !x.sponsor.Enabled && (end.IsZero() || x.now.Sub(end) > sponsorship.Grace)
}

func (x *exchangeV1) put(v sponsorship.Sponsorship) {
	if _, again := x.changed[v.ID]; !again {
		x.order = append(x.order, v.ID)
	}
	x.changed[v.ID] = v
	x.alive[v.MemberID] = v
	if v.Outcome.State == sponsorship.Ended {
		delete(x.alive, v.MemberID)
		x.ended[v.MemberID] = true
	}
}

func (x *exchangeV1) keep(row RowV1, v sponsorship.Sponsorship) {
	x.kept = append(x.kept, v.ID)
	x.accept(row, v, false)
}

func (x *exchangeV1) accept(row RowV1, v sponsorship.Sponsorship, removed bool) {
	row.LastSync, row.ValidUntil, row.Language = instant{x.now}, instant{v.Outcome.ValidUntil}, ""
	row.MemberTag = ""
	row.ToDelete = row.ToDelete || v.ToDelete()
	x.answer.Batch = append(x.answer.Batch, AnswerRowV1{RowV1: row, Removed: removed})
}

func (x *exchangeV1) refuse(row RowV1, code string) {
	x.answer.Refused = append(x.answer.Refused, RefusedV1{MemberID: row.MemberID, Code: code})
}

// result returns what has changed, and of that what is to be mailed.
func (x *exchangeV1) result() (changed []sponsorship.Step, written []sponsorship.Sponsorship) {
	for _, sponsorshipID := range x.order {
		v := x.changed[sponsorshipID]
		changed = append(changed, sponsorship.Step{Before: x.before[sponsorshipID], After: v})
		if x.mailed[sponsorshipID] && v.Outcome.State == sponsorship.Offered {
			written = append(written, v)
		}
	}
	return changed, written
}
