package org

import (
	"time"

	"coffre/internal/id"
)

// Status says how far somebody has come in joining an organization.
type Status int

// The statuses, by the numbers that clients know. Only a confirmed member has
// access to anything; Staged is known to a directory and takes no seat.
const (
	Revoked   Status = -1
	Invited   Status = 0
	Accepted  Status = 1
	Confirmed Status = 2
	Staged    Status = 3
)

// Type is the role of a member.
type Type int

// The roles, by the numbers that clients know. 3 was a role once and is never
// used again.
const (
	Owner  Type = 0
	Admin  Type = 1
	User   Type = 2
	Custom Type = 4
)

// Permissions are what a member with the role Custom may do. The tags are the
// names that clients use.
type Permissions struct {
	AccessEventLogs      bool `json:"accessEventLogs"`
	AccessImportExport   bool `json:"accessImportExport"`
	AccessReports        bool `json:"accessReports"`
	CreateNewCollections bool `json:"createNewCollections"`
	EditAnyCollection    bool `json:"editAnyCollection"`
	DeleteAnyCollection  bool `json:"deleteAnyCollection"`
	ManageGroups         bool `json:"manageGroups"`
	ManagePolicies       bool `json:"managePolicies"`
	ManageSSO            bool `json:"manageSso"`
	ManageUsers          bool `json:"manageUsers"`
	ManageResetPassword  bool `json:"manageResetPassword"`
	ManageSCIM           bool `json:"manageScim"`
	ManageAccessRules    bool `json:"manageAccessRules"`
}

// Member is the tie between a person and an organization. Somebody who was only
// invited has no AccountID yet, and an Email from the invitation.
type Member struct {
	ID             id.ID
	OrganizationID id.ID
	AccountID      id.ID
	Email          string // of the account, once there is one
	Name           string // of the account
	AvatarColor    string // of the account
	Status         Status
	Type           Type
	Key            string // the organization's key for this person; "" until confirmed
	Permissions    Permissions
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// Confirmed reports whether m is a full member.
func (m Member) Confirmed() bool { return m.Status == Confirmed }

// Owns reports whether m is a confirmed owner.
func (m Member) Owns() bool { return m.Confirmed() && m.Type == Owner }

// Administers reports whether m is a confirmed owner or admin.
func (m Member) Administers() bool { return m.Confirmed() && (m.Type == Owner || m.Type == Admin) }

// may reports whether m is an owner or admin, or has a role of its own that
// includes at least one of the named permissions.
func (m Member) may(allowed func(Permissions) bool) bool {
	return m.Administers() || m.Confirmed() && m.Type == Custom && allowed(m.Permissions)
}

// MayManageUsers reports whether m may invite, change and remove members.
func (m Member) MayManageUsers() bool {
	return m.may(func(p Permissions) bool { return p.ManageUsers })
}

// MayManageResetPassword reports whether m may recover accounts of members.
func (m Member) MayManageResetPassword() bool {
	return m.may(func(p Permissions) bool { return p.ManageResetPassword })
}

// MayManagePolicies reports whether m may set policies.
func (m Member) MayManagePolicies() bool {
	return m.may(func(p Permissions) bool { return p.ManagePolicies })
}

// maySeeAllCollections reports whether m sees the names of collections that
// nobody has given to m.
func (m Member) maySeeAllCollections() bool {
	return m.may(func(p Permissions) bool {
		return p.EditAnyCollection || p.DeleteAnyCollection || p.AccessImportExport || p.ManageGroups
	})
}

// maySeeAllAccess reports whether m sees who has which collection.
func (m Member) maySeeAllAccess() bool {
	return m.may(func(p Permissions) bool {
		return p.EditAnyCollection || p.DeleteAnyCollection || p.ManageUsers || p.ManageGroups
	})
}
