package app

import (
	"context"

	"coffre/internal/billingsync"
	"coffre/internal/blob"
	"coffre/internal/bus"
	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/push"
)

// newPush makes what tells people's clients what happened. It is made before the
// rooms, which announce through it.
func (a *App) newPush() error {
	provider, err := a.pushProvider()
	if err != nil {
		return err
	}
	a.bus = bus.New(a.db, string(a.config.Database.PostgreSQL), a.log)
	store := push.NewStore(a.db)
	a.push = &push.Service{
		Store: store, Bus: a.bus, Hub: &push.Hub{}, AfterCommit: a.db.AfterCommit, Now: a.clock.Now, Log: a.log,
		Phones: &push.Phones{Store: store, Provider: provider, Queue: a.queue, Now: a.clock.Now, Log: a.log},
	}
	a.push.Phones.Schedule()
	return nil
}

// pushProvider returns the way to phones, nil when there is none: the relay of the
// settings. Nothing but the makers of the applications holds the credentials to reach
// them, so a cloud, which is somebody's relay itself, needs another one for that.
func (a *App) pushProvider() (push.Provider, error) {
	settings := a.config.Cloud
	address, identity := a.pushRelay()
	if address == "" || settings.InstallationID.IsZero() || settings.InstallationKey == "" {
		return nil, nil
	}
	cloud, err := billingsync.NewCloud(settings, a.clock.Now)
	if err != nil {
		return nil, err
	}
	return &push.Relay{
		Address: address, Identity: identity, Installation: settings.InstallationID, Key: settings.InstallationKey,
		HTTP: cloud.HTTP, Now: a.clock.Now,
	}, nil
}

// pushRelay returns the addresses of the relay and of what gives out its tokens, both
// empty when there is none: those that are named, else on a self-hosted server that
// may speak to its cloud those of the cloud.
func (a *App) pushRelay() (relay, identity string) {
	settings := a.config.Cloud
	switch {
	case settings.PushOff:
		return "", ""
	case settings.PushRelayURI != "" && settings.IdentityURI != "":
		return string(settings.PushRelayURI), string(settings.IdentityURI)
	case !a.config.SelfHosted || !settings.Communication:
		return "", ""
	}
	to, err := settings.Addresses("")
	if err != nil { // a server without a cloud is a whole server
		return "", ""
	}
	return to.Push, to.Identity
}

// unregistered is what follows when a device is removed or has no push token any
// more: nothing reaches it.
func (a *App) unregistered(ctx context.Context, d device.Device) error {
	a.push.Recheck(ctx, d.AccountID)
	return a.push.Phones.Unregistered(ctx, d)
}

// leaving is what the rooms below account do before a person is deleted.
func (a *App) leaving(ctx context.Context, accountID id.ID) error {
	if err := a.rooms.org.Leaving(ctx, accountID); err != nil {
		return err
	}
	if err := a.rooms.members.Leaving(ctx, accountID); err != nil {
		return err
	}
	own, err := a.rooms.ciphers.Own(ctx, accountID)
	if err != nil {
		return err
	}
	// What a file is to be in an organization is of that, and goes with the item.
	if err := a.rooms.ciphers.Files.Drop(ctx, own); err != nil {
		return err
	}
	if err := a.rooms.blobs.DropOf(ctx, blob.Owner{AccountID: accountID}); err != nil {
		return err
	}
	return a.push.Phones.Leaving(ctx, accountID)
}
