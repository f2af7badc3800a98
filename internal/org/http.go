package org

import (
	"coffre/internal/plan"
	"coffre/internal/web"
)

// MountCloud adds the routes of a server that sells organizations.
func MountCloud(r *web.Router, s *Service) {
	h := mount(r, s)
	web.Handle(r, "POST /api/organizations", h.buy)
	web.Handle(r, "POST /api/organizations/create-without-payment", h.try)
	web.Handle(r, "GET /api/plans", h.plans, web.Anonymous)
}

// MountSelfHosted adds the routes of a server on which organizations come from
// licenses, or are made by whoever may.
func MountSelfHosted(r *web.Router, s *Service) {
	h := mount(r, s)
	web.Handle(r, "POST /api/organizations", h.found)
	web.Handle(r, "POST /api/organizations/create-without-payment", h.found)
	web.Handle(r, "GET /api/plans", h.noPlans, web.Anonymous)
	web.Handle(r, "GET /api/organizations/{id}/billing/vnext/warnings", h.noWarnings)
}

func mount(r *web.Router, s *Service) handler {
	h := handler{s}
	web.Handle(r, "GET /api/organizations", h.list)
	web.Handle(r, "GET /api/organizations/{id}", h.get)
	web.Handle(r, "PUT /api/organizations/{id}", h.update)
	web.Handle(r, "POST /api/organizations/{id}", h.update)
	web.Handle(r, "PUT /api/organizations/{id}/collection-management", h.manageCollections)
	web.Handle(r, "GET /api/organizations/{id}/public-key", h.publicKey)
	web.Handle(r, "GET /api/organizations/{id}/keys", h.publicKey)
	web.Handle(r, "POST /api/organizations/{id}/keys", h.setKeys)
	web.Handle(r, "GET /api/organizations/{id}/billing/metadata", h.metadata)
	web.Handle(r, "GET /api/organizations/{id}/billing/vnext/metadata", h.metadata)
	web.Handle(r, "GET /api/organizations/{id}/billing/vnext/self-host/metadata", h.metadata)
	mountKeys(r, h)
	mountDeletion(r, h)
	mountTwoStep(r, h)
	return h
}

type handler struct{ orgs *Service }

func (h handler) buy(c *web.Call, in purchaseRequest) (View, error) {
	order := in.order(c)
	order.Trial = !in.SkipTrial
	return h.create(c, in.orderRequest, order)
}

func (h handler) try(c *web.Call, in orderRequest) (View, error) {
	order := in.order(c)
	order.Trial = true
	return h.create(c, in, order)
}

func (h handler) create(c *web.Call, in orderRequest, order Purchase) (View, error) {
	o, err := h.orgs.Buy(c.Context(), c.Caller.AccountID, in.organization(), order)
	return ViewOf(c, o), err
}

// found needs no payment, whatever the client says of one.
func (h handler) found(c *web.Call, in orderRequest) (View, error) {
	o, err := h.orgs.Found(c.Context(), c.Caller.AccountID, in.organization())
	return ViewOf(c, o), err
}

func (h handler) plans(c *web.Call, _ struct{}) (web.List[plan.View], error) {
	return web.ListOf(plans(c)), nil
}

func (h handler) noPlans(*web.Call, struct{}) (web.List[plan.View], error) {
	return web.ListOf[plan.View](nil), nil
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[ProfileView], error) {
	memberships, err := h.orgs.ListOf(c.Context(), c.Caller.AccountID)
	return web.ListOf(profileViews(memberships)), err
}

func (h handler) get(c *web.Call, _ struct{}) (View, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	o, err := h.orgs.ForOwner(c.Context(), c.Caller.AccountID, orgID)
	return ViewOf(c, o), err
}

type publicKeyView struct {
	Object    string  `json:"object"`
	PublicKey *string `json:"publicKey"`
}

func (h handler) publicKey(c *web.Call, _ struct{}) (publicKeyView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return publicKeyView{}, err
	}
	key, err := h.orgs.PublicKey(c.Context(), c.Caller.AccountID, orgID)
	return publicKeyView{"organizationPublicKey", orNull(key)}, err
}

type keysView struct {
	Object     string `json:"object"`
	PublicKey  string `json:"publicKey"`
	PrivateKey string `json:"privateKey"`
}

func (h handler) setKeys(c *web.Call, in KeysRequest) (keysView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return keysView{}, err
	}
	o, err := h.orgs.SetKeys(c.Context(), c.Caller.AccountID, orgID, in.PublicKey, in.EncryptedPrivateKey)
	return keysView{"organizationKeys", o.PublicKey, o.PrivateKey}, err
}

// metadataView is what the pages of the admin console ask for on opening.
type metadataView struct {
	IsOnSecretsManagerStandalone bool `json:"isOnSecretsManagerStandalone"`
	OrganizationOccupiedSeats    int  `json:"organizationOccupiedSeats"`
}

func (h handler) metadata(c *web.Call, _ struct{}) (metadataView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return metadataView{}, err
	}
	seats, err := h.orgs.OccupiedSeats(c.Context(), c.Caller.AccountID, orgID)
	return metadataView{OrganizationOccupiedSeats: seats}, err
}

// WarningsView is what is wrong with how an organization is paid; null is well.
type WarningsView struct {
	FreeTrial            *FreeTrialView `json:"freeTrial"`
	InactiveSubscription *InactiveView  `json:"inactiveSubscription"`
	ResellerRenewal      *struct{}      `json:"resellerRenewal"`
	TaxID                *struct{}      `json:"taxId"`
}

// InactiveView warns that an organization is disabled for want of a subscription, and
// says what the reader is to do, in a word that clients know.
type InactiveView struct {
	Resolution string `json:"resolution"`
}

// FreeTrialView warns that a trial ends.
type FreeTrialView struct {
	RemainingTrialDays int `json:"remainingTrialDays"`
}

// noWarnings answers where nothing is paid: the license page warns of its own.
func (h handler) noWarnings(c *web.Call, _ struct{}) (WarningsView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return WarningsView{}, err
	}
	_, _, err = h.orgs.ForMember(c.Context(), c.Caller.AccountID, orgID)
	return WarningsView{}, err
}
