package policy

import (
	"coffre/internal/fault"
	"coffre/internal/org"
)

// Binds reports whether an enabled policy of an organization whose terms include
// policies binds a member, by their role and how far they have come. Owners and
// admins are free of most. Whether somebody may join, or join again, is asked of two
// policies before anything else binds.
func (t Type) Binds(role org.Type, status org.Status) bool {
	switch t {
	case MasterPassword, ResetPassword, AutoConfirm: // nobody is free of them
	default:
		if role == org.Owner || role == org.Admin {
			return false
		}
	}
	switch status {
	case org.Accepted, org.Confirmed:
		return true
	case org.Invited:
		return t == TwoStep || t == SingleOrganization || t == ResetPassword
	}
	return t == TwoStep || t == SingleOrganization
}

// needsSingle reports whether a policy makes sense only where members belong to no
// other organization.
func (t Type) needsSingle() bool {
	switch t {
	case RequireSSO, VaultTimeout, URIMatchDefault, AutoConfirm, UserNotification:
		return true
	}
	return false
}

var (
	needsSingle = fault.New(fault.Invalid, "policy.needsSingle")
	stillNeeded = fault.New(fault.Invalid, "policy.stillNeeded")
)

// fits returns why p may not be set beside the policies that there are.
func (p Policy) fits(had map[Type]Policy) error {
	if p.Enabled {
		if p.Type.needsSingle() && !had[SingleOrganization].Enabled {
			return needsSingle
		}
		return nil
	}
	if p.Type != SingleOrganization {
		return nil
	}
	for _, other := range had {
		if other.Enabled && other.Type.needsSingle() {
			return stillNeeded
		}
	}
	return nil
}
