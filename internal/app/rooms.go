package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/clock"
	"coffre/internal/collection"
	"coffre/internal/config"
	"coffre/internal/device"
	"coffre/internal/domain"
	"coffre/internal/emergency"
	"coffre/internal/event"
	"coffre/internal/identity"
	"coffre/internal/member"
	"coffre/internal/operator"
	"coffre/internal/org"
	"coffre/internal/passkey"
	"coffre/internal/policy"
	"coffre/internal/push"
	"coffre/internal/recovery"
	"coffre/internal/registration"
	"coffre/internal/rotation"
	"coffre/internal/send"
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
	blobs        *blob.Service
	sends        *send.Service
	domains      *domain.Service
	ciphers      *cipher.Service
	attachments  *attachment.Service
	vault        *vault.Service
	emergencies  *emergency.Service
	rotation     *rotation.Service
	sponsorships *sponsorship.Service
	operators    *operator.Service
}

// buildRooms makes the services and ties them to each other.
func (a *App) buildRooms() {
	a.buildPeople()
	a.buildOrganizations()
	a.buildSessions()
	r := &a.rooms
	r.ciphers = &cipher.Service{
		Store: cipher.NewStore(a.db), Accounts: r.accounts, Organizations: r.org, Collections: r.collections, Policies: r.policies,
		Limits: cipher.CloudLimits, Now: a.clock.Now, Announce: a.push.Announce, Record: r.events.Record,
	}
	if a.config.SelfHosted {
		r.ciphers.Limits = cipher.HomeLimits
	}
	r.attachments = a.newAttachments()
	r.ciphers.Files = r.attachments
	r.sends = a.newSends()
	r.identity.AdmitToSend = r.sends.Admit
	r.domains = &domain.Service{Store: domain.NewStore(a.db), Accounts: r.accounts, Now: a.clock.Now, Announce: a.push.Announce}
	r.vault = &vault.Service{
		Store: vault.NewStore(a.db), Accounts: r.accounts, Collections: r.collections, Ciphers: r.ciphers, Policies: r.policies,
		Now: a.clock.Now, Announce: a.push.Announce, Passkeys: r.passkeys.Enabled, Sends: r.sends.Views, Domains: r.domains.InForce,
	}
	r.ciphers.AddFolders, r.ciphers.DropFolders = r.vault.AddFolders, r.vault.Store.DeleteAllFolders
	r.events.Items = r.ciphers.Whose
	r.recoveries = a.newRecovery()
	r.emergencies = a.newEmergencies()
	r.rotation = a.newRotation()
	r.operators = a.newOperators()
}

// buildPeople makes what knows people and nothing of organizations.
func (a *App) buildPeople() {
	r := &a.rooms
	r.accounts = &account.Service{
		Store: account.NewStore(a.db), Keys: a.keys, Passwords: cmp.Or(a.options.Passwords, account.NewPasswords()), Now: a.clock.Now, Sleep: a.sleep,
		Mail: a.outbox.Send, VaultURL: a.vault,
		Premium: a.premium, Limits: a.limits, Announce: a.push.Announce, Deleting: a.leaving,
	}
	r.registration = &registration.Service{
		Accounts: r.accounts, Keys: a.keys, Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.Send, VaultURL: a.vault,
		Open: !a.config.Accounts.DisableRegistration, Verification: a.config.MailVerification(), OneStep: a.config.Accounts.OneStepRegistration,
	}
	r.devices = &device.Service{
		Store: device.NewStore(a.db), Accounts: r.accounts, Limits: a.limits, Log: a.log, Host: hostOf(a.vault), Now: a.clock.Now,
		Announce: a.push.Announce, Registered: a.push.Phones.Registered, Unregistered: a.unregistered,
	}
	r.passkeys = &passkey.Service{
		Store: passkey.NewStore(a.db), Accounts: r.accounts, Keys: a.keys, Site: webauthn.SiteOf(a.vault), Log: a.log, Now: a.clock.Now,
		Mail: a.outbox.Send, Announce: a.push.Announce,
	}
}

