package rotation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/attachment"
	"coffre/internal/cipher"
	"coffre/internal/client"
	"coffre/internal/content"
	"coffre/internal/db"
	"coffre/internal/device"
	"coffre/internal/emergency"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/passkey"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/recovery"
	"coffre/internal/rotation"
	"coffre/internal/seal"
	"coffre/internal/send"
	"coffre/internal/throttle"
	"coffre/internal/vault"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	zoe     = "zoe@example.com"
	bob     = "bob@example.com"
	carl    = "carl@example.com"
	hash    = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
	newHash = "PR6UjYmjmppTYcdyTiNbAhPJuQQOmynKbdEl1oyi/iQ="
)

// stored is the password of everybody.
var stored = sync.OnceValues(func() (string, error) { return account.NewPasswordsOf(1_000).Hash(context.Background(), hash) })

// everybody has the same keys: the server cannot tell.
type everybody struct {
	old, fresh client.Key
	pair       client.KeyPair
	keys       client.Keys
}

var made = sync.OnceValues(func() (everybody, error) {
	e := everybody{old: client.NewKey(), fresh: client.NewKey()}
	var err error
	if e.pair, err = client.NewKeyPair(); err == nil {
		e.keys, err = e.pair.Keys(e.old)
	}
	return e, err
})

// world is the room behind a router, with all that it joins. Zoé and Bob each have
// two folders, a Send, a trusted laptop, and a passkey that opens their vault. Acme has
// confirmed both, and may recover their accounts; Carl may come into their vaults in an
// emergency.
type world struct {
	everybody
	*rotation.Service
	t        *testing.T
	router   *web.Router
	ciphers  *cipher.Service
	vaults   *vault.Service
	devices  *device.Service
	passkeys *passkey.Service
	sends    *send.Service
	contacts *emergency.Service
	orgs     *org.Service
	recovery *recovery.Service
	events   []event.Event
	acme     id.ID
	now      time.Time
	slept    time.Duration
	people   map[string]id.ID
	stamp    string // of the session in which everybody calls
	heard    []notice.Notice
	mails    []mail.Message
	ended    int
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: noon, people: map[string]id.ID{}}
	var err error
	if w.everybody, err = made(); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return w.now }
	var hears sync.Mutex // for several at once
	announce := func(_ context.Context, n notice.Notice) {
		hears.Lock()
		defer hears.Unlock()
		w.heard = append(w.heard, n)
	}
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now)
	if err != nil {
		t.Fatal(err)
	}
	accounts := &account.Service{
		RecordOwn: func(context.Context, id.ID, event.Type) error { return nil },
		Store:     account.NewStore(d), Keys: keys, Passwords: account.NewPasswordsOf(1_000), Now: now, Announce: announce,
		Limits:      &throttle.Limits{DB: d, Now: now, Factor: 1000},
		Sleep:       func(_ context.Context, d time.Duration) { w.slept += d },
		EndSessions: func(context.Context, id.ID) error { w.ended++; return nil },
		Mail: func(_ context.Context, m mail.Message) error {
			hears.Lock()
			defer hears.Unlock()
			w.mails = append(w.mails, m)
			return nil
		},
	}
	w.ciphers = &cipher.Service{Store: cipher.NewStore(d), Now: now}
	w.ciphers.Files = &attachment.Service{Store: attachment.NewStore(d)}
	w.vaults = &vault.Service{Store: vault.NewStore(d), Accounts: accounts, Now: now, Announce: announce}
	w.devices = &device.Service{Store: device.NewStore(d), Accounts: accounts, Now: now, Announce: announce}
	w.passkeys = &passkey.Service{Store: passkey.NewStore(d), Accounts: accounts, Now: now, Announce: announce}
	w.sends = &send.Service{Store: send.NewStore(d), Accounts: accounts, Now: now, Announce: announce}
	w.contacts = &emergency.Service{Store: emergency.NewStore(d), Accounts: accounts, Now: now, Announce: announce}
	w.orgs = &org.Service{Store: org.NewStore(d), Now: now}
	record := func(_ context.Context, events ...event.Event) error {
		hears.Lock()
		defer hears.Unlock()
		w.events = append(w.events, events...)
		return nil
	}
	w.recovery = &recovery.Service{
		Store: recovery.NewStore(d), Accounts: accounts, Organizations: w.orgs, Now: now, Announce: announce,
		Policies: &policy.Service{Store: policy.NewStore(d), Organizations: w.orgs, Now: now},
		Members:  &member.Service{Store: member.NewStore(d), Now: now, Record: record},
	}
	w.Service = &rotation.Service{
		Accounts: accounts, Now: now, Tx: d.Tx, Announce: announce,
		Parts: []rotation.Part{
			rotation.Ciphers{Ciphers: w.ciphers},
			rotation.Folders{Vaults: w.vaults},
			rotation.Devices{Devices: w.devices},
			rotation.Passkeys{Passkeys: w.passkeys},
			rotation.Recoveries{Recoveries: w.recovery},
			rotation.Sends{Sends: w.sends},
			rotation.Emergencies{Accesses: w.contacts},
		},
	}
	w.acme = w.organization("Acme")
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), w.authenticate, nil)
	rotation.Mount(w.router, w.Service)
	w.insert(3, carl)
	w.add(1, zoe)
	w.add(2, bob)
	w.heard = nil
	return w
}

