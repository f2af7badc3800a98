package rotation

import (
	"cmp"
	"strconv"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/device"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/passkey"
	"coffre/internal/send"
	"coffre/internal/vault"
	"coffre/internal/web"
)

// limit is the largest body, which holds a whole vault.
const limit = 100 << 20

// The longest ciphertexts, in characters.
const (
	maxKey       = 1_000
	maxWrapped   = 2_000
	maxPublicKey = 5_000
)

// Mount adds the routes of the key rotation.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/accounts/key-management/key-rotation-data", h.data)
	web.Handle(r, "POST /api/accounts/key-management/rotate-user-account-keys", h.rotate, web.Limit(limit))
	web.Handle(r, "POST /api/accounts/key-management/rotate-user-keys", h.rotateSecondGeneration, web.Limit(limit))
}

type handler struct{ rotations *Service }

// request is a whole vault under its new key. Lists of things that this server
// does not keep are read past.
type request struct {
	OldHash     string                      `json:"oldMasterKeyAuthenticationHash"`
	Unlock      *unlockRequest              `json:"accountUnlockData"`
	AccountKeys *account.AccountKeysRequest `json:"accountKeys"`
	Data        *dataRequest                `json:"accountData"`
	NewKeyID    string                      `json:"newUserKeyId"`
}

type unlockRequest struct {
	MasterPassword      *passwordRequest  `json:"masterPasswordUnlockData"`
	EmergencyAccess     []accessRequest   `json:"emergencyAccessUnlockData"`
	AccountRecovery     []recoveryRequest `json:"organizationAccountRecoveryUnlockData"`
	Passkeys            []passkeyRequest  `json:"passkeyUnlockData"`
	Devices             []deviceRequest   `json:"deviceKeyUnlockData"`
	SecondGenerationKey *struct{}         `json:"v2UpgradeToken"`
}

type dataRequest struct {
	Ciphers []*content.Request `json:"ciphers"`
	Folders []folderRequest    `json:"folders"`
	Sends   []sendRequest      `json:"sends"`
}

// Check reports the first member that cannot be used.
func (in request) Check() error {
	switch {
	case in.OldHash == "":
		return fault.Required("oldMasterKeyAuthenticationHash")
	case len(in.OldHash) > account.MaxHash:
		return fault.TooLong("oldMasterKeyAuthenticationHash", account.MaxHash)
	case in.Unlock == nil:
		return fault.Required("accountUnlockData")
	case in.Unlock.MasterPassword == nil:
		return fault.Required("accountUnlockData.masterPasswordUnlockData")
	case in.Unlock.SecondGenerationKey != nil:
		return fault.New(fault.Invalid, "account.secondGeneration").On("accountUnlockData.v2UpgradeToken")
	case in.AccountKeys == nil:
		return fault.Required("accountKeys")
	case in.Data == nil:
		return fault.Required("accountData")
	}
	if err := cmp.Or(in.Unlock.MasterPassword.check(), in.checkKeyID(), in.AccountKeys.Check()); err != nil {
		return err
	}
	return cmp.Or(
		checkAll(in.Unlock.AccountRecovery), checkAll(in.Unlock.Passkeys), checkAll(in.Unlock.Devices), checkAll(in.Data.Folders),
		checkAll(in.Data.Sends), checkAll(in.Unlock.EmergencyAccess),
		in.Data.checkCiphers(),
	)
}

func (in *dataRequest) checkCiphers() error {
	for i, r := range in.Ciphers {
		at := ciphersField + "[" + strconv.Itoa(i) + "]."
		if r == nil || r.ID.IsZero() {
			return fault.Required(at + "id")
		}
		if err := r.CheckAt(at); err != nil {
			return err
		}
	}
	return nil
}

// checkKeyID accepts an id of the new key that is said once, or twice alike.
func (in request) checkKeyID() error {
	const newField, heldField = "newUserKeyId", "accountUnlockData.masterPasswordUnlockData.containedKeyId"
	held := in.Unlock.MasterPassword.ContainedKeyID
	if in.NewKeyID != "" {
		if err := account.CheckKeyID(newField, in.NewKeyID); err != nil {
			return err
		}
	}
	if held == "" {
		return nil
	}
	if err := account.CheckKeyID(heldField, held); err != nil {
		return err
	}
	if in.NewKeyID != "" && held != in.NewKeyID {
		return fault.New(fault.Invalid, "account.keyIsAnother").On(heldField)
	}
	return nil
}

