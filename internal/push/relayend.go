package push

import (
	"context"
	"time"

	"coffre/internal/id"
)

// RelayEnd is the relay of a cloud: servers that it knows as installations have
// their people's phones told something. An installation names people, devices and
// organizations as it likes; the names reach only what it registered itself.
type RelayEnd struct {
	Store  RelayStore
	Phones *Phones // whose Provider reaches the phones
	Now    func() time.Time
}

// Target is whom a message is for: exactly one member is set.
type Target struct {
	AccountID    string
	Organization string
	Everyone     bool // of the installation
}

// Register remembers a phone of an installation, in place of what was known of it.
func (e *RelayEnd) Register(ctx context.Context, p Phone) error {
	if err := e.Store.Put(ctx, p, e.Now()); err != nil || e.Phones.Provider == nil {
		return err
	}
	return e.Phones.Provider.Register(ctx, p)
}

// Delete forgets a phone. One that is not known is gone already.
func (e *RelayEnd) Delete(ctx context.Context, installation id.ID, deviceID string) error {
	deleted, err := e.Store.Delete(ctx, installation, deviceID)
	if err != nil || !deleted || e.Phones.Provider == nil {
		return err
	}
	return e.Phones.Provider.Delete(ctx, Phone{Installation: installation, DeviceID: deviceID})
}

// Join adds phones to an organization, or removes them. Unknown ones are left out.
func (e *RelayEnd) Join(ctx context.Context, installation id.ID, deviceIDs []string, organization string, joins bool) error {
	if err := e.Store.Join(ctx, installation, deviceIDs, organization, joins); err != nil || e.Phones.Provider == nil {
		return err
	}
	phones, err := e.Store.Devices(ctx, installation, deviceIDs)
	for _, phone := range phones {
		if err == nil {
			err = e.Phones.Provider.Register(ctx, phone)
		}
	}
	return err
}

// Send tells the phones of a target something, soon and without a promise. The
// device that caused it is left out.
func (e *RelayEnd) Send(ctx context.Context, installation id.ID, to Target, m Message) error {
	if e.Phones.Provider == nil {
		return nil
	}
	phones, err := e.Store.Targets(ctx, installation, to)
	if err != nil {
		return err
	}
	heard := phones[:0]
	for _, phone := range phones {
		if m.Identifier == "" || phone.Identifier != m.Identifier {
			heard = append(heard, phone)
		}
	}
	if len(heard) > 0 {
		m.Organization = to.Organization
		e.Phones.later(ctx, func(ctx context.Context) { e.Phones.deliver(ctx, heard, m) })
	}
	return nil
}
