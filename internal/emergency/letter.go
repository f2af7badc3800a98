package emergency

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/mail"
)

// invitation is what the token in a mail says.
type invitation struct {
	AccessID id.ID
	Email    string
	Expires  time.Time
}

const inviteUse = "emergency-invitation"

// CheckInvitation returns nil when a token invites somebody with an address to an
// access.
func (s *Service) CheckInvitation(ctx context.Context, accessID id.ID, email, token string) error {
	var v invitation
	email = account.NormalizeEmail(email)
	if s.Keys.ReadToken(inviteUse, token, &v) != nil || v.AccessID != accessID || v.Email != email || !s.Now().Before(v.Expires) {
		return notValid
	}
	a, err := s.find(ctx, accessID)
	if err == nil && (a.Email != email || a.Status != Invited) {
		err = notValid
	}
	return err
}

// mailInvitation writes to somebody who is invited, once in a minute. Where nothing is
// proved by mails there is nothing to accept.
func (s *Service) mailInvitation(ctx context.Context, a Access, grantor account.Account) error {
	if a.Status != Invited || !s.Verification {
		return nil
	}
	expires := s.Now().Add(inviteLife)
	token, err := s.Keys.Token(inviteUse, invitation{a.ID, a.Email, expires})
	if err != nil {
		return err
	}
	language := grantor.Language()
	if known, found, err := s.Accounts.FindByEmail(ctx, a.Email); err != nil {
		return err
	} else if found {
		language = known.Language()
	}
	name := nameOf(grantor)
	link := s.VaultURL + "/#/accept-emergency?id=" + a.ID.String() + "&name=" + url.QueryEscape(name) + "&email=" + url.QueryEscape(a.Email) +
		"&token=" + url.QueryEscape(token)
	return s.Mail(ctx, mail.Message{
		Once: "emergency-invited|" + a.ID.String() + "|" + s.Now().Truncate(account.MailPause).Format(time.RFC3339),
		To:   a.Email, Template: "emergency-invited", Language: language,
		Data: map[string]string{"Name": name, "Until": expires.Format(time.RFC3339), "Link": link},
	})
}

// nameOf is how a person is called in a mail to somebody else.
func nameOf(a account.Account) string { return cmp.Or(a.Name, a.Email) }

// tellGrantor writes to the grantor about the grantee, tellGrantee the other way
// round.
func (s *Service) tellGrantor(ctx context.Context, a Access, template string) error {
	return s.tell(ctx, a, a.GrantorID, a.GranteeID, template)
}

func (s *Service) tellGrantee(ctx context.Context, a Access, template string) error {
	return s.tell(ctx, a, a.GranteeID, a.GrantorID, template)
}

func (s *Service) tell(ctx context.Context, a Access, to, about id.ID, template string) error {
	reader, err := s.Accounts.Get(ctx, to)
	if err != nil {
		return err
	}
	other, err := s.Accounts.Get(ctx, about)
	if err != nil {
		return err
	}
	data := map[string]string{
		"Name": nameOf(other), "Email": other.Email, "Days": strconv.Itoa(a.WaitDays), "Vault": s.VaultURL,
		"Until": a.EndsAt().Format(time.RFC3339), "Kind": map[Type]string{View: "view", Takeover: "takeover"}[a.Type],
	}
	return s.Mail(ctx, mail.Message{
		Once: template + "|" + id.New().String(), To: reader.Email, Template: template, Language: reader.Language(), Data: data,
	})
}

func (s *Service) mailTakenOver(ctx context.Context, grantorID id.ID) error {
	reader, err := s.Accounts.Get(ctx, grantorID)
	if err != nil {
		return err
	}
	return s.Mail(ctx, mail.Message{
		Once: "emergency-taken-over|" + id.New().String(), To: reader.Email, Template: "emergency-taken-over", Language: reader.Language(),
		Data: map[string]string{"At": s.Now().UTC().Format(time.RFC3339)},
	})
}