func (w *world) authenticate(_ context.Context, token string) (web.Caller, error) {
	accountID, known := w.people[token+"@example.com"]
	if !known {
		return web.Caller{}, fault.SignIn
	}
	return web.Caller{AccountID: accountID, Scope: web.ScopePerson, Stamp: w.stamp}, nil
}

// must fails the test with an error.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wrap returns a user key for a public key.
func (w *world) wrap(key client.Key) string {
	w.t.Helper()
	text, err := w.pair.Wrap(key)
	w.must(err)
	return text
}

// insert adds somebody who has nothing.
func (w *world) insert(n byte, email string) {
	w.t.Helper()
	ctx, accountID := w.t.Context(), id.ID{n}
	password, err := stored()
	w.must(err)
	w.people[email] = accountID
	w.must(w.Accounts.Store.Insert(ctx, account.Account{
		ID: accountID, Email: email, Culture: "fr-FR", PasswordHash: password, PasswordHint: "the usual", KDF: account.DefaultKDF(), Salt: email,
		Key: w.old.Encrypt(w.old[:]), KeyID: w.old.ID(), PublicKey: w.keys.PublicKey, PrivateKey: w.keys.EncryptedPrivateKey,
		SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}, "sealed"))
}

func (w *world) add(n byte, email string) {
	w.t.Helper()
	ctx, accountID := w.t.Context(), id.ID{n}
	w.insert(n, email)
	w.must(w.sends.Store.Insert(ctx, send.Send{
		ID: id.New(), AccountID: accountID, AuthType: send.Open, Name: "2.name", Text: "2.text", Key: w.old.Encrypt([]byte("seed")),
		DeleteAt: noon.Add(time.Hour), CreatedAt: noon, RevisedAt: noon,
	}))
	w.must(w.contacts.Store.Insert(ctx, emergency.Access{
		ID: id.New(), GrantorID: accountID, GranteeID: id.ID{3}, Status: emergency.Confirmed, WaitDays: 7, Key: w.wrap(w.old), CreatedAt: noon, RevisedAt: noon,
	}))
	w.must(w.contacts.Store.Insert(ctx, emergency.Access{
		ID: id.New(), GrantorID: accountID, Email: "invited@example.com", WaitDays: 7, CreatedAt: noon, RevisedAt: noon,
	}))
	for _, name := range []string{"Bank", "Work"} {
		_, err := w.vaults.CreateFolder(ctx, accountID, w.old.Encrypt([]byte(name)))
		w.must(err)
	}
	for range 2 {
		w.must(w.ciphers.Store.Insert(ctx, cipher.Cipher{
			ID: id.New(), AccountID: accountID, Type: content.SecureNote, Data: w.note(w.old), CreatedAt: noon, RevisedAt: noon,
		}))
	}
	laptop, _ := device.Of("8", "laptop", "linux", "")
	_, _, err := w.devices.Save(ctx, accountID, laptop)
	w.must(err)
	_, err = w.devices.SetTrust(ctx, accountID, "laptop", device.Trust{
		UserKey: w.wrap(w.old), PublicKey: w.old.Encrypt([]byte("public")), PrivateKey: "2.private",
	})
	w.must(err)
	for i, keys := range []passkey.Keys{{User: w.wrap(w.old), Public: w.old.Encrypt([]byte("public")), Private: "2.private"}, {}} {
		added, err := w.passkeys.Store.Insert(ctx, passkey.Passkey{
			ID: id.New(), AccountID: accountID, Name: "Phone", ComputesSecrets: true, Keys: keys, CreatedAt: noon.Add(time.Duration(i) * time.Second),
			Credential: webauthn.Credential{ID: []byte{n, byte(i)}, PublicKey: []byte{1}},
		})
		if err != nil || !added {
			w.t.Fatal(added, err)
		}
	}
	w.enroll(w.acme, email, org.Confirmed)
}

