package operator

import (
	"context"
	"log/slog"
	"time"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
)

// Organization is one of the list. Subscription is nil for one that has none.
type Organization struct {
	org.Listed
	Subscription *billing.Subscription
}

// SearchOrganizations returns a part of the organizations whose name contains a text,
// and whether others follow.
func (s *Service) SearchOrganizations(ctx context.Context, p Slice) ([]Organization, bool, error) {
	rows, err := s.Organizations.Search(ctx, p.Search, p.Offset, PerSlice+1)
	if err != nil {
		return nil, false, err
	}
	rows, more := cut(rows)
	subscriptions := map[id.ID]billing.Subscription{}
	if s.Subscriptions != nil {
		orgIDs := make([]id.ID, len(rows))
		for i, o := range rows {
			orgIDs[i] = o.ID
		}
		if subscriptions, err = s.Subscriptions(ctx, orgIDs); err != nil {
			return nil, false, err
		}
	}
	list := make([]Organization, len(rows))
	for i, o := range rows {
		list[i] = Organization{Listed: o}
		if sub, found := subscriptions[o.ID]; found {
			list[i].Subscription = &sub
		}
	}
	return list, more, nil
}

// Suspend disables an organization, or no longer, whatever is paid or licensed.
func (s *Service) Suspend(ctx context.Context, by string, orgID id.ID, suspended bool) (org.Organization, error) {
	o, err := s.Organizations.Suspend(ctx, orgID, suspended)
	if err != nil {
		return org.Organization{}, err
	}
	did := "enabled an organization"
	if suspended {
		did = "disabled an organization"
	}
	s.note(ctx, by, did, slog.String("organization", orgID.String()))
	return o, nil
}

// Person is one of the list.
type Person struct {
	account.Account
	TwoStep  bool
	ActiveAt time.Time // zero for somebody who was never seen
}

// SearchPeople returns a part of the people whose address contains a text, and whether
// others follow.
func (s *Service) SearchPeople(ctx context.Context, p Slice) ([]Person, bool, error) {
	rows, err := s.Accounts.Store.Search(ctx, p.Search, p.Offset, PerSlice+1)
	if err != nil {
		return nil, false, err
	}
	rows, more := cut(rows)
	ids := make([]id.ID, len(rows))
	for i, a := range rows {
		ids[i] = a.ID
	}
	steps, err := s.TwoStep(ctx, ids...)
	if err != nil {
		return nil, false, err
	}
	active, err := s.LastActive(ctx, ids...)
	list := make([]Person, len(rows))
	for i, a := range rows {
		list[i] = Person{a, steps[a.ID], active[a.ID]}
	}
	return list, more, err
}

// SearchInstallations returns a part of the installations whose address contains a
// text, and whether others follow.
func (s *Service) SearchInstallations(ctx context.Context, p Slice) ([]installation.Installation, bool, error) {
	rows, err := s.Installations.Search(ctx, p.Search, p.Offset, PerSlice+1)
	rows, more := cut(rows)
	return rows, more, err
}

// IssueInstallation makes an installation for an address, which gets a mail, and
// returns its key, which cannot be read again.
func (s *Service) IssueInstallation(ctx context.Context, by, email, language string) (installation.Installation, string, error) {
	i, key, err := s.Installations.Register(ctx, account.NormalizeEmail(email), language)
	if err == nil {
		s.note(ctx, by, "issued an installation", slog.String("installation", i.ID.String()))
	}
	return i, key, err
}

// RotateInstallation gives an installation a new key, which cannot be read again.
func (s *Service) RotateInstallation(ctx context.Context, by string, installationID id.ID) (installation.Installation, string, error) {
	i, key, err := s.Installations.Reissue(ctx, installationID)
	if err == nil {
		s.note(ctx, by, "gave an installation another key", slog.String("installation", installationID.String()))
	}
	return i, key, err
}

// EnableInstallation has an installation act again, or no longer.
func (s *Service) EnableInstallation(ctx context.Context, by string, installationID id.ID, enabled bool) (installation.Installation, error) {
	i, err := s.Installations.SetEnabled(ctx, installationID, enabled)
	if err != nil {
		return installation.Installation{}, err
	}
	did := "disabled an installation"
	if enabled {
		did = "enabled an installation"
	}
	s.note(ctx, by, did, slog.String("installation", installationID.String()))
	return i, nil
}

// ListMails returns a part of the letters that have not left, and whether others follow.
func (s *Service) ListMails(ctx context.Context, p Slice) ([]mail.Waiting, bool, error) {
	rows, err := s.Outbox.Waiting(ctx, p.Offset, PerSlice+1)
	rows, more := cut(rows)
	return rows, more, err
}

// RetryMail has a letter tried at once.
func (s *Service) RetryMail(ctx context.Context, by string, mailID id.ID) error {
	err := s.Outbox.Retry(ctx, mailID)
	if err == nil {
		s.note(ctx, by, "had a mail tried again", slog.String("mail", mailID.String()))
	}
	return err
}

// ListJobs returns what there is of each kind of job.
func (s *Service) ListJobs(ctx context.Context) ([]jobs.Report, error) { return s.Queue.Report(ctx) }

// Run is a sync of an organization of this self-hosted server.
type Run struct {
	billingsync.Run
	Organization string // its name
}

// ListRuns returns a part of the syncs of all organizations, and whether others follow.
func (s *Service) ListRuns(ctx context.Context, p Slice) ([]Run, bool, error) {
	rows, err := s.Syncs.AllRuns(ctx, p.Offset, PerSlice+1)
	if err != nil {
		return nil, false, err
	}
	rows, more := cut(rows)
	names := s.namer()
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i].Run = r
		if list[i].Organization, err = names(ctx, r.OrganizationID); err != nil {
			return nil, false, err
		}
	}
	return list, more, nil
}

// Syncing is an organization of this cloud whose own server may sync.
type Syncing struct {
	billingsync.Key
	Organization string // its name
	Tally        sponsorship.Tally
}

// ListSyncing returns a part of the organizations whose servers may sync, the one that
// did last first, and whether others follow.
func (s *Service) ListSyncing(ctx context.Context, p Slice) ([]Syncing, bool, error) {
	rows, err := s.SyncKeys.Syncing(ctx, p.Offset, PerSlice+1)
	if err != nil {
		return nil, false, err
	}
	rows, more := cut(rows)
	orgIDs := make([]id.ID, len(rows))
	for i, k := range rows {
		orgIDs[i] = k.OrganizationID
	}
	tallies, err := s.Tally(ctx, orgIDs...)
	if err != nil {
		return nil, false, err
	}
	names := s.namer()
	list := make([]Syncing, len(rows))
	for i, k := range rows {
		list[i] = Syncing{Key: k, Tally: tallies[k.OrganizationID]}
		if list[i].Organization, err = names(ctx, k.OrganizationID); err != nil {
			return nil, false, err
		}
	}
	return list, more, nil
}

// namer returns what asks for the name of each organization once. One that has gone in
// between has none.
func (s *Service) namer() func(ctx context.Context, orgID id.ID) (string, error) {
	known := map[id.ID]string{}
	return func(ctx context.Context, orgID id.ID) (string, error) {
		name, asked := known[orgID]
		if asked {
			return name, nil
		}
		o, err := s.Organizations.Get(ctx, orgID)
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		known[orgID] = o.Name
		return o.Name, err
	}
}