// buildOrganizations makes what knows organizations, and lets people ask about them.
func (a *App) buildOrganizations() {
	r := &a.rooms
	r.org = &org.Service{
		Store: org.NewStore(a.db), Keys: a.keys, Accounts: r.accounts, Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.SendAll, VaultURL: a.vault,
		Touch: r.accounts.Touch, Announce: a.push.Announce, MayFound: a.mayFound,
	}
	r.events = &event.Log{
		Store: event.NewStore(a.db), Now: a.clock.Now, Kept: r.org.KeepsEvents, Organizations: r.org.KeepingEvents,
		MayRead: r.org.MayReadEvents, Belongs: r.org.Belongs, Member: r.org.AccountOf,
	}
	r.policies = &policy.Service{
		Store: policy.NewStore(a.db), Organizations: r.org, Now: a.clock.Now, Announce: a.push.Announce, Record: r.events.Record,
	}
	r.collections = &collection.Service{
		Store: collection.NewStore(a.db), Organizations: r.org, Now: a.clock.Now, Announce: a.push.Announce, Record: r.events.Record,
	}
	r.members = &member.Service{
		Store: member.NewStore(a.db), Accounts: r.accounts, Keys: a.keys, Organizations: r.org, Collections: r.collections, Policies: r.policies,
		Limits: a.limits, Now: a.clock.Now, Announce: a.push.Announce, Record: r.events.Record, Mail: a.outbox.SendAll, VaultURL: a.vault,
		Verification: a.config.MailVerification(), InviteLife: a.config.Organizations.InviteLife(),
	}
	r.sponsorships = &sponsorship.Service{
		Store: sponsorship.NewStore(a.db), Organizations: r.org, Policies: r.policies, Accounts: r.accounts, Now: a.clock.Now,
		Announce: a.push.Announce,
	}
	r.org.Record, r.org.MayCreate, r.org.CreateCollection = r.events.Record, r.policies.MayCreate, r.collections.CreateDefault
	r.org.Sponsorships, r.org.SeatsSponsored = r.sponsorships.Families, r.sponsorships.Seats
	r.policies.ShutOut, r.policies.GiveMyItems, r.policies.CheckInvitation = r.members.ShutOut, r.members.GiveMyItems, r.members.CheckInvitation
	r.registration.Invited, r.registration.Awaited, r.registration.Registered = r.members.CheckNewcomer, r.members.Awaited, r.members.Registered
	r.accounts.Organizations, r.accounts.SharedKeys = r.org.Profile, r.org.HoldsKeys
	r.accounts.PremiumFromOrganization = r.org.GivesPremium
	r.accounts.PasswordPolicy, r.accounts.RecordOwn = r.policies.Password, r.events.RecordOwn
}

// buildSessions makes what people log in with, and lets other rooms ask about that.
func (a *App) buildSessions() {
	r := &a.rooms
	r.identity = &identity.Service{
		Store: identity.NewStore(a.db), Accounts: r.accounts, Devices: r.devices, Keys: a.keys, Limits: a.limits, Now: a.clock.Now, Sleep: a.sleep,
		Mail: a.outbox.Send, VerifyDevices: a.config.MailVerification(), Issuer: config.Join(a.vault, "identity"),
		Organization: r.org.CheckAPIKey, OrganizationOpen: r.org.APIOpen,
		RecordOwn: r.events.RecordOwn, TwoStep: a.secondSteps(r.accounts, r.devices), Passkeys: r.passkeys,
	}
	steps := r.identity.TwoStep
	steps.LastRemoved = r.policies.LostTwoStep
	r.accounts.EndSessions, r.accounts.SecondSteps = r.identity.EndSessions, steps.Providers
	r.policies.HasTwoStep, r.members.HasTwoStep = steps.Enabled, steps.Enabled
	r.members.MailCodes = steps.TurnOnEmail
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
			rotation.Ciphers{Ciphers: a.rooms.ciphers},
			rotation.Folders{Vaults: a.rooms.vault},
			rotation.Sends{Sends: a.rooms.sends},
			rotation.Devices{Devices: a.rooms.devices},
			rotation.Passkeys{Passkeys: a.rooms.passkeys},
			rotation.Recoveries{Recoveries: a.rooms.recoveries},
			rotation.Emergencies{Accesses: a.rooms.emergencies},
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
	a.rooms.sends.Schedule(a.queue)
	a.rooms.emergencies.Schedule(a.queue)
	a.rooms.ciphers.Schedule(a.queue)
	a.rooms.attachments.Schedule(a.queue)
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
	cipher.Mount(r, a.rooms.ciphers)
	attachment.Mount(r, a.rooms.attachments)
	send.Mount(r, a.rooms.sends)
	domain.Mount(r, a.rooms.domains)
	vault.Mount(r, a.rooms.vault)
	emergency.Mount(r, a.rooms.emergencies)
	a.mountIcons(r)
	rotation.Mount(r, a.rooms.rotation)
	push.Mount(r, a.push)
	a.rooms.operators.Schedule(a.queue)
	operator.Mount(r, a.rooms.operators, a.role(), a.version)
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
