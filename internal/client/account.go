package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"coffre/internal/id"
)

// account is what a client holds of the person who is signed in, unlocked.
type account struct {
	userID id.ID
	kdf    KDF
	salt   string
	key    Key
	pair   KeyPair
}

// UserID returns who is signed in.
func (c *Client) UserID() id.ID { return c.account.userID }

// Key returns the user key.
func (c *Client) Key() Key { return c.account.key }

// Hash returns what the server is told to prove that the person who is signed
// in typed the password again.
func (c *Client) Hash(password string) (string, error) {
	hash, _, err := derive(c.account.kdf, password, c.account.salt)
	return hash, err
}

// saltOf is what stands for a person in the derivation of keys.
func saltOf(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Proof is what entitles to register; one of its kinds is set.
type Proof struct {
	EmailVerificationToken          string `json:"emailVerificationToken,omitempty"`
	OrgInviteToken                  string `json:"orgInviteToken,omitempty"`
	OrganizationUserID              string `json:"organizationUserId,omitempty"`
	OrgSponsoredFreeFamilyPlanToken string `json:"orgSponsoredFreeFamilyPlanToken,omitempty"`
}

// SendVerificationEmail begins a registration. The token is empty when the
// server has mailed it instead.
func (c *Client) SendVerificationEmail(ctx context.Context, email, name string) (token string, err error) {
	err = c.Do(ctx, http.MethodPost, "/identity/accounts/register/send-verification-email", map[string]any{
		"email": email, "name": name, "receiveMarketingEmails": false,
	}, &token)
	return token, err
}

// Register does both steps of a registration. Where the server mails the token,
// mailed must find it; where it does not, mailed is not called and may be nil.
func (c *Client) Register(ctx context.Context, email, name, password string, mailed func(context.Context) (string, error)) error {
	token, err := c.SendVerificationEmail(ctx, email, name)
	if err == nil && token == "" {
		if mailed == nil {
			return errors.New("client: the server mailed the token of this registration")
		}
		token, err = mailed(ctx)
	}
	if err != nil {
		return err
	}
	return c.FinishRegistration(ctx, email, password, Proof{EmailVerificationToken: token})
}

// RegisterWithOfferToken registers a person who came by the mail of a Families
// offer, which proves the address.
func (c *Client) RegisterWithOfferToken(ctx context.Context, email, password, token string) error {
	return c.FinishRegistration(ctx, email, password, Proof{OrgSponsoredFreeFamilyPlanToken: token})
}

// registration is the body of the 2026 web vault, which says some things in the
// old way, some in the new, and the KDF in the new way only.
type registration struct {
	Email              string `json:"email"`
	MasterPasswordHash string `json:"masterPasswordHash"`
	MasterPasswordHint string `json:"masterPasswordHint"`
	UserSymmetricKey   string `json:"userSymmetricKey"`
	UserAsymmetricKeys Keys   `json:"userAsymmetricKeys"`
	Authentication     struct {
		KDF  KDF    `json:"kdf"`
		Hash string `json:"masterPasswordAuthenticationHash"`
		Salt string `json:"salt"`
	} `json:"masterPasswordAuthentication"`
	Unlock struct {
		KDF            KDF    `json:"kdf"`
		WrappedUserKey string `json:"masterKeyWrappedUserKey"`
		Salt           string `json:"salt"`
	} `json:"masterPasswordUnlock"`
	Proof
}

// FinishRegistration makes the keys of an account and registers it.
func (c *Client) FinishRegistration(ctx context.Context, email, password string, proof Proof) error {
	kdf, salt := DefaultKDF(), saltOf(email)
	if c.NewKDF != nil {
		kdf = *c.NewKDF
	}
	hash, stretched, err := derive(kdf, password, salt)
	if err != nil {
		return err
	}
	key := NewKey()
	pair, err := NewKeyPair()
	if err != nil {
		return err
	}
	keys, err := pair.Keys(key)
	if err != nil {
		return err
	}
	wrapped := stretched.Encrypt(key[:])
	in := registration{Email: email, MasterPasswordHash: hash, UserSymmetricKey: wrapped, UserAsymmetricKeys: keys, Proof: proof}
	in.Authentication.KDF, in.Authentication.Hash, in.Authentication.Salt = kdf, hash, salt
	in.Unlock.KDF, in.Unlock.WrappedUserKey, in.Unlock.Salt = kdf, wrapped, salt
	return c.Do(ctx, http.MethodPost, "/identity/accounts/register/finish", in, nil)
}

// derive turns a password into what the server is told and what opens the user
// key.
func derive(kdf KDF, password, salt string) (hash string, stretched Key, err error) {
	master, err := kdf.MasterKey(password, salt)
	if err != nil {
		return "", Key{}, err
	}
	if hash, err = PasswordHash(master, password); err != nil {
		return "", Key{}, err
	}
	stretched, err = Stretch(master)
	return hash, stretched, err
}

// tokenAnswer is what the token endpoint answers, as far as a client reads it.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	Key          string
	// TwoFactorToken is there when the device is remembered.
	TwoFactorToken string
	KDF            *int
	AccountKeys    *struct {
		PublicKeyEncryptionKeyPair struct{ WrappedPrivateKey string }
	}
	UserDecryptionOptions struct {
		MasterPasswordUnlock *struct {
			KDF                       KDF
			MasterKeyEncryptedUserKey string
			Salt                      string
		}
	}
}