// note is what a secure note says under a key, as it is kept.
func (w *world) note(key client.Key) string {
	w.t.Helper()
	in := content.Request{Type: content.SecureNote}
	in.Name = new(key.Encrypt([]byte("Note")))
	w.must(in.Check())
	return in.Text()
}

// organization makes one that may recover accounts.
func (w *world) organization(name string) id.ID {
	w.t.Helper()
	o := org.Organization{
		ID: id.New(), Name: name, LicenseKey: name, PublicKey: w.keys.PublicKey, PrivateKey: w.keys.EncryptedPrivateKey, Enabled: true, Granted: true,
		Features: plan.Features{UsePolicies: true, UseResetPassword: true}, CreatedAt: noon, RevisedAt: noon,
	}
	w.must(w.orgs.Store.Insert(w.t.Context(), o))
	_, err := w.recovery.Policies.Store.Put(w.t.Context(), policy.Policy{
		ID: id.New(), OrganizationID: o.ID, Type: policy.ResetPassword, Enabled: true, CreatedAt: noon, RevisedAt: noon,
	})
	w.must(err)
	return o.ID
}

// enroll lets an organization recover an account.
func (w *world) enroll(orgID id.ID, email string, status org.Status) org.Member {
	w.t.Helper()
	m := org.Member{
		ID: id.New(), OrganizationID: orgID, AccountID: w.people[email], Status: status, Type: org.User, ResetPasswordKey: w.wrap(w.old),
		CreatedAt: noon, RevisedAt: noon,
	}
	w.must(w.orgs.Store.InsertMember(w.t.Context(), m))
	return m
}

// object is a JSON object.
type object = map[string]any

// held is all that a person has which depends on their user key.
type held struct {
	Account  account.Account
	Folders  []vault.Folder
	Ciphers  []cipher.Cipher
	Devices  []device.TrustedDevice
	Passkeys []passkey.Passkey

	Recoveries map[id.ID]string // by organization
	Sends      map[id.ID]string // their keys
	Contacts   map[id.ID]string // theirs, by access; none of who is only invited
}

func (w *world) held(email string) held {
	w.t.Helper()
	ctx, accountID := w.t.Context(), w.people[email]
	var h held
	var err error
	h.Account, err = w.Accounts.Get(ctx, accountID)
	w.must(err)
	h.Folders, err = w.vaults.ListFolders(ctx, accountID)
	w.must(err)
	w.must(w.ciphers.Store.OwnOf(ctx, accountID, func(c cipher.Cipher) error {
		h.Ciphers = append(h.Ciphers, c)
		return nil
	}))
	h.Devices, err = w.devices.Trusted(ctx, accountID)
	w.must(err)
	h.Passkeys, err = w.passkeys.List(ctx, accountID)
	w.must(err)
	ties, err := w.orgs.Ties(ctx, accountID)
	w.must(err)
	h.Recoveries = map[id.ID]string{}
	for _, tie := range ties {
		h.Recoveries[tie.Organization.ID] = tie.Member.ResetPasswordKey
	}
	h.Sends, h.Contacts = map[id.ID]string{}, map[id.ID]string{}
	sends, err := w.sends.ListOf(ctx, accountID)
	w.must(err)
	for _, s := range sends {
		h.Sends[s.ID] = s.Key
	}
	contacts, err := w.contacts.Trusted(ctx, accountID)
	w.must(err)
	for _, c := range contacts {
		if c.Key != "" {
			h.Contacts[c.ID] = c.Key
		}
	}
	return h
}