// passwordRequest is the master password from now on, and what it opens.
type passwordRequest struct {
	KDF            *account.KDFType `json:"kdfType"`
	Iterations     *int             `json:"kdfIterations"`
	Memory         *int             `json:"kdfMemory"`
	Parallelism    *int             `json:"kdfParallelism"`
	Email          string           `json:"email"`
	Hash           string           `json:"masterKeyAuthenticationHash"`
	Key            string           `json:"masterKeyEncryptedUserKey"`
	Hint           *string          `json:"masterPasswordHint"`
	Salt           string           `json:"masterPasswordSalt"`
	ContainedKeyID string           `json:"containedKeyId"`
}

func (in passwordRequest) check() error {
	const at = "accountUnlockData.masterPasswordUnlockData."
	switch {
	case in.KDF == nil:
		return fault.Required(at + "kdfType")
	case in.Iterations == nil:
		return fault.Required(at + "kdfIterations")
	case *in.KDF == account.PBKDF2 && in.Memory != nil:
		return fault.New(fault.Invalid, "rotation.pbkdf2Alone").On(at + "kdfMemory")
	case *in.KDF == account.PBKDF2 && in.Parallelism != nil:
		return fault.New(fault.Invalid, "rotation.pbkdf2Alone").On(at + "kdfParallelism")
	case in.Email == "":
		return fault.Required(at + "email")
	case in.Hash == "":
		return fault.Required(at + "masterKeyAuthenticationHash")
	case len(in.Hash) > account.MaxHash:
		return fault.TooLong(at+"masterKeyAuthenticationHash", account.MaxHash)
	case in.Hint != nil && utf8.RuneCountInString(*in.Hint) > account.MaxHint:
		return fault.TooLong(at+"masterPasswordHint", account.MaxHint)
	}
	return encstring.CheckType(at+"masterKeyEncryptedUserKey", in.Key, maxKey, encstring.AES256HMAC)
}

// checker is what stands in a list of the request.
type checker interface{ check() error }

