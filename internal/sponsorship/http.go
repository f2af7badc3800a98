package sponsorship

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// The two roles have the same routes under two roots; each answers those of the
// other with a fault that says so.
const (
	rootCloud      = "/api/organization/sponsorship/"
	rootSelfHosted = "/api/organization/sponsorship/self-hosted/"
)

// MountCloud adds the routes of a cloud.
func MountCloud(r *web.Router, c *Cloud) {
	shared := sharedHandler{&c.Service, c}
	shared.mount(r, rootCloud)
	h := cloudHandler{c}
	web.Handle(r, "POST "+rootCloud+"{orgId}/families-for-enterprise/resend", h.resend)
	web.Handle(r, "POST "+rootCloud+"validate-token", h.validate)
	web.Handle(r, "POST "+rootCloud+"redeem", h.redeem)
	web.Handle(r, "GET "+rootCloud+"sponsored/{orgId}", h.benefit)
	web.Handle(r, "DELETE "+rootCloud+"sponsored/{orgId}", h.remove)
	web.Handle(r, "POST "+rootCloud+"sponsored/{orgId}/remove", h.remove)
	refuse(r, rootSelfHosted, onlySelfHosted)
}

// MountSelfHosted adds the routes of a self-hosted server.
func MountSelfHosted(r *web.Router, s *SelfHosted) {
	shared := sharedHandler{&s.Service, s}
	shared.mount(r, rootSelfHosted)
	refuse(r, rootCloud, onlyInCloud)
	for _, pattern := range []string{
		"POST " + rootCloud + "{orgId}/families-for-enterprise/resend", "POST " + rootCloud + "validate-token", "POST " + rootCloud + "redeem",
		"GET " + rootCloud + "sponsored/{orgId}", "DELETE " + rootCloud + "sponsored/{orgId}", "POST " + rootCloud + "sponsored/{orgId}/remove",
	} {
		web.Handle(r, pattern, only(onlyInCloud))
	}
}

// side is what a member and a manager of members can do on both sides.
type side interface {
	Offer(ctx context.Context, caller, orgID id.ID, r Recipient) error
	OfferAdminInitiated(ctx context.Context, caller, orgID id.ID, r Recipient, notes string) error
	Revoke(ctx context.Context, caller, orgID id.ID) error
	RevokeAdminInitiated(ctx context.Context, caller, orgID id.ID, which string) error
}

type sharedHandler struct {
	service *Service
	side    side
}

func (h sharedHandler) mount(r *web.Router, root string) {
	web.Handle(r, "POST "+root+"{orgId}/families-for-enterprise", h.offer)
	web.Handle(r, "DELETE "+root+"{orgId}", h.revoke)
	web.Handle(r, "POST "+root+"{orgId}/delete", h.revoke)
	web.Handle(r, "DELETE "+root+"{orgId}/{friendlyName}/revoke", h.revokeNamed)
	web.Handle(r, "GET "+root+"{orgId}/sponsored", h.listAdminInitiated)
	web.Handle(r, "GET "+rootCloud+"{orgId}/sync-status", h.syncStatus)
	web.Handle(r, "GET /api/sponsorships", h.list)
	web.Handle(r, "GET /api/organizations/{id}/sponsorships/changes", h.changes)
	web.Raw(r, "GET /api/organizations/{id}/sponsorships/export", h.export)
}

// refuse answers the shared routes under the root of the other role.
func refuse(r *web.Router, root string, why *fault.Error) {
	for _, pattern := range []string{
		"POST " + root + "{orgId}/families-for-enterprise", "DELETE " + root + "{orgId}", "POST " + root + "{orgId}/delete",
		"DELETE " + root + "{orgId}/{friendlyName}/revoke", "GET " + root + "{orgId}/sponsored",
	} {
		web.Handle(r, pattern, only(why))
	}
}

func only(why *fault.Error) func(*web.Call, struct{}) (struct{}, error) {
	return func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, why }
}

// done wraps what has no answer but that it happened, for one organization.
func done(c *web.Call, fn func(orgID id.ID) error) (struct{}, error) {
	orgID, err := c.ID("orgId")
	if err == nil {
		err = fn(orgID)
	}
	return struct{}{}, err
}

type offerRequest struct {
	Type           *int   `json:"planSponsorshipType"`
	Email          string `json:"sponsoredEmail"`
	FriendlyName   string `json:"friendlyName"`
	AdminInitiated bool   `json:"isAdminInitiated"`
	Notes          string `json:"notes"`
}

func (r offerRequest) Check() error {
	if r.Type == nil {
		return fault.Required("planSponsorshipType")
	}
	if *r.Type != FamiliesForEnterprise {
		return fault.Malformed("planSponsorshipType")
	}
	if _, err := NewRecipient(r.Email, r.FriendlyName, ""); err != nil {
		return err
	}
	return CheckNotes(r.Notes)
}

func (h sharedHandler) offer(c *web.Call, in offerRequest) (struct{}, error) {
	return done(c, func(orgID id.ID) error {
		to, err := NewRecipient(in.Email, in.FriendlyName, c.Language())
		if err != nil {
			return err
		}
		if in.AdminInitiated {
			return h.side.OfferAdminInitiated(c.Context(), c.Caller.AccountID, orgID, to, in.Notes)
		}
		return h.side.Offer(c.Context(), c.Caller.AccountID, orgID, to)
	})
}

func (h sharedHandler) revoke(c *web.Call, _ struct{}) (struct{}, error) {
	return done(c, func(orgID id.ID) error { return h.side.Revoke(c.Context(), c.Caller.AccountID, orgID) })
}

