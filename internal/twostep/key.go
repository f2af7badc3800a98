package twostep

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/webauthn"
)

// How many security keys a person may have, and what they are called.
const (
	maxKeys        = 5
	maxKeysPremium = 10
	maxKeyName     = 100
	maxKeySlot     = 1000
)

var (
	badKey     = fault.New(fault.Invalid, "twostep.key")
	tooManyKey = fault.New(fault.Invalid, "twostep.tooManyKeys")
	keepKey    = fault.New(fault.Invalid, "twostep.lastKey")
)

// The purposes of pending questions.
const (
	pendingLogin = "log-in"
	pendingSetup = "set-up"
)

// SecurityKey is one key of a person, in a slot that their client chose.
type SecurityKey struct {
	Slot       int                 `json:"slot"`
	Name       string              `json:"name"`
	Credential webauthn.Credential `json:"credential"`
}

// keyRing is the keys of a person, in the order of their slots.
type keyRing struct {
	Keys []SecurityKey `json:"keys"`
}

func (r keyRing) credentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(r.Keys))
	for i, key := range r.Keys {
		list[i] = key.Credential
	}
	return list
}

// askWebAuthn asks for one of a person's keys. The latest question alone waits
// for an answer.
func (s *Service) askWebAuthn(ctx context.Context, accountID id.ID, p provider) (webauthn.RequestOptions, error) {
	var ring keyRing
	if err := s.open(accountID, p, &ring); err != nil {
		return webauthn.RequestOptions{}, err
	}
	options, content, err := s.Site.Ask(ring.credentials(), false)
	if err != nil {
		return webauthn.RequestOptions{}, err
	}
	return options, s.Store.PutPending(ctx, accountID, pendingLogin, content, s.Now().Add(pendingLife))
}

// checkWebAuthn accepts the answer of a key to the question that waits, which is
// gone whether the answer is right or wrong.
func (s *Service) checkWebAuthn(ctx context.Context, a account.Account, _ provider, answer string) (good bool, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, a.ID); err != nil {
			return err
		}
		question, waiting, err := s.Store.TakePending(ctx, a.ID, pendingLogin, s.Now())
		if err != nil || !waiting {
			return err
		}
		var ring keyRing
		if _, err := s.find(ctx, a.ID, WebAuthn, &ring); err != nil {
			return err
		}
		used, _, err := s.Site.Answered(question, []byte(answer), ring.finder(a))
		if err != nil {
			return nil //nolint:nilerr // whatever is wrong with an answer, the question is used up
		}
		ring.note(used)
		good = true
		return s.put(ctx, a.ID, WebAuthn, ring, 0)
	})
	return good && err == nil, err
}

// finder looks for a credential among the keys of a person.
func (r keyRing) finder(a account.Account) webauthn.Find {
	return func(credentialID, _ []byte) (webauthn.User, webauthn.Credential, error) {
		for _, key := range r.Keys {
			if slices.Equal(key.Credential.ID, credentialID) {
				return userOf(a), key.Credential, nil
			}
		}
		return webauthn.User{}, webauthn.Credential{}, errors.New("none of the person's keys")
	}
}

// note stores what changed in a credential that was used.
func (r keyRing) note(used webauthn.Credential) {
	for i, key := range r.Keys {
		if slices.Equal(key.Credential.ID, used.ID) {
			r.Keys[i].Credential = used
		}
	}
}

func userOf(a account.Account) webauthn.User {
	return webauthn.User{ID: a.ID, Name: a.Email, DisplayName: a.Name}
}

// SecurityKeys returns the keys of a person.
func (s *Service) SecurityKeys(ctx context.Context, accountID id.ID) ([]SecurityKey, error) {
	var ring keyRing
	_, err := s.find(ctx, accountID, WebAuthn, &ring)
	return ring.Keys, err
}

// KeyOptions asks a person's client for a new key. The latest question alone
// waits for an answer.
func (s *Service) KeyOptions(ctx context.Context, accountID id.ID) (webauthn.CreationOptions, error) {
	var ring keyRing
	a, err := s.Accounts.Get(ctx, accountID)
	if err == nil {
		err = s.allow(ctx, a, WebAuthn)
	}
	if err == nil {
		_, err = s.find(ctx, accountID, WebAuthn, &ring)
	}
	if err != nil {
		return webauthn.CreationOptions{}, err
	}
	options, content, err := s.Site.Create(userOf(a), ring.credentials(), webauthn.Wants{})
	if err != nil {
		return webauthn.CreationOptions{}, err
	}
	return options, s.Store.PutPending(ctx, accountID, pendingSetup, content, s.Now().Add(pendingLife))
}

// AddKey gives a person the key that answers to KeyOptions.
func (s *Service) AddKey(ctx context.Context, accountID id.ID, slot int, name string, answer []byte) error {
	if utf8.RuneCountInString(name) > maxKeyName {
		return fault.TooLong("name", maxKeyName)
	}
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if err := s.allow(ctx, a, WebAuthn); err != nil {
		return err
	}
	most, err := s.mostKeys(ctx, a)
	if err != nil {
		return err
	}
	question, waiting, err := s.Store.TakePending(ctx, accountID, pendingSetup, s.Now())
	if err != nil {
		return err
	}
	if !waiting || slot < 1 || slot > maxKeySlot {
		return badKey
	}
	made, err := s.Site.Created(userOf(a), question, answer)
	if err != nil {
		return badKey
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		var ring keyRing
		if _, err := s.find(ctx, accountID, WebAuthn, &ring); err != nil {
			return err
		}
		if ring, err = ring.with(SecurityKey{slot, name, made}, most); err != nil {
			return err
		}
		return s.turnOn(ctx, a, WebAuthn, ring, 0)
	})
}

func (s *Service) mostKeys(ctx context.Context, a account.Account) (int, error) {
	premium, err := s.Accounts.HasPremium(ctx, a)
	if premium {
		return maxKeysPremium, err
	}
	return maxKeys, err
}

// with returns the ring with one more key, in a slot of its own.
func (r keyRing) with(added SecurityKey, most int) (keyRing, error) {
	if len(r.Keys) >= most {
		return r, tooManyKey
	}
	for _, key := range r.Keys {
		if key.Slot == added.Slot || slices.Equal(key.Credential.ID, added.Credential.ID) {
			return r, badKey
		}
	}
	keys := append(slices.Clone(r.Keys), added)
	slices.SortFunc(keys, func(a, b SecurityKey) int { return a.Slot - b.Slot })
	return keyRing{keys}, nil
}

// RemoveKey takes one of several keys from a person. The last one goes with
// TurnOff, because it is more than a key that ends then.
func (s *Service) RemoveKey(ctx context.Context, accountID id.ID, slot int) error {
	return s.change(ctx, accountID, func(ctx context.Context) error {
		var ring keyRing
		if _, err := s.find(ctx, accountID, WebAuthn, &ring); err != nil {
			return err
		}
		at := slices.IndexFunc(ring.Keys, func(key SecurityKey) bool { return key.Slot == slot })
		if at < 0 || len(ring.Keys) == 1 {
			return keepKey
		}
		ring.Keys = slices.Delete(ring.Keys, at, at+1)
		if err := s.put(ctx, accountID, WebAuthn, ring, 0); err != nil {
			return err
		}
		return s.RecordOwn(ctx, accountID, event.TwoStepUpdated)
	})
}
