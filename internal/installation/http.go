package installation

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// registering bounds how many installations one network can make up.
var registering = throttle.Rule{Name: "installations", Limit: 2, Per: 2 * time.Minute}

// MountCloud adds the routes of a cloud.
func MountCloud(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "POST /api/installations", h.register, web.Anonymous, web.Rate(registering))
	web.Handle(r, "GET /api/installations/{id}", h.get, web.Anonymous)
	web.Handle(r, "GET /api/installations", h.list)
	web.Handle(r, "POST /api/installations/{id}/rotate-key", h.rotate)
	web.Handle(r, "POST /api/installations/{id}/disable", h.disable)
	web.Handle(r, "POST /api/installations/{id}/enable", h.enable)
}

type handler struct{ service *Service }

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

func (h handler) register(c *web.Call, in registerRequest) (installationView, error) {
	i, key, err := h.service.Register(c.Context(), account.NormalizeEmail(in.Email), c.Language())
	return installationView{i.ID, &key, i.Enabled, "installation"}, err
}

func (h handler) get(c *web.Call, _ struct{}) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, err := h.service.Store.Get(c.Context(), installationID)
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

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[ownedView], error) {
	owned, err := h.service.List(c.Context(), c.Caller.AccountID)
	views := make([]ownedView, len(owned))
	for i, o := range owned {
		views[i] = viewOfOwned(o)
	}
	return web.ListOf(views), err
}

func (h handler) rotate(c *web.Call, in account.Secret) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, key, err := h.service.RotateKey(c.Context(), c.Caller.AccountID, installationID, in)
	return installationView{i.ID, &key, i.Enabled, "installation"}, err
}

func (h handler) disable(c *web.Call, in account.Secret) (installationView, error) {
	return h.setEnabled(c, in, false)
}

func (h handler) enable(c *web.Call, in account.Secret) (installationView, error) {
	return h.setEnabled(c, in, true)
}

func (h handler) setEnabled(c *web.Call, in account.Secret, enabled bool) (installationView, error) {
	installationID, err := c.ID("id")
	if err != nil {
		return installationView{}, err
	}
	i, err := h.service.Enable(c.Context(), c.Caller.AccountID, installationID, enabled, in)
	return installationView{i.ID, nil, i.Enabled, "installation"}, err
}