// Login signs a person in and unlocks the account, with the SecondStep when there
// is one. A challenge for a second step is an *Error.
func (c *Client) Login(ctx context.Context, email, password string) error {
	var prelogin struct {
		KDFSettings KDF
		Salt        *string
	}
	err := c.Do(ctx, http.MethodPost, "/identity/accounts/prelogin/password", map[string]string{"email": saltOf(email)}, &prelogin)
	if err != nil {
		return err
	}
	salt := saltOf(email)
	if prelogin.Salt != nil {
		salt = *prelogin.Salt
	}
	hash, stretched, err := derive(prelogin.KDFSettings, password, salt)
	if err != nil {
		return err
	}
	return c.signIn(ctx, pairs{{"username", email}, {"password", hash}}, stretched.DecryptKey)
}

// signIn asks for tokens with what proves who somebody is, and unlocks the account
// with what opens the user key.
func (c *Client) signIn(ctx context.Context, proof pairs, open func(wrapped string) (Key, error)) error {
	var answer tokenAnswer
	err := c.token(ctx, c.BaseURL+"/identity", append(pairs{
		{"scope", "api offline_access"},
		{"client_id", clientName},
		{"deviceType", strconv.Itoa(c.Device.Type)},
		{"deviceIdentifier", c.Device.Identifier},
		{"deviceName", c.Device.Name},
		{"grant_type", "password"},
	}, append(proof, c.SecondStep.pairs()...)...), &answer)
	if err != nil {
		return err
	}
	opened, err := unlock(answer, open)
	if err != nil {
		return err
	}
	c.account, c.SecondStep = opened, c.SecondStep.next(answer.TwoFactorToken)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.access, c.refresh = answer.AccessToken, answer.RefreshToken
	clear(c.orgKeys)
	return nil
}

// unlock opens the user key and the private key. What it misses, every 2026
// client misses.
func unlock(answer tokenAnswer, open func(wrapped string) (Key, error)) (account, error) {
	data := answer.UserDecryptionOptions.MasterPasswordUnlock
	if answer.KDF == nil || answer.Key == "" || answer.AccountKeys == nil || data == nil {
		return account{}, errors.New("client: the token answer lacks Kdf, Key, AccountKeys or MasterPasswordUnlock")
	}
	a := account{kdf: data.KDF, salt: data.Salt}
	var err error
	if a.userID, err = subject(answer.AccessToken); err != nil {
		return account{}, err
	}
	if a.key, err = open(data.MasterKeyEncryptedUserKey); err != nil {
		return account{}, fmt.Errorf("user key: %w", err)
	}
	if a.pair, err = OpenKeyPair(answer.AccountKeys.PublicKeyEncryptionKeyPair.WrappedPrivateKey, a.key); err != nil {
		return account{}, fmt.Errorf("private key: %w", err)
	}
	return a, nil
}

