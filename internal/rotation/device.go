package rotation

import (
	"context"
	"slices"

	"coffre/internal/device"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Devices is the Part of a person's trusted devices.
type Devices struct{ Devices *device.Service }

const devicesField = "accountUnlockData.deviceKeyUnlockData"

var (
	devicesMissing = fault.New(fault.Invalid, "rotation.devices").On(devicesField)
	deviceNoKeys   = fault.New(fault.Invalid, "rotation.deviceKeys").On(devicesField)
)

// Check implements [Part].
func (p Devices) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	trusted, err := p.Devices.Trusted(ctx, accountID)
	if err != nil {
		return err
	}
	for _, d := range trusted {
		i := slices.IndexFunc(r.Devices, func(renewed device.TrustedDevice) bool { return renewed.ID == d.ID })
		switch {
		case i < 0:
			return devicesMissing
		case r.Devices[i].EncryptedPublicKey == "" || r.Devices[i].EncryptedUserKey == "":
			return deviceNoKeys
		}
	}
	return nil
}

// Apply implements [Part].
func (p Devices) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Devices.Retrust(ctx, accountID, r.Devices)
}

// Tell implements [Teller].
func (p Devices) Tell(ctx context.Context, accountID id.ID, d *Data) (err error) {
	d.Devices, err = p.Devices.Trusted(ctx, accountID)
	return err
}
