package rotation

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/vault"
)

// Folders is the Part of a person's folders.
type Folders struct{ Vaults *vault.Service }

var foldersMissing = fault.New(fault.Invalid, "rotation.folders").On("accountData.folders")

// Check implements [Part].
func (p Folders) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	folders, err := p.Vaults.ListFolders(ctx, accountID)
	if err != nil {
		return err
	}
	for _, f := range folders {
		if r.Folders[f.ID] == "" {
			return foldersMissing
		}
	}
	return nil
}

// Apply implements [Part].
func (p Folders) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Vaults.Rekey(ctx, accountID, r.Folders)
}
