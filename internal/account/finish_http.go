package account

import (
	"cmp"

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
	AccountKeys            *AccountKeysRequest    `json:"accountKeys"`
	EmailVerificationToken string                 `json:"emailVerificationToken"`
	OfferToken             string                 `json:"orgSponsoredFreeFamilyPlanToken"`
}

func (in finishRequest) described() described {
	return described{"masterPasswordAuthentication", "masterPasswordUnlock", in.Authentication, in.Unlock}
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in finishRequest) Check() error {
	if err := checkHint(in.MasterPasswordHint); err != nil {
		return err
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

func (in finishRequest) checkHash() error {
	return checkHashes("masterPasswordHash", in.MasterPasswordHash, in.Authentication)
}

func (in finishRequest) checkKDF() error {
	switch {
	case in.Authentication != nil || in.Unlock != nil:
		return in.described().checkKDF()
	case in.KDF == nil:
		return fault.Required("kdf")
	case in.KDFIterations == nil:
		return fault.Required("kdfIterations")
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
	if in.Unlock == nil || in.UserSymmetricKey != "" {
		if err := checkSymmetric("userSymmetricKey", in.UserSymmetricKey, maxKey); err != nil || in.Unlock == nil {
			return err
		}
	}
	return in.described().checkKey(in.key())
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
		return in.AccountKeys.Check()
	case in.UserAsymmetricKeys != nil:
		return in.UserAsymmetricKeys.pair("userAsymmetricKeys.").check()
	}
	return nil
}

func (in finishRequest) registration(language string) Registration {
	r := Registration{
		Email: in.Email, PasswordHash: hashOf(in.MasterPasswordHash, in.Authentication), PasswordHint: in.MasterPasswordHint, Key: in.key(),
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
