package app

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

// OrganizationWanted is what the commands of `coffre organization` ask for.
type OrganizationWanted struct {
	ID id.ID `json:"id"`
}

// Check reports an id that is missing.
func (in OrganizationWanted) Check() error {
	if in.ID.IsZero() {
		return fault.Required("id")
	}
	return nil
}

// OrganizationStory is what the operator is told of an organization. Only one that
// is shown by itself has the members after CreatedAt.
type OrganizationStory struct {
	ID        id.ID      `json:"id"`
	Name      string     `json:"name"`
	Plan      string     `json:"plan"`
	Basis     string     `json:"basis"` // subscription, license or own
	Enabled   bool       `json:"enabled"`
	Suspended bool       `json:"suspended"` // by the operator
	Members   int        `json:"members"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt"`

	BillingEmail string   `json:"billingEmail"`
	Owners       []string `json:"owners"`
	Seats        *int     `json:"seats"` // nil for no limit
	SeatsTaken   int      `json:"seatsTaken"`
	Collections  int      `json:"collections"`
	Groups       int      `json:"groups"`
}

func organizationStory(o org.Organization, members int) OrganizationStory {
	basis := [...]string{org.Subscription: "subscription", org.License: "license", org.Own: "own"}[o.Basis]
	v := OrganizationStory{
		ID: o.ID, Name: o.Name, Plan: o.Plan, Basis: basis, Enabled: o.Enabled, Suspended: o.Suspended, Members: members,
		CreatedAt: o.CreatedAt, BillingEmail: o.BillingEmail, Seats: o.Seats,
	}
	if !o.ExpiresAt.IsZero() {
		v.ExpiresAt = &o.ExpiresAt
	}
	return v
}

// LinksMailed says to whom deletion links went.
type LinksMailed struct {
	Addresses []string `json:"addresses"`
}

var (
	noOrganization = fault.New(fault.Invalid, "app.noOrganization")
	noOwners       = fault.New(fault.Invalid, "app.noOwners")
)

// mountOrganizations adds what `coffre organization` asks the running server for.
func (a *App) mountOrganizations() {
	web.Handle(a.control, "POST /organization/list", a.listOrganizations, web.Anonymous)
	web.Handle(a.control, "POST /organization/show", func(c *web.Call, in OrganizationWanted) (OrganizationStory, error) {
		return a.showOrganization(c.Context(), in.ID)
	}, web.Anonymous)
	web.Handle(a.control, "POST /organization/disable", a.suspend(true), web.Anonymous)
	web.Handle(a.control, "POST /organization/enable", a.suspend(false), web.Anonymous)
	web.Handle(a.control, "POST /organization/admin-sponsorships/on", a.allowAdminSponsorships(true), web.Anonymous)
	web.Handle(a.control, "POST /organization/admin-sponsorships/off", a.allowAdminSponsorships(false), web.Anonymous)
	web.Handle(a.control, "POST /organization/mail-deletion", a.mailDeletion, web.Anonymous)
}

func (a *App) listOrganizations(c *web.Call, _ struct{}) ([]OrganizationStory, error) {
	list, err := a.rooms.org.ListAll(c.Context())
	stories := make([]OrganizationStory, len(list))
	for i, o := range list {
		stories[i] = organizationStory(o.Organization, o.Members)
	}
	return stories, err
}

func (a *App) showOrganization(ctx context.Context, orgID id.ID) (OrganizationStory, error) {
	o, err := a.rooms.org.Show(ctx, orgID)
	if err != nil {
		return OrganizationStory{}, named(err)
	}
	v := organizationStory(o.Organization, o.Members)
	v.SeatsTaken, v.Collections, v.Groups = o.Use.OccupiedSeats, o.Use.Collections, o.Use.Groups
	for _, owner := range o.Owners {
		v.Owners = append(v.Owners, owner.Email)
	}
	return v, nil
}

func (a *App) suspend(suspended bool) func(*web.Call, OrganizationWanted) (OrganizationStory, error) {
	return func(c *web.Call, in OrganizationWanted) (OrganizationStory, error) {
		if _, err := a.rooms.org.Suspend(c.Context(), in.ID, suspended); err != nil {
			return OrganizationStory{}, named(err)
		}
		return a.showOrganization(c.Context(), in.ID)
	}
}

func (a *App) allowAdminSponsorships(on bool) func(*web.Call, OrganizationWanted) (OrganizationStory, error) {
	return func(c *web.Call, in OrganizationWanted) (OrganizationStory, error) {
		if err := a.rooms.org.AllowAdminSponsorships(c.Context(), in.ID, on); err != nil {
			return OrganizationStory{}, named(err)
		}
		return a.showOrganization(c.Context(), in.ID)
	}
}

func (a *App) mailDeletion(c *web.Call, in OrganizationWanted) (LinksMailed, error) {
	addresses, err := a.rooms.org.MailDeletion(c.Context(), in.ID)
	if err == nil && len(addresses) == 0 {
		err = noOwners
	}
	return LinksMailed{addresses}, named(err)
}

// named says that there is no such organization in words for an operator.
func named(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return noOrganization
	}
	return err
}