// subject reads the person out of a token, as clients do, without verifying it.
func subject(token string) (id.ID, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return id.ID{}, errors.New("client: the access token is not three parts")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return id.ID{}, fmt.Errorf("client: access token: %w", err)
	}
	var claims struct {
		Sub string `json:"sub"`
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return id.ID{}, fmt.Errorf("client: access token: %w", err)
	}
	return id.Parse(claims.Sub)
}

// Refresh renews the token at once, as clients do before a sync.
func (c *Client) Refresh(ctx context.Context) error {
	c.mu.Lock()
	stale := c.access
	c.mu.Unlock()
	_, err := c.renew(ctx, stale)
	return err
}

// SetUserKeyID tells the server the id of the user key, which clients do after
// the first unlock when Vault.UserKeyID is empty.
func (c *Client) SetUserKeyID(ctx context.Context) error {
	return c.Do(ctx, http.MethodPost, "/api/accounts/key-management/user-key-id", map[string]string{
		"userKeyId": c.account.key.ID(),
	}, nil)
}

// InstallationToken returns a token for a server, from the identity address of
// its cloud; WithToken makes calls with it.
func (c *Client) InstallationToken(ctx context.Context, identityURL string, installation Installation, scope string) (string, error) {
	var answer tokenAnswer
	err := c.token(ctx, identityURL, pairs{
		{"grant_type", "client_credentials"},
		{"scope", scope},
		{"client_id", "installation." + installation.ID.String()},
		{"client_secret", installation.Key},
	}, &answer)
	return answer.AccessToken, err
}

// Vault is what a sync brings, as far as the demo and the tests read it.
type Vault struct {
	Profile   Profile
	UserKeyID string // empty when the server does not know it
	Raw       []byte // the whole answer
}

// Profile is the person who is signed in.
type Profile struct {
	ID            id.ID
	Name          string
	Email         string
	EmailVerified bool
	SecurityStamp string
	Organizations []ProfileOrganization
}

// ProfileOrganization is an organization as one of its members sees it.
type ProfileOrganization struct {
	ID                            id.ID
	OrganizationUserID            id.ID
	Name                          string
	Enabled                       bool
	Key                           string
	Status                        int
	Type                          int
	ProductTierType               int
	SelfHost                      bool
	UsersGetPremium               bool
	HasPublicAndPrivateKeys       bool
	FamilySponsorshipFriendlyName *string
	FamilySponsorshipAvailable    bool
	FamilySponsorshipLastSyncDate *time.Time
	FamilySponsorshipValidUntil   *time.Time
	FamilySponsorshipToDelete     *bool
	IsAdminInitiated              bool
}

// Sync fetches the vault and opens the keys of the organizations in it.
func (c *Client) Sync(ctx context.Context) (Vault, error) {
	var v Vault
	if err := c.Do(ctx, http.MethodGet, "/api/sync?excludeDomains=true", nil, &v.Raw); err != nil {
		return v, err
	}
	answer := struct {
		Profile        *Profile
		UserDecryption struct{ UserKeyID *string }
	}{Profile: &v.Profile}
	if err := json.Unmarshal(v.Raw, &answer); err != nil {
		return v, fmt.Errorf("sync: %w", err)
	}
	if answer.UserDecryption.UserKeyID != nil {
		v.UserKeyID = *answer.UserDecryption.UserKeyID
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, org := range v.Profile.Organizations {
		key, err := c.account.pair.Unwrap(org.Key)
		if err != nil {
			return v, fmt.Errorf("key of %s: %w", org.Name, err)
		}
		c.orgKeys[org.ID] = key
	}
	return v, nil
}

// Organization returns what the profile says of one organization, and whether
// the person belongs to it.
func (v Vault) Organization(orgID id.ID) (ProfileOrganization, bool) {
	for _, org := range v.Profile.Organizations {
		if org.ID == orgID {
			return org, true
		}
	}
	return ProfileOrganization{}, false
}
