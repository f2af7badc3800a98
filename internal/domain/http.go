package domain

import (
	"strings"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// Mount adds the routes of domains.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/settings/domains", h.get)
	web.Handle(r, "PUT /api/settings/domains", h.set)
	web.Handle(r, "POST /api/settings/domains", h.set)
}

type handler struct{ domains *Service }

// View is a person's domains as clients see them, in a sync too.
type View struct {
	Own     [][]string   `json:"equivalentDomains"`
	Globals []globalView `json:"globalEquivalentDomains"`
	Object  string       `json:"object"`
}

type globalView struct {
	Type     Type     `json:"type"`
	Domains  []string `json:"domains"`
	Excluded bool     `json:"excluded"`
}

// ViewOf translates.
func ViewOf(d Domains) View {
	v := View{d.Own, []globalView{}, "domains"}
	for _, g := range d.Globals {
		v.Globals = append(v.Globals, globalView(g))
	}
	return v
}

type request struct {
	Own      [][]string `json:"equivalentDomains"`
	Excluded []Type     `json:"excludedGlobalEquivalentDomains"`
}

// Check reports a list that is longer than all lists of clients.
func (in request) Check() error {
	if len(in.Excluded) > maxGroups {
		return fault.Malformed(excludedField)
	}
	return nil
}

func (h handler) get(c *web.Call, _ struct{}) (View, error) {
	if strings.EqualFold(c.Query("excluded"), "false") {
		d, err := h.domains.InForce(c.Context(), c.Caller.AccountID)
		return ViewOf(d), err
	}
	d, err := h.domains.Get(c.Context(), c.Caller.AccountID)
	return ViewOf(d), err
}

func (h handler) set(c *web.Call, in request) (View, error) {
	d, err := h.domains.Set(c.Context(), c.Caller.AccountID, in.Own, in.Excluded)
	return ViewOf(d), err
}
