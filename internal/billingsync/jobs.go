package billingsync

import (
	"context"
	"errors"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
)

// quiet is how long a change waits for the next one, so that a handful of them
// travels together.
const quiet = 3 * time.Second

// The kinds of jobs: one looks around for all, one runs for an organization.
const (
	lookKind = "billing-sync"
	runKind  = "billing-sync-run"
)

// Schedule has the queue run what is due. It comes before the queue runs.
func (s *SelfHostedEnd) Schedule() {
	s.Queue.Every(lookKind, jobs.Interval(time.Minute), s.look)
	s.Queue.Handle(runKind, s.runDue)
}

// Changed asks for a run of an organization after three seconds of quiet, in the
// transaction of ctx. Nothing happens while no owner has triggered a first run.
func (s *SelfHostedEnd) Changed(ctx context.Context, organizationID id.ID) error {
	if !s.OnChange || !s.Cloud.Settings.Communication {
		return nil
	}
	at := s.Now().Add(quiet)
	asked, err := s.Store.Ask(ctx, organizationID, at)
	if err != nil || !asked {
		return err
	}
	return s.add(ctx, ByChange, organizationID, at)
}

func (s *SelfHostedEnd) add(ctx context.Context, cause Cause, organizationID id.ID, at time.Time) error {
	return s.Queue.Add(ctx, runKind, string(cause)+" "+organizationID.String(), at)
}

// look gives each organization that is due a job of its own, so that one which
// fails or takes long is in nobody's way, and tells owners whose runs have failed for
// a day.
func (s *SelfHostedEnd) look(ctx context.Context) error {
	if !s.Cloud.Settings.Communication {
		return nil
	}
	due, err := s.Store.Due(ctx, s.Now())
	for _, c := range due {
		err = errors.Join(err, s.add(ctx, ByDay, c.OrganizationID, c.NextRunAt))
	}
	return errors.Join(err, s.tellOverdue(ctx))
}

// runDue runs for an organization if its run is still due: another job may have
// been faster, and a later change moves the run on.
func (s *SelfHostedEnd) runDue(ctx context.Context, args string) error {
	cause, text, _ := strings.Cut(args, " ")
	organizationID, err := id.Parse(text)
	if err != nil {
		return err
	}
	due, err := s.due(ctx, organizationID)
	if err != nil || !due {
		return err
	}
	_, err = s.Run(ctx, organizationID, Cause(cause))
	switch fault.CodeOf(err) {
	case notConnected.Code:
		return nil
	case running.Code:
		// A change that came during the other run is not in it.
		if due, err = s.due(ctx, organizationID); err != nil || !due {
			return err
		}
		return s.add(ctx, Cause(cause), organizationID, s.Now().Add(quiet))
	}
	return err
}

func (s *SelfHostedEnd) due(ctx context.Context, organizationID id.ID) (bool, error) {
	c, err := s.Store.ConnectionOf(ctx, organizationID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil // the organization is gone
	}
	return c.Usable() && !c.NextRunAt.IsZero() && !c.NextRunAt.After(s.Now()), err
}
