package operator

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

func (h handler) mountOrganizations(r *web.Router) {
	web.Handle(r, "GET /admin/api/organizations", h.organizations, web.Operator)
	web.Handle(r, "POST /admin/api/organizations/{id}/disable", h.suspend(true), web.Operator)
	web.Handle(r, "POST /admin/api/organizations/{id}/enable", h.suspend(false), web.Operator)
}

type organizationView struct {
	ID             id.ID             `json:"id"`
	Name           string            `json:"name"`
	BillingEmail   string            `json:"billingEmail"`
	Plan           string            `json:"plan"`
	Basis          string            `json:"basis"` // subscription, license or own
	Members        int               `json:"members"`
	Seats          *int              `json:"seats"` // null for no limit
	Enabled        bool              `json:"enabled"`
	Suspended      bool              `json:"suspended"` // by an operator
	CreationDate   time.Time         `json:"creationDate"`
	ExpirationDate *time.Time        `json:"expirationDate"`
	Subscription   *subscriptionView `json:"subscription"`
	Object         string            `json:"object"`
}

// subscriptionView is what an organization of a cloud pays for.
type subscriptionView struct {
	Status        string    `json:"status"` // trialing, active, unpaid or canceled
	Sponsored     bool      `json:"sponsored"`
	CancelAtEnd   bool      `json:"cancelAtEndDate"`
	PeriodEndDate time.Time `json:"periodEndDate"`
}

func viewOfOrganization(o Organization) organizationView {
	v := organizationView{
		ID: o.ID, Name: o.Name, BillingEmail: o.BillingEmail, Plan: o.Plan,
		Basis:   [...]string{org.Subscription: "subscription", org.License: "license", org.Own: "own"}[o.Basis],
		Members: o.Members, Seats: o.Seats, Enabled: o.Enabled, Suspended: o.Suspended,
		CreationDate: o.CreatedAt, ExpirationDate: optional(o.ExpiresAt), Object: "operatorOrganization",
	}
	if sub := o.Subscription; sub != nil {
		v.Subscription = &subscriptionView{string(sub.Status), sub.Sponsored, sub.CancelAtEnd, sub.PeriodEnd}
	}
	return v
}

func (h handler) organizations(c *web.Call, _ struct{}) (web.List[organizationView], error) {
	ask := func(p Slice) ([]Organization, bool, error) { return h.service.SearchOrganizations(c.Context(), p) }
	return part(c, ask, viewOfOrganization)
}

// stateView is what has become of something that was switched on or off.
type stateView struct {
	Enabled bool   `json:"enabled"`
	Object  string `json:"object"`
}

func (h handler) suspend(suspended bool) func(*web.Call, struct{}) (stateView, error) {
	return func(c *web.Call, _ struct{}) (stateView, error) {
		orgID, err := c.ID("id")
		if err != nil {
			return stateView{}, err
		}
		o, err := h.service.Suspend(c.Context(), c.Caller.Operator, orgID, suspended)
		return stateView{o.Enabled, "operatorState"}, err
	}
}
