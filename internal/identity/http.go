package identity

import (
	"coffre/internal/account"
	"coffre/internal/passkey"
	"coffre/internal/web"
)

// Mount adds the token endpoint, and what a client asks for on the way to it.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "POST /identity/connect/token", h.token, web.Anonymous, web.Limit(64<<10))
	web.Handle(r, "POST /api/accounts/resend-new-device-otp", h.resendDeviceCode, web.Anonymous, web.Rate(attempts))
}

type handler struct{ identity *Service }

// tokenView is in the three spellings that clients expect of it: OAuth's, the
// older capitals, and camelCase below AccountKeys.
type tokenView struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	Remember     string `json:"TwoFactorToken,omitempty"`
	*accountView        // only after a sign-in
}

type accountView struct {
	Key                   string               `json:"Key"`
	PrivateKey            string               `json:"PrivateKey,omitempty"`
	AccountKeys           *account.AccountKeys `json:"AccountKeys,omitempty"`
	UserDecryptionOptions decryptionView       `json:"UserDecryptionOptions"`
	KDF                   account.KDFType      `json:"Kdf"`
	KDFIterations         int                  `json:"KdfIterations"`
	KDFMemory             *int                 `json:"KdfMemory"`
	KDFParallelism        *int                 `json:"KdfParallelism"`
	MasterPasswordPolicy  policyView           `json:"MasterPasswordPolicy"`
	ForcePasswordReset    bool                 `json:"ForcePasswordReset"`
	ResetMasterPassword   bool                 `json:"ResetMasterPassword"`
	APIUseKeyConnector    bool                 `json:"ApiUseKeyConnector"`
}

// decryptionView says how the vault opens. Options that are always null are those
// of log-ins that this server does not offer.
type decryptionView struct {
	HasMasterPassword    bool         `json:"HasMasterPassword"`
	MasterPasswordUnlock unlockView   `json:"MasterPasswordUnlock"`
	TrustedDeviceOption  *struct{}    `json:"TrustedDeviceOption"`
	KeyConnectorOption   *struct{}    `json:"KeyConnectorOption"`
	WebAuthnPRFOption    *passkeyView `json:"WebAuthnPrfOption"`
	Object               string       `json:"Object"`
}

// passkeyView is how the passkey opens the vault that a person signed in with.
type passkeyView struct {
	EncryptedPrivateKey string   `json:"EncryptedPrivateKey"`
	EncryptedUserKey    string   `json:"EncryptedUserKey"`
	CredentialID        string   `json:"CredentialId"`
	Transports          []string `json:"Transports"`
}

type unlockView struct {
	KDF                       kdfView `json:"Kdf"`
	MasterKeyEncryptedUserKey string  `json:"MasterKeyEncryptedUserKey"`
	MasterKeyWrappedUserKey   string  `json:"MasterKeyWrappedUserKey"`
	Salt                      string  `json:"Salt"`
}

type kdfView struct {
	Type        account.KDFType `json:"KdfType"`
	Iterations  int             `json:"Iterations"`
	Memory      *int            `json:"Memory"`
	Parallelism *int            `json:"Parallelism"`
}

// policyView says what a master password must be; null is no demand.
type policyView struct {
	policy
	Object string `json:"Object"`
}

// policy is account.PasswordPolicy in the spelling of this endpoint.
type policy struct {
	MinComplexity  *int  `json:"MinComplexity"`
	MinLength      *int  `json:"MinLength"`
	RequireLower   *bool `json:"RequireLower"`
	RequireUpper   *bool `json:"RequireUpper"`
	RequireNumbers *bool `json:"RequireNumbers"`
	RequireSpecial *bool `json:"RequireSpecial"`
	EnforceOnLogin *bool `json:"EnforceOnLogin"`
}

func (h handler) token(c *web.Call, form web.Form) (tokenView, error) {
	tokens, err := h.identity.Grant(c.Context(), Request{
		Grant: form.Get("grant_type"), ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret"),
		Scope: form.Get("scope"), Username: form.Get("username"), Password: form.Get("password"),
		AuthRequest: form.Get("authRequest"), RefreshToken: form.Get("refresh_token"), NewDeviceOTP: form.Get("newDeviceOtp"),
		DeviceType: form.Get("deviceType"), DeviceIdentifier: form.Get("deviceIdentifier"),
		DeviceName: form.Get("deviceName"), DevicePushToken: form.Get("devicePushToken"),
		SecondStep: SecondStep{
			Provider: form.Get("twoFactorProvider"), Token: form.Get("twoFactorToken"),
			Remember: form.Get("twoFactorRemember") == "1", Deeplink: form.Get("deeplinkScheme"),
		},
		Passkey: Passkey{Token: form.Get("token"), Answer: form.Get("deviceResponse")},
		Visit: Visit{
			SendID: form.Get("send_id"), PasswordHash: form.Get("password_hash_b64"), Email: form.Get("email"), OTP: form.Get("otp"),
		},
	})
	view := tokenView{
		AccessToken: tokens.Access, ExpiresIn: int(tokens.Life.Seconds()), TokenType: "Bearer",
		RefreshToken: tokens.Refresh, Scope: tokens.Scope, Remember: tokens.Remember,
	}
	if tokens.Account != nil {
		view.accountView = accountViewOf(tokens)
	}
	return view, err
}

func accountViewOf(tokens Tokens) *accountView {
	a := tokens.Account
	return &accountView{
		Key: a.Key, PrivateKey: a.PrivateKey, AccountKeys: account.AccountKeysOf(*a),
		UserDecryptionOptions: decryptionView{
			HasMasterPassword: true,
			MasterPasswordUnlock: unlockView{
				KDF: kdfView(a.KDF), MasterKeyEncryptedUserKey: a.Key, MasterKeyWrappedUserKey: a.Key, Salt: a.Salt,
			},
			WebAuthnPRFOption: passkeyViewOf(tokens.Unlock), Object: "userDecryptionOptions",
		},
		ForcePasswordReset: a.ForcePasswordReset,
		KDF:                a.KDF.Type, KDFIterations: a.KDF.Iterations, KDFMemory: a.KDF.Memory, KDFParallelism: a.KDF.Parallelism,
		MasterPasswordPolicy: policyView{policy(tokens.Policy), "masterPasswordPolicy"},
	}
}

func passkeyViewOf(u *passkey.Unlock) *passkeyView {
	if u == nil {
		return nil
	}
	view := passkeyView(*u)
	if view.Transports == nil {
		view.Transports = []string{}
	}
	return &view
}
