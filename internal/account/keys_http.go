package account

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"

	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

const (
	maxKey        = 1_000 // a real one has 176 characters
	maxPrivateKey = 10_000
	maxPublicKey  = 5_000
	minModulus    = 2048 // bits
)

// keyPair is a key pair with the members of the request that hold it.
type keyPair struct {
	publicField, privateField string
	public, private           string
}

// KeyPairRequest is a key pair as older clients send it.
type KeyPairRequest struct {
	PublicKey           string `json:"publicKey"`
	EncryptedPrivateKey string `json:"encryptedPrivateKey"`
}

func (in KeyPairRequest) pair(prefix string) keyPair {
	return keyPair{prefix + "publicKey", prefix + "encryptedPrivateKey", in.PublicKey, in.EncryptedPrivateKey}
}

// AccountKeysRequest is a key pair as newer clients send it. It may describe an
// account of the second generation, which is refused.
type AccountKeysRequest struct {
	PrivateKey string `json:"userKeyEncryptedAccountPrivateKey"`
	PublicKey  string `json:"accountPublicKey"`
	KeyPair    *struct {
		WrappedPrivateKey string  `json:"wrappedPrivateKey"`
		PublicKey         string  `json:"publicKey"`
		SignedPublicKey   *string `json:"signedPublicKey"`
	} `json:"publicKeyEncryptionKeyPair"`
	SignatureKeyPair *struct{} `json:"signatureKeyPair"`
	SecurityState    *struct{} `json:"securityState"`
}

func (in AccountKeysRequest) pair() keyPair {
	if in.KeyPair != nil {
		const prefix = "accountKeys.publicKeyEncryptionKeyPair."
		return keyPair{prefix + "publicKey", prefix + "wrappedPrivateKey", in.KeyPair.PublicKey, in.KeyPair.WrappedPrivateKey}
	}
	return keyPair{"accountKeys.accountPublicKey", "accountKeys.userKeyEncryptedAccountPrivateKey", in.PublicKey, in.PrivateKey}
}

// Keys returns the key pair.
func (in AccountKeysRequest) Keys() (public, private string) {
	pair := in.pair()
	return pair.public, pair.private
}

// Check reports the first key that no client could use, as a fault of a member of
// accountKeys.
func (in AccountKeysRequest) Check() error {
	second := func(field string) error {
		return fault.New(fault.Invalid, "account.secondGeneration").On("accountKeys." + field)
	}
	switch {
	case in.SignatureKeyPair != nil:
		return second("signatureKeyPair")
	case in.SecurityState != nil:
		return second("securityState")
	case in.KeyPair != nil && in.KeyPair.SignedPublicKey != nil:
		return second("publicKeyEncryptionKeyPair.signedPublicKey")
	}
	return in.pair().check()
}

// check reports the first key that no client could use.
func (p keyPair) check() error {
	if err := checkSymmetric(p.privateField, p.private, maxPrivateKey); err != nil {
		return err
	}
	return checkPublicKey(p.publicField, p.public)
}

// checkSymmetric accepts what accounts of the first generation encrypt with.
func checkSymmetric(field, text string, limit int) error {
	if err := encstring.Check(field, text, limit); err != nil {
		return err
	}
	if parsed, err := encstring.Parse(text); err != nil || parsed.Type != encstring.AES256HMAC {
		return fault.Malformed(field)
	}
	return nil
}

// checkPublicKey accepts what other people's clients can wrap keys with.
func checkPublicKey(field, text string) error {
	if text == "" {
		return fault.Required(field)
	}
	if len(text) > maxPublicKey {
		return fault.TooLong(field, maxPublicKey)
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fault.Malformed(field)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if rsaKey, ok := key.(*rsa.PublicKey); err != nil || !ok || rsaKey.N.BitLen() < minModulus {
		return fault.Malformed(field)
	}
	return nil
}

// regenerateRequest is a new key pair for a person whose old one does not open.
type regenerateRequest struct {
	PublicKey  string `json:"userPublicKey"`
	PrivateKey string `json:"userKeyEncryptedUserPrivateKey"`
}

// Check reports the first key that no client could use.
func (in regenerateRequest) Check() error {
	return keyPair{"userPublicKey", "userKeyEncryptedUserPrivateKey", in.PublicKey, in.PrivateKey}.check()
}

func (h handler) regenerateKeys(c *web.Call, in regenerateRequest) (struct{}, error) {
	return struct{}{}, h.accounts.ReplaceKeys(c.Context(), c.Caller.AccountID, in.PublicKey, in.PrivateKey)
}

type keysView struct {
	Key         *string      `json:"key"`
	PublicKey   *string      `json:"publicKey"`
	PrivateKey  *string      `json:"privateKey"`
	AccountKeys *AccountKeys `json:"accountKeys"`
	Object      string       `json:"object"`
}

func keysViewOf(a Account) keysView {
	return keysView{optional(a.Key), optional(a.PublicKey), optional(a.PrivateKey), AccountKeysOf(a), "keys"}
}

func (h handler) keys(c *web.Call, _ struct{}) (keysView, error) {
	a, err := h.accounts.Get(c.Context(), c.Caller.AccountID)
	return keysViewOf(a), err
}

type keysRequest struct {
	KeyPairRequest
	AccountKeys *AccountKeysRequest `json:"accountKeys"`
	UserKeyID   string              `json:"userKeyId"`
}

// Check reports the first key that no client could use.
func (in keysRequest) Check() error {
	if in.UserKeyID != "" {
		if err := CheckKeyID("userKeyId", in.UserKeyID); err != nil {
			return err
		}
	}
	if in.AccountKeys != nil {
		return in.AccountKeys.Check()
	}
	return in.pair("").check()
}

func (h handler) setKeys(c *web.Call, in keysRequest) (keysView, error) {
	pair := in.pair("")
	if in.AccountKeys != nil {
		pair = in.AccountKeys.pair()
	}
	a, err := h.accounts.SetKeys(c.Context(), c.Caller.AccountID, pair.public, pair.private, in.UserKeyID)
	return keysViewOf(a), err
}

type publicKeyView struct {
	UserID    id.ID  `json:"userId"`
	PublicKey string `json:"publicKey"`
	Object    string `json:"object"`
}

// publicKey serves everyone who is signed in: it is what sharing begins with.
func (h handler) publicKey(c *web.Call, _ struct{}) (publicKeyView, error) {
	a, err := h.sharedWith(c)
	return publicKeyView{a.ID, a.PublicKey, "userKey"}, err
}

// publicKeysView has room for what accounts of the second generation have more.
type publicKeysView struct {
	UserID          id.ID   `json:"userId"`
	PublicKey       string  `json:"publicKey"`
	SignedPublicKey *string `json:"signedPublicKey"`
	VerifyingKey    *string `json:"verifyingKey"`
	Object          string  `json:"object"`
}

func (h handler) publicKeys(c *web.Call, _ struct{}) (publicKeysView, error) {
	a, err := h.sharedWith(c)
	return publicKeysView{UserID: a.ID, PublicKey: a.PublicKey, Object: "publicKeys"}, err
}

// sharedWith returns the person of the path, who has a key pair.
func (h handler) sharedWith(c *web.Call) (Account, error) {
	accountID, err := c.ID("id")
	if err != nil {
		return Account{}, err
	}
	a, err := h.accounts.Get(c.Context(), accountID)
	if err == nil && a.PublicKey == "" {
		err = fault.Gone
	}
	return a, err
}
