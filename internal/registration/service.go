package registration

import (
	"context"
	"net/url"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/seal"
)

// Service is what the rest of the server may do with people who have no account yet.
type Service struct {
	Accounts *account.Service
	Keys     *seal.Keys
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration)
	Mail     func(ctx context.Context, m mail.Message) error
	VaultURL string // the web vault, without a slash at the end

	Open         bool // whether people may register
	Verification bool // whether they must prove their address by a mailed link
	OneStep      bool // whether old clients may register without proving anything

	// Offered returns nil when the token of a Families offer is good for an
	// address. Where no offers are made it is nil, and no token is good.
	Offered func(ctx context.Context, token, email string) error
	// Invited returns nil when the token of an invitation is good for the member whom
	// it invites and for an address.
	Invited func(ctx context.Context, memberID id.ID, email, token string) error
	// EmergencyContact returns nil when a token invites an address to an emergency access.
	EmergencyContact func(ctx context.Context, accessID id.ID, email, token string) error
	// Awaited reports whether an organization has invited an address.
	Awaited func(ctx context.Context, email string) (bool, error)
	// Registered does, in the transaction of a registration, what else the new person
	// is due: memberID is whom their invitation named, zero without one.
	Registered func(ctx context.Context, a account.Account, memberID id.ID) error
}

// openTo returns nil when somebody may register who brings no invitation. Where
// nothing is mailed an invited person has none to bring: the address alone counts.
func (s *Service) openTo(ctx context.Context, email string) error {
	if s.Open {
		return nil
	}
	if s.Verification {
		return closed
	}
	awaited, err := s.Awaited(ctx, email)
	if err == nil && !awaited {
		err = closed
	}
	return err
}

// Start gives a new address the token to register with. Where addresses are
// verified it is mailed, "" is returned, and an address that has an account is
// answered the same: see [Note: account enumeration].
func (s *Service) Start(ctx context.Context, email, name, language string) (token string, err error) {
	if err := s.openTo(ctx, email); err != nil {
		return "", err
	}
	elapsed := clock.Stopwatch()
	email = account.NormalizeEmail(email)
	_, known, err := s.Accounts.FindByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	if known && !s.Verification {
		return "", account.Taken(email)
	}
	token, err = s.Keys.Token(tokenUse, verification{Email: email, Name: name, Mailed: s.Verification, Expires: s.Now().Add(tokenLife)})
	token = tokenPrefix + token
	if err != nil || !s.Verification {
		return token, err
	}
	if !known {
		err = s.mailToken(ctx, email, token, language)
	}
	s.Sleep(ctx, max(0, account.QuietTime-elapsed()))
	return "", err
}

func (s *Service) mailToken(ctx context.Context, email, token, language string) error {
	return s.Mail(ctx, mail.Message{
		Once:     "finish-signup|" + email + "|" + s.Now().Truncate(account.MailPause).Format(time.RFC3339),
		To:       email,
		Template: "finish-signup",
		Language: language,
		Data: map[string]string{
			"Link": s.VaultURL + "/#/finish-signup?email=" + url.QueryEscape(email) + "&token=" + url.QueryEscape(token),
		},
	})
}

// readToken returns what a token says, unless it is not ours, over, or for
// another address.
func (s *Service) readToken(token, email string) (verification, bool) {
	var v verification
	text, ok := strings.CutPrefix(token, tokenPrefix)
	return v, ok && s.Keys.ReadToken(tokenUse, text, &v) == nil && v.goodFor(email, s.Now())
}

// CheckToken returns nil when a mailed token can still be used. It may be that of an
// offer: an owner of the address who has an account by now is told so.
func (s *Service) CheckToken(ctx context.Context, email, token string) error {
	why := linkExpired
	if _, good := s.readToken(token, email); !good {
		if s.Offered == nil {
			return linkExpired
		}
		if _, err := s.provenBy(Newcomer{Email: email}, linkExpired, func(email string) error { return s.Offered(ctx, token, email) }); err != nil {
			return err
		}
		why = hasAccount
	}
	_, known, err := s.Accounts.FindByEmail(ctx, email)
	if known {
		return why
	}
	return err
}

// Register makes the account of a person with a token, once for each address, and
// welcomes them.
func (s *Service) Register(ctx context.Context, n Newcomer) error {
	proof, err := s.proven(ctx, n)
	if err != nil {
		return err
	}
	return s.add(ctx, n, proof)
}

// RegisterAtOnce is Register without a token, for clients that know no other way.
// It proves no address, and so is refused where addresses are verified.
func (s *Service) RegisterAtOnce(ctx context.Context, n Newcomer) error {
	if err := s.openTo(ctx, n.Email); err != nil {
		return err
	}
	if !s.OneStep || s.Verification {
		return twoSteps
	}
	return s.add(ctx, n, verification{Email: n.Email, Name: n.Name})
}

// proven returns what the token that n carries proves. An invitation counts also
// where registration is closed to others.
func (s *Service) proven(ctx context.Context, n Newcomer) (verification, error) {
	if n.isInvited() {
		v, err := s.provenBy(n, badInvitation, func(email string) error { return s.Invited(ctx, n.MemberID, email, n.InviteToken) })
		v.MemberID = n.MemberID
		return v, err
	}
	if err := s.openTo(ctx, n.Email); err != nil {
		return verification{}, err
	}
	switch {
	case n.VerificationToken != "":
		v, good := s.readToken(n.VerificationToken, n.Email)
		if !good {
			return v, badToken
		}
		return v, nil
	case n.OfferToken == "" && n.EmergencyToken != "":
		return s.provenBy(n, badEmergency, func(email string) error { return s.EmergencyContact(ctx, n.EmergencyID, email, n.EmergencyToken) })
	case n.OfferToken == "":
		return verification{}, noToken
	case s.Offered == nil:
		return verification{}, badOffer
	}
	return s.provenBy(n, badOffer, func(email string) error { return s.Offered(ctx, n.OfferToken, email) })
}

// provenBy returns what a token of another room proves, or bad when check refuses it.
// It has proved the address to which it was mailed, if any mail leaves here.
func (s *Service) provenBy(n Newcomer, bad error, check func(email string) error) (verification, error) {
	v := verification{Email: account.NormalizeEmail(n.Email), Mailed: s.Verification}
	err := check(v.Email)
	if err != nil && fault.KindOf(err) != fault.Internal {
		err = bad
	}
	return v, err
}

func (s *Service) add(ctx context.Context, n Newcomer, proof verification) error {
	person := account.New{
		Email: proof.Email, EmailVerified: proof.Mailed, Name: proof.Name, Language: n.Language, FirstPassword: n.Password,
	}
	return s.Accounts.Add(ctx, person, func(ctx context.Context, a account.Account) error {
		if err := s.Registered(ctx, a, proof.MemberID); err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{Once: "welcome|" + a.ID.String(), To: a.Email, Template: "welcome", Language: n.Language})
	})
}
