package org

import (
	"strconv"
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// View is the "organization" object: an organization as its owner reads it.
type View struct {
	Object string `json:"object"`
	ID     id.ID  `json:"id"`
	Name   string `json:"name"`

	BusinessName      *string `json:"businessName"`
	BusinessAddress1  *string `json:"businessAddress1"`
	BusinessAddress2  *string `json:"businessAddress2"`
	BusinessAddress3  *string `json:"businessAddress3"`
	BusinessCountry   *string `json:"businessCountry"`
	BusinessTaxNumber *string `json:"businessTaxNumber"`
	BillingEmail      string  `json:"billingEmail"`

	Plan               plan.View  `json:"plan"`
	SecretsManagerPlan *plan.View `json:"secretsManagerPlan"`
	PlanType           plan.Type  `json:"planType"`
	Seats              *int       `json:"seats"`
	MaxAutoscaleSeats  *int       `json:"maxAutoscaleSeats"`
	MaxCollections     *int       `json:"maxCollections"`
	MaxStorageGB       *int       `json:"maxStorageGb"`
	plan.Features

	Enabled                       bool `json:"enabled"`
	HasPublicAndPrivateKeys       bool `json:"hasPublicAndPrivateKeys"`
	SMSeats                       *int `json:"smSeats"`
	SMServiceAccounts             *int `json:"smServiceAccounts"`
	MaxAutoscaleSMSeats           *int `json:"maxAutoscaleSmSeats"`
	MaxAutoscaleSMServiceAccounts *int `json:"maxAutoscaleSmServiceAccounts"`
	Settings
}

// ViewOf returns o as the client of a call reads it: clients of another age know
// other numbers for plans.
func ViewOf(c *web.Call, o Organization) View {
	p := PlanViewOf(c, o)
	return View{
		Object: "organization", ID: o.ID, Name: o.Name, BusinessName: orNull(o.BusinessName), BillingEmail: o.BillingEmail,
		Plan: p, PlanType: p.Type, Seats: o.Seats, MaxAutoscaleSeats: o.MaxAutoscaleSeats,
		MaxCollections: o.MaxCollections, MaxStorageGB: o.MaxStorageGB, Features: o.Features,
		Enabled: o.Enabled, HasPublicAndPrivateKeys: o.hasKeys(), Settings: o.Settings,
	}
}

func (o Organization) hasKeys() bool { return o.PublicKey != "" && o.PrivateKey != "" }

// PlanViewOf returns the plan of o as the client of a call reads it. A license may
// name a plan that this version does not know: then o itself says what it allows.
func PlanViewOf(c *web.Call, o Organization) plan.View {
	p, ok := plan.Of(o.PlanType)
	if !ok {
		p = plan.Plan{Type: o.PlanType, Features: o.Features, Disabled: true}
	}
	p.Name = o.Plan
	return planView(c, p)
}

func planView(c *web.Call, p plan.Plan) plan.View {
	view := plan.ViewOf(p)
	if isOld(c) {
		view.Type = plan.ForOldClient(p.Type)
	}
	return view
}

// plans returns what a cloud sells and has sold. An old client is told of its
// time's plans and of those that are sold today, under the numbers it knows.
func plans(c *web.Call) []plan.View {
	list := []plan.View{}
	for _, p := range plan.All() {
		if p.Type == plan.Custom || isOld(c) && p.Disabled && p.Type > plan.Custom {
			continue
		}
		list = append(list, planView(c, p))
	}
	return list
}

// Ordered returns the plan that the client of a call means by a number.
func Ordered(c *web.Call, number plan.Type) plan.Type {
	if isOld(c) {
		for _, p := range plan.Sold() {
			if plan.ForOldClient(p.Type) == number {
				return p.Type
			}
		}
	}
	return number
}

// isOld reports whether the client dates from before 2023. Versions of official
// clients begin with the year; those of others do not, and are not old for that.
func isOld(c *web.Call) bool {
	year, _, _ := strings.Cut(c.Header.Get("Bitwarden-Client-Version"), ".")
	n, err := strconv.Atoi(year)
	return err == nil && n >= 2000 && n < 2023
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}
