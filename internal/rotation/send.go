package rotation

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/send"
)

// Sends is the Part of a person's Sends, each of which has a key of its own.
type Sends struct{ Sends *send.Service }

const sendsField = "accountData.sends"

var sendsMissing = fault.New(fault.Invalid, "rotation.sends").On(sendsField)

// Check implements [Part].
func (p Sends) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	sends, err := p.Sends.ListOf(ctx, accountID)
	if err != nil {
		return err
	}
	for _, s := range sends {
		if r.Sends[s.ID] == "" {
			return sendsMissing
		}
	}
	return nil
}

// Apply implements [Part].
func (p Sends) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Sends.Rekey(ctx, accountID, r.Sends)
}
