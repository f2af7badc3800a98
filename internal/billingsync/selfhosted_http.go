package billingsync

import (
	"strconv"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// The types of connections, by the numbers that clients know.
const (
	syncConnection = 1
	scimConnection = 2
)

// MountSelfHosted adds the routes of a self-hosted server.
func MountSelfHosted(r *web.Router, s *SelfHostedEnd) {
	h := selfHostedHandler{s}
	web.Handle(r, "GET /api/organizations/connections/enabled", h.enabled)
	web.Handle(r, "GET /api/organizations/connections/{organizationId}/{type}", h.connection)
	web.Handle(r, "POST /api/organizations/connections", h.connect)
	web.Handle(r, "PUT /api/organizations/connections/{id}", h.reconnect)
	web.Handle(r, "DELETE /api/organizations/connections/{id}", h.disconnect)
	web.Handle(r, "POST /api/organizations/licenses/self-hosted/{id}/sync", h.sync)
	web.Handle(r, "GET /api/organizations/{id}/billing-sync", h.state)
	web.Handle(r, "GET /api/organizations/{id}/billing-sync/runs", h.runs)
}

type selfHostedHandler struct{ end *SelfHostedEnd }

func (h selfHostedHandler) enabled(*web.Call, struct{}) (bool, error) {
	return h.end.Cloud.Settings.Communication, nil
}

// checkType refuses connections that this server does not have.
func checkType(number int) error {
	switch number {
	case syncConnection:
		return nil
	case scimConnection:
		return fault.New(fault.Invalid, "billingsync.scimLater").On("type")
	default:
		return fault.Malformed("type")
	}
}

type connectionRequest struct {
	Type           int   `json:"type"`
	OrganizationID id.ID `json:"organizationId"`
	Enabled        *bool `json:"enabled"`
	Config         struct {
		BillingSyncKey string `json:"billingSyncKey"`
	} `json:"config"`
	ConfirmUntried bool `json:"confirmUntried"`
}

// Check names the first member that is missing.
func (r connectionRequest) Check() error {
	if err := checkType(r.Type); err != nil {
		return err
	}
	switch {
	case r.OrganizationID.IsZero():
		return fault.Required("organizationId")
	case strings.TrimSpace(r.Config.BillingSyncKey) == "":
		return fault.Required("config.billingSyncKey")
	}
	return nil
}

func (r connectionRequest) setup() Setup {
	return Setup{r.OrganizationID, r.Enabled == nil || *r.Enabled, r.Config.BillingSyncKey, r.ConfirmUntried}
}

// connectionView is a connection as clients know it, and what the cloud said.
type connectionView struct {
	ID             id.ID       `json:"id"`
	Type           int         `json:"type"`
	OrganizationID string      `json:"organizationId"` // of zeros when there is no connection
	Enabled        bool        `json:"enabled"`
	Config         *configView `json:"config"`
	Cloud          *foundView  `json:"cloud"`
}

// configView is spelled as official servers store it; clients expect that.
type configView struct {
	BillingSyncKey      string     `json:"BillingSyncKey"`
	CloudOrganizationID id.ID      `json:"CloudOrganizationId"`
	LastLicenseSync     *time.Time `json:"LastLicenseSync"`
}

type foundView struct {
	OrganizationName string `json:"organizationName"`
	Plan             string `json:"plan"`
	Region           string `json:"region"`
}

func (h selfHostedHandler) view(c Connection) (connectionView, error) {
	key, err := h.end.key(c)
	if err != nil {
		return connectionView{}, err
	}
	v := connectionView{
		ID: c.ID, Type: syncConnection, OrganizationID: c.OrganizationID.String(), Enabled: c.Enabled,
		Config: &configView{Mask(key), c.CloudOrganizationID, optional(c.LicenseSyncedAt)},
	}
	if c.Found != (Found{}) {
		v.Cloud = &foundView{c.Found.OrganizationName, c.Found.Plan, c.Found.Region}
	}
	return v, nil
}

func (h selfHostedHandler) connection(c *web.Call, _ struct{}) (connectionView, error) {
	organizationID, err := c.ID("organizationId")
	if err != nil {
		return connectionView{}, err
	}
	number, err := strconv.Atoi(c.Param("type"))
	if err != nil {
		return connectionView{}, fault.Malformed("type")
	}
	if err := checkType(number); err != nil {
		return connectionView{}, err
	}
	found, connected, err := h.end.Connection(c.Context(), c.Caller.AccountID, organizationID)
	if err != nil || !connected {
		return connectionView{OrganizationID: id.ID{}.String()}, err
	}
	return h.view(found)
}

func (h selfHostedHandler) connect(c *web.Call, in connectionRequest) (connectionView, error) {
	made, err := h.end.Connect(c.Context(), c.Caller.AccountID, in.setup())
	if err != nil {
		return connectionView{}, err
	}
	return h.view(made)
}

func (h selfHostedHandler) reconnect(c *web.Call, in connectionRequest) (connectionView, error) {
	connectionID, err := c.ID("id")
	if err != nil {
		return connectionView{}, err
	}
	changed, err := h.end.Reconnect(c.Context(), c.Caller.AccountID, connectionID, in.setup())
	if err != nil {
		return connectionView{}, err
	}
	return h.view(changed)
}

func (h selfHostedHandler) disconnect(c *web.Call, _ struct{}) (struct{}, error) {
	connectionID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.end.Disconnect(c.Context(), c.Caller.AccountID, connectionID)
}
