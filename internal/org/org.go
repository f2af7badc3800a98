// Package org holds organizations: what they may use, and who belongs to them with
// which rights.
//
// Who may do what is decided here, for a caller that is an argument, and read
// from the database on every call: a changed role counts at once, whatever an old
// token says. Absent and forbidden both answer fault.Gone.
package org

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// Created is the Status of every organization: none is managed by a provider.
const Created = 1

// Organization is one organization. A nil limit is no limit, and a zero
// ExpiresAt is no end.
type Organization struct {
	ID                id.ID
	Name              string
	BusinessName      string
	BillingEmail      string
	Plan              string // the name of the plan, for people
	PlanType          plan.Type
	Seats             *int
	MaxCollections    *int
	MaxStorageGB      *int // zero: no attachments
	MaxAutoscaleSeats *int
	Features          plan.Features
	Settings          Settings
	Enabled           bool // Granted and not Suspended
	Granted           bool // what the terms say
	Suspended         bool // by the operator
	Basis             Basis
	Status            int
	LicenseKey        string
	PublicKey         string // "" until a client has made the pair
	PrivateKey        string // encrypted with the organization's key
	ExpiresAt         time.Time
	CreatedAt         time.Time
	RevisedAt         time.Time
}

// Basis is what an organization stands on.
type Basis int

// What an organization may stand on. Own is a self-hosted server alone: its
// people made the organization without any license.
const (
	Subscription Basis = 0
	License      Basis = 1
	Own          Basis = 2
)

// Settings say how far members and admins may go with collections. All are off
// in a new organization. The tags are the names that clients use.
type Settings struct {
	LimitCollectionCreation bool `json:"limitCollectionCreation"`
	LimitCollectionDeletion bool `json:"limitCollectionDeletion"`
	LimitItemDeletion       bool `json:"limitItemDeletion"`
	AdminsReachAllItems     bool `json:"allowAdminAccessToAllCollectionItems"`
}

// Terms are what a license or a subscription grants to an organization.
type Terms struct {
	Plan           string
	PlanType       plan.Type
	Seats          *int
	MaxCollections *int
	MaxStorageGB   *int
	Features       plan.Features
	Enabled        bool
	Basis          Basis
	ExpiresAt      time.Time
	LicenseKey     string // "" leaves the key that there is

	// A license dictates the next three; without a Name they stay as they are.
	Name         string
	BusinessName string
	BillingEmail string
}

// Terms returns what o stands on today. It names no license key and no names, so
// that a part can be changed and applied again.
func (o Organization) Terms() Terms {
	return Terms{
		Plan: o.Plan, PlanType: o.PlanType, Seats: o.Seats, MaxCollections: o.MaxCollections,
		MaxStorageGB: o.MaxStorageGB, Features: o.Features, Enabled: o.Granted, Basis: o.Basis, ExpiresAt: o.ExpiresAt,
	}
}

func (o Organization) on(t Terms) Organization {
	o.Plan, o.PlanType, o.Features, o.Basis, o.ExpiresAt = t.Plan, t.PlanType, t.Features, t.Basis, t.ExpiresAt
	o.Granted, o.Enabled = t.Enabled, t.Enabled && !o.Suspended
	o.Seats, o.MaxCollections, o.MaxStorageGB = t.Seats, t.MaxCollections, t.MaxStorageGB
	if t.LicenseKey != "" {
		o.LicenseKey = t.LicenseKey
	}
	if t.Name != "" {
		o.Name, o.BusinessName, o.BillingEmail = t.Name, t.BusinessName, t.BillingEmail
	}
	return o
}

// Use is what an organization makes use of today.
type Use struct {
	OccupiedSeats       int // members and invited people, and sponsorships that take a seat
	Collections         int
	Groups              int
	CustomMembers       int // members with a role of their own
	Policies            int // that are on
	ResetPasswordPolicy bool
}

// Membership is an organization as one of its members has it. Sponsorship is nil
// when the member gives none.
type Membership struct {
	Organization Organization
	Member       Member
	Sponsorship  *FamilySponsorship
}

// FamilySponsorship is the Families organization that a member gives away.
type FamilySponsorship struct {
	FriendlyName   string
	LastSyncDate   time.Time
	ValidUntil     time.Time
	ToDelete       bool
	AdminInitiated bool
}

// Sponsors reports whether an organization gives its members Families
// organizations. A cloud has to know of it, so one that stands on its own server
// alone does not, whatever its plan.
func (o Organization) Sponsors() bool { return o.PlanType.Sponsors() && o.Basis != Own }

// MayGiveFamilies reports whether the member still has a sponsorship to give. One
// that an admin has made leaves the member's own untouched.
func (m Membership) MayGiveFamilies() bool {
	return m.Member.Confirmed() && m.Organization.Sponsors() && (m.Sponsorship == nil || m.Sponsorship.AdminInitiated)
}
