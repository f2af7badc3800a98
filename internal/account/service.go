package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/seal"
	"coffre/internal/throttle"
)

const (
	// FailureDelay is how long an answer waits that says a secret is wrong, so that
	// guessing is slow.
	FailureDelay = 2 * time.Second
	// QuietTime is how long an answer takes at least that must not tell whether an
	// address has an account.
	QuietTime = 300 * time.Millisecond
	// MailPause is how long an address is sent no second letter of a kind that
	// anybody may ask for.
	MailPause = time.Minute
)

// Service is what the rest of the server may do with people.
type Service struct {
	Store     Store
	Keys      *seal.Keys
	Passwords *Passwords
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration)
	Mail      func(ctx context.Context, m mail.Message) error
	VaultURL  string // the web vault, without a slash at the end

	// Organizations returns the profile's lists of organizations, ready for JSON: of
	// those that have confirmed the person, and of all that the person has joined.
	Organizations func(ctx context.Context, accountID id.ID) (confirmed, joined any, err error)
	// Premium reports whether a person has the premium features by right of their
	// own, PremiumFromOrganization whether one of their organizations gives them.
	Premium                 func(ctx context.Context, a Account) (bool, error)
	PremiumFromOrganization func(ctx context.Context, accountID id.ID) (bool, error)
	// RecordOwn adds what a person did with their account, or what was tried with it,
	// to the event log.
	RecordOwn func(ctx context.Context, accountID id.ID, what event.Type) error
	// SecondSteps returns the kinds of two-step login that a person has set up. It
	// is nil on a server that offers none.
	SecondSteps func(ctx context.Context, accountID id.ID) ([]int, error)
	// PasswordPolicy returns what a person's organizations demand of their master
	// password.
	PasswordPolicy func(ctx context.Context, accountID id.ID) (PasswordPolicy, error)
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Limits counts tries at the secrets of people.
	Limits *throttle.Limits
	// EndSessions removes a person's sessions, in the transaction of a new stamp.
	EndSessions func(ctx context.Context, accountID id.ID) error
	// SharedKeys reports whether somebody has wrapped a key for a person's key pair.
	SharedKeys func(ctx context.Context, accountID id.ID) (bool, error)
	// Deleting is asked in the transaction of a person's removal. It may refuse it
	// with a fault, and cleans up what removing the person alone would leave.
	Deleting func(ctx context.Context, accountID id.ID) error
}

var (
	keysExist   = fault.New(fault.Invalid, "account.keysExist")
	keysInUse   = fault.New(fault.Invalid, "account.keysInUse")
	keyIDExists = fault.New(fault.Invalid, "account.keyIDExists")
)

// Taken is the fault of an address that somebody has.
func Taken(email string) error {
	return fault.New(fault.Invalid, "account.taken").With("email", NormalizeEmail(email))
}

// Add makes an account, once for each address, in one transaction with what welcome
// does for the person. When somebody has the address it returns Taken.
func (s *Service) Add(ctx context.Context, n New, welcome func(ctx context.Context, a Account) error) error {
	if err := n.KDF.Check(n.KDFField); err != nil {
		return err
	}
	_, known, err := s.FindByEmail(ctx, n.Email)
	if err != nil {
		return err
	}
	if known {
		return Taken(n.Email)
	}
	stored, err := s.Passwords.Hash(ctx, n.Hash)
	if err != nil {
		return err
	}
	a := n.account(stored, s.Now())
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Insert(ctx, a, s.Keys.Seal("account", "sealed_api_key", a.ID, newAPIKey())); err != nil {
			return err
		}
		return welcome(ctx, a)
	})
	if fault.KindOf(err) == fault.Conflict { // another request was faster
		return Taken(n.Email)
	}
	return err
}

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

// CheckPassword returns who has an address, nobody as the zero Account, and whether
// the hash is of their master password. It takes as long when nobody has; the
// caller waits FailureDelay before it says no.
func (s *Service) CheckPassword(ctx context.Context, email, hash string) (Account, bool, error) {
	a, _, err := s.FindByEmail(ctx, email)
	if err != nil {
		return Account{}, false, err
	}
	good, err := s.Passwords.Check(ctx, hash[:min(len(hash), MaxHash+1)], a.PasswordHash)
	return a, good && err == nil, err
}

// change alters a person as fn does, in one transaction with what fn does besides,
// and tells clients that a sync will show it.
func (s *Service) change(ctx context.Context, accountID id.ID, fn func(ctx context.Context, a *Account) error) (a Account, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if a, err = s.Store.Hold(ctx, accountID); err != nil {
			return err
		}
		if sessionEnded(ctx, a) {
			return changedMeanwhile // what it brings may belong to an old user key
		}
		if err = fn(ctx, &a); err != nil {
			return err
		}
		a.RevisedAt = s.Now()
		if err = s.Store.Update(ctx, a); err != nil {
			return err
		}
		return s.Touch(ctx, accountID)
	})
	return a, err
}

// SetProfile changes what a person is called and how they read. A nil value
// stays as it is.
func (s *Service) SetProfile(ctx context.Context, accountID id.ID, name, culture *string) (Account, error) {
	return s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		if name != nil {
			a.Name = clean(*name)
		}
		if culture != nil {
			a.Culture = *culture
		}
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return nil
	})
}

// SetAvatar changes the color of a person's avatar; an empty one is the default.
func (s *Service) SetAvatar(ctx context.Context, accountID id.ID, color string) (Account, error) {
	return s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		a.AvatarColor = color
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return nil
	})
}

// SetVerifyDevices changes whether a log-in on a new device asks for a code.
func (s *Service) SetVerifyDevices(ctx context.Context, accountID id.ID, verify bool) error {
	_, err := s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		a.VerifyDevices = verify
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return nil
	})
	return err
}

// SetKeys stores the key pair of a person who has none yet, and the id of their
// user key when keyID is not empty and none is known.
func (s *Service) SetKeys(ctx context.Context, accountID id.ID, publicKey, privateKey, keyID string) (Account, error) {
	return s.change(ctx, accountID, func(_ context.Context, a *Account) error {
		if a.PublicKey != "" || a.PrivateKey != "" {
			return keysExist
		}
		a.PublicKey, a.PrivateKey, a.KeyID = publicKey, privateKey, cmp.Or(a.KeyID, keyID)
		return nil
	})
}

// ReplaceKeys gives a person a new key pair. What others have wrapped for the old
// one would be lost, so it is refused while there is such a thing.
func (s *Service) ReplaceKeys(ctx context.Context, accountID id.ID, publicKey, privateKey string) error {
	_, err := s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		shared, err := s.SharedKeys(ctx, accountID)
		if err == nil && shared {
			err = keysInUse
		}
		if err != nil {
			return err
		}
		a.PublicKey, a.PrivateKey = publicKey, privateKey
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return nil
	})
	return err
}

// SetKeyID stores the id of the user key, once.
func (s *Service) SetKeyID(ctx context.Context, accountID id.ID, keyID string) error {
	_, err := s.change(ctx, accountID, func(_ context.Context, a *Account) error {
		if a.KeyID != "" {
			return keyIDExists
		}
		a.KeyID = keyID
		return nil
	})
	return err
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
