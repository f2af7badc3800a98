package exchange

import (
	"cmp"
	"context"
	"sync"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/id"
	"coffre/internal/sponsorship"
)

// SelfHosted is the end of a self-hosted server: it asks.
type SelfHosted struct{ *sponsorship.Service }

// SyncV1 tells the cloud every living wish of the session's organization and
// applies what it answers, batch by batch, so that a run that breaks off keeps
// what it has done. Its faults are those of billingsync.Session.
func (h *SelfHosted) SyncV1(ctx context.Context, session billingsync.Session) (billingsync.Counts, error) {
	var total billingsync.Counts
	var last told
	for after := (id.ID{}); ; {
		next, err := h.nextBatch(ctx, session, after)
		if err != nil {
			return total, err
		}
		// While the cloud works on a batch, its answer to the one before is applied.
		var wg sync.WaitGroup
		wg.Go(func() { err = next.post(ctx, session) })
		failure := h.apply(ctx, session, last, &total)
		wg.Wait()
		total.Sent += len(next.wishes)
		if err = cmp.Or(err, failure); err != nil || len(next.wishes) == 0 {
			return total, err
		}
		last, after = next, next.wishes[len(next.wishes)-1].ID
	}
}

// told is a batch of wishes with what the cloud says to it; it may be empty.
type told struct {
	wishes []sponsorship.Sponsorship
	emails map[id.ID]string // of the members who have an account, by member
	answer AnswerV1
}

func (b *told) post(ctx context.Context, session billingsync.Session) error {
	if len(b.wishes) == 0 {
		return nil
	}
	in := RequestV1{BillingSyncKey: session.Key, CloudOrganizationID: session.CloudOrganizationID, Batch: make([]RowV1, len(b.wishes))}
	for i, v := range b.wishes {
		in.Batch[i] = rowOf(v)
		if email, known := b.emails[v.MemberID]; known {
			in.Batch[i].MemberTag = tagOf(session.Key, email)
		}
	}
	return session.Post(ctx, pathV1, in, &b.answer)
}

// nextBatch returns the wishes to tell next and notes, before they leave, that
// they were told: from then on they can only be withdrawn, not forgotten.
func (h *SelfHosted) nextBatch(ctx context.Context, session billingsync.Session, after id.ID) (b told, err error) {
	err = h.guarded(ctx, session, func(ctx context.Context) error {
		if b.wishes, err = h.Store.ListToSync(ctx, session.OrganizationID, after, MaxBatch); err != nil || len(b.wishes) == 0 {
			return err
		}
		var fresh []id.ID
		members := make([]id.ID, len(b.wishes))
		for i, v := range b.wishes {
			members[i] = v.MemberID
			if v.Sent < v.Wish.Revision {
				fresh = append(fresh, v.ID)
			}
		}
		if b.emails, err = h.Store.EmailsOf(ctx, members); err != nil {
			return err
		}
		return h.Store.MarkSent(ctx, fresh)
	})
	return b, err
}

// apply takes an answer over. A member may have changed a wish while the call was
// under way: what was answered is the revision that was sent.
func (h *SelfHosted) apply(ctx context.Context, session billingsync.Session, b told, total *billingsync.Counts) error {
	if len(b.wishes) == 0 {
		return nil
	}
	replies := repliesOf(b.answer, h.Now())
	ids := make([]id.ID, len(b.wishes))
	revisions := map[id.ID]int64{}
	for i, v := range b.wishes {
		ids[i], revisions[v.ID] = v.ID, v.Wish.Revision
	}
	counts := *total
	err := h.guarded(ctx, session, func(ctx context.Context) error {
		list, err := h.Store.ListByID(ctx, ids)
		if err != nil {
			return err
		}
		var changed []sponsorship.Step
		var same []id.ID
		var at time.Time
		for _, before := range list {
			if before.Outcome.State == sponsorship.Ended {
				continue // by the clean-up, during the call
			}
			reply := replies.of(before.MemberID)
			after := replied(before, reply, revisions[before.ID], h.Now())
			reply.count(&counts, after)
			switch {
			case after.Outcome == before.Outcome && reply.accepted && !after.Waiting():
				same, at = append(same, before.ID), later(at, reply.at)
			case after != before:
				after.RevisedAt = h.Now()
				changed = append(changed, sponsorship.Step{Before: before, After: after})
			}
		}
		if err := h.Keep(ctx, sponsorship.Actor{}, changed...); err != nil {
			return err
		}
		return h.Store.Stamp(ctx, same, at)
	})
	if err == nil {
		*total = counts
	}
	return err
}

