package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"coffre/internal/id"
)

// renewable is a trusted device, or a passkey that opens the vault: a key pair of
// which the public half is under the user key, and the user key for that pair.
type renewable struct {
	ID                 id.ID
	EncryptedPublicKey string
	EncryptedUserKey   string
}

// renew makes a for a new user key.
func (a renewable) renew(old, fresh Key) (renewable, error) {
	public, err := old.Decrypt(a.EncryptedPublicKey)
	if err != nil {
		return renewable{}, err
	}
	wrapped, err := WrapFor(base64.StdEncoding.EncodeToString(public), fresh)
	return renewable{a.ID, fresh.Encrypt(public), wrapped}, err
}

// rotationData is what a client asks for before it rotates. Every list must be
// there.
type rotationData struct {
	Recovery  []struct{}  `json:"organizationPasswordResetKeyData"`
	Emergency []struct{}  `json:"emergencyAccessKeyData"`
	Devices   []renewable `json:"trustedDeviceKeyData"`
	Passkeys  []renewable `json:"passkeyKeyData"`
}

// Rotate gives the person who is signed in a new user key, under a new password or
// the same, and makes everything anew that depends on it. Every session ends, this
// one too. It returns the new key.
func (c *Client) Rotate(ctx context.Context, password, newPassword string) (Key, error) {
	fresh := NewKey()
	unlock, err := c.renewedUnlock(ctx, newPassword, fresh)
	if err != nil {
		return Key{}, err
	}
	folders, err := c.renewedFolders(ctx, fresh)
	if err != nil {
		return Key{}, err
	}
	keys, err := c.account.pair.Keys(fresh)
	if err != nil {
		return Key{}, err
	}
	hash, err := c.Hash(password)
	if err != nil {
		return Key{}, err
	}
	return fresh, c.Do(ctx, http.MethodPost, "/api/accounts/key-management/rotate-user-account-keys", map[string]any{
		"oldMasterKeyAuthenticationHash": hash,
		"accountUnlockData":              unlock,
		"accountKeys":                    map[string]any{"accountPublicKey": keys.PublicKey, "userKeyEncryptedAccountPrivateKey": keys.EncryptedPrivateKey},
		"accountData":                    map[string]any{"ciphers": []any{}, "folders": folders, "sends": []any{}},
		"newUserKeyId":                   fresh.ID(),
	}, nil)
}

// renewedUnlock makes what opens the user key: the password, trusted devices and
// passkeys.
func (c *Client) renewedUnlock(ctx context.Context, password string, fresh Key) (map[string]any, error) {
	hash, stretched, err := derive(c.account.kdf, password, c.account.salt)
	if err != nil {
		return nil, err
	}
	var data rotationData
	if err := c.Do(ctx, http.MethodGet, "/api/accounts/key-management/key-rotation-data", nil, &data); err != nil {
		return nil, err
	}
	if data.Recovery == nil || data.Emergency == nil || data.Devices == nil || data.Passkeys == nil {
		return nil, errors.New("client: the rotation data lacks a list")
	}
	devices, passkeys := []any{}, []any{}
	for _, old := range data.Devices {
		d, err := old.renew(c.account.key, fresh)
		if err != nil {
			return nil, fmt.Errorf("trusted device: %w", err)
		}
		devices = append(devices, map[string]any{
			"deviceId": d.ID, "encryptedPublicKey": d.EncryptedPublicKey, "encryptedUserKey": d.EncryptedUserKey,
		})
	}
	for _, old := range data.Passkeys {
		p, err := old.renew(c.account.key, fresh)
		if err != nil {
			return nil, fmt.Errorf("passkey: %w", err)
		}
		passkeys = append(passkeys, map[string]any{
			"id": p.ID, "encryptedPublicKey": p.EncryptedPublicKey, "encryptedUserKey": p.EncryptedUserKey,
		})
	}
	kdf := c.account.kdf
	return map[string]any{
		"masterPasswordUnlockData": map[string]any{
			"kdfType": kdf.Type, "kdfIterations": kdf.Iterations, "kdfMemory": kdf.Memory, "kdfParallelism": kdf.Parallelism,
			"email": c.account.salt, "masterKeyAuthenticationHash": hash, "masterKeyEncryptedUserKey": stretched.Encrypt(fresh[:]),
			"masterPasswordHint": "", "masterPasswordSalt": c.account.salt, "containedKeyId": fresh.ID(),
		},
		"emergencyAccessUnlockData":             []any{},
		"organizationAccountRecoveryUnlockData": []any{},
		"passkeyUnlockData":                     passkeys,
		"deviceKeyUnlockData":                   devices,
		"v2UpgradeToken":                        nil,
	}, nil
}

// renewedFolders makes the names of all folders.
func (c *Client) renewedFolders(ctx context.Context, fresh Key) ([]any, error) {
	vault, err := c.Sync(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct{ Folders []Folder }
	if err := json.Unmarshal(vault.Raw, &answer); err != nil {
		return nil, fmt.Errorf("folders of the sync: %w", err)
	}
	folders := []any{}
	for _, f := range answer.Folders {
		name, err := c.account.key.Decrypt(f.Name)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.ID, err)
		}
		folders = append(folders, map[string]any{"id": f.ID, "name": fresh.Encrypt(name)})
	}
	return folders, nil
}

// Folder is a folder as the server keeps it.
type Folder struct {
	ID   id.ID
	Name string // under the user key
}

// CreateFolder makes a folder with a name that the server cannot read.
func (c *Client) CreateFolder(ctx context.Context, name string) (Folder, error) {
	var f Folder
	err := c.Do(ctx, http.MethodPost, "/api/folders", map[string]string{"name": c.account.key.Encrypt([]byte(name))}, &f)
	return f, err
}

// FolderNames returns the names of the person's folders, opened.
func (c *Client) FolderNames(ctx context.Context) (map[id.ID]string, error) {
	var list struct{ Data []Folder }
	if err := c.Do(ctx, http.MethodGet, "/api/folders", nil, &list); err != nil {
		return nil, err
	}
	names := map[id.ID]string{}
	for _, f := range list.Data {
		name, err := c.account.key.Decrypt(f.Name)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.ID, err)
		}
		names[f.ID] = string(name)
	}
	return names, nil
}
