package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/internal/collection"
	"coffre/internal/config"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/passkey"
	"coffre/internal/policy"
	"coffre/internal/push"
	"coffre/internal/recovery"
	"coffre/internal/registration"
	"coffre/internal/rotation"
	"coffre/internal/sponsorship"
	"coffre/internal/twostep"
	"coffre/internal/vault"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

// rooms are the services that both roles have.
type rooms struct {
	accounts     *account.Service
	registration *registration.Service
	devices      *device.Service
	passkeys     *passkey.Service
	identity     *identity.Service
	events       *event.Log
	org          *org.Service
	policies     *policy.Service
	collections  *collection.Service
	members      *member.Service
	recoveries   *recovery.Service
	vault        *vault.Service
	rotation     *rotation.Service
	sponsorships *sponsorship.Service
}

// buildRooms makes the services and ties them to each other.
func (a *App) buildRooms() {
	accounts := &account.Service{
		Store: account.NewStore(a.db), Keys: a.keys, Passwords: cmp.Or(a.options.Passwords, account.NewPasswords()), Now: a.clock.Now, Sleep: a.sleep,
		Mail: a.outbox.Send, VaultURL: a.vault,
		Premium: a.premium, Limits: a.limits, Announce: a.push.Announce,
	}
	newcomers := &registration.Service{
		Accounts: accounts, Keys: a.keys, Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.Send, VaultURL: a.vault,
		Open: !a.config.Accounts.DisableRegistration, Verification: a.config.MailVerification(), OneStep: a.config.Accounts.OneStepRegistration,
	}
	devices := &device.Service{
		Store: device.NewStore(a.db), Accounts: accounts, Limits: a.limits, Log: a.log, Host: hostOf(a.vault), Now: a.clock.Now,
		Announce: a.push.Announce, Registered: a.push.Phones.Registered, Unregistered: a.unregistered,
	}
	organizations := &org.Service{
		Store: org.NewStore(a.db), Keys: a.keys, Accounts: accounts, Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.SendAll, VaultURL: a.vault,
		Touch: accounts.Touch, Announce: a.push.Announce, MayFound: a.mayFound,
	}
	events := &event.Log{
		Store: event.NewStore(a.db), Now: a.clock.Now, Kept: organizations.KeepsEvents, Organizations: organizations.KeepingEvents,
		MayRead: organizations.MayReadEvents, Belongs: organizations.Belongs, Member: organizations.AccountOf, Item: noItem,
	}
	accounts.RecordOwn = events.RecordOwn
	organizations.Record = events.Record
	policies := &policy.Service{
		Store: policy.NewStore(a.db), Organizations: organizations, Now: a.clock.Now, Announce: a.push.Announce, Record: events.Record,
	}
	organizations.MayCreate = policies.MayCreate
	collections := &collection.Service{
		Store: collection.NewStore(a.db), Organizations: organizations, Now: a.clock.Now, Announce: a.push.Announce, Record: events.Record,
	}
	organizations.CreateCollection = collections.CreateDefault
	members := &member.Service{
		Store: member.NewStore(a.db), Accounts: accounts, Keys: a.keys, Organizations: organizations, Collections: collections, Policies: policies,
		Limits: a.limits, Now: a.clock.Now, Announce: a.push.Announce, Record: events.Record, Mail: a.outbox.SendAll, VaultURL: a.vault,
		Verification: a.config.MailVerification(), InviteLife: a.config.Organizations.InviteLife(),
	}
	policies.ShutOut, policies.GiveMyItems, policies.CheckInvitation = members.ShutOut, members.GiveMyItems, members.CheckInvitation
	newcomers.Invited, newcomers.Awaited, newcomers.Registered = members.CheckNewcomer, members.Awaited, members.Registered
	sponsorships := &sponsorship.Service{
		Store: sponsorship.NewStore(a.db), Organizations: organizations, Policies: policies, Accounts: accounts, Now: a.clock.Now,
		Announce: a.push.Announce,
	}
	accounts.Organizations = organizations.Profile
	accounts.PasswordPolicy = policies.Password
	accounts.SharedKeys = organizations.HoldsKeys
	accounts.Deleting = a.leaving
	accounts.PremiumFromOrganization = organizations.GivesPremium
	organizations.Sponsorships = sponsorships.Families
	organizations.SeatsSponsored = sponsorships.Seats
	sessions := &identity.Service{
		Store: identity.NewStore(a.db), Accounts: accounts, Devices: devices, Keys: a.keys, Limits: a.limits, Now: a.clock.Now, Sleep: a.sleep,
		Mail: a.outbox.Send, VerifyDevices: a.config.MailVerification(), Issuer: config.Join(a.vault, "identity"),
		Organization: organizations.CheckAPIKey, OrganizationOpen: organizations.APIOpen,
		RecordOwn: events.RecordOwn,
	}
	accounts.EndSessions = sessions.EndSessions
	sessions.TwoStep = a.secondSteps(accounts, devices)
	sessions.TwoStep.LastRemoved = policies.LostTwoStep
	policies.HasTwoStep, members.HasTwoStep = sessions.TwoStep.Enabled, sessions.TwoStep.Enabled
	members.MailCodes = sessions.TwoStep.TurnOnEmail
	accounts.SecondSteps = sessions.TwoStep.Providers
	passkeys := &passkey.Service{
		Store: passkey.NewStore(a.db), Accounts: accounts, Keys: a.keys, Site: webauthn.SiteOf(a.vault), Log: a.log, Now: a.clock.Now,
		Mail: a.outbox.Send, Announce: a.push.Announce,
	}
	sessions.Passkeys = passkeys
	a.rooms = rooms{
		accounts: accounts, registration: newcomers, devices: devices, passkeys: passkeys, org: organizations,
		events: events, policies: policies, collections: collections, members: members, sponsorships: sponsorships,
		identity: sessions,
		vault: &vault.Service{
			Store: vault.NewStore(a.db), Accounts: accounts, Collections: collections, Policies: policies, Now: a.clock.Now, Announce: a.push.Announce,
			Passkeys: passkeys.Enabled,
		},
	}
	a.rooms.recoveries = a.newRecovery()
	a.rooms.rotation = a.newRotation()
}

