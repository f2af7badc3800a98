package account

import (
	"cmp"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// FirstPasswordRequest is a first master password, with a key pair, in the words of
// every client in use: older ones fill the members at the root, newer ones the
// nested ones, and the web vault of 2026 fills both but says the KDF in the nested
// ones only. Where both are there, the nested ones count. It may be embedded in the
// body of a request.
type FirstPasswordRequest struct {
	MasterPasswordHash string                 `json:"masterPasswordHash"`
	Hint               string                 `json:"masterPasswordHint"`
	KDF                *KDFType               `json:"kdf"`
	Iterations         *int                   `json:"kdfIterations"`
	Memory             *int                   `json:"kdfMemory"`
	Parallelism        *int                   `json:"kdfParallelism"`
	Authentication     *authenticationRequest `json:"masterPasswordAuthentication"`
	Unlock             *unlockRequest         `json:"masterPasswordUnlock"`
	AccountKeys        *AccountKeysRequest    `json:"accountKeys"`
}

// OlderKeys are the wrapped user key and the key pair at the root of a request,
// where routes name them differently. Very old clients make the pair later.
type OlderKeys struct {
	KeyField, PairField string
	Key                 string
	Pair                *KeyPairRequest
}

func (in FirstPasswordRequest) described() described {
	return described{"masterPasswordAuthentication", "masterPasswordUnlock", in.Authentication, in.Unlock}
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in FirstPasswordRequest) Check(older OlderKeys) error {
	if err := cmp.Or(checkHint(in.Hint), in.checkKDF()); err != nil {
		return err
	}
	return cmp.Or(checkHashes("masterPasswordHash", in.MasterPasswordHash, in.Authentication), in.checkKey(older), in.checkPair(older))
}

func (in FirstPasswordRequest) checkKDF() error {
	switch {
	case in.Authentication != nil || in.Unlock != nil:
		return in.described().checkKDF()
	case in.KDF == nil:
		return fault.Required("kdf")
	case in.Iterations == nil:
		return fault.Required("kdfIterations")
	}
	return nil
}

func (in FirstPasswordRequest) checkKey(older OlderKeys) error {
	if in.Unlock == nil || older.Key != "" {
		if err := checkSymmetric(older.KeyField, older.Key, maxKey); err != nil || in.Unlock == nil {
			return err
		}
	}
	return in.described().checkKey(in.key(older))
}

func (in FirstPasswordRequest) checkPair(older OlderKeys) error {
	switch {
	case in.AccountKeys != nil:
		return in.AccountKeys.Check()
	case older.Pair != nil:
		return older.Pair.pair(older.PairField + ".").check()
	}
	return nil
}

func (in FirstPasswordRequest) key(older OlderKeys) string {
	if in.Unlock != nil {
		return cmp.Or(in.Unlock.WrappedKey, older.Key)
	}
	return older.Key
}

// CheckSalts holds the salts of a person who registers to their address, because
// older clients take no other.
func (in FirstPasswordRequest) CheckSalts(email string) error {
	if in.Authentication == nil || in.Unlock == nil {
		return nil
	}
	for _, member := range []struct{ field, salt string }{
		{"masterPasswordAuthentication.salt", in.Authentication.Salt}, {"masterPasswordUnlock.salt", in.Unlock.Salt},
	} {
		switch member.salt {
		case NormalizeEmail(email):
		case "":
			return fault.New(fault.Invalid, "account.saltEmpty").On(member.field)
		default:
			return fault.New(fault.Invalid, "account.salt").On(member.field)
		}
	}
	return nil
}

// FirstPassword returns what a request that Check accepts says.
func (in FirstPasswordRequest) FirstPassword(older OlderKeys) FirstPassword {
	first := FirstPassword{Hint: in.Hint, Credentials: Credentials{
		Hash: hashOf(in.MasterPasswordHash, in.Authentication), Key: in.key(older), KDFField: "kdf",
		SaltField: "masterPasswordAuthentication.salt", KeyIDField: "masterPasswordUnlock.containedKeyId",
	}}
	if in.Unlock != nil {
		first.KDF, first.KDFField = new(KDF(*in.Unlock.KDF)), "masterPasswordAuthentication.kdf"
		first.Salt, first.KeyID = in.Unlock.Salt, in.Unlock.ContainedKeyID
	} else {
		first.KDF = &KDF{*in.KDF, *in.Iterations, in.Memory, in.Parallelism}
	}
	switch {
	case in.AccountKeys != nil:
		first.PublicKey, first.PrivateKey = in.AccountKeys.Keys()
	case older.Pair != nil:
		first.PublicKey, first.PrivateKey = older.Pair.PublicKey, older.Pair.EncryptedPrivateKey
	}
	return first
}

type setPasswordRequest struct {
	FirstPasswordRequest
	Key  string          `json:"key"`
	Keys *KeyPairRequest `json:"keys"`
}

func (in setPasswordRequest) older() OlderKeys { return OlderKeys{"key", "keys", in.Key, in.Keys} }

// Check reports the first member that cannot be used.
func (in setPasswordRequest) Check() error {
	if err := in.FirstPasswordRequest.Check(in.older()); err != nil {
		return err
	}
	if in.Unlock != nil && in.Unlock.Salt != in.Authentication.Salt {
		return saltIsAnother.On("masterPasswordUnlock.salt")
	}
	return nil
}

func (h handler) setPassword(c *web.Call, in setPasswordRequest) (struct{}, error) {
	return struct{}{}, h.accounts.SetPassword(c.Context(), c.Caller.AccountID, in.FirstPassword(in.older()))
}
