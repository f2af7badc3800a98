package twostep

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Proof shows that a signed-in person is who they are: a token of this room, which
// a newer client was given for the password, or the password again.
type Proof struct {
	UserVerificationToken string `json:"userVerificationToken"`
	account.Secret
}

// Check reports a proof that is missing or that no client sends.
func (p Proof) Check() error {
	if p.UserVerificationToken != "" {
		return nil
	}
	return p.Secret.Check()
}

const proofPurpose = "two-step-proof"

// proved says that a person proved who they are, to change one provider.
type proved struct {
	AccountID id.ID     `json:"accountId"`
	Provider  int       `json:"provider"`
	Key       string    `json:"key"`   // of the authenticator, which may not be exchanged for another
	Stamp     string    `json:"stamp"` // under which the person was signed in
	Until     time.Time `json:"until"`
}

// ProofToken returns what stands for the password in changes to a provider, for
// half an hour, or until the sessions end of the person who calls.
func (s *Service) ProofToken(ctx context.Context, accountID id.ID, number int, key string) (string, error) {
	return s.Keys.Token(proofPurpose, proved{accountID, number, key, web.CallerOf(ctx).Stamp, s.Now().Add(proofLife)})
}

// Verify returns nil when the proof is the person's, for this provider and key. A
// token that is there decides, whatever password is.
func (s *Service) Verify(ctx context.Context, accountID id.ID, number int, key string, p Proof) error {
	if p.UserVerificationToken == "" {
		return s.Accounts.VerifySecret(ctx, accountID, p.Secret)
	}
	var said proved
	if err := s.Keys.ReadToken(proofPurpose, p.UserVerificationToken, &said); err != nil {
		return wrongProof
	}
	if said.AccountID != accountID || said.Provider != number || said.Key != key ||
		!equal(said.Stamp, web.CallerOf(ctx).Stamp) || !s.Now().Before(said.Until) {
		return wrongProof
	}
	return nil
}
