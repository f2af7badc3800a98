// Package policy holds the rules that an organization sets for its members: every
// policy is stored and told to their clients, and some are enforced here.
package policy

import (
	"encoding/json"
	"time"

	"coffre/internal/id"
)

// Type is the number of a rule that an organization can set for its members.
type Type int

// The rules, by the numbers that clients know; there is none beyond Last.
const (
	TwoStep                 Type = 0
	MasterPassword          Type = 1
	PasswordGenerator       Type = 2
	SingleOrganization      Type = 3
	RequireSSO              Type = 4
	OwnsData                Type = 5 // the organization owns all items of its members
	DisableSend             Type = 6
	SendOptions             Type = 7
	ResetPassword           Type = 8
	VaultTimeout            Type = 9
	DisableExport           Type = 10
	ActivateAutofill        Type = 11
	AutomaticLogIn          Type = 12
	FreeFamiliesSponsorship Type = 13
	RemoveUnlockWithPIN     Type = 14
	RestrictedItemTypes     Type = 15
	URIMatchDefault         Type = 16
	AutotypeDefault         Type = 17
	AutoConfirm             Type = 18
	BlockClaimedDomains     Type = 19
	UserNotification        Type = 20
	SendControls            Type = 21
	FillAssist              Type = 22
	Last                         = FillAssist
)

// Policy is a rule as an organization has set it. Data is a JSON object, or nil.
type Policy struct {
	ID             id.ID // zero for one that was never set
	OrganizationID id.ID
	Type           Type
	Enabled        bool
	Data           json.RawMessage
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// member returns what the data says under a name, nil when it says nothing.
func (p Policy) member(name string) any {
	object, err := objectOf(p.Data)
	if err != nil {
		return nil
	}
	return object[name]
}

// says reports whether the policy is on and a member of its data is true.
func (p Policy) says(name string) bool {
	v, _ := p.member(name).(bool)
	return p.Enabled && v
}

// autoEnrolls reports whether new members take part in account recovery at once.
func (p Policy) autoEnrolls() bool { return p.says("autoEnrollEnabled") }
