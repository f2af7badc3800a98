package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/seal"
)

// FailureDelay is how long an answer waits that says a secret is wrong, so that
// guessing is slow.
const FailureDelay = 2 * time.Second

// Service is what the rest of the server may do with people.
type Service struct {
	Store     Store
	Keys      *seal.Keys
	Passwords *Passwords
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration)
	Mail      func(ctx context.Context, m mail.Message) error
	VaultURL  string // the web vault, without a slash at the end

	RegistrationOpen bool // whether people may register
	Verification     bool // whether they must prove their address by a mailed link

	// Offered returns nil when the token of a Families offer is good for an
	// address. Where no offers are made it is nil, and no token is good.
	Offered func(ctx context.Context, token, email string) error
	// Organizations returns the profile's list of organizations, ready for JSON.
	Organizations func(ctx context.Context, accountID id.ID) (any, error)
	// Premium reports whether a person has the premium features by right of their
	// own, PremiumFromOrganization whether one of their organizations gives them.
	Premium                 func(ctx context.Context, a Account) (bool, error)
	PremiumFromOrganization func(ctx context.Context, accountID id.ID) (bool, error)
	// SecondSteps returns the kinds of two-step login that a person has set up. It
	// is nil on a server that offers none.
	SecondSteps func(ctx context.Context, accountID id.ID) ([]int, error)
}

var (
	wrongPassword = fault.New(fault.Invalid, "account.wrongPassword").On("MasterPasswordHash")
	keysExist     = fault.New(fault.Invalid, "account.keysExist")
	keyIDExists   = fault.New(fault.Invalid, "account.keyIDExists")
)

// Get returns a person.
func (s *Service) Get(ctx context.Context, accountID id.ID) (Account, error) {
	return s.Store.Get(ctx, accountID)
}

// FindByEmail returns who has an address, in any case and with spaces around it.
func (s *Service) FindByEmail(ctx context.Context, email string) (Account, bool, error) {
	if !isEmail(email) {
		return Account{}, false, nil
	}
	return s.Store.FindByEmail(ctx, NormalizeEmail(email))
}

// Touch tells the clients of people that a sync will show something new.
func (s *Service) Touch(ctx context.Context, accountIDs ...id.ID) error {
	return s.Store.Touch(ctx, accountIDs, s.Now())
}

// Prelogin returns what a client must know to sign in, for any address.
func (s *Service) Prelogin(ctx context.Context, email string) (Prelogin, error) {
	secret, err := s.Keys.Derive("prelogin", 32)
	if err != nil {
		return Prelogin{}, err
	}
	a, known, err := s.FindByEmail(ctx, email)
	return preloginOf(secret, NormalizeEmail(email), a, known), err
}

// CheckPassword returns who has an address when the hash is of their master
// password. It takes as long when nobody has; the caller waits FailureDelay
// before it says no.
func (s *Service) CheckPassword(ctx context.Context, email, hash string) (Account, bool, error) {
	a, _, err := s.FindByEmail(ctx, email)
	if err != nil {
		return Account{}, false, err
	}
	good, err := s.Passwords.Check(ctx, hash[:min(len(hash), MaxHash+1)], a.PasswordHash)
	if err != nil || !good {
		return Account{}, false, err
	}
	return a, true, nil
}

// Secret proves again that a signed-in person is who they are. It may be
// embedded in the body of a request.
type Secret struct {
	MasterPasswordHash string `json:"masterPasswordHash"`
	OTP                string `json:"otp"`
}

// VerifySecret returns nil when the secret is the person's. Otherwise it waits
// and returns a fault.
func (s *Service) VerifySecret(ctx context.Context, accountID id.ID, secret Secret) error {
	if secret.MasterPasswordHash == "" && secret.OTP == "" {
		return fault.Required("masterPasswordHash")
	}
	if len(secret.MasterPasswordHash) > MaxHash {
		return fault.TooLong("masterPasswordHash", MaxHash)
	}
	a, err := s.Store.Get(ctx, accountID)
	if err != nil {
		return err
	}
	good, err := s.Passwords.Check(ctx, secret.MasterPasswordHash, a.PasswordHash)
	if err != nil || good {
		return err
	}
	s.Sleep(ctx, FailureDelay)
	return wrongPassword
}

// SetProfile changes what a person is called and how they read. A nil value
// stays as it is.
func (s *Service) SetProfile(ctx context.Context, accountID id.ID, name, culture *string) (a Account, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if a, err = s.Store.Get(ctx, accountID); err != nil {
			return err
		}
		if name != nil {
			a.Name = clean(*name)
		}
		if culture != nil {
			a.Culture = *culture
		}
		if err := s.Store.SetProfile(ctx, accountID, a.Name, a.Culture, s.Now()); err != nil {
			return err
		}
		return s.Touch(ctx, accountID)
	})
	return a, err
}

// SetKeys stores the key pair of a person who has none yet.
func (s *Service) SetKeys(ctx context.Context, accountID id.ID, publicKey, privateKey string) (Account, error) {
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		set, err := s.Store.SetKeys(ctx, accountID, publicKey, privateKey, s.Now())
		if err == nil && !set {
			err = keysExist
		}
		if err != nil {
			return err
		}
		return s.Touch(ctx, accountID)
	})
	if err != nil {
		return Account{}, err
	}
	return s.Store.Get(ctx, accountID)
}

// SetKeyID stores the id of the user key, once.
func (s *Service) SetKeyID(ctx context.Context, accountID id.ID, keyID string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		set, err := s.Store.SetKeyID(ctx, accountID, keyID, s.Now())
		if err == nil && !set {
			err = keyIDExists
		}
		if err != nil {
			return err
		}
		return s.Touch(ctx, accountID)
	})
}

// APIKey returns what a person signs in with from a program, as client_secret.
func (s *Service) APIKey(ctx context.Context, accountID id.ID) (string, error) {
	sealed, err := s.Store.SealedAPIKey(ctx, accountID)
	if err != nil {
		return "", err
	}
	return s.Keys.Open("account", "sealed_api_key", accountID, sealed)
}

// CheckAPIKey returns the person when key is theirs. The caller waits
// FailureDelay before it says no.
func (s *Service) CheckAPIKey(ctx context.Context, accountID id.ID, key string) (Account, bool, error) {
	want, err := s.APIKey(ctx, accountID)
	if fault.KindOf(err) == fault.NotFound {
		return Account{}, false, nil
	}
	if err != nil || subtle.ConstantTimeCompare([]byte(key), []byte(want)) != 1 {
		return Account{}, false, err
	}
	a, err := s.Store.Get(ctx, accountID)
	return a, err == nil, err
}

// RotateAPIKey makes a new key, and the old one useless.
func (s *Service) RotateAPIKey(ctx context.Context, accountID id.ID) (string, error) {
	key := newAPIKey()
	return key, s.Store.SetAPIKey(ctx, accountID, s.Keys.Seal("account", "sealed_api_key", accountID, key), s.Now())
}

// newAPIKey returns 30 random letters and digits.
func newAPIKey() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	key := make([]byte, 30)
	for i := range key {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		key[i] = alphabet[n.Int64()]
	}
	return string(key)
}