func (h sharedHandler) revokeNamed(c *web.Call, _ struct{}) (struct{}, error) {
	return done(c, func(orgID id.ID) error {
		return h.side.RevokeAdminInitiated(c.Context(), c.Caller.AccountID, orgID, c.Param("friendlyName"))
	})
}

func (h sharedHandler) listAdminInitiated(c *web.Call, _ struct{}) (web.List[inviteView], error) {
	orgID, err := c.ID("orgId")
	if err != nil {
		return web.List[inviteView]{}, err
	}
	list, err := h.service.ListAdminInitiated(c.Context(), c.Caller.AccountID, orgID)
	views := make([]inviteView, len(list))
	for i, v := range list {
		views[i] = inviteOf(v, h.service.Now(), h.service.Life())
	}
	return web.ListOf(views), err
}

func (h sharedHandler) list(c *web.Call, _ struct{}) (web.List[view], error) {
	list, err := h.service.List(c.Context(), c.Caller.AccountID)
	views := make([]view, len(list))
	for i, v := range list {
		views[i] = viewOf(v, h.service.Now(), h.service.Life())
	}
	return web.ListOf(views), err
}

// changes answers a page of the log; the continuation token is the entry before which
// the next one begins.
func (h sharedHandler) changes(c *web.Call, _ struct{}) (list web.List[changeView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	var before id.ID
	if token := c.Query("continuationToken"); token != "" {
		if before, err = id.Parse(token); err != nil {
			return list, fault.Malformed("continuationToken")
		}
	}
	entries, more, err := h.service.Changes(c.Context(), c.Caller.AccountID, orgID, before)
	views := make([]changeView, len(entries))
	for i, v := range entries {
		views[i] = changeOf(v)
	}
	list = web.ListOf(views)
	if more {
		list.ContinuationToken = new(entries[len(entries)-1].ID.String())
	}
	return list, err
}

func (h sharedHandler) export(w http.ResponseWriter, c *web.Call) error {
	orgID, err := c.ID("id")
	if err != nil {
		return err
	}
	table, err := h.service.Export(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="sponsorships.csv"`)
	w.Write(table)
	return nil
}

type syncStatusView struct {
	LastSyncDate *time.Time `json:"lastSyncDate"`
	Object       string     `json:"object"`
}

func (h sharedHandler) syncStatus(c *web.Call, _ struct{}) (syncStatusView, error) {
	orgID, err := c.ID("orgId")
	if err != nil {
		return syncStatusView{}, err
	}
	at, err := h.service.LastSync(c.Context(), c.Caller.AccountID, orgID)
	return syncStatusView{optional(at), "syncStatus"}, err
}

type cloudHandler struct{ cloud *Cloud }

func (h cloudHandler) resend(c *web.Call, _ struct{}) (struct{}, error) {
	return done(c, func(orgID id.ID) error {
		return h.cloud.Resend(c.Context(), c.Caller.AccountID, orgID, c.Query("sponsoredFriendlyName"))
	})
}

// offerOf returns the token of an offer, which stands in the address.
func offerOf(c *web.Call) (string, error) {
	token := c.Query("sponsorshipToken")
	if token == "" {
		return "", fault.Required("sponsorshipToken")
	}
	return token, nil
}

// validityView has, after what clients know, what our own page tells the recipient.
type validityView struct {
	Valid   bool       `json:"isTokenValid"`
	Barred  bool       `json:"isFreeFamilyPolicyEnabled"`
	Code    string     `json:"code,omitempty"` // why it is not valid
	Message string     `json:"message,omitempty"`
	Sponsor string     `json:"sponsoringOrganizationName,omitempty"`
	Until   *time.Time `json:"offerEndDate,omitempty"`
}

// validate answers an object; before 2025 it was a bare boolean, and a client of
// that time takes any object for yes.
func (h cloudHandler) validate(c *web.Call, _ struct{}) (any, error) {
	token, err := offerOf(c)
	if err != nil {
		return nil, err
	}
	validity, err := h.cloud.Validate(c.Context(), c.Caller.AccountID, token)
	if err != nil || olderThan2025(c.Header.Get("Bitwarden-Client-Version")) {
		return validity.Valid, err
	}
	v := validityView{Valid: validity.Valid, Barred: validity.Barred, Sponsor: validity.Sponsor, Until: optional(validity.Until)}
	if validity.Why != nil {
		v.Code, v.Message = fault.CodeOf(validity.Why), fault.Text(validity.Why, c.Language())
	}
	return v, nil
}

func olderThan2025(version string) bool {
	year, _, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(year)
	return err == nil && number < 2025
}

type redeemRequest struct {
	TargetID id.ID `json:"sponsoredOrganizationId"`
}

func (r redeemRequest) Check() error {
	if r.TargetID.IsZero() {
		return fault.Required("sponsoredOrganizationId")
	}
	return nil
}

func (h cloudHandler) redeem(c *web.Call, in redeemRequest) (struct{}, error) {
	token, err := offerOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.cloud.Redeem(c.Context(), c.Caller.AccountID, token, in.TargetID)
}

func (h cloudHandler) benefit(c *web.Call, _ struct{}) (benefitView, error) {
	orgID, err := c.ID("orgId")
	if err != nil {
		return benefitView{}, err
	}
	b, err := h.cloud.Benefit(c.Context(), c.Caller.AccountID, orgID)
	return benefitOf(b, orgID, h.cloud.Now()), err
}

func (h cloudHandler) remove(c *web.Call, _ struct{}) (struct{}, error) {
	return done(c, func(orgID id.ID) error { return h.cloud.Remove(c.Context(), c.Caller.AccountID, orgID) })
}
