package org

import (
	"strings"

	"coffre/internal/fault"
)

// Address is where an invoice goes. The tags are how it is stored.
type Address struct {
	Line1      string `json:"line1,omitempty"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country,omitempty"` // two letters
	TaxID      string `json:"taxId,omitempty"`
	TaxIDKind  string `json:"taxIdKind,omitempty"` // what sort of number it is, in the words of clients
}

// maxAddressPart bounds a part of an address, in characters.
const maxAddressPart = 100

// Check reports the first part of a that cannot be what it should. Parts have the
// names of the tags; field returns what a request calls them.
func (a Address) Check(field func(part string) string) error {
	for _, part := range []struct{ name, text string }{
		{"line1", a.Line1},
		{"line2", a.Line2},
		{"city", a.City},
		{"state", a.State},
		{"postalCode", a.PostalCode},
		{"taxId", a.TaxID},
	} {
		if err := checkText(field(part.name), part.text, maxAddressPart); err != nil {
			return err
		}
	}
	letter := func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
	if a.Country != "" && (len(a.Country) != 2 || strings.TrimFunc(a.Country, letter) != "") {
		return fault.Malformed(field("country"))
	}
	return nil
}
