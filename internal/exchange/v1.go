// Package exchange has two servers tell each other of sponsorships: the wishes of a
// self-hosted server go up to its cloud, what has become of them comes back. It is both
// ends of that wire. The tests of sponsorship, which play both ends, are its tests too.
package exchange

import (
	"encoding/json"
	"reflect"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/sponsorship"
)

// The dialect v1 is the official one, kept to the letter. It knows a sponsorship
// by its member alone, so only members' own ones travel, and it carries no
// revisions: what a row means is found out by comparing. [Note: dialect v1]
//
// Coffre adds three members that others pass over: a row's language, for mails to
// strangers, its member's address under the key, so that nobody sponsors himself, and
// refusedSponsorships, which says why a row is not in the answer.

// MaxBatch is how many rows one call may carry.
const MaxBatch = 1000

// pathV1 is where a cloud answers, below its API.
const pathV1 = "organization/sponsorship/sync"

// RowV1 is a sponsorship as it travels.
type RowV1 struct {
	MemberID     id.ID   `json:"sponsoringOrganizationUserId"`
	FriendlyName *string `json:"friendlyName"`
	Email        *string `json:"offeredToEmail"`
	Type         *int    `json:"planSponsorshipType"`
	LastSync     instant `json:"lastSyncDate"`
	ValidUntil   instant `json:"validUntil"`
	ToDelete     bool    `json:"toDelete"`
	Language     string  `json:"language,omitempty"`
	MemberTag    string  `json:"memberTag,omitempty"`
}

// RequestV1 is one call.
type RequestV1 struct {
	BillingSyncKey      string  `json:"billingSyncKey"`
	CloudOrganizationID id.ID   `json:"sponsoringOrganizationCloudId"`
	Batch               []RowV1 `json:"sponsorshipsBatch"`
}

// Check reports the first member that is missing of those that say who asks.
func (r RequestV1) Check() error {
	switch {
	case r.BillingSyncKey == "":
		return fault.Required("billingSyncKey")
	case r.CloudOrganizationID.IsZero():
		return fault.Required("sponsoringOrganizationCloudId")
	}
	return nil
}

// AnswerV1 is what the cloud says to it: the rows that it accepted, and, from a
// Coffre cloud, those that it refused.
type AnswerV1 struct {
	Batch   []AnswerRowV1 `json:"sponsorshipsBatch"`
	Refused []RefusedV1   `json:"refusedSponsorships"`
}

// AnswerRowV1 is a row with its outcome.
type AnswerRowV1 struct {
	RowV1
	Removed        bool `json:"cloudSponsorshipRemoved"`
	AdminInitiated bool `json:"isAdminInitiated"`
}

// RefusedV1 is why a row, or what is new of it, was refused.
type RefusedV1 struct {
	MemberID id.ID  `json:"sponsoringOrganizationUserId"`
	Code     string `json:"code"`
}

// instant is a time of a row; zero is null. Official servers on some databases
// write no zone and mean UTC.
type instant struct{ time.Time }

const zoneless = "2006-01-02T15:04:05.999999999"

// MarshalJSON writes RFC 3339, or null.
func (t instant) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().MarshalJSON()
}

// UnmarshalJSON reads RFC 3339 with or without a zone, or null.
func (t *instant) UnmarshalJSON(raw []byte) error {
	var text *string
	err := json.Unmarshal(raw, &text)
	if err == nil && text == nil {
		*t = instant{}
		return nil
	}
	if err == nil {
		t.Time, err = time.Parse(time.RFC3339, *text)
	}
	if err != nil && text != nil {
		t.Time, err = time.Parse(zoneless, *text)
	}
	if err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[instant]()}
	}
	t.Time = t.UTC().Truncate(time.Microsecond)
	return nil
}

// rowOf writes a sponsorship for the cloud. A withdrawn one never says when it was
// last acknowledged: an official cloud that has forgotten it would offer it again.
func rowOf(v sponsorship.Sponsorship) RowV1 {
	row := RowV1{
		MemberID: v.MemberID, Type: new(v.Wish.Type), FriendlyName: new(v.Wish.FriendlyName), Email: new(v.Wish.Email),
		LastSync: instant{v.LastSync()}, ValidUntil: instant{v.Outcome.ValidUntil}, ToDelete: v.Wish.Revoked,
		Language: v.Wish.Language,
	}
	if v.Wish.Revoked {
		row.LastSync = instant{}
	}
	return row
}

func (r RowV1) email() string {
	if r.Email == nil {
		return ""
	}
	return *r.Email
}

// recipient returns who shall have the sponsorship, or the code of what is wrong.
func (r RowV1) recipient() (to sponsorship.Recipient, code string) {
	if r.Type != nil && *r.Type != sponsorship.FamiliesForEnterprise {
		return sponsorship.Recipient{}, sponsorship.CodeRowInvalid
	}
	name := ""
	if r.FriendlyName != nil {
		name = *r.FriendlyName
	}
	language := "en"
	if r.Language == "fr" {
		language = "fr"
	}
	to, err := sponsorship.NewRecipient(r.email(), name, language)
	if code = fault.CodeOf(err); err != nil && code == "" {
		code = sponsorship.CodeRowInvalid
	}
	return to, code
}
