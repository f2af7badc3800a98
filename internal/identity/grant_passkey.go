package identity

import "context"

// Passkey is what a client sends of a person who signs in with a passkey.
type Passkey struct {
	Token  string // of the question that the authenticator was asked
	Answer string // of the authenticator, as JSON
}

// checkPasskey finds out who a person is by a passkey. It counts as both steps,
// and needs no proof that a device is theirs.
func (s *Service) checkPasskey(ctx context.Context, a *attempt) error {
	var good bool
	var err error
	if a.account, a.tokens.Unlock, good, err = s.Passkeys.SignIn(ctx, a.Passkey.Token, a.Passkey.Answer); err != nil {
		return err
	}
	if !good {
		return s.refuse(ctx, wrongPassword)
	}
	return nil
}
