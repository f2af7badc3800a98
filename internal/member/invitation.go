package member

import (
	"context"
	"net/url"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
)

const (
	// invitePrefix is how clients tell the kind of a token.
	invitePrefix = "BwOrgUserInviteToken_"
	inviteUse    = "organization-invitation"
)

var (
	badInvitation = fault.New(fault.Invalid, "member.badInvitation").On("token")
	otherAddress  = fault.New(fault.Invalid, "member.otherAddress").On("token")
)

// invitation is what a token says: who is invited, to what, at which address.
type invitation struct {
	OrganizationID id.ID
	MemberID       id.ID
	Email          string
	Expires        time.Time
}

func (s *Service) inviteToken(m org.Member, expires time.Time) (string, error) {
	token, err := s.Keys.Token(inviteUse, invitation{m.OrganizationID, m.ID, m.Email, expires})
	return invitePrefix + token, err
}

// readInvitation returns what a token says, unless it is not ours or over.
func (s *Service) readInvitation(token string) (v invitation, good bool) {
	text, ok := strings.CutPrefix(token, invitePrefix)
	return v, ok && s.Keys.ReadToken(inviteUse, text, &v) == nil && s.Now().Before(v.Expires)
}

// CheckInvitation reports whether the token of an invitation is good for a member at
// an address. It is void as soon as the member is confirmed, revoked or removed, or
// has another address.
func (s *Service) CheckInvitation(ctx context.Context, orgID, memberID id.ID, email, token string) (bool, error) {
	v, good := s.readInvitation(token)
	if !good || v.OrganizationID != orgID || v.MemberID != memberID || v.Email != account.NormalizeEmail(email) {
		return false, nil
	}
	m, err := s.Organizations.MemberByID(ctx, memberID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && m.Email == v.Email && (m.Status == org.Invited || m.Status == org.Accepted), err
}

// CheckNewcomer returns nil when the token of an invitation proves the address of
// somebody who has no account yet.
func (s *Service) CheckNewcomer(ctx context.Context, memberID id.ID, email, token string) error {
	v, _ := s.readInvitation(token)
	good, err := s.CheckInvitation(ctx, v.OrganizationID, memberID, email, token)
	if err == nil && !good {
		err = badInvitation
	}
	return err
}

// mailInvitations writes to those who are invited, who read as people says; a
// stranger reads as the inviter. Within a minute an invitation is sent once.
func (s *Service) mailInvitations(ctx context.Context, o org.Organization, invited []org.Member, people map[string]Person, language string) error {
	letters := make([]mail.Message, len(invited))
	for i, m := range invited {
		p, known := people[m.Email]
		if !known {
			p.Language = language
		}
		expires := s.Now().Add(s.InviteLife)
		token, err := s.inviteToken(m, expires)
		if err != nil {
			return err
		}
		letters[i] = mail.Message{
			Once: "organization-invited|" + m.ID.String() + "|" + s.Now().Truncate(account.MailPause).Format(time.RFC3339),
			To:   m.Email, Template: "organization-invited", Language: p.Language,
			Data: map[string]string{
				"Organization": o.Name, "Until": expires.Format(time.RFC3339), "Link": s.VaultURL + inviteLink(o, m, token, known),
			},
		}
	}
	return s.Mail(ctx, letters...)
}

// inviteLink is the page of the web vault that accepts an invitation, in the words
// that every web vault understands.
func inviteLink(o org.Organization, m org.Member, token string, hasAccount bool) string {
	exists := "False"
	if hasAccount {
		exists = "True"
	}
	var b strings.Builder
	b.WriteString("/#/accept-organization")
	mark := "?"
	for _, part := range [][2]string{
		{"organizationId", o.ID.String()},
		{"organizationUserId", m.ID.String()},
		{"email", m.Email},
		{"organizationName", o.Name},
		{"token", token},
		{"initOrganization", "False"},
		{"orgUserHasExistingUser", exists},
	} {
		// A space is %20 to every reader; the plus sign is one to some only.
		b.WriteString(mark + part[0] + "=" + strings.ReplaceAll(url.QueryEscape(part[1]), "+", "%20"))
		mark = "&"
	}
	return b.String()
}
