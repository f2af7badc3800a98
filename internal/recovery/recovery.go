// Package recovery is how the administrators of an organization give a member who
// has lost the master password, or a second step, a way back in.
//
// A member who takes part has encrypted their user key for the organization's key
// pair. Whoever recovers the account opens that on their own client, and wraps the
// same user key under a new master password. The server sees neither, and keeps
// only who may do it to whom.
package recovery

import (
	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Reset is what to give a member anew.
type Reset struct {
	Password *account.Credentials // nil leaves the master password
	TwoStep  bool                 // whether to remove every second step
}

// Details is what the client of an administrator needs to recover an account.
type Details struct {
	MemberID   id.ID
	Unlock     Unlock
	Key        string // the user key, encrypted for the organization
	PrivateKey string // of the organization, encrypted under its key
}

// Unlock is how a person's master key is made.
type Unlock struct {
	KDF  account.KDF
	Salt string
}

// Enrollment is an organization that may recover a person's account, and the key
// for which that person encrypts their user key.
type Enrollment struct {
	OrganizationID id.ID
	Name           string
	PublicKey      string
	Revoked        bool // the membership is: clients show nothing of it
}

var (
	off          = fault.New(fault.Invalid, "recovery.off")
	noKeys       = fault.New(fault.Invalid, "recovery.noKeys")
	notEnrolled  = fault.New(fault.Invalid, "recovery.notEnrolled")
	notYourself  = fault.New(fault.Invalid, "recovery.notYourself")
	autoEnrolled = fault.New(fault.Invalid, "recovery.autoEnrolled").On("resetPasswordKey")
	nothing      = fault.New(fault.Invalid, "recovery.nothing").On("resetMasterPassword")
)

// offers reports why an organization recovers no accounts; enabled says that its
// policy is on.
func offers(o org.Organization, enabled bool) error {
	switch {
	case !enabled || !o.Features.UseResetPassword:
		return off
	case o.PublicKey == "" || o.PrivateKey == "":
		return noKeys
	}
	return nil
}

// reaches reports why actor, who recovers accounts, may not recover that of m. Whoever
// is above actor is as if they were not there.
func reaches(actor, m org.Member) error {
	switch {
	case !actor.Outranks(m.Type):
		return fault.Gone
	case m.ResetPasswordKey == "" || m.AccountID.IsZero():
		return notEnrolled
	}
	return nil
}

// joined reports whether m has accepted, and is not revoked.
func joined(m org.Member) bool { return m.Status == org.Accepted || m.Status == org.Confirmed }
