package operator

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/web"
)

func (h handler) mountCloud(r *web.Router) {
	web.Handle(r, "GET /admin/api/installations", h.installations, web.Operator)
	web.Handle(r, "POST /admin/api/installations", h.issue, web.Operator)
	web.Handle(r, "POST /admin/api/installations/{id}/rotate-key", h.rotate, web.Operator)
	web.Handle(r, "POST /admin/api/installations/{id}/disable", h.enable(false), web.Operator)
	web.Handle(r, "POST /admin/api/installations/{id}/enable", h.enable(true), web.Operator)
	web.Handle(r, "GET /admin/api/syncing", h.syncing, web.Operator)
}

// installationView is one server. Only the answer that makes a key has it.
type installationView struct {
	ID               id.ID      `json:"id"`
	Email            string     `json:"email"`
	Key              *string    `json:"key"`
	Enabled          bool       `json:"enabled"`
	CreationDate     time.Time  `json:"creationDate"`
	KeyDate          time.Time  `json:"keyDate"`
	LastActivityDate *time.Time `json:"lastActivityDate"`
	Object           string     `json:"object"`
}

func viewOfInstallation(i installation.Installation) installationView {
	return installationView{
		ID: i.ID, Email: i.Email, Enabled: i.Enabled, CreationDate: i.CreatedAt, KeyDate: i.KeyMadeAt,
		LastActivityDate: optional(i.ActiveAt), Object: "operatorInstallation",
	}
}

func (h handler) installations(c *web.Call, _ struct{}) (web.List[installationView], error) {
	ask := func(p Slice) ([]installation.Installation, bool, error) {
		return h.service.SearchInstallations(c.Context(), p)
	}
	return part(c, ask, viewOfInstallation)
}

type issueRequest struct {
	Email string `json:"email"`
}

func (in issueRequest) Check() error { return account.CheckEmail("email", in.Email) }

// withKey is what is shown once.
func withKey(i installation.Installation, key string, err error) (installationView, error) {
	if err != nil {
		return installationView{}, err
	}
	v := viewOfInstallation(i)
	v.Key = &key
	return v, nil
}

func (h handler) issue(c *web.Call, in issueRequest) (installationView, error) {
	return withKey(h.service.IssueInstallation(c.Context(), c.Caller.Operator, in.Email, c.Language()))
}

func (h handler) rotate(c *web.Call, _ struct{}) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	return withKey(h.service.RotateInstallation(c.Context(), c.Caller.Operator, installationID))
}

func (h handler) enable(enabled bool) func(*web.Call, struct{}) (stateView, error) {
	return func(c *web.Call, _ struct{}) (stateView, error) {
		installationID, err := c.ID("id")
		if err != nil {
			return stateView{}, err
		}
		i, err := h.service.EnableInstallation(c.Context(), c.Caller.Operator, installationID, enabled)
		return stateView{i.Enabled, "operatorState"}, err
	}
}

// syncingView is an organization whose own server may sync, and what has become of
// the sponsorships that it sent.
type syncingView struct {
	OrganizationID id.ID      `json:"organizationId"`
	Organization   string     `json:"organization"`
	InstallationID *id.ID     `json:"installationId"` // null until the first use
	State          string     `json:"state"`          // unused, active or revoked
	LastSyncDate   *time.Time `json:"lastSyncDate"`   // as of the last hour
	Open           int        `json:"open"`
	Active         int        `json:"active"`
	Refused        int        `json:"refused"`
	Ended          int        `json:"ended"`
	Object         string     `json:"object"`
}

func viewOfSyncing(s Syncing) syncingView {
	v := syncingView{
		OrganizationID: s.OrganizationID, Organization: s.Organization, State: "active", LastSyncDate: optional(s.SyncedAt),
		Open: s.Tally.Open, Active: s.Tally.Active, Refused: s.Tally.Refused, Ended: s.Tally.Ended, Object: "operatorSyncing",
	}
	if !s.InstallationID.IsZero() {
		v.InstallationID = &s.InstallationID
	}
	switch {
	case !s.RevokedAt.IsZero():
		v.State = "revoked"
	case s.SyncedAt.IsZero():
		v.State = "unused"
	}
	return v
}

func (h handler) syncing(c *web.Call, _ struct{}) (web.List[syncingView], error) {
	ask := func(p Slice) ([]Syncing, bool, error) { return h.service.ListSyncing(c.Context(), p) }
	return part(c, ask, viewOfSyncing)
}
