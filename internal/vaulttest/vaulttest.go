// Package vaulttest keeps what the people of a test world have in their vaults.
package vaulttest

import (
	"context"

	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/db"
	"coffre/internal/domain"
	"coffre/internal/id"
	"coffre/internal/orgtest"
	"coffre/internal/passkey"
	"coffre/internal/send"
	"coffre/internal/vault"
)

// New joins the rooms of a vault on the database of a world. Nobody has a passkey.
func New(w *orgtest.World, d *db.DB) *vault.Service {
	ciphers := &cipher.Service{
		Store: cipher.NewStore(d), Accounts: w.Accounts, Organizations: w.Orgs, Collections: w.Collections, Policies: w.Policies,
		Limits: cipher.HomeLimits, Now: w.Now, Announce: w.Orgs.Announce, Record: w.Events.Record,
	}
	ciphers.Files = &attachment.Service{
		Store: attachment.NewStore(d), Ciphers: ciphers, Accounts: w.Accounts, Blobs: &blob.Service{Store: blob.NewStore(d)}, Now: w.Now,
	}
	sends := &send.Service{Store: send.NewStore(d), Blobs: &blob.Service{Store: blob.NewStore(d)}}
	domains := &domain.Service{Store: domain.NewStore(d)}
	vaults := &vault.Service{
		Store: vault.NewStore(d), Accounts: w.Accounts, Collections: w.Collections, Ciphers: ciphers, Policies: w.Policies,
		Now: w.Now, Announce: w.Orgs.Announce, Sends: sends.Views, Domains: domains.InForce,
		Passkeys: func(context.Context, id.ID) ([]passkey.Passkey, error) { return nil, nil },
	}
	ciphers.AddFolders, ciphers.DropFolders = vaults.AddFolders, vaults.Store.DeleteAllFolders
	return vaults
}
