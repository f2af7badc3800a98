package account

import (
	"context"
	"net/url"
	"strings"
	"time"

	"coffre/internal/clock"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
)

const (
	// tokenPrefix is how clients tell the kind of a token.
	tokenPrefix = "BwRegistrationEmailVerificationToken_"
	tokenUse    = "email-verification" //nolint:gosec // It is no secret.
	tokenLife   = 15 * time.Minute

	// mailPause is how long an address is sent no second link.
	mailPause = time.Minute
	// startTime is how long the answer takes at least that begins a registration.
	startTime = 300 * time.Millisecond
)

var (
	closed      = fault.New(fault.Invalid, "account.registrationClosed")
	linkExpired = fault.New(fault.Invalid, "account.linkExpired")
	noToken     = fault.New(fault.Invalid, "account.noToken")
	badToken    = fault.New(fault.Invalid, "account.badToken")
	twoSteps    = fault.New(fault.Invalid, "account.twoSteps")
	badOffer    = fault.New(fault.Invalid, "account.badOffer")
)

func taken(email string) error { return fault.New(fault.Invalid, "account.taken").With("email", email) }

// verification is what a token for registering says.
type verification struct {
	Email   string
	Name    string
	Mailed  bool // it was sent to the address, and so proves it
	Expires time.Time
}

// StartRegistration gives a new address the token to register with. Where
// addresses are verified it is mailed, "" is returned, and an address that has
// an account is answered the same: see [Note: account enumeration].
func (s *Service) StartRegistration(ctx context.Context, email, name, language string) (token string, err error) {
	if !s.RegistrationOpen {
		return "", closed
	}
	elapsed := clock.Stopwatch()
	email = NormalizeEmail(email)
	_, known, err := s.Store.FindByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	if known && !s.Verification {
		return "", taken(email)
	}
	token, err = s.Keys.Token(tokenUse, verification{
		Email: email, Name: clean(name), Mailed: s.Verification, Expires: s.Now().Add(tokenLife),
	})
	token = tokenPrefix + token
	if err != nil || !s.Verification {
		return token, err
	}
	if !known {
		err = s.mailToken(ctx, email, token, language)
	}
	s.Sleep(ctx, max(0, startTime-elapsed()))
	return "", err
}

func (s *Service) mailToken(ctx context.Context, email, token, language string) error {
	return s.Mail(ctx, mail.Message{
		Once:     "finish-signup|" + email + "|" + s.Now().Truncate(mailPause).Format(time.RFC3339),
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
	good := ok && s.Keys.ReadToken(tokenUse, text, &v) == nil && s.Now().Before(v.Expires) && v.Email == NormalizeEmail(email)
	return v, good
}

// CheckVerification returns nil when a mailed link can still be used.
func (s *Service) CheckVerification(ctx context.Context, email, token string) error {
	if _, good := s.readToken(token, email); !good {
		return linkExpired
	}
	_, known, err := s.Store.FindByEmail(ctx, NormalizeEmail(email))
	if known {
		return linkExpired
	}
	return err
}

// Registration is what a person who registers brings. Its texts have the shape
// that clients make.
type Registration struct {
	Email             string
	PasswordHash      string // what the client derived
	PasswordHint      string
	KDF               KDF
	Key               string
	KeyID             string
	PublicKey         string
	PrivateKey        string
	VerificationToken string
	OfferToken        string
	Language          string
}

// Register makes an account, once for each address, and welcomes the person.
func (s *Service) Register(ctx context.Context, r Registration) error {
	if !s.RegistrationOpen {
		return closed
	}
	if err := r.KDF.Check("kdf"); err != nil {
		return err
	}
	proof, err := s.proven(ctx, r)
	if err != nil {
		return err
	}
	return s.register(ctx, r, proof)
}

// RegisterAtOnce is Register without a token, for clients that know no other way.
// It proves no address, and so is refused where addresses are verified.
func (s *Service) RegisterAtOnce(ctx context.Context, name string, r Registration) error {
	switch {
	case !s.RegistrationOpen:
		return closed
	case !s.OneStep || s.Verification:
		return twoSteps
	}
	if err := r.KDF.Check("kdf"); err != nil {
		return err
	}
	return s.register(ctx, r, verification{Email: NormalizeEmail(r.Email), Name: clean(name)})
}

func (s *Service) register(ctx context.Context, r Registration, proof verification) error {
	if _, known, err := s.Store.FindByEmail(ctx, proof.Email); known || err != nil {
		return orTaken(err, proof.Email)
	}
	hash, err := s.Passwords.Hash(ctx, r.PasswordHash)
	if err != nil {
		return err
	}
	a := s.newAccount(r, proof, hash)
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		sealed := s.Keys.Seal("account", "sealed_api_key", a.ID, newAPIKey())
		if err := s.Store.Insert(ctx, a, sealed); err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{Once: "welcome|" + a.ID.String(), To: a.Email, Template: "welcome", Language: r.Language})
	})
	if fault.KindOf(err) == fault.Conflict { // another request was faster
		return taken(a.Email)
	}
	return err
}

func orTaken(err error, email string) error {
	if err != nil {
		return err
	}
	return taken(email)
}

// proven returns what the token that r carries proves.
func (s *Service) proven(ctx context.Context, r Registration) (verification, error) {
	switch {
	case r.VerificationToken != "":
		v, good := s.readToken(r.VerificationToken, r.Email)
		if !good {
			return v, badToken
		}
		return v, nil
	case r.OfferToken != "":
		if s.Offered == nil {
			return verification{}, badOffer
		}
		v := verification{Email: NormalizeEmail(r.Email), Mailed: true}
		err := s.Offered(ctx, r.OfferToken, v.Email)
		if err != nil && fault.KindOf(err) != fault.Internal {
			err = badOffer
		}
		return v, err
	}
	return verification{}, noToken
}

func (s *Service) newAccount(r Registration, proof verification, hash string) Account {
	now := s.Now()
	return Account{
		ID: id.New(), Email: proof.Email, EmailVerified: proof.Mailed, Name: proof.Name, Culture: cultureOf(r.Language),
		PasswordHash: hash, PasswordHint: clean(r.PasswordHint), KDF: r.KDF.plain(), Salt: proof.Email,
		Key: r.Key, KeyID: r.KeyID, PublicKey: r.PublicKey, PrivateKey: r.PrivateKey,
		SecurityStamp: id.New().String(), VerifyDevices: true,
		CreatedAt: now, RevisedAt: now, VaultRevisedAt: now,
	}
}
