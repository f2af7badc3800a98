package billingsync

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// registering bounds how many installations one network can make up.
var registering = throttle.Rule{Name: "installations", Limit: 2, Per: 2 * time.Minute}

func mountInstallations(r *web.Router, h cloudHandler) {
	web.Handle(r, "POST /api/installations", h.register, web.Anonymous, web.Rate(registering))
	web.Handle(r, "GET /api/installations/{id}", h.installation, web.Anonymous)
	web.Handle(r, "GET /api/installations", h.installations)
	web.Handle(r, "POST /api/installations/{id}/rotate-key", h.rotateInstallation)
	web.Handle(r, "POST /api/installations/{id}/disable", h.disableInstallation)
	web.Handle(r, "POST /api/installations/{id}/enable", h.enableInstallation)
}

type registerRequest struct {
	Email string `json:"email"`
}

func (r registerRequest) Check() error { return account.CheckEmail("email", r.Email) }

type installationView struct {
	ID      id.ID   `json:"id"`
	Key     *string `json:"key"`
	Enabled bool    `json:"enabled"`
	Object  string  `json:"object"`
}

func (h cloudHandler) register(c *web.Call, in registerRequest) (installationView, error) {
	i, key, err := h.cloud.Register(c.Context(), account.NormalizeEmail(in.Email), c.Language())
	return installationView{i.ID, &key, i.Enabled, "installation"}, err
}

func (h cloudHandler) installation(c *web.Call, _ struct{}) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, err := h.cloud.Store.Installation(c.Context(), installationID)
	return installationView{i.ID, nil, i.Enabled, "installation"}, err
}

// ownedView is an installation in the list of a person. Email is null when somebody
// else registered it.
type ownedView struct {
	ID               id.ID      `json:"id"`
	Email            *string    `json:"email"`
	Own              bool       `json:"own"`
	Enabled          bool       `json:"enabled"`
	CreationDate     time.Time  `json:"creationDate"`
	KeyDate          time.Time  `json:"keyDate"`
	LastActivityDate *time.Time `json:"lastActivityDate"`
	Organizations    []tieView  `json:"organizations"`
	Object           string     `json:"object"`
}

type tieView struct {
	ID           id.ID      `json:"id"`
	Name         string     `json:"name"`
	DownloadDate *time.Time `json:"downloadDate"`
	Bound        bool       `json:"bound"`
	RefusedDate  *time.Time `json:"refusedDate"`
}

func viewOfOwned(o Owned) ownedView {
	v := ownedView{
		ID: o.ID, Own: o.Own, Enabled: o.Enabled, CreationDate: o.CreatedAt, KeyDate: o.KeyMadeAt, LastActivityDate: optional(o.ActiveAt),
		Organizations: make([]tieView, len(o.Organizations)), Object: "installation",
	}
	if o.Own {
		v.Email = &o.Email
	}
	for i, t := range o.Organizations {
		v.Organizations[i] = tieView{t.OrganizationID, t.Name, optional(t.DownloadedAt), t.Bound, optional(t.RefusedAt)}
	}
	return v
}

func (h cloudHandler) installations(c *web.Call, _ struct{}) (web.List[ownedView], error) {
	owned, err := h.cloud.ListInstallations(c.Context(), c.Caller.AccountID)
	views := make([]ownedView, len(owned))
	for i, o := range owned {
		views[i] = viewOfOwned(o)
	}
	return web.ListOf(views), err
}

func (h cloudHandler) rotateInstallation(c *web.Call, in account.Secret) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, key, err := h.cloud.RotateInstallationKey(c.Context(), c.Caller.AccountID, installationID, in)
	return installationView{i.ID, &key, i.Enabled, "installation"}, err
}

func (h cloudHandler) disableInstallation(c *web.Call, in account.Secret) (installationView, error) {
	return h.setEnabled(c, in, false)
}

func (h cloudHandler) enableInstallation(c *web.Call, in account.Secret) (installationView, error) {
	return h.setEnabled(c, in, true)
}

func (h cloudHandler) setEnabled(c *web.Call, in account.Secret, enabled bool) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, err := h.cloud.EnableInstallation(c.Context(), c.Caller.AccountID, installationID, enabled, in)
	return installationView{i.ID, nil, i.Enabled, "installation"}, err
}
