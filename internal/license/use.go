package license

import "coffre/internal/fault"

// Use is what an organization makes use of today.
type Use struct {
	Seats               int // occupied
	Collections         int
	Groups              int
	CustomMembers       int // members with a custom role
	Policies            bool
	SSO                 bool
	KeyConnector        bool
	SCIM                bool
	ResetPasswordPolicy bool
}

// Check reports the first thing in use that a new license does not allow. The
// text names both numbers, or the capability.
func (u Use) Check(l Organization) error {
	switch {
	case l.Seats != nil && u.Seats > *l.Seats:
		return over("license.tooFewSeats", "license-too-few-seats", u.Seats, *l.Seats)
	case l.MaxCollections != nil && u.Collections > *l.MaxCollections:
		return over("license.tooFewCollections", "license-too-few-collections", u.Collections, *l.MaxCollections)
	// A single group has never been in the way of a smaller plan.
	case u.Groups > 1 && !l.UseGroups:
		return lacks("license.noGroups", "license-without-groups").With("used", u.Groups)
	case u.Policies && !l.UsePolicies:
		return lacks("license.noPolicies", "license-without-policies")
	case u.SSO && !l.UseSSO:
		return lacks("license.noSso", "license-without-sso")
	case u.KeyConnector && !l.UseKeyConnector:
		return lacks("license.noKeyConnector", "license-without-key-connector")
	case u.SCIM && !l.UseSCIM:
		return lacks("license.noScim", "license-without-scim")
	case u.CustomMembers > 0 && !l.UseCustomPermissions:
		return lacks("license.noCustomPermissions", "license-without-custom-permissions").With("used", u.CustomMembers)
	case u.ResetPasswordPolicy && !l.UseResetPassword:
		return lacks("license.noResetPassword", "license-without-reset-password")
	}
	return nil
}

func over(key, code string, used, allowed int) error {
	return fault.New(fault.Invalid, key).Coded(code).With("used", used).With("allowed", allowed)
}

func lacks(key, code string) *fault.Error { return fault.New(fault.Invalid, key).Coded(code) }
