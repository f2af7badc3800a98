package account

import (
	"cmp"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// finishRequest is the last step of a registration in the words of every client
// in use: older ones fill the members at the root, newer ones the nested ones,
// and the web vault of 2026 fills both but says the KDF in the nested ones only.
// Where both are there, the nested ones count.
type finishRequest struct {
	Email                  string                 `json:"email"`
	MasterPasswordHint     string                 `json:"masterPasswordHint"`
	MasterPasswordHash     string                 `json:"masterPasswordHash"`
	UserSymmetricKey       string                 `json:"userSymmetricKey"`
	UserAsymmetricKeys     *keyPairRequest        `json:"userAsymmetricKeys"`
	KDF                    *KDFType               `json:"kdf"`
	KDFIterations          *int                   `json:"kdfIterations"`
	KDFMemory              *int                   `json:"kdfMemory"`
	KDFParallelism         *int                   `json:"kdfParallelism"`
	Authentication         *authenticationRequest `json:"masterPasswordAuthentication"`
	Unlock                 *unlockRequest         `json:"masterPasswordUnlock"`
	AccountKeys            *accountKeysRequest    `json:"accountKeys"`
	EmailVerificationToken string                 `json:"emailVerificationToken"`
	OfferToken             string                 `json:"orgSponsoredFreeFamilyPlanToken"`
}

type authenticationRequest struct {
	KDF  *KDFView `json:"kdf"`
	Hash string   `json:"masterPasswordAuthenticationHash"`
	Salt string   `json:"salt"`
}

type unlockRequest struct {
	KDF            *KDFView `json:"kdf"`
	WrappedKey     string   `json:"masterKeyWrappedUserKey"`
	Salt           string   `json:"salt"`
	ContainedKeyID string   `json:"containedKeyId"`
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in finishRequest) Check() error {
	if utf8.RuneCountInString(in.MasterPasswordHint) > MaxHint {
		return fault.TooLong("masterPasswordHint", MaxHint)
	}
	if err := CheckEmail("email", in.Email); err != nil {
		return err
	}
	// What comes later relies on what came before.
	for _, check := range []func() error{in.checkKDF, in.checkHash, in.checkSalts, in.checkKey, in.checkPair} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (in finishRequest) hash() string {
	if in.Authentication != nil {
		return cmp.Or(in.Authentication.Hash, in.MasterPasswordHash)
	}
	return in.MasterPasswordHash
}

func (in finishRequest) checkHash() error {
	nested := in.Authentication != nil && in.Authentication.Hash != ""
	switch {
	case nested && in.MasterPasswordHash != "" && in.MasterPasswordHash != in.Authentication.Hash:
		return fault.New(fault.Invalid, "account.hashesDiffer").On("masterPasswordHash")
	case in.hash() == "":
		return fault.Required("masterPasswordHash")
	case len(in.hash()) > MaxHash:
		return fault.TooLong("masterPasswordHash", MaxHash)
	}
	return nil
}

func (in finishRequest) checkKDF() error {
	if (in.Authentication == nil) != (in.Unlock == nil) {
		if in.Unlock == nil {
			return fault.Required("masterPasswordUnlock")
		}
		return fault.Required("masterPasswordAuthentication")
	}
	switch {
	case in.Authentication == nil && in.KDF == nil:
		return fault.Required("kdf")
	case in.Authentication == nil && in.KDFIterations == nil:
		return fault.Required("kdfIterations")
	case in.Authentication == nil:
		return nil
	case in.Authentication.KDF == nil:
		return fault.Required("masterPasswordAuthentication.kdf")
	case in.Unlock.KDF == nil:
		return fault.Required("masterPasswordUnlock.kdf")
	case !KDF(*in.Authentication.KDF).plain().Equal(KDF(*in.Unlock.KDF).plain()):
		return fault.New(fault.Invalid, "account.kdfsDiffer").On("masterPasswordUnlock.kdf")
	}
	return nil
}

// checkSalts holds the salt to the address, because older clients take no other.
func (in finishRequest) checkSalts() error {
	if in.Authentication == nil {
		return nil
	}
	if err := checkSalt("masterPasswordAuthentication.salt", in.Authentication.Salt, in.Email); err != nil {
		return err
	}
	return checkSalt("masterPasswordUnlock.salt", in.Unlock.Salt, in.Email)
}

func checkSalt(field, salt, email string) error {
	switch salt {
	case NormalizeEmail(email):
		return nil
	case "":
		return fault.New(fault.Invalid, "account.saltEmpty").On(field)
	}
	return fault.New(fault.Invalid, "account.salt").On(field)
}

func (in finishRequest) checkKey() error {
	if in.Unlock == nil {
		return checkSymmetric("userSymmetricKey", in.UserSymmetricKey, maxKey)
	}
	if in.Unlock.ContainedKeyID != "" {
		if err := checkKeyID("masterPasswordUnlock.containedKeyId", in.Unlock.ContainedKeyID); err != nil {
			return err
		}
	}
	return checkSymmetric("masterPasswordUnlock.masterKeyWrappedUserKey", in.key(), maxKey)
}

func (in finishRequest) key() string {
	if in.Unlock != nil {
		return cmp.Or(in.Unlock.WrappedKey, in.UserSymmetricKey)
	}
	return in.UserSymmetricKey
}

// checkPair lets a client make the key pair later, as very old ones do.
func (in finishRequest) checkPair() error {
	switch {
	case in.AccountKeys != nil:
		return in.AccountKeys.check()
	case in.UserAsymmetricKeys != nil:
		return in.UserAsymmetricKeys.pair("userAsymmetricKeys.").check()
	}
	return nil
}

func (in finishRequest) registration(language string) Registration {
	r := Registration{
		Email: in.Email, PasswordHash: in.hash(), PasswordHint: in.MasterPasswordHint, Key: in.key(),
		VerificationToken: in.EmailVerificationToken, OfferToken: in.OfferToken, Language: language,
	}
	if in.Unlock != nil {
		r.KDF, r.KeyID = KDF(*in.Unlock.KDF), in.Unlock.ContainedKeyID
	} else {
		r.KDF = KDF{*in.KDF, *in.KDFIterations, in.KDFMemory, in.KDFParallelism}
	}
	var pair keyPair
	switch {
	case in.AccountKeys != nil:
		pair = in.AccountKeys.pair()
	case in.UserAsymmetricKeys != nil:
		pair = in.UserAsymmetricKeys.pair("")
	}
	r.PublicKey, r.PrivateKey = pair.public, pair.private
	return r
}

type finishView struct {
	Object             string `json:"object"`
	CaptchaBypassToken string `json:"captchaBypassToken"`
}

func (h handler) finish(c *web.Call, in finishRequest) (finishView, error) {
	return finishView{Object: "registerFinish"}, h.accounts.Register(c.Context(), in.registration(c.Language()))
}
