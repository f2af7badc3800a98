package rotation

import (
	"context"

	"coffre/internal/emergency"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Emergencies is the Part of the people who may come into a vault in an emergency, for
// each of whom the user key is wrapped.
type Emergencies struct{ Accesses *emergency.Service }

const emergenciesField = "accountUnlockData.emergencyAccessUnlockData"

var (
	emergenciesMissing = fault.New(fault.Invalid, "rotation.emergency").On(emergenciesField)
	emergencyNoKey     = fault.New(fault.Invalid, "rotation.emergencyKey").On(emergenciesField)
)

// wrapped returns the accesses that hold the person's key.
func (p Emergencies) wrapped(ctx context.Context, accountID id.ID) ([]emergency.Contact, error) {
	all, err := p.Accesses.Trusted(ctx, accountID)
	var list []emergency.Contact
	for _, c := range all {
		if c.Key != "" {
			list = append(list, c)
		}
	}
	return list, err
}

// Check implements [Part].
func (p Emergencies) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	list, err := p.wrapped(ctx, accountID)
	if err != nil {
		return err
	}
	for _, c := range list {
		switch key, there := r.Emergencies[c.ID]; {
		case !there:
			return emergenciesMissing
		case key == "":
			return emergencyNoKey
		}
	}
	return nil
}

// Apply implements [Part].
func (p Emergencies) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Accesses.Rekey(ctx, accountID, r.Emergencies)
}

// Tell implements [Teller].
func (p Emergencies) Tell(ctx context.Context, accountID id.ID, d *Data) (err error) {
	d.Emergencies, err = p.wrapped(ctx, accountID)
	return err
}
