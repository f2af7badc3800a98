package account

import (
	"context"
	"time"

	"coffre/internal/id"
)

// KDFView is how clients read a KDF.
type KDFView struct {
	Type        KDFType `json:"kdfType"`
	Iterations  int     `json:"iterations"`
	Memory      *int    `json:"memory"`
	Parallelism *int    `json:"parallelism"`
}

// KeyPair is the key pair of a person, as clients read it in camelCase only.
type KeyPair struct {
	WrappedPrivateKey string  `json:"wrappedPrivateKey"`
	PublicKey         string  `json:"publicKey"`
	SignedPublicKey   *string `json:"signedPublicKey"`
	Object            string  `json:"object"`
}

// AccountKeys is every key of a person, as clients read it in camelCase only.
// Accounts of the second generation have more than a key pair; here there are none.
type AccountKeys struct {
	SignatureKeyPair *struct{} `json:"signatureKeyPair"`
	KeyPair          KeyPair   `json:"publicKeyEncryptionKeyPair"`
	SecurityState    *struct{} `json:"securityState"`
	Object           string    `json:"object"`
}

// AccountKeysOf returns the keys of a person, or nil when there is no key pair.
func AccountKeysOf(a Account) *AccountKeys {
	if a.PrivateKey == "" {
		return nil
	}
	pair := KeyPair{WrappedPrivateKey: a.PrivateKey, PublicKey: a.PublicKey, Object: "publicKeyEncryptionKeyPair"}
	return &AccountKeys{KeyPair: pair, Object: "privateKeys"}
}

// UserDecryption tells clients, in a sync, how the vault opens. A member that is
// missing from it erases what the client knows.
type UserDecryption struct {
	MasterPasswordUnlock *MasterPasswordUnlock `json:"masterPasswordUnlock"` // nil without a master password
	UserKeyID            string                `json:"userKeyId,omitempty"`
}

// MasterPasswordUnlock is how the master password opens the user key.
type MasterPasswordUnlock struct {
	KDF                       KDFView `json:"kdf"`
	MasterKeyEncryptedUserKey string  `json:"masterKeyEncryptedUserKey"`
	MasterKeyWrappedUserKey   string  `json:"masterKeyWrappedUserKey"`
	Salt                      string  `json:"salt"`
	ContainedKeyID            *string `json:"containedKeyId"`
}

// UserDecryptionOf returns how the vault of a person opens.
func UserDecryptionOf(a Account) UserDecryption {
	d := UserDecryption{UserKeyID: a.KeyID}
	if a.HasPassword() {
		d.MasterPasswordUnlock = &MasterPasswordUnlock{
			KDF: KDFView(a.KDF), MasterKeyEncryptedUserKey: a.Key, MasterKeyWrappedUserKey: a.Key,
			Salt: a.Salt, ContainedKeyID: optional(a.KeyID),
		}
	}
	return d
}

// Profile is a person as their own clients see them.
type Profile struct {
	ID                      id.ID        `json:"id"`
	Name                    *string      `json:"name"`
	Email                   string       `json:"email"`
	EmailVerified           bool         `json:"emailVerified"`
	Premium                 bool         `json:"premium"`
	PremiumFromOrganization bool         `json:"premiumFromOrganization"`
	Culture                 string       `json:"culture"`
	TwoFactorEnabled        bool         `json:"twoFactorEnabled"`
	Key                     *string      `json:"key"`
	PrivateKey              *string      `json:"privateKey"`
	AccountKeys             *AccountKeys `json:"accountKeys"`
	SecurityStamp           string       `json:"securityStamp"`
	ForcePasswordReset      bool         `json:"forcePasswordReset"`
	UsesKeyConnector        bool         `json:"usesKeyConnector"`
	AvatarColor             *string      `json:"avatarColor"`
	CreationDate            time.Time    `json:"creationDate"`
	VerifyDevices           bool         `json:"verifyDevices"`
	Organizations           any          `json:"organizations"`
	OrganizationsNew        any          `json:"organizationsNew"`
	Providers               []struct{}   `json:"providers"`
	ProviderOrganizations   []struct{}   `json:"providerOrganizations"`
	Object                  string       `json:"object"`
}

// HasPremium reports whether a person has the premium features, whoever gives them.
func (s *Service) HasPremium(ctx context.Context, a Account) (bool, error) {
	if own, err := s.Premium(ctx, a); own || err != nil {
		return own, err
	}
	return s.PremiumFromOrganization(ctx, a.ID)
}

// ProfileOf returns the profile of a person, with their organizations.
func (s *Service) ProfileOf(ctx context.Context, a Account) (Profile, error) {
	p := Profile{
		ID: a.ID, Name: optional(a.Name), Email: a.Email, EmailVerified: a.EmailVerified, Culture: a.Culture,
		Key: optional(a.Key), PrivateKey: optional(a.PrivateKey), AccountKeys: AccountKeysOf(a),
		SecurityStamp: a.SecurityStamp, ForcePasswordReset: a.ForcePasswordReset, AvatarColor: optional(a.AvatarColor), CreationDate: a.CreatedAt,
		VerifyDevices: a.VerifyDevices, Providers: []struct{}{}, ProviderOrganizations: []struct{}{}, Object: "profile",
	}
	var err error
	if p.Premium, err = s.Premium(ctx, a); err != nil {
		return p, err
	}
	if p.PremiumFromOrganization, err = s.PremiumFromOrganization(ctx, a.ID); err != nil {
		return p, err
	}
	if s.SecondSteps != nil {
		steps, err := s.SecondSteps(ctx, a.ID)
		if err != nil {
			return p, err
		}
		p.TwoFactorEnabled = len(steps) > 0
	}
	p.Organizations, p.OrganizationsNew, err = s.Organizations(ctx, a.ID)
	return p, err
}

// optional returns nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
