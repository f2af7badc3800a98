package license

import "coffre/internal/fault"

// Use is how much an organization makes use of today.
type Use struct {
	Seats                 int // occupied
	Collections           int
	Groups                int
	Policies              int // that are on
	SSO                   int // configurations that are on
	KeyConnector          int // members whose key it keeps
	SCIM                  int // configurations that are on
	CustomMembers         int // members with a custom role
	ResetPasswordPolicies int // that are on: one at most
}

// Check reports the first thing in use that a new license does not allow. The text
// names both numbers; what the license does not include is none of it.
func (u Use) Check(l Organization) error {
	switch {
	case l.Seats != nil && u.Seats > *l.Seats:
		return over("license.tooFewSeats", "license-too-few-seats", u.Seats, *l.Seats)
	case l.MaxCollections != nil && u.Collections > *l.MaxCollections:
		return over("license.tooFewCollections", "license-too-few-collections", u.Collections, *l.MaxCollections)
	// A single group has never been in the way of a smaller plan.
	case u.Groups > 1 && !l.UseGroups:
		return over("license.noGroups", "license-without-groups", u.Groups, 0)
	case u.Policies > 0 && !l.UsePolicies:
		return over("license.noPolicies", "license-without-policies", u.Policies, 0)
	case u.SSO > 0 && !l.UseSSO:
		return over("license.noSso", "license-without-sso", u.SSO, 0)
	case u.KeyConnector > 0 && !l.UseKeyConnector:
		return over("license.noKeyConnector", "license-without-key-connector", u.KeyConnector, 0)
	case u.SCIM > 0 && !l.UseSCIM:
		return over("license.noScim", "license-without-scim", u.SCIM, 0)
	case u.CustomMembers > 0 && !l.UseCustomPermissions:
		return over("license.noCustomPermissions", "license-without-custom-permissions", u.CustomMembers, 0)
	case u.ResetPasswordPolicies > 0 && !l.UseResetPassword:
		return over("license.noResetPassword", "license-without-reset-password", u.ResetPasswordPolicies, 0)
	}
	return nil
}

func over(key, code string, used, allowed int) error {
	return fault.New(fault.Invalid, key).Coded(code).With("used", used).With("allowed", allowed)
}
