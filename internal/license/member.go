package license

import (
	"slices"

	"coffre/internal/id"
)

// member is one value of a license: how it is called in JSON, in the signed data
// and in the token, and where it is kept.
type member[T any] struct {
	name  string
	since int          // the first version whose signature covers it; see unsigned
	at    func(*T) any // a pointer to the value, of a type that value.go knows
}

// unsigned marks a member that no version's signature covers.
const unsigned = 0

// covered reports whether the signature of a license of this version covers m.
func (m member[T]) covered(version int) bool { return m.since != unsigned && m.since <= version }

// proof reports whether m is part of the proof and not of what is proved: the
// token has no claim for it.
func (m member[T]) proof() bool {
	return m.name == "Version" || m.name == "Hash" || m.name == "Signature" || m.name == "Token"
}

// passing reports whether m changes from one issue to the next of the same
// license, so that the hash leaves it out.
func (m member[T]) passing() bool {
	return m.name == "Hash" || m.name == "Issued" || m.name == "Refresh"
}

// form is one sort of license.
type form[T any] struct {
	kind    Kind
	word    string // before the data and in the audience of the token
	members []member[T]
	blank   func() T // a license that says nothing
	stamp   func(*T) *Stamp
	id      func(*T) *id.ID
}

func (f form[T]) states(l *T, name string) bool {
	for i, m := range f.members {
		if m.name == name {
			return f.stamp(l).unstated&(1<<i) == 0
		}
	}
	return false
}

// vouch marks members as stated.
func (f form[T]) vouch(l *T, names ...string) {
	for i, m := range f.members {
		if slices.Contains(names, m.name) {
			f.stamp(l).unstated &^= 1 << i
		}
	}
}

// keep returns what l says about the chosen members, and nothing else.
func (f form[T]) keep(l *T, chosen func(member[T]) bool) T {
	kept := f.blank()
	unstated := f.stamp(l).unstated
	for i, m := range f.members {
		if chosen(m) {
			copyValue(m.at(&kept), m.at(l))
		} else {
			unstated |= 1 << i
		}
	}
	f.stamp(&kept).unstated = unstated
	return kept
}

