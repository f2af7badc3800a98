package rotation

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/recovery"
)

// Recoveries is the Part of the organizations that may recover a person's account.
type Recoveries struct{ Recoveries *recovery.Service }

const recoveriesField = "accountUnlockData.organizationAccountRecoveryUnlockData"

var (
	recoveriesMissing = fault.New(fault.Invalid, "rotation.recoveries").On(recoveriesField)
	recoveryNoKey     = fault.New(fault.Invalid, "rotation.recoveryKey").On(recoveriesField)
)

// Hold implements [Holder].
func (p Recoveries) Hold(ctx context.Context, accountID id.ID) error {
	return p.Recoveries.Hold(ctx, accountID)
}

// Check implements [Part]. An organization that has revoked the person may be left
// out, because a sync does not show it; its key is of no use then, and is removed.
func (p Recoveries) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	enrolled, err := p.Recoveries.Enrollments(ctx, accountID)
	if err != nil {
		return err
	}
	for _, e := range enrolled {
		key, there := r.Recoveries[e.OrganizationID]
		switch {
		case !there && !e.Revoked:
			return recoveriesMissing
		case there && key == "":
			return recoveryNoKey
		}
	}
	return nil
}

// Apply implements [Part].
func (p Recoveries) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Recoveries.Rewrap(ctx, accountID, r.Recoveries)
}

// Tell implements [Teller].
func (p Recoveries) Tell(ctx context.Context, accountID id.ID, d *Data) (err error) {
	d.Recoveries, err = p.Recoveries.Enrollments(ctx, accountID)
	return err
}