// guarded runs fn in a transaction in which no other changes the sponsorships of the
// session's organization, as long as its run is the one that counts.
func (h *SelfHosted) guarded(ctx context.Context, session billingsync.Session, fn func(context.Context) error) error {
	return h.Locked(ctx, session.OrganizationID, func(ctx context.Context) error {
		if err := session.Guard(ctx); err != nil {
			return err
		}
		return fn(ctx)
	})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// reply is what the cloud said of one row.
type reply struct {
	accepted   bool // the row came back
	removed    bool
	ending     bool
	validUntil time.Time
	at         time.Time
	refused    bool
	code       string // "" when the cloud gives no reason
	// mute is set when nothing came back at all: then a missing row says nothing.
	mute bool
}

type replies struct {
	byMember map[id.ID]reply
	mute     bool
}

// repliesOf reads an answer. A time that the cloud left out is that of this server.
func repliesOf(a AnswerV1, now time.Time) replies {
	r := replies{byMember: map[id.ID]reply{}, mute: len(a.Batch) == 0 && len(a.Refused) == 0}
	for _, row := range a.Batch {
		at := row.LastSync.Time
		if at.IsZero() {
			at = now
		}
		r.byMember[row.MemberID] = reply{
			accepted: true, removed: row.Removed, ending: row.ToDelete, validUntil: row.ValidUntil.Time, at: at,
		}
	}
	for _, row := range a.Refused {
		said := r.byMember[row.MemberID]
		said.refused, said.code = true, row.Code
		r.byMember[row.MemberID] = said
	}
	return r
}

// of returns what was said of a member's row. An official cloud leaves out what it
// refuses, without a reason.
func (r replies) of(memberID id.ID) reply {
	said, ok := r.byMember[memberID]
	if !ok {
		said = reply{refused: true, mute: r.mute}
	}
	return said
}

// replied returns v as the cloud's reply to one of its revisions leaves it.
func replied(v sponsorship.Sponsorship, r reply, revision int64, now time.Time) sponsorship.Sponsorship {
	switch {
	case r.removed && v.Wish.Revision != revision && !v.Wish.Revoked:
		// It is over there, and wanted anew here since the call began.
		v.Outcome = sponsorship.Outcome{State: sponsorship.Requested}
	case r.removed, !r.accepted && v.Wish.Revoked && !r.mute:
		// The cloud has it no more, or never had it.
		if v.Wish.Revoked {
			r.code = sponsorship.CodeRevoked
		}
		return v.Ended(r.code, now)
	case !r.accepted && v.Wish.Revoked:
		return v
	case !r.accepted && v.Redeemed():
		v.Outcome.Code = r.code
	case !r.accepted:
		v.Outcome.State, v.Outcome.Code = sponsorship.Refused, r.code
	default:
		v.Outcome.State, v.Outcome.Code = stateOf(r), r.code
		v.Outcome.ValidUntil, v.SyncedAt = r.validUntil, r.at
	}
	v.Acknowledged = max(v.Acknowledged, revision)
	return v
}

func stateOf(r reply) sponsorship.State {
	switch {
	case r.validUntil.IsZero():
		return sponsorship.Offered
	case r.ending:
		return sponsorship.Ending
	}
	return sponsorship.Active
}

func (r reply) count(counts *billingsync.Counts, after sponsorship.Sponsorship) {
	switch {
	case after.Outcome.State == sponsorship.Ended:
		counts.Removed++
	case r.refused:
		counts.Refused++
	case r.accepted:
		counts.Accepted++
	}
}
