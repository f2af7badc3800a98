package account

import (
	"cmp"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/web"
)

func mountCredentials(r *web.Router, h handler) {
	web.Handle(r, "POST /api/accounts/password", h.changePassword)
	web.Handle(r, "PUT /api/accounts/update-temp-password", h.updateTemporary)
	web.Handle(r, "POST /api/accounts/set-password", h.setPassword)
	web.Handle(r, "POST /api/accounts/kdf", h.changeKDF)
	web.Handle(r, "POST /api/accounts/security-stamp", h.endSessions)
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

// described is a master password in the words of newer clients: what proves it,
// and what it opens. Routes name the two differently.
type described struct {
	authField, unlockField string
	auth                   *authenticationRequest
	unlock                 *unlockRequest
}

// checkKDF wants both halves or none, with one KDF.
func (d described) checkKDF() error {
	switch {
	case d.auth == nil && d.unlock == nil:
		return nil
	case d.auth == nil:
		return fault.Required(d.authField)
	case d.unlock == nil:
		return fault.Required(d.unlockField)
	case d.auth.KDF == nil:
		return fault.Required(d.authField + ".kdf")
	case d.unlock.KDF == nil:
		return fault.Required(d.unlockField + ".kdf")
	case !KDF(*d.auth.KDF).plain().Equal(KDF(*d.unlock.KDF).plain()):
		return fault.New(fault.Invalid, "account.kdfsDiffer").On(d.unlockField + ".kdf")
	}
	return nil
}

// checkKey accepts the user key in the form that accounts of the first generation
// have, and an id of it when there is one.
func (d described) checkKey(key string) error {
	if d.unlock.ContainedKeyID != "" {
		if err := CheckKeyID(d.unlockField+".containedKeyId", d.unlock.ContainedKeyID); err != nil {
			return err
		}
	}
	return checkSymmetric(d.unlockField+".masterKeyWrappedUserKey", key, maxKey)
}

// checkHashes accepts a hash that is said once, or twice alike.
func checkHashes(field, plain string, auth *authenticationRequest) error {
	hash := hashOf(plain, auth)
	switch {
	case hash == "":
		return fault.Required(field)
	case plain != "" && plain != hash:
		return fault.New(fault.Invalid, "account.hashesDiffer").On(field)
	case len(hash) > MaxHash:
		return fault.TooLong(field, MaxHash)
	}
	return nil
}

func hashOf(plain string, auth *authenticationRequest) string {
	if auth != nil {
		return cmp.Or(auth.Hash, plain)
	}
	return plain
}

// NewPasswordRequest is a new master password in the words of every client in use:
// older ones fill the members at the root, newer ones the nested ones. Where both are
// there, the nested ones count. It may be embedded in the body of a request.
type NewPasswordRequest struct {
	NewHash        string                 `json:"newMasterPasswordHash"`
	Key            string                 `json:"key"`
	Authentication *authenticationRequest `json:"authenticationData"`
	Unlock         *unlockRequest         `json:"unlockData"`
}

func (in NewPasswordRequest) described() described {
	return described{"authenticationData", "unlockData", in.Authentication, in.Unlock}
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in NewPasswordRequest) Check() error {
	if in.NewHash == "" && in.Key == "" && in.Authentication == nil && in.Unlock == nil {
		return fault.New(fault.Invalid, "account.noNewPassword")
	}
	if err := in.described().checkKDF(); err != nil {
		return err
	}
	if err := checkHashes("newMasterPasswordHash", in.NewHash, in.Authentication); err != nil {
		return err
	}
	if in.Unlock == nil {
		return checkSymmetric("key", in.Key, maxKey)
	}
	switch {
	case in.Authentication.Salt == "":
		return fault.New(fault.Invalid, "account.saltEmpty").On("authenticationData.salt")
	case in.Unlock.Salt != in.Authentication.Salt:
		return saltIsAnother.On("unlockData.salt")
	}
	return in.described().checkKey(in.key())
}

func (in NewPasswordRequest) key() string {
	if in.Unlock != nil {
		return cmp.Or(in.Unlock.WrappedKey, in.Key)
	}
	return in.Key
}

// Credentials returns what a request that Check accepts says.
func (in NewPasswordRequest) Credentials() Credentials {
	c := Credentials{
		Hash: hashOf(in.NewHash, in.Authentication), Key: in.key(),
		KDFField: "authenticationData.kdf", SaltField: "authenticationData.salt", KeyIDField: "unlockData.containedKeyId",
	}
	if in.Unlock != nil {
		c.KDF, c.Salt, c.KeyID = new(KDF(*in.Unlock.KDF)), in.Unlock.Salt, in.Unlock.ContainedKeyID
	}
	return c
}

func checkHint(hint string) error {
	if utf8.RuneCountInString(hint) > MaxHint {
		return fault.TooLong("masterPasswordHint", MaxHint)
	}
	return nil
}

// currentHash proves that a person knows their master password. A one-time code is
// not enough for what it allows.
type currentHash struct {
	MasterPasswordHash string `json:"masterPasswordHash"`
}

func (in currentHash) check() error {
	return checkHashes("masterPasswordHash", in.MasterPasswordHash, nil)
}

type passwordRequest struct {
	currentHash
	NewPasswordRequest
	Hint string `json:"masterPasswordHint"`
}

// Check reports the first member that cannot be used.
func (in passwordRequest) Check() error {
	return cmp.Or(in.currentHash.check(), checkHint(in.Hint), in.NewPasswordRequest.Check())
}

func (h handler) changePassword(c *web.Call, in passwordRequest) (struct{}, error) {
	return struct{}{}, h.accounts.ChangePassword(c.Context(), c.Caller.AccountID, in.MasterPasswordHash, in.Credentials(), in.Hint)
}

type temporaryRequest struct {
	NewPasswordRequest
	Hint string `json:"masterPasswordHint"`
}

// Check reports the first member that cannot be used.
func (in temporaryRequest) Check() error {
	return cmp.Or(checkHint(in.Hint), in.NewPasswordRequest.Check())
}

func (h handler) updateTemporary(c *web.Call, in temporaryRequest) (struct{}, error) {
	return struct{}{}, h.accounts.UpdateTemporaryPassword(c.Context(), c.Caller.AccountID, in.Credentials(), in.Hint)
}

// kdfRequest is a KDF in the words of every client in use. Older ones fill the
// members at the root.
type kdfRequest struct {
	currentHash
	NewPasswordRequest
	KDF         *KDFType `json:"kdf"`
	Iterations  *int     `json:"kdfIterations"`
	Memory      *int     `json:"kdfMemory"`
	Parallelism *int     `json:"kdfParallelism"`
}

// Check reports the first member that cannot be used.
func (in kdfRequest) Check() error {
	if err := cmp.Or(in.currentHash.check(), in.NewPasswordRequest.Check()); err != nil {
		return err
	}
	switch {
	case in.Unlock != nil:
		return nil
	case in.KDF == nil:
		return fault.Required("kdf")
	case in.Iterations == nil:
		return fault.Required("kdfIterations")
	}
	return nil
}

func (in kdfRequest) credentials() Credentials {
	c := in.NewPasswordRequest.Credentials()
	if c.KDF == nil {
		c.KDF, c.KDFField = &KDF{*in.KDF, *in.Iterations, in.Memory, in.Parallelism}, "kdf"
	}
	return c
}

func (h handler) changeKDF(c *web.Call, in kdfRequest) (struct{}, error) {
	return struct{}{}, h.accounts.ChangeKDF(c.Context(), c.Caller.AccountID, in.MasterPasswordHash, in.credentials())
}

func (h handler) endSessions(c *web.Call, in Secret) (struct{}, error) {
	return struct{}{}, h.accounts.EndAllSessions(c.Context(), c.Caller.AccountID, in)
}