func checkAll[T checker](list []T) error {
	for _, in := range list {
		if err := in.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkIf checks a text that may be absent; whether it may is up to the Part.
func checkIf(field, text string, limit int, kind encstring.Type) error {
	if text == "" {
		return nil
	}
	return encstring.CheckType(field, text, limit, kind)
}

type recoveryRequest struct {
	OrganizationID id.ID  `json:"organizationId"`
	Key            string `json:"resetPasswordKey"`
}

func (in recoveryRequest) check() error {
	return checkIf(recoveriesField+".resetPasswordKey", in.Key, maxWrapped, encstring.RSAOAEPSHA1)
}

// accessRequest also says the type and the days of waiting, which stay.
type accessRequest struct {
	ID  id.ID  `json:"id"`
	Key string `json:"keyEncrypted"`
}

func (in accessRequest) check() error {
	return checkIf(emergenciesField+".keyEncrypted", in.Key, maxWrapped, encstring.RSAOAEPSHA1)
}

type passkeyRequest struct {
	ID                 id.ID  `json:"id"`
	EncryptedUserKey   string `json:"encryptedUserKey"`
	EncryptedPublicKey string `json:"encryptedPublicKey"`
}

func (in passkeyRequest) check() error {
	return cmp.Or(
		checkIf(passkeysField+".encryptedUserKey", in.EncryptedUserKey, maxWrapped, encstring.RSAOAEPSHA1),
		checkIf(passkeysField+".encryptedPublicKey", in.EncryptedPublicKey, maxPublicKey, encstring.AES256HMAC),
	)
}

type deviceRequest struct {
	ID                 id.ID  `json:"deviceId"`
	EncryptedPublicKey string `json:"encryptedPublicKey"`
	EncryptedUserKey   string `json:"encryptedUserKey"`
}

func (in deviceRequest) check() error {
	return cmp.Or(
		checkIf(devicesField+".encryptedPublicKey", in.EncryptedPublicKey, maxPublicKey, encstring.AES256HMAC),
		checkIf(devicesField+".encryptedUserKey", in.EncryptedUserKey, maxWrapped, encstring.RSAOAEPSHA1),
	)
}

// folderRequest has no id in what clients of 2024.3 send of the folder that stands
// for no folder.
type folderRequest struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

func (in folderRequest) check() error {
	if in.ID.IsZero() {
		return nil
	}
	return encstring.Check("accountData.folders.name", in.Name, vault.MaxName)
}

// sendRequest is a whole Send, of which only the key is made anew.
type sendRequest struct {
	ID  id.ID  `json:"id"`
	Key string `json:"key"`
}

func (in sendRequest) check() error {
	return checkIf(sendsField+".key", in.Key, send.MaxText, encstring.AES256HMAC)
}

// rotation translates.
func (in request) rotation() Rotation {
	password := in.Unlock.MasterPassword
	r := Rotation{
		OldHash: in.OldHash, NewHash: password.Hash, Hint: password.Hint,
		KDF:   account.KDF{Type: *password.KDF, Iterations: *password.Iterations, Memory: password.Memory, Parallelism: password.Parallelism},
		Email: password.Email, Salt: password.Salt, Key: password.Key, KeyID: in.NewKeyID,
		Folders: map[id.ID]string{}, Sends: map[id.ID]string{}, Recoveries: map[id.ID]string{},
		Emergencies: map[id.ID]string{}, Ciphers: map[id.ID]cipher.Draft{},
	}
	for _, c := range in.Data.Ciphers {
		r.Ciphers[c.ID] = cipher.Draft{Type: c.Type, Data: c.Text(), OrganizationID: c.OrganizationID, Files: c.Files()}
	}
	r.PublicKey, r.PrivateKey = in.AccountKeys.Keys()
	for _, f := range in.Data.Folders {
		if !f.ID.IsZero() {
			r.Folders[f.ID] = f.Name
		}
	}
	for _, s := range in.Data.Sends {
		if !s.ID.IsZero() {
			r.Sends[s.ID] = s.Key
		}
	}
	for _, a := range in.Unlock.AccountRecovery {
		if !a.OrganizationID.IsZero() {
			r.Recoveries[a.OrganizationID] = a.Key
		}
	}
	for _, e := range in.Unlock.EmergencyAccess {
		if !e.ID.IsZero() {
			r.Emergencies[e.ID] = e.Key
		}
	}
	for _, d := range in.Unlock.Devices {
		r.Devices = append(r.Devices, device.TrustedDevice(d))
	}
	for _, p := range in.Unlock.Passkeys {
		r.Passkeys = append(r.Passkeys, passkey.Renewed(p))
	}
	return r
}

func (h handler) rotate(c *web.Call, in request) (struct{}, error) {
	return struct{}{}, h.rotations.Rotate(c.Context(), c.Caller.AccountID, in.rotation())
}

// rotateSecondGeneration answers clients of accounts that this server does not have.
func (h handler) rotateSecondGeneration(*web.Call, struct{}) (struct{}, error) {
	return struct{}{}, fault.New(fault.Invalid, "account.secondGeneration").On("wrappedAccountCryptographicState")
}

// dataView is what a client encrypts anew, of which a sync tells nothing.
type dataView struct {
	AccountRecovery []recoveryView `json:"organizationPasswordResetKeyData"`
	EmergencyAccess []accessView   `json:"emergencyAccessKeyData"`
	Devices         []renewedView  `json:"trustedDeviceKeyData"`
	Passkeys        []renewedView  `json:"passkeyKeyData"`
	Object          string         `json:"object"`
}

// recoveryView is an organization for which to encrypt the new user key.
type recoveryView struct {
	OrganizationID id.ID  `json:"organizationId"`
	Name           string `json:"organizationName"`
	PublicKey      string `json:"organizationPublicKey"`
}

// accessView is a grantee for whom to encrypt the new user key.
type accessView struct {
	ID        id.ID  `json:"id"`
	GranteeID id.ID  `json:"granteeId"`
	Name      string `json:"granteeName"`
	Email     string `json:"granteeEmail"`
	PublicKey string `json:"publicKey"`
}

// renewedView is what of a device or a passkey is to be made anew.
type renewedView struct {
	ID                 id.ID  `json:"id"`
	EncryptedPublicKey string `json:"encryptedPublicKey"`
	EncryptedUserKey   string `json:"encryptedUserKey"`
}

func (h handler) data(c *web.Call, _ struct{}) (dataView, error) {
	d, err := h.rotations.Data(c.Context(), c.Caller.AccountID)
	view := dataView{
		AccountRecovery: []recoveryView{}, EmergencyAccess: []accessView{}, Devices: []renewedView{}, Passkeys: []renewedView{},
		Object: "keyRotationData",
	}
	for _, e := range d.Recoveries {
		view.AccountRecovery = append(view.AccountRecovery, recoveryView{e.OrganizationID, e.Name, e.PublicKey})
	}
	for _, e := range d.Emergencies {
		p := e.Person
		view.EmergencyAccess = append(view.EmergencyAccess, accessView{e.ID, p.ID, p.Name, p.Email, p.PublicKey})
	}
	for _, trusted := range d.Devices {
		view.Devices = append(view.Devices, renewedView(trusted))
	}
	for _, p := range d.Passkeys {
		view.Passkeys = append(view.Passkeys, renewedView{p.ID, p.Keys.Public, p.Keys.User})
	}
	return view, err
}
