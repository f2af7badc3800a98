package org

import (
	"encoding/json"
	"strconv"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

func (h handler) mountPolicies(r *web.Router) {
	web.Handle(r, "GET /api/organizations/{id}/policies", h.policies)
	web.Handle(r, "GET /api/organizations/{id}/policies/{type}", h.policy)
	web.Handle(r, "PUT /api/organizations/{id}/policies/{type}", h.setPolicy)
	web.Handle(r, "PUT /api/organizations/{id}/policies/{type}/vnext", h.setPolicy)
}

// policyRequest is a policy in any of the three forms that clients have sent:
// wrapped, wrapped at an address of its own, and flat.
type policyRequest struct {
	Policy *policyBody `json:"policy"`
	policyBody
}

type policyBody struct {
	Enabled *bool           `json:"enabled"`
	Data    json.RawMessage `json:"data"`
}

func (r policyRequest) body() policyBody {
	body := r.policyBody
	if r.Policy != nil {
		body = *r.Policy
	}
	if string(body.Data) == "null" {
		body.Data = nil
	}
	return body
}

// Check reports a body in none of the forms.
func (r policyRequest) Check() error {
	if r.body().Enabled == nil {
		return fault.Required("enabled")
	}
	return nil
}

// PolicyView is the "policy" object.
type PolicyView struct {
	Object         string          `json:"object"`
	ID             id.ID           `json:"id"`
	OrganizationID id.ID           `json:"organizationId"`
	Type           PolicyType      `json:"type"`
	Data           json.RawMessage `json:"data"`
	Enabled        bool            `json:"enabled"`
	RevisionDate   *time.Time      `json:"revisionDate"`
}

// PolicyViews returns policies as clients read them.
func PolicyViews(policies []Policy) []PolicyView {
	views := make([]PolicyView, len(policies))
	for i, p := range policies {
		views[i] = policyView(p)
	}
	return views
}

func policyView(p Policy) PolicyView {
	return PolicyView{
		Object: "policy", ID: p.ID, OrganizationID: p.OrganizationID, Type: p.Type, Data: p.Data,
		Enabled: p.Enabled, RevisionDate: timeOrNull(p.RevisedAt),
	}
}

// policyStatusView is a policy on the page that sets it. Older clients read it as
// the policy itself, which it contains.
type policyStatusView struct {
	PolicyView
	CanToggleState bool `json:"canToggleState"`
}

func (h handler) policies(c *web.Call, _ struct{}) (list web.List[policyStatusView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	policies, err := h.orgs.ListPolicies(c.Context(), c.Caller.AccountID, orgID)
	views := make([]policyStatusView, len(policies))
	for i, p := range policies {
		views[i] = policyStatusView{policyView(p), true}
	}
	return web.ListOf(views), err
}

func (h handler) policy(c *web.Call, _ struct{}) (policyStatusView, error) {
	orgID, policyType, err := policyPath(c)
	if err != nil {
		return policyStatusView{}, err
	}
	p, err := h.orgs.Policy(c.Context(), c.Caller.AccountID, orgID, policyType)
	return policyStatusView{policyView(p), true}, err
}

func (h handler) setPolicy(c *web.Call, in policyRequest) (PolicyView, error) {
	orgID, policyType, err := policyPath(c)
	if err != nil {
		return PolicyView{}, err
	}
	body := in.body()
	p, err := h.orgs.SetPolicy(c.Context(), c.Caller.AccountID, Policy{
		OrganizationID: orgID, Type: policyType, Enabled: *body.Enabled, Data: body.Data,
	})
	return policyView(p), err
}

// policyPath reads which policy of which organization is meant; a number that no
// client knows would make phones refuse the vault.
func policyPath(c *web.Call) (id.ID, PolicyType, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return id.ID{}, 0, err
	}
	n, err := strconv.Atoi(c.Param("type"))
	if err != nil || n < 0 || PolicyType(n) > LastPolicy {
		return id.ID{}, 0, fault.Gone
	}
	return orgID, PolicyType(n), nil
}
