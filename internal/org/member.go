package org

import (
	"reflect"
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

// Include reports whether p has every permission that other has.
func (p Permissions) Include(other Permissions) bool {
	mine, theirs := reflect.ValueOf(p), reflect.ValueOf(other)
	for i := range mine.NumField() {
		if theirs.Field(i).Bool() && !mine.Field(i).Bool() {
			return false
		}
	}
	return true
}

// Revocation is why a member was revoked.
type Revocation int

// The reasons, by the numbers that clients know.
const (
	RevokedByHand    Revocation = 1
	RevokedByTwoStep Revocation = 2
	RevokedByData    Revocation = 3
	RevokedBySingle  Revocation = 4
)

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
	ExternalID     string // what a directory calls the member
	// ResetPasswordKey is the user key, encrypted for the organization; "" for a
	// member who does not take part in account recovery.
	ResetPasswordKey string
	Revocation       *Revocation // nil unless revoked
	CreatedAt        time.Time
	RevisedAt        time.Time
}

// Confirmed reports whether m is a full member.
func (m Member) Confirmed() bool { return m.Status == Confirmed }

// Former returns how far a revoked member had come, and will be again once restored.
func (m Member) Former() Status {
	switch {
	case m.AccountID.IsZero():
		return Invited
	case m.Key == "":
		return Accepted
	}
	return Confirmed
}

// Owns reports whether m is a confirmed owner.
func (m Member) Owns() bool { return m.Confirmed() && m.Type == Owner }

// Administers reports whether m is a confirmed owner or admin.
func (m Member) Administers() bool { return m.Confirmed() && (m.Type == Owner || m.Type == Admin) }

// Outranks reports whether the rank of m, who may do something with members, is enough
// to do it with one of a role: owners belong to owners, and admins to owners and
// admins.
func (m Member) Outranks(role Type) bool {
	switch role {
	case Owner:
		return m.Owns()
	case Admin:
		return m.Administers()
	case User, Custom:
	}
	return true
}

// May reports whether m is an owner or admin, or has a role of its own that
// includes at least one of the named permissions.
func (m Member) May(allowed func(Permissions) bool) bool {
	return m.Administers() || m.Confirmed() && m.Type == Custom && allowed(m.Permissions)
}

// MayManageUsers reports whether m may invite, change and remove members.
func (m Member) MayManageUsers() bool {
	return m.May(func(p Permissions) bool { return p.ManageUsers })
}

// MayManageResetPassword reports whether m may recover accounts of members.
func (m Member) MayManageResetPassword() bool {
	return m.May(func(p Permissions) bool { return p.ManageResetPassword })
}

// MayManagePolicies reports whether m may set policies.
func (m Member) MayManagePolicies() bool {
	return m.May(func(p Permissions) bool { return p.ManagePolicies })
}

// MayManageSCIM reports whether m may connect a directory.
func (m Member) MayManageSCIM() bool {
	return m.May(func(p Permissions) bool { return p.ManageSCIM })
}

// MayReadEvents reports whether m may read the event log.
func (m Member) MayReadEvents() bool {
	return m.May(func(p Permissions) bool { return p.AccessEventLogs })
}

// Granted returns the permissions that the role leaves to m itself: only Custom
// has any.
func (m Member) Granted() Permissions {
	if m.Type != Custom {
		return Permissions{}
	}
	return m.Permissions
}
