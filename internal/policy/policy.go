// Package policy holds the rules that an organization sets for its members: every
// policy is stored and told to their clients, and some are enforced here.
package policy

import (
	"encoding/json"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Type is the number of a rule that an organization can set for its members.
type Type int

// Policies that this server itself looks at. Clients know more, up to Last,
// and obey them without it.
const (
	MasterPassword          Type = 1
	ResetPassword           Type = 8
	FreeFamiliesSponsorship Type = 13
	Last                    Type = 22
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

// Check reports the first rule that p breaks.
func (p Policy) Check() error {
	if len(p.Data) == 0 {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(p.Data, &object); err != nil || object == nil {
		return fault.Malformed("data")
	}
	if p.Type == MasterPassword {
		return p.checkMasterPassword()
	}
	return nil
}

// checkMasterPassword keeps out of members' clients what no password could meet.
func (p Policy) checkMasterPassword() error {
	var wish struct {
		MinComplexity *int `json:"minComplexity"`
		MinLength     *int `json:"minLength"`
	}
	if err := json.Unmarshal(p.Data, &wish); err != nil {
		return fault.Malformed("data")
	}
	if n := wish.MinComplexity; n != nil && (*n < 0 || *n > 4) {
		return outOfRange("minComplexity", 0, 4)
	}
	if n := wish.MinLength; n != nil && (*n < 12 || *n > 128) {
		return outOfRange("minLength", 12, 128)
	}
	return nil
}

func outOfRange(field string, from, to int) error {
	return fault.New(fault.Invalid, "policy.range").On(field).With("field", field).With("from", from).With("to", to)
}

// autoEnrolls reports whether new members take part in account recovery at once.
func (p Policy) autoEnrolls() bool {
	var wish struct {
		AutoEnrollEnabled bool `json:"autoEnrollEnabled"`
	}
	if len(p.Data) > 0 && json.Unmarshal(p.Data, &wish) != nil {
		return false
	}
	return p.Enabled && wish.AutoEnrollEnabled
}
