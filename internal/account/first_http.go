package account

import (
	"cmp"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// firstPassword is a person's first master password with a key pair, as clients
// before 2025 send it.
type firstPassword struct {
	MasterPasswordHash string          `json:"masterPasswordHash"`
	Hint               string          `json:"masterPasswordHint"`
	Key                string          `json:"key"`
	Keys               *keyPairRequest `json:"keys"`
	KDF                *KDFType        `json:"kdf"`
	Iterations         *int            `json:"kdfIterations"`
	Memory             *int            `json:"kdfMemory"`
	Parallelism        *int            `json:"kdfParallelism"`
}

func (in firstPassword) check() error {
	switch {
	case in.KDF == nil:
		return fault.Required("kdf")
	case in.Iterations == nil:
		return fault.Required("kdfIterations")
	}
	return cmp.Or(checkHashes("masterPasswordHash", in.MasterPasswordHash, nil), checkSymmetric("key", in.Key, maxKey))
}

func (in firstPassword) checkPair() error {
	if in.Keys == nil {
		return nil // very old clients make it later
	}
	return in.Keys.pair("keys.").check()
}

func (in firstPassword) kdf() *KDF { return &KDF{*in.KDF, *in.Iterations, in.Memory, in.Parallelism} }

func (in firstPassword) pair() keyPair {
	if in.Keys == nil {
		return keyPair{}
	}
	return in.Keys.pair("keys.")
}

// setPasswordRequest is a first master password in the words of every client in
// use. Where newer members are there, they count.
type setPasswordRequest struct {
	firstPassword
	Authentication *authenticationRequest `json:"masterPasswordAuthentication"`
	Unlock         *unlockRequest         `json:"masterPasswordUnlock"`
	AccountKeys    *AccountKeysRequest    `json:"accountKeys"`
}

func (in setPasswordRequest) described() described {
	return described{"masterPasswordAuthentication", "masterPasswordUnlock", in.Authentication, in.Unlock}
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in setPasswordRequest) Check() error {
	if err := cmp.Or(checkHint(in.Hint), in.checkPair()); err != nil {
		return err
	}
	if in.Authentication == nil && in.Unlock == nil {
		return in.firstPassword.check()
	}
	if err := in.described().checkKDF(); err != nil {
		return err
	}
	if in.Unlock.Salt != in.Authentication.Salt {
		return saltIsAnother.On("masterPasswordUnlock.salt")
	}
	return cmp.Or(checkHashes("masterPasswordHash", in.MasterPasswordHash, in.Authentication), in.described().checkKey(in.key()))
}

func (in setPasswordRequest) checkPair() error {
	if in.AccountKeys != nil {
		return in.AccountKeys.Check()
	}
	return in.firstPassword.checkPair()
}

func (in setPasswordRequest) key() string {
	if in.Unlock != nil {
		return cmp.Or(in.Unlock.WrappedKey, in.Key)
	}
	return in.Key
}

func (in setPasswordRequest) credentials() Credentials {
	c := Credentials{
		Hash: hashOf(in.MasterPasswordHash, in.Authentication), Key: in.key(), KDFField: "kdf",
		SaltField: "masterPasswordAuthentication.salt", KeyIDField: "masterPasswordUnlock.containedKeyId",
	}
	if in.Unlock == nil {
		c.KDF = in.kdf()
		return c
	}
	c.KDF, c.KDFField = new(KDF(*in.Unlock.KDF)), "masterPasswordAuthentication.kdf"
	c.Salt, c.KeyID = in.Unlock.Salt, in.Unlock.ContainedKeyID
	return c
}

func (h handler) setPassword(c *web.Call, in setPasswordRequest) (struct{}, error) {
	pair := in.pair()
	if in.AccountKeys != nil {
		pair = in.AccountKeys.pair()
	}
	return struct{}{}, h.accounts.SetPassword(c.Context(), c.Caller.AccountID, in.credentials(), in.Hint, pair.public, pair.private)
}

// oneStepRequest registers a person without a token, as mobile applications of
// years ago do.
type oneStepRequest struct {
	firstPassword
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Check reports the first member that cannot be used.
func (in oneStepRequest) Check() error {
	if err := cmp.Or(CheckEmail("email", in.Email), checkHint(in.Hint), in.check(), in.checkPair()); err != nil {
		return err
	}
	if utf8.RuneCountInString(in.Name) > MaxName {
		return fault.TooLong("name", MaxName)
	}
	return nil
}

func (h handler) oneStep(c *web.Call, in oneStepRequest) (finishView, error) {
	pair := in.pair()
	return finishView{Object: "register"}, h.accounts.RegisterAtOnce(c.Context(), in.Name, Registration{
		Email: in.Email, PasswordHash: in.MasterPasswordHash, PasswordHint: in.Hint, KDF: *in.kdf(), Key: in.Key,
		PublicKey: pair.public, PrivateKey: pair.private, Language: c.Language(),
	})
}