// organizations lists the members in the order of the signed data, which sorts
// names without regard to case, and after them those that are never signed.
var organizations = form[Organization]{
	kind:  ForOrganization,
	word:  "organization",
	stamp: func(l *Organization) *Stamp { return &l.Stamp },
	id:    func(l *Organization) *id.ID { return &l.ID },
	blank: func() (l Organization) {
		// A license that predates the Secrets Manager can only mean the password
		// manager, so that one is granted by silence too.
		l.LimitCollectionCreationDeletion = true
		l.AllowAdminAccessToAllCollectionItems = true
		l.UsePasswordManager = true
		return l
	},
	members: []member[Organization]{
		{"AllowAdminAccessToAllCollectionItems", 15, func(l *Organization) any { return &l.AllowAdminAccessToAllCollectionItems }},
		{"BillingEmail", 1, func(l *Organization) any { return &l.BillingEmail }},
		{"BusinessName", 1, func(l *Organization) any { return &l.BusinessName }},
		{"Enabled", 1, func(l *Organization) any { return &l.Enabled }},
		{"ExpirationWithoutGracePeriod", 12, func(l *Organization) any { return &l.ExpirationWithoutGracePeriod }},
		{"Expires", 1, func(l *Organization) any { return &l.Expires }},
		{"Hash", 1, func(l *Organization) any { return &l.Hash }},
		{"Id", 1, func(l *Organization) any { return &l.ID }},
		{"InstallationId", 1, func(l *Organization) any { return &l.InstallationID }},
		{"Issued", 1, func(l *Organization) any { return &l.Issued }},
		{"LicenseKey", 1, func(l *Organization) any { return &l.LicenseKey }},
		{"LimitCollectionCreationDeletion", 14, func(l *Organization) any { return &l.LimitCollectionCreationDeletion }},
		{"MaxCollections", 1, func(l *Organization) any { return &l.MaxCollections }},
		{"MaxStorageGb", 1, func(l *Organization) any { return &l.MaxStorageGB }},
		{"Name", 1, func(l *Organization) any { return &l.Name }},
		{"Plan", 1, func(l *Organization) any { return &l.Plan }},
		{"PlanType", 1, func(l *Organization) any { return &l.PlanType }},
		{"Refresh", 1, func(l *Organization) any { return &l.Refresh }},
		{"Seats", 1, func(l *Organization) any { return &l.Seats }},
		{"SelfHost", 1, func(l *Organization) any { return &l.SelfHost }},
		{"SmSeats", 13, func(l *Organization) any { return &l.SMSeats }},
		{"SmServiceAccounts", 13, func(l *Organization) any { return &l.SMServiceAccounts }},
		{"Trial", 1, func(l *Organization) any { return &l.Trial }},
		{"Use2fa", 4, func(l *Organization) any { return &l.Use2FA }},
		{"UseApi", 5, func(l *Organization) any { return &l.UseAPI }},
		{"UseCustomPermissions", 11, func(l *Organization) any { return &l.UseCustomPermissions }},
		{"UseDirectory", 1, func(l *Organization) any { return &l.UseDirectory }},
		{"UseEvents", 3, func(l *Organization) any { return &l.UseEvents }},
		{"UseGroups", 1, func(l *Organization) any { return &l.UseGroups }},
		{"UseKeyConnector", 9, func(l *Organization) any { return &l.UseKeyConnector }},
		{"UsePasswordManager", 13, func(l *Organization) any { return &l.UsePasswordManager }},
		{"UsePolicies", 6, func(l *Organization) any { return &l.UsePolicies }},
		{"UseResetPassword", 8, func(l *Organization) any { return &l.UseResetPassword }},
		{"UsersGetPremium", 2, func(l *Organization) any { return &l.UsersGetPremium }},
		{"UseScim", 10, func(l *Organization) any { return &l.UseSCIM }},
		{"UseSecretsManager", 13, func(l *Organization) any { return &l.UseSecretsManager }},
		{"UseSso", 7, func(l *Organization) any { return &l.UseSSO }},
		{"UseTotp", 1, func(l *Organization) any { return &l.UseTOTP }},
		{"Version", 1, func(l *Organization) any { return &l.Version }},

		{"LicenseType", unsigned, func(l *Organization) any { return &l.Kind }},
		{"UseRiskInsights", unsigned, func(l *Organization) any { return &l.UseRiskInsights }},
		{"UseOrganizationDomains", unsigned, func(l *Organization) any { return &l.UseOrganizationDomains }},
		{"UseAdminSponsoredFamilies", unsigned, func(l *Organization) any { return &l.UseAdminSponsoredFamilies }},
		{"UseAutomaticUserConfirmation", unsigned, func(l *Organization) any { return &l.UseAutomaticUserConfirmation }},
		{"UseDisableSmAdsForUsers", unsigned, func(l *Organization) any { return &l.UseDisableSMAdsForUsers }},
		{"UsePhishingBlocker", unsigned, func(l *Organization) any { return &l.UsePhishingBlocker }},
		{"UseMyItems", unsigned, func(l *Organization) any { return &l.UseMyItems }},
		{"UseInviteLinks", unsigned, func(l *Organization) any { return &l.UseInviteLinks }},
		{"UsePam", unsigned, func(l *Organization) any { return &l.UsePAM }},
		{"Signature", unsigned, func(l *Organization) any { return &l.Signature }},
		{"Token", unsigned, func(l *Organization) any { return &l.Token }},
	},
}

// users lists the members of a premium license in the order of the signed data.
var users = form[User]{
	kind:  ForUser,
	word:  "user",
	stamp: func(l *User) *Stamp { return &l.Stamp },
	id:    func(l *User) *id.ID { return &l.ID },
	blank: func() User { return User{} },
	members: []member[User]{
		{"Email", 1, func(l *User) any { return &l.Email }},
		{"Expires", 1, func(l *User) any { return &l.Expires }},
		{"Hash", 1, func(l *User) any { return &l.Hash }},
		{"Id", 1, func(l *User) any { return &l.ID }},
		{"Issued", 1, func(l *User) any { return &l.Issued }},
		{"LicenseKey", 1, func(l *User) any { return &l.LicenseKey }},
		{"MaxStorageGb", 1, func(l *User) any { return &l.MaxStorageGB }},
		{"Name", 1, func(l *User) any { return &l.Name }},
		{"Premium", 1, func(l *User) any { return &l.Premium }},
		{"Refresh", 1, func(l *User) any { return &l.Refresh }},
		{"Trial", 1, func(l *User) any { return &l.Trial }},
		{"Version", 1, func(l *User) any { return &l.Version }},

		{"LicenseType", unsigned, func(l *User) any { return &l.Kind }},
		{"Signature", unsigned, func(l *User) any { return &l.Signature }},
		{"Token", unsigned, func(l *User) any { return &l.Token }},
	},
}
