package client

import (
	"context"
	"net/http"
)

// described is a master password as clients of 2026 describe it: what proves it,
// and what it opens.
type described struct {
	Current        string `json:"masterPasswordHash"`
	Hint           string `json:"masterPasswordHint"`
	Authentication struct {
		KDF  KDF    `json:"kdf"`
		Hash string `json:"masterPasswordAuthenticationHash"`
		Salt string `json:"salt"`
	} `json:"authenticationData"`
	Unlock struct {
		KDF            KDF    `json:"kdf"`
		WrappedUserKey string `json:"masterKeyWrappedUserKey"`
		Salt           string `json:"salt"`
		ContainedKeyID string `json:"containedKeyId"`
	} `json:"unlockData"`
}

// describe wraps the user key for a password, and proves the current one.
func (c *Client) describe(current, password string, kdf KDF) (described, error) {
	var d described
	var err error
	if d.Current, err = c.Hash(current); err != nil {
		return d, err
	}
	hash, stretched, err := derive(kdf, password, c.account.salt)
	key := c.account.key
	d.Authentication.KDF, d.Authentication.Hash, d.Authentication.Salt = kdf, hash, c.account.salt
	d.Unlock.KDF, d.Unlock.WrappedUserKey, d.Unlock.Salt = kdf, stretched.Encrypt(key[:]), c.account.salt
	d.Unlock.ContainedKeyID = key.ID()
	return d, err
}

// ChangePassword replaces the master password. The session ends with it.
func (c *Client) ChangePassword(ctx context.Context, current, password, hint string) error {
	in, err := c.describe(current, password, c.account.kdf)
	if err != nil {
		return err
	}
	in.Hint = hint
	return c.Do(ctx, http.MethodPost, "/api/accounts/password", in, nil)
}

// ChangeKDF replaces how the master key comes from the password, which stays. The
// session ends with it.
func (c *Client) ChangeKDF(ctx context.Context, password string, kdf KDF) error {
	in, err := c.describe(password, password, kdf)
	if err != nil {
		return err
	}
	return c.Do(ctx, http.MethodPost, "/api/accounts/kdf", in, nil)
}

// StartEmailChange has a code mailed to a new address.
func (c *Client) StartEmailChange(ctx context.Context, password, email string) error {
	hash, err := c.Hash(password)
	if err != nil {
		return err
	}
	return c.Do(ctx, http.MethodPost, "/api/accounts/email-token", map[string]string{"masterPasswordHash": hash, "newEmail": email}, nil)
}

// ChangeEmail replaces the address, and with it the salt of the derivation. The
// session ends with it.
func (c *Client) ChangeEmail(ctx context.Context, password, email, code string) error {
	current, err := c.Hash(password)
	if err != nil {
		return err
	}
	hash, stretched, err := derive(c.account.kdf, password, saltOf(email))
	if err != nil {
		return err
	}
	key := c.account.key
	return c.Do(ctx, http.MethodPost, "/api/accounts/email", map[string]string{
		"masterPasswordHash": current, "newEmail": email, "token": code, "newMasterPasswordHash": hash, "key": stretched.Encrypt(key[:]),
	}, nil)
}
