package billingsync

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"coffre/internal/clock"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
)

const (
	lease   = 2 * time.Minute // how long a server that died keeps others from a run
	renewal = lease / 3
)

var running = fault.New(fault.Conflict, "billingsync.running").Coded("sync-running")

// Sync runs for an owner who asks for it; to anyone else it is fault.Gone. From
// the first time on the organization also runs by itself.
func (s *SelfHostedEnd) Sync(ctx context.Context, caller, organizationID id.ID) (Run, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return Run{}, err
	}
	return s.Run(ctx, organizationID, ByPerson)
}

// Run renews the license of an organization and exchanges its sponsorships, now,
// and plans the next run. What went wrong between the servers is in the Run, see
// Run.Err; an error means that there was none that counts: not-connected, or
// sync-running while another one is under way, or has taken it over. It goes on
// although ctx ends.
func (s *SelfHostedEnd) Run(ctx context.Context, organizationID id.ID, cause Cause) (Run, error) {
	ctx = context.WithoutCancel(ctx)
	run := Run{ID: id.NewOrdered(), OrganizationID: organizationID, Cause: cause, StartedAt: s.Now()}
	claimed := run.StartedAt.Add(lease)
	var c Connection
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		mine, err := s.Store.Claim(ctx, run, claimed)
		if err != nil {
			return err
		}
		if !mine {
			return s.notClaimed(ctx, organizationID)
		}
		if c, err = s.Store.ConnectionOf(ctx, organizationID); err != nil {
			return err
		}
		return s.Store.InsertRun(ctx, run)
	})
	if err != nil {
		return Run{}, err
	}
	stop := s.hold(ctx, run)
	found := s.work(ctx, &run, c)
	stop()
	return run, s.end(ctx, &run, c, ending{claimed, found})
}

// notClaimed says why a connection could not be claimed.
func (s *SelfHostedEnd) notClaimed(ctx context.Context, organizationID id.ID) error {
	c, err := s.Store.ConnectionOf(ctx, organizationID)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && !c.Usable():
		return notConnected
	case err != nil:
		return err
	}
	return running
}

// hold renews the lease of a run until the returned function is called.
func (s *SelfHostedEnd) hold(ctx context.Context, run Run) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for clock.Sleep(ctx, renewal); ctx.Err() == nil; clock.Sleep(ctx, renewal) {
			_ = s.extend(ctx, run) // whatever the run writes next finds out
		}
	})
	return func() { cancel(); wg.Wait() }
}

// extend renews the lease of a run, or fails when it is over or another run has it.
func (s *SelfHostedEnd) extend(ctx context.Context, run Run) error {
	now := s.Now()
	mine, err := s.Store.Extend(ctx, run, now, now.Add(lease))
	if err == nil && !mine {
		err = interrupted
	}
	return err
}

// work does the parts of a run, each whatever becomes of the other, and returns
// what the cloud said of itself, if it did.
func (s *SelfHostedEnd) work(ctx context.Context, run *Run, c Connection) *Found {
	session, held, err := s.session(ctx, c)
	begun := *run
	session.Hold = func(ctx context.Context) error { return s.extend(ctx, begun) }
	var found Found
	var modern bool
	if err == nil {
		found, modern, err = session.hello(ctx)
	}
	if err != nil { // whatever stops the greeting stops both parts
		s.report(ctx, err)
		run.License, run.Sponsorships = failed(err), failed(err)
		return nil
	}
	run.License = s.renewLicense(ctx, session, held, modern)
	if run.License.wait > 0 { // the cloud wants to be left alone
		run.Sponsorships = run.License
		return nil
	}
	run.Sponsorships = s.exchange(ctx, session, run, modern)
	if !modern {
		return nil
	}
	return &found
}

func (s *SelfHostedEnd) session(ctx context.Context, c Connection) (Session, license.Held, error) {
	held, err := s.Licenses.Held(ctx, c.OrganizationID)
	if err != nil {
		return Session{}, held, err
	}
	key, err := s.key(c)
	return Session{Cloud: s.Cloud, OrganizationID: c.OrganizationID, CloudOrganizationID: held.CloudOrganizationID, Key: key}, held, err
}

