package org

import (
	"context"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// ProfileView is the "profileOrganization" object: an organization as one of its
// members reads it. Phones refuse a whole vault when one of its members is
// missing, so none ever is.
type ProfileView struct {
	Object             string `json:"object"`
	ID                 id.ID  `json:"id"`
	OrganizationUserID id.ID  `json:"organizationUserId"`
	UserID             id.ID  `json:"userId"`

	Name        string      `json:"name"`
	Enabled     bool        `json:"enabled"`
	Identifier  *string     `json:"identifier"`
	Key         *string     `json:"key"`
	Status      Status      `json:"status"`
	Type        Type        `json:"type"`
	Permissions Permissions `json:"permissions"`

	Seats           *int      `json:"seats"`
	MaxCollections  *int      `json:"maxCollections"`
	MaxStorageGB    *int      `json:"maxStorageGb"`
	ProductTierType plan.Tier `json:"productTierType"`
	PlanProductType plan.Tier `json:"planProductType"` // what clients of 2022 read
	plan.Features
	// The profile spells this one otherwise than the organization does.
	UseDisableSMAds         bool `json:"useDisableSMAdsForUsers"`
	UseActivateAutofill     bool `json:"useActivateAutofillPolicy"`
	HasPublicAndPrivateKeys bool `json:"hasPublicAndPrivateKeys"`
	ResetPasswordEnrolled   bool `json:"resetPasswordEnrolled"`
	AccessSecretsManager    bool `json:"accessSecretsManager"`
	AccessPAM               bool `json:"accessPam"`
	UserIsClaimed           bool `json:"userIsClaimedByOrganization"`
	Settings

	SSOBound                bool    `json:"ssoBound"`
	SSOEnabled              bool    `json:"ssoEnabled"`
	SSOMemberDecryptionType *int    `json:"ssoMemberDecryptionType"`
	KeyConnectorEnabled     bool    `json:"keyConnectorEnabled"`
	KeyConnectorURL         *string `json:"keyConnectorUrl"`
	ProviderID              *string `json:"providerId"`
	ProviderName            *string `json:"providerName"`
	ProviderType            *int    `json:"providerType"`

	FamilySponsorshipFriendlyName *string    `json:"familySponsorshipFriendlyName"`
	FamilySponsorshipAvailable    bool       `json:"familySponsorshipAvailable"`
	FamilySponsorshipLastSyncDate *time.Time `json:"familySponsorshipLastSyncDate"`
	FamilySponsorshipValidUntil   *time.Time `json:"familySponsorshipValidUntil"`
	FamilySponsorshipToDelete     *bool      `json:"familySponsorshipToDelete"`
	IsAdminInitiated              bool       `json:"isAdminInitiated"`
}

// Profile returns the organizations of an account's profile, ready for JSON: those
// that have confirmed the person, whose keys clients take, and, with those that have
// yet to, all that the person has joined.
func (s *Service) Profile(ctx context.Context, accountID id.ID) (confirmed, joined any, err error) {
	memberships, err := s.listOf(ctx, accountID, Accepted, Confirmed)
	if err != nil {
		return nil, nil, err
	}
	own := []Membership{}
	for _, m := range memberships {
		if m.Member.Confirmed() {
			own = append(own, m)
		}
	}
	return profileViews(own), profileViews(memberships), nil
}

func profileViews(memberships []Membership) []ProfileView {
	views := make([]ProfileView, len(memberships))
	for i, m := range memberships {
		views[i] = profileView(m)
	}
	return views
}

func profileView(m Membership) ProfileView {
	o, tier := m.Organization, m.Organization.PlanType.Tier()
	v := ProfileView{
		Object: "profileOrganization", ID: o.ID, OrganizationUserID: m.Member.ID, UserID: m.Member.AccountID,
		Name: o.Name, Enabled: o.Enabled, Key: orNull(m.Member.Key), Status: m.Member.Status, Type: m.Member.Type,
		Permissions: m.Member.Granted(),
		Seats:       o.Seats, MaxCollections: o.MaxCollections, MaxStorageGB: o.MaxStorageGB,
		ProductTierType: tier, PlanProductType: tier, Features: o.Features,
		UseDisableSMAds: o.Features.UseDisableSMAdsForUsers, UseActivateAutofill: tier == plan.TierEnterprise,
		HasPublicAndPrivateKeys: o.hasKeys(), Settings: o.Settings,
		FamilySponsorshipAvailable: m.MayGiveFamilies(), ResetPasswordEnrolled: m.Member.ResetPasswordKey != "",
	}
	if g := m.Sponsorship; g != nil {
		v.FamilySponsorshipFriendlyName, v.FamilySponsorshipToDelete = orNull(g.FriendlyName), new(g.ToDelete)
		v.FamilySponsorshipLastSyncDate, v.FamilySponsorshipValidUntil = timeOrNull(g.LastSyncDate), timeOrNull(g.ValidUntil)
		v.IsAdminInitiated = g.AdminInitiated
	}
	return v
}
