package member

import (
	"cmp"
	"context"

	"coffre/internal/encstring"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
)

const (
	maxKey            = 2_000 // an organization's key for a pair of up to 8,192 bits
	maxCollectionName = 1_000
)

var (
	notAccepted      = fault.New(fault.Invalid, "member.notAccepted")
	alreadyConfirmed = fault.New(fault.Invalid, "member.alreadyConfirmed")
)

// Wrapped is the organization's key, encrypted for the key pair of one member.
type Wrapped struct {
	MemberID id.ID
	Key      string
}

// PublicKey is what the organization's key is encrypted with for a member.
type PublicKey struct {
	MemberID  id.ID
	AccountID id.ID
	Key       string
}

// PublicKeys returns those of the named members who have accepted or are confirmed.
func (s *Service) PublicKeys(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) ([]PublicKey, error) {
	_, actor, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManageUsers)
	if err != nil {
		return nil, err
	}
	members, err := s.Organizations.MembersByID(ctx, actor.OrganizationID, memberIDs)
	if err != nil {
		return nil, err
	}
	var joined []org.Member
	for _, o := range outcomesOf(memberIDs, nil) {
		if m, known := members[o.MemberID]; known && (m.Status == org.Accepted || m.Status == org.Confirmed) {
			joined = append(joined, m)
		}
	}
	people, err := s.Store.People(ctx, emailsOf(joined))
	keys := make([]PublicKey, 0, len(joined))
	for _, m := range joined {
		if key := people[m.Email].PublicKey; key != "" {
			keys = append(keys, PublicKey{m.ID, m.AccountID, key})
		}
	}
	return keys, err
}

// Confirm makes members of those who have accepted, by giving each the organization's
// key, and says of each what became of them. Where the organization's data stays in
// it, each who is bound by that gets a collection of their own; a client that names
// none makes none.
func (s *Service) Confirm(ctx context.Context, caller, orgID id.ID, keys []Wrapped, collectionName string) (outcomes []Outcome, err error) {
	memberIDs, byMember := make([]id.ID, len(keys)), map[id.ID]string{}
	for i, k := range keys {
		memberIDs[i], byMember[k.MemberID] = k.MemberID, k.Key
	}
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, members, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			return cmp.Or(mayManage(actor, m), mayConfirm(m), encstring.CheckType("key", byMember[m.ID], maxKey, encstring.RSAOAEPSHA1))
		})
		if err != nil {
			return err
		}
		outcomes = judged
		if members, err = s.mayReturn(ctx, o, members, outcomes); err != nil || len(members) == 0 {
			return err
		}
		for i, m := range members {
			members[i].Status, members[i].Key = org.Confirmed, byMember[m.ID]
		}
		return s.confirm(ctx, o, members, collectionName)
	})
	return outcomes, err
}

func mayConfirm(m org.Member) error {
	switch m.Status {
	case org.Accepted:
		return nil
	case org.Confirmed:
		return alreadyConfirmed
	}
	return notAccepted
}

// confirm writes members who are confirmed, and tells everybody whom it concerns.
func (s *Service) confirm(ctx context.Context, o org.Organization, members []org.Member, collectionName string) error {
	if err := s.Store.Confirm(ctx, members, s.Now()); err != nil {
		return err
	}
	if collectionName != "" && o.Features.UseMyItems {
		if err := s.createMyItems(ctx, o.ID, members, collectionName); err != nil {
			return err
		}
	}
	if err := s.record(ctx, event.MemberConfirmed, members); err != nil {
		return err
	}
	people, err := s.Store.People(ctx, emailsOf(members))
	if err != nil {
		return err
	}
	letters := make([]mail.Message, len(members))
	for i, m := range members {
		letters[i] = mail.Message{
			Once: "organization-confirmed|" + id.New().String(),
			To:   m.Email, Template: "organization-confirmed", Language: people[m.Email].Language, Data: map[string]string{"Organization": o.Name},
		}
	}
	if err := s.Mail(ctx, letters...); err != nil {
		return err
	}
	return s.tell(ctx, members)
}