type renewRequest struct {
	LicenseKey     string `json:"licenseKey"`
	BillingSyncKey string `json:"billingSyncKey"`
}

// renewLicense fetches the license and puts the organization on it. A cloud of
// another make answers a GET with a body and nothing else.
func (s *SelfHostedEnd) renewLicense(ctx context.Context, session Session, held license.Held, modern bool) Part {
	method := http.MethodGet
	if modern {
		method = http.MethodPost
	}
	var document json.RawMessage
	err := session.Cloud.Call(ctx, ScopeLicense, method, "licenses/organization/"+session.CloudOrganizationID.String(),
		renewRequest{held.LicenseKey, session.Key}, &document)
	if fault.CodeOf(err) == CodeRefused {
		e, _ := errors.AsType[*fault.Error](err)
		err = e.Coded("license-refused")
	}
	if err == nil {
		err = s.updateLicense(ctx, session, document)
	}
	if err != nil {
		s.report(ctx, err)
		return failed(err)
	}
	before, err1 := license.ParseOrganization([]byte(held.Document))
	after, err2 := s.Licenses.Current(ctx, session.OrganizationID)
	return done(err1 != nil || err2 != nil || before.Fingerprint() != after.Fingerprint())
}

// updateLicense keeps what the cloud sent. The lease comes last, because other
// transactions lock a connection after the organization.
func (s *SelfHostedEnd) updateLicense(ctx context.Context, session Session, document []byte) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Licenses.Update(ctx, session.OrganizationID, document); err != nil {
			return err
		}
		if err := s.Store.LicenseSynced(ctx, session.OrganizationID, s.Now()); err != nil {
			return err
		}
		return session.Guard(ctx)
	})
}

// exchange exchanges the sponsorships. A cloud of another make has no codes: what it
// refuses of a whole call is the key, or the organization that the key speaks for.
func (s *SelfHostedEnd) exchange(ctx context.Context, session Session, run *Run, modern bool) Part {
	var err error
	run.Counts, err = s.Sponsorships(ctx, session)
	if !modern && fault.CodeOf(err) == CodeRefused {
		err = keyRefused
	}
	if err != nil {
		s.report(ctx, err)
		return failed(err)
	}
	return done(run.Counts != Counts{})
}

// report writes to the log what nobody is shown: a run keeps faults alone.
func (s *SelfHostedEnd) report(ctx context.Context, err error) {
	if fault.KindOf(err) == fault.Internal {
		s.Log.LogAttrs(ctx, slog.LevelError, "billing sync", slog.Any("error", err))
	}
}

// ending is what a run must know to give back its lease.
type ending struct {
	claimed time.Time
	found   *Found
}

// end records a run and plans the next: at the organization's minute of the day
// when all went well, else after a pause that grows, or that the cloud asked for. A run
// that another one has taken over is recorded already, and its schedule is the other's.
func (s *SelfHostedEnd) end(ctx context.Context, run *Run, c Connection, e ending) error {
	run.EndedAt = s.Now()
	next := Plan{NextRunAt: Daily(c.OrganizationID, run.EndedAt), SucceededAt: run.EndedAt, Found: e.found}
	if run.Err() != nil {
		run.NextRunAt = run.EndedAt.Add(run.pause(c.Failures, s.Random()))
		next = Plan{NextRunAt: run.NextRunAt, Failures: c.Failures + 1, FailedAt: run.EndedAt, Found: e.found}
		if wait := max(run.License.wait, run.Sponsorships.wait); wait > 0 {
			next.NotBefore = run.EndedAt.Add(wait)
		}
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		mine, err := s.Store.Release(ctx, *run, e.claimed, next)
		if err == nil && !mine {
			err = running
		}
		if err != nil {
			return err
		}
		return s.Store.EndRun(ctx, *run)
	})
}

// History returns the runs of an organization that began before one, newest
// first, to its owner; the zero ID is after all. It also tells what there is more.
func (s *SelfHostedEnd) History(ctx context.Context, caller, organizationID, before id.ID) (runs []Run, more bool, err error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return nil, false, err
	}
	runs, err = s.Store.Runs(ctx, organizationID, before, page+1)
	if len(runs) > page {
		return runs[:page], true, err
	}
	return runs, false, err
}

// page is how many runs are told at a time.
const page = 50
