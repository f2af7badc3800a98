package billingsync

import (
	"strconv"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// registering bounds how many installations one network can make up.
var registering = throttle.Rule{Name: "installations", Limit: 2, Per: 2 * time.Minute}

// MountCloud adds the routes of a cloud.
func MountCloud(r *web.Router, s *CloudEnd) {
	h := cloudHandler{s}
	web.Handle(r, "POST /api/installations", h.register, web.Anonymous, web.Rate(registering))
	web.Handle(r, "GET /api/installations/{id}", h.installation, web.Anonymous)
	web.Handle(r, "POST /api/organizations/{id}/api-key", h.view)
	web.Handle(r, "POST /api/organizations/{id}/rotate-api-key", h.rotate)
	web.Handle(r, "GET /api/organizations/{id}/api-key-information", h.information)
	web.Handle(r, "GET /api/organizations/{id}/api-key-information/{type}", h.information)
	web.Handle(r, "POST /api/organizations/{id}/billing-sync/revoke", h.revoke)
	web.Handle(r, "POST /api/organizations/{id}/billing-sync/installation", h.allow)
	web.Handle(r, "POST /api/billing-sync/hello", h.hello, web.Machine(ScopeSync))
}

type cloudHandler struct{ cloud *CloudEnd }

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

type keyRequest struct {
	Type Sort `json:"type"`
	account.Secret
}

// Check refuses the sorts of keys that this server does not have.
func (r keyRequest) Check() error {
	if r.Type != APIKey && r.Type != SyncKey {
		return fault.Malformed("type")
	}
	return nil
}

type keyView struct {
	APIKey       string    `json:"apiKey"`
	RevisionDate time.Time `json:"revisionDate"`
	Object       string    `json:"object"`
}

func (h cloudHandler) view(c *web.Call, in keyRequest) (keyView, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return keyView{}, err
	}
	shown, err := h.cloud.View(c.Context(), c.Caller.AccountID, organizationID, in.Type, in.Secret)
	return keyView{shown.Key, shown.RevisedAt, "apiKey"}, err
}

func (h cloudHandler) rotate(c *web.Call, in keyRequest) (keyView, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return keyView{}, err
	}
	shown, err := h.cloud.Rotate(c.Context(), c.Caller.AccountID, organizationID, in.Type, in.Secret)
	return keyView{shown.Key, shown.RevisedAt, "apiKey"}, err
}

// scimKey is the last sort of keys that clients ask about. Here there are none of it.
const scimKey = 2

// informationView has, beside what clients know, what our own page shows about
// the billing sync key.
type informationView struct {
	KeyType        Sort       `json:"keyType"`
	RevisionDate   time.Time  `json:"revisionDate"`
	InstallationID id.ID      `json:"installationId"`
	CreatedBy      id.ID      `json:"createdBy"`
	LastUseDate    *time.Time `json:"lastUseDate"`
	Object         string     `json:"object"`
}

func (h cloudHandler) information(c *web.Call, _ struct{}) (web.List[informationView], error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return web.List[informationView]{}, err
	}
	wanted := c.Param("type")
	if number, err := strconv.Atoi(wanted); wanted != "" && (err != nil || number < 0 || number > scimKey) {
		return web.List[informationView]{}, fault.Malformed("type")
	}
	keys, err := h.cloud.ListKeys(c.Context(), c.Caller.AccountID, organizationID)
	views := []informationView{}
	for _, k := range keys {
		if wanted != "" && wanted != strconv.Itoa(int(k.Sort)) {
			continue
		}
		views = append(views, informationView{
			k.Sort, k.Key.RevisedAt, k.Key.InstallationID, k.Key.AccountID, optional(k.Key.SyncedAt), "keyInformation",
		})
	}
	return web.ListOf(views), err
}

func (h cloudHandler) revoke(c *web.Call, in account.Secret) (struct{}, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.cloud.Revoke(c.Context(), c.Caller.AccountID, organizationID, in)
}

type allowRequest struct {
	InstallationID id.ID `json:"installationId"`
	account.Secret
}

func (h cloudHandler) allow(c *web.Call, in allowRequest) (struct{}, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.cloud.Allow(c.Context(), c.Caller.AccountID, organizationID, in.InstallationID, in.Secret)
}

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type helloRequest struct {
	OrganizationID id.ID  `json:"organizationId"`
	BillingSyncKey string `json:"billingSyncKey"`
}

// Check reports the first member that is missing.
func (r helloRequest) Check() error {
	switch {
	case r.OrganizationID.IsZero():
		return fault.Required("organizationId")
	case r.BillingSyncKey == "":
		return fault.Required("billingSyncKey")
	}
	return nil
}

// greeting is on the wire between servers; both ends are in this package.
type greeting struct {
	Versions         []int     `json:"versions"`
	Region           string    `json:"region"`
	Time             time.Time `json:"time"`
	OrganizationName string    `json:"organizationName"`
	Plan             string    `json:"plan"`
	InstallationID   id.ID     `json:"installationId"`
	Bound            bool      `json:"bound"`
}

func (h cloudHandler) hello(c *web.Call, in helloRequest) (greeting, error) {
	g, err := h.cloud.Hello(c.Context(), c.Caller.InstallationID, in.OrganizationID, in.BillingSyncKey)
	return greeting{g.Versions, g.Region, g.Time, g.OrganizationName, g.Plan, g.InstallationID, true}, err
}
