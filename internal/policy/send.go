package policy

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"coffre/internal/id"
)

// Who may read a Send where an organization says so.
const (
	AnybodyReads     = 0
	PasswordReads    = 1
	NamedPeopleReads = specificPeople
)

// SendRule is what one policy says of the Sends of a person whom it binds.
type SendRule struct {
	Disabled bool // no Sends at all
	NoHiding bool // the address of the sender shows
	Access   int  // one of the three above
	Domains  []string
	Life     time.Duration // zero for no limit
	Types    []int         // empty for all
}

// SendRules returns what a person's organizations say of their Sends.
func (s *Service) SendRules(ctx context.Context, accountID id.ID) ([]SendRule, error) {
	held, err := s.Store.Held(ctx, []id.ID{accountID}, DisableSend, SendOptions, SendControls)
	var rules []SendRule
	for _, h := range held {
		if h.binds() {
			rules = append(rules, h.Policy.sendRule())
		}
	}
	return rules, err
}

// sendRule reads a policy that is on.
func (p Policy) sendRule() SendRule {
	switch p.Type {
	case DisableSend:
		return SendRule{Disabled: true}
	case SendOptions:
		return SendRule{NoHiding: p.says(disableHideEmail)}
	}
	r := SendRule{Disabled: p.says(disableSend), NoHiding: p.says(disableHideEmail), Access: p.number("whoCanAccess")}
	r.Life = time.Duration(p.number("deletionHours")) * time.Hour
	if names, ok := p.member("allowedDomains").(string); ok && r.Access == NamedPeopleReads {
		for name := range strings.SplitSeq(names, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				r.Domains = append(r.Domains, name)
			}
		}
	}
	if types, ok := p.member("allowedSendTypes").([]any); ok {
		for _, t := range types {
			if n, ok := t.(json.Number); ok {
				one, _ := strconv.Atoi(n.String())
				r.Types = append(r.Types, one)
			}
		}
		slices.Sort(r.Types)
	}
	return r
}

// number returns a whole number of the data, zero when there is none.
func (p Policy) number(name string) int {
	v, _ := p.member(name).(json.Number)
	n, _ := strconv.Atoi(v.String())
	return n
}
