package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

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
	data, err := c.renewedVault(ctx, fresh)
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
		"accountData":                    data,
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
	if len(data.Recovery)+len(data.Emergency) > 0 {
		return nil, errors.New("client: the rotation would forget account recovery and emergency access, for which this client makes no keys")
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
			"masterPasswordHint": nil, "masterPasswordSalt": c.account.salt, "containedKeyId": fresh.ID(),
		},
		"emergencyAccessUnlockData":             []any{},
		"organizationAccountRecoveryUnlockData": []any{},
		"passkeyUnlockData":                     passkeys,
		"deviceKeyUnlockData":                   devices,
		"v2UpgradeToken":                        nil,
	}, nil
}

// renewedVault makes the person's own items with their files, folders and Sends.
func (c *Client) renewedVault(ctx context.Context, fresh Key) (map[string]any, error) {
	vault, err := c.Sync(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Folders []Folder
		Ciphers []map[string]any
		Sends   []struct{ ID, Key string }
	}
	if err := json.Unmarshal(vault.Raw, &answer); err != nil {
		return nil, fmt.Errorf("vault of the sync: %w", err)
	}
	ciphers, folders, sends := []any{}, []any{}, []any{}
	for _, item := range answer.Ciphers {
		if item["organizationId"] != nil {
			continue
		}
		renewed, err := c.renewedItem(item, fresh)
		if err != nil {
			return nil, fmt.Errorf("item %v: %w", item["id"], err)
		}
		ciphers = append(ciphers, renewed)
	}
	for _, f := range answer.Folders {
		name, err := c.renewed(f.Name, fresh)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.ID, err)
		}
		folders = append(folders, map[string]any{"id": f.ID, "name": name})
	}
	for _, s := range answer.Sends {
		key, err := c.renewed(s.Key, fresh)
		if err != nil {
			return nil, fmt.Errorf("key of Send %s: %w", s.ID, err)
		}
		sends = append(sends, map[string]any{"id": s.ID, "key": key})
	}
	return map[string]any{"ciphers": ciphers, "folders": folders, "sends": sends}, nil
}

// renewedItem makes one item. Of one with a key of its own, that alone changes.
func (c *Client) renewedItem(item map[string]any, fresh Key) (any, error) {
	files, _ := item["attachments"].([]any)
	delete(item, "attachments")
	if key, own := item["key"].(string); own {
		renewed, err := c.renewed(key, fresh)
		item["key"] = renewed
		return item, err
	}
	keys := map[string]any{}
	for _, file := range files {
		if of, ok := file.(map[string]any); ok {
			keys[fmt.Sprint(of["id"])] = map[string]any{"fileName": of["fileName"], "key": of["key"]}
		}
	}
	item["attachments2"] = keys
	return c.renewedAll(item, fresh)
}

// renewedAll makes every ciphertext in a value.
func (c *Client) renewedAll(value any, fresh Key) (any, error) {
	var err error
	switch v := value.(type) {
	case string:
		if strings.HasPrefix(v, "2.") {
			return c.renewed(v, fresh)
		}
	case []any:
		for i := range v {
			if v[i], err = c.renewedAll(v[i], fresh); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name := range v {
			if v[name], err = c.renewedAll(v[name], fresh); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// renewed makes one ciphertext.
func (c *Client) renewed(text string, fresh Key) (string, error) {
	plain, err := c.account.key.Decrypt(text)
	if err != nil {
		return "", err
	}
	return fresh.Encrypt(plain), nil
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