// newRecovery joins what administrators give members anew.
func (a *App) newRecovery() *recovery.Service {
	return &recovery.Service{
		Store: recovery.NewStore(a.db), Accounts: a.rooms.accounts, TwoStep: a.rooms.identity.TwoStep, Organizations: a.rooms.org,
		Policies: a.rooms.policies, Members: a.rooms.members, Now: a.clock.Now, Announce: a.push.Announce, Record: a.rooms.events.Record,
		Mail: a.outbox.SendAll, VaultURL: a.vault,
	}
}

// newRotation joins everything that depends on a person's user key. What a room
// adds to that is one more part.
func (a *App) newRotation() *rotation.Service {
	return &rotation.Service{
		Accounts: a.rooms.accounts, Now: a.clock.Now, Tx: a.db.Tx, Announce: a.push.Announce,
		Parts: []rotation.Part{
			rotation.Folders{Vaults: a.rooms.vault},
			rotation.Devices{Devices: a.rooms.devices},
			rotation.Passkeys{Passkeys: a.rooms.passkeys},
			rotation.Recoveries{Recoveries: a.rooms.recoveries},
		},
	}
}

// mountCommon adds what both roles answer.
func (a *App) mountCommon(r *web.Router) {
	a.mountMeta(r)
	a.mountPages(r)
	a.mountDocs(r)
	a.mountClock(r)
	a.rooms.identity.Schedule(a.queue)
	a.rooms.devices.Schedule(a.queue)
	a.rooms.passkeys.Schedule(a.queue)
	account.Mount(r, a.rooms.accounts)
	registration.Mount(r, a.rooms.registration)
	device.Mount(r, a.rooms.devices)
	twostep.Mount(r, a.rooms.identity.TwoStep)
	passkey.Mount(r, a.rooms.passkeys)
	identity.Mount(r, a.rooms.identity)
	event.Mount(r, a.rooms.events)
	policy.Mount(r, a.rooms.policies)
	collection.Mount(r, a.rooms.collections)
	member.Mount(r, a.rooms.members)
	recovery.Mount(r, a.rooms.recoveries)
	vault.Mount(r, a.rooms.vault)
	rotation.Mount(r, a.rooms.rotation)
	push.Mount(r, a.push)
}

// noItem says that nobody reads an item: this version keeps none.
func noItem(context.Context, id.ID, id.ID) (organizationID id.ID, readable bool, err error) {
	return id.ID{}, false, nil
}

// hostOf returns the host of an address, with its port.
func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	host, _, _ = strings.Cut(host, "/")
	return host
}

// premium reports whether a person has the premium features by right of their
// own. Where licenses decide, a self-hosted server asks those instead.
func (a *App) premium(context.Context, account.Account) (bool, error) {
	return a.config.Accounts.Premium == config.PremiumForEveryone, nil
}

// sleep waits before an answer that says a secret is wrong. Under the test clock
// the delay is short; the limits' factor shortens it nowhere else.
func (a *App) sleep(ctx context.Context, d time.Duration) {
	if a.hasTestClock() && a.config.Server.LimitFactor > 1 {
		d = time.Duration(float64(d) / a.config.Server.LimitFactor)
	}
	clock.Sleep(ctx, d)
}