// good is what a client sends to rotate the keys of Zoé.
func (w *world) good() object {
	w.t.Helper()
	h := w.held(zoe)
	keys, err := w.pair.Keys(w.fresh)
	w.must(err)
	ciphers, folders, devices, passkeys, recoveries := []any{}, []any{}, []any{}, []any{}, []any{}
	for _, c := range h.Ciphers {
		ciphers = append(ciphers, object{"id": c.ID, "type": c.Type, "name": w.fresh.Encrypt([]byte("Note")), "secureNote": object{"type": 0}})
	}
	for _, f := range h.Folders {
		name, err := w.old.Decrypt(f.Name)
		w.must(err)
		folders = append(folders, object{"id": f.ID, "name": w.fresh.Encrypt(name)})
	}
	for _, d := range h.Devices {
		devices = append(devices, w.renewed("deviceId", d.ID))
	}
	for _, p := range h.Passkeys {
		if p.Status() == passkey.Enabled {
			passkeys = append(passkeys, w.renewed("id", p.ID))
		}
	}
	for orgID := range h.Recoveries {
		recoveries = append(recoveries, object{"organizationId": orgID, "resetPasswordKey": w.wrap(w.fresh)})
	}
	sends, contacts := []any{}, []any{}
	for sendID := range h.Sends {
		sends = append(sends, object{"id": sendID, "type": 0, "key": w.fresh.Encrypt([]byte("seed"))})
	}
	for accessID := range h.Contacts {
		contacts = append(contacts, object{"id": accessID, "type": 0, "waitTimeDays": 7, "keyEncrypted": w.wrap(w.fresh)})
	}
	return object{
		"oldMasterKeyAuthenticationHash": hash,
		"accountUnlockData": object{
			"masterPasswordUnlockData": object{
				"kdfType": 0, "kdfIterations": 600_000, "kdfMemory": nil, "kdfParallelism": nil, "email": zoe,
				"masterKeyAuthenticationHash": hash, "masterKeyEncryptedUserKey": w.fresh.Encrypt(w.fresh[:]),
			},
			"emergencyAccessUnlockData": contacts, "organizationAccountRecoveryUnlockData": recoveries,
			"passkeyUnlockData": passkeys, "deviceKeyUnlockData": devices, "v2UpgradeToken": nil,
		},
		"accountKeys":  object{"userKeyEncryptedAccountPrivateKey": keys.EncryptedPrivateKey, "accountPublicKey": keys.PublicKey},
		"accountData":  object{"ciphers": ciphers, "folders": folders, "sends": sends},
		"newUserKeyId": w.fresh.ID(),
	}
}

func (w *world) renewed(idMember string, thing id.ID) object {
	w.t.Helper()
	return object{idMember: thing, "encryptedUserKey": w.wrap(w.fresh), "encryptedPublicKey": w.fresh.Encrypt([]byte("public"))}
}

// set puts a value at a path of names; put[any] nil is JSON's null.
func set(body object, path string, value any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		body = body[name].(object)
	}
	body[names[len(names)-1]] = value
}

// list returns a list of the body at a path of names.
func list(body object, path string) []any {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		body = body[name].(object)
	}
	return body[names[len(names)-1]].([]any)
}

// answer is what a client reads.
type answer struct {
	status int
	body   string
}

func (w *world) rotate(token string, body any) answer {
	w.t.Helper()
	return w.do(token, "POST", "/api/accounts/key-management/rotate-user-account-keys", body)
}

// do makes a call of whom the token names.
func (w *world) do(token, method, path string, in any) answer {
	w.t.Helper()
	raw, err := json.Marshal(in)
	w.must(err)
	req := httptest.NewRequest(method, path, bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Body.String()}
}

// otherPair is the key pair of somebody who is not in the world.
var otherPair = sync.OnceValues(client.NewKeyPair)
