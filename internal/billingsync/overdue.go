package billingsync

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
)

// patience is how long runs may fail before the owners must know.
const patience = 24 * time.Hour

// OverdueSince returns the last success of a connection whose runs have failed for a
// day since then, or when the first run failed if none ever went through; it is zero
// when there is nothing that the owners must know.
func (c Connection) OverdueSince(now time.Time) time.Time {
	since := c.SucceededAt
	if since.IsZero() {
		since = c.FailingSince
	}
	if !c.Usable() || c.Failures == 0 || now.Sub(since) < patience {
		return time.Time{}
	}
	return since
}

// tellOverdue writes to the owners of each organization whose runs have failed for a
// day: once, until a run goes through.
func (s *SelfHostedEnd) tellOverdue(ctx context.Context) error {
	list, err := s.Store.Overdue(ctx, s.Now().Add(-patience))
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := s.Store.Tx(ctx, func(ctx context.Context) error { return s.tell(ctx, c) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *SelfHostedEnd) tell(ctx context.Context, c Connection) error {
	if first, err := s.Store.MarkTold(ctx, c.OrganizationID, s.Now()); err != nil || !first {
		return err
	}
	o, err := s.Organizations.Get(ctx, c.OrganizationID)
	if err != nil {
		return err
	}
	owners, err := s.Store.Owners(ctx, c.OrganizationID)
	if err != nil {
		return err
	}
	failure, err := s.lastFailure(ctx, c.OrganizationID)
	if err != nil {
		return err
	}
	messages := make([]mail.Message, len(owners))
	for i, owner := range owners {
		messages[i] = mail.Message{
			Once: "sync-overdue:" + c.OrganizationID.String() + ":" + c.FailingSince.Format(time.RFC3339Nano) + ":" + owner.MemberID.String(),
			To:   owner.Email, Template: "sync-overdue", Language: owner.Language,
			Data: map[string]string{
				"Organization": o.Name, "Since": c.OverdueSince(s.Now()).Format(time.RFC3339), "Reason": fault.Text(failure, owner.Language),
				"Link": s.VaultURL + "/#/organizations/" + c.OrganizationID.String() + "/billing/subscription",
			},
		}
	}
	return s.Mail(ctx, messages...)
}

// lastFailure returns why the last run of an organization that has ended failed.
func (s *SelfHostedEnd) lastFailure(ctx context.Context, organizationID id.ID) (failure, err error) {
	const underWay = 1
	runs, err := s.Store.Runs(ctx, organizationID, id.ID{}, 1+underWay)
	for _, r := range runs {
		if failure = r.Err(); failure != nil {
			return failure, err
		}
	}
	return interrupted, err
}
