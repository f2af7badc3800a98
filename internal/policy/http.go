package policy

import (
	"encoding/json"
	"strconv"
	"time"

	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Mount adds the routes.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/organizations/{id}/auto-enroll-status", h.autoEnroll)
	web.Handle(r, "GET /api/organizations/{id}/policies", h.list)
	web.Handle(r, "GET /api/organizations/{id}/policies/token", h.invited, web.Anonymous)
	web.Handle(r, "GET /api/organizations/{id}/policies/master-password", h.masterPassword)
	web.Handle(r, "GET /api/organizations/{id}/policies/invited-user", h.invitedUser)
	web.Handle(r, "GET /api/organizations/{id}/policies/{type}", h.get)
	web.Handle(r, "PUT /api/organizations/{id}/policies/{type}", h.set)
	web.Handle(r, "PUT /api/organizations/{id}/policies/{type}/vnext", h.set)
}

type handler struct{ policies *Service }

// setRequest is a policy in any of the three forms that clients have sent:
// wrapped, wrapped at an address of its own, and flat.
type setRequest struct {
	Policy   *setBody `json:"policy"`
	Metadata struct {
		CollectionName string `json:"defaultUserCollectionName"`
	} `json:"metadata"`
	setBody
}

type setBody struct {
	Enabled *bool           `json:"enabled"`
	Data    json.RawMessage `json:"data"`
}

func (r setRequest) body() setBody {
	body := r.setBody
	if r.Policy != nil {
		body = *r.Policy
	}
	if string(body.Data) == "null" {
		body.Data = nil
	}
	return body
}

// maxCollectionName is that of every name of a collection.
const maxCollectionName = 1_000

// Check reports a body in none of the forms, and a name in clear.
func (r setRequest) Check() error {
	if r.body().Enabled == nil {
		return fault.Required("enabled")
	}
	if r.Metadata.CollectionName != "" {
		return encstring.Check("metadata.defaultUserCollectionName", r.Metadata.CollectionName, maxCollectionName)
	}
	return nil
}

// View is the "policy" object.
type View struct {
	Object         string          `json:"object"`
	ID             id.ID           `json:"id"`
	OrganizationID id.ID           `json:"organizationId"`
	Type           Type            `json:"type"`
	Data           json.RawMessage `json:"data"`
	Enabled        bool            `json:"enabled"`
	RevisionDate   *time.Time      `json:"revisionDate"`
}

// Views returns policies as clients read them.
func Views(policies []Policy) []View {
	views := make([]View, len(policies))
	for i, p := range policies {
		views[i] = viewOf(p)
	}
	return views
}

func viewOf(p Policy) View {
	return View{
		Object: "policy", ID: p.ID, OrganizationID: p.OrganizationID, Type: p.Type, Data: p.Data,
		Enabled: p.Enabled, RevisionDate: timeOrNull(p.RevisedAt),
	}
}

// statusView is a policy on the page that sets it. Older clients read it as
// the policy itself, which it contains.
type statusView struct {
	View
	CanToggleState bool `json:"canToggleState"`
}

func (h handler) list(c *web.Call, _ struct{}) (list web.List[statusView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	policies, err := h.policies.List(c.Context(), c.Caller.AccountID, orgID)
	views := make([]statusView, len(policies))
	for i, p := range policies {
		views[i] = statusView{viewOf(p), true}
	}
	return web.ListOf(views), err
}

func (h handler) get(c *web.Call, _ struct{}) (statusView, error) {
	orgID, policyType, err := path(c)
	if err != nil {
		return statusView{}, err
	}
	p, err := h.policies.Get(c.Context(), c.Caller.AccountID, orgID, policyType)
	return statusView{viewOf(p), true}, err
}

func (h handler) set(c *web.Call, in setRequest) (View, error) {
	orgID, policyType, err := path(c)
	if err != nil {
		return View{}, err
	}
	body := in.body()
	p, err := h.policies.SetNaming(c.Context(), c.Caller.AccountID, Policy{
		OrganizationID: orgID, Type: policyType, Enabled: *body.Enabled, Data: body.Data,
	}, in.Metadata.CollectionName)
	return viewOf(p), err
}

// invited answers whoever opens the link of an invitation, before any log-in.
func (h handler) invited(c *web.Call, _ struct{}) (list web.List[View], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	memberID, err := id.Parse(c.Query("organizationUserId"))
	if err != nil {
		return list, fault.Gone
	}
	policies, err := h.policies.ForInvitation(c.Context(), orgID, memberID, c.Query("email"), c.Query("token"))
	return web.ListOf(Views(policies)), err
}

func (h handler) masterPassword(c *web.Call, _ struct{}) (View, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	p, err := h.policies.MasterPasswordOf(c.Context(), c.Caller.AccountID, orgID)
	return viewOf(p), err
}

// invitedUser answers older clients, which name the person who asks. What binds
// others is not told.
func (h handler) invitedUser(c *web.Call, _ struct{}) (list web.List[View], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	if asked := c.Query("userId"); asked != "" {
		if accountID, err := id.Parse(asked); err != nil || accountID != c.Caller.AccountID {
			return list, fault.Gone
		}
	}
	policies, err := h.policies.ForTied(c.Context(), c.Caller.AccountID, orgID)
	return web.ListOf(Views(policies)), err
}

// path reads which policy of which organization is meant; a number that no
// client knows would make phones refuse the vault.
func path(c *web.Call) (id.ID, Type, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return id.ID{}, 0, err
	}
	n, err := strconv.Atoi(c.Param("type"))
	if err != nil || n < 0 || Type(n) > Last {
		return id.ID{}, 0, fault.Gone
	}
	return orgID, Type(n), nil
}

type autoEnrollView struct {
	Object               string `json:"object"`
	ID                   id.ID  `json:"id"`
	ResetPasswordEnabled bool   `json:"resetPasswordEnabled"`
}

func (h handler) autoEnroll(c *web.Call, _ struct{}) (autoEnrollView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return autoEnrollView{}, err
	}
	enabled, err := h.policies.AutoEnrolls(c.Context(), c.Caller.AccountID, orgID)
	return autoEnrollView{"organizationAutoEnrollStatus", orgID, enabled}, err
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}
