package rotation_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/passkey"
	"coffre/internal/recovery"
	"coffre/internal/rotation"
	"coffre/internal/vault"
)

// Where the members of the request stand.
const (
	password = "accountUnlockData.masterPasswordUnlockData."
	devices  = "accountUnlockData.deviceKeyUnlockData"
	passkeys = "accountUnlockData.passkeyUnlockData"
	ciphers  = "accountData.ciphers"
	folders  = "accountData.folders"

	recoveries = "accountUnlockData.organizationAccountRecoveryUnlockData"
	sends      = "accountData.sends"
	contacts   = "accountUnlockData.emergencyAccessUnlockData"
)

// refusal is a change to a good rotation, and what is answered.
type refusal struct {
	change func(w *world, body object)
	field  string
	text   string
}

func putting(path string, value any) func(*world, object) {
	return func(_ *world, body object) { set(body, path, value) }
}

// without takes the first thing out of a list.
func without(path string) func(*world, object) {
	return func(_ *world, body object) { set(body, path, list(body, path)[1:]) }
}

// lacking takes a member from the first thing of a list.
func lacking(path, member string) func(*world, object) {
	return func(_ *world, body object) { list(body, path)[0].(object)[member] = nil }
}

// try expects each change to a good rotation to be refused, with nothing written.
func try(t *testing.T, refusals map[string]refusal) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := w.held(zoe)
		for name, r := range refusals {
			body := w.good()
			r.change(w, body)
			got := w.rotate("zoe", body)
			if got.status != 400 || !strings.Contains(got.body, `"`+r.field+`":`) || !strings.Contains(got.body, r.text) {
				t.Errorf("%s: got %d %s, want 400 on %s with %q", name, got.status, got.body, r.field, r.text)
			}
			if diff := cmp.Diff(before, w.held(zoe)); diff != "" {
				t.Errorf("%s: something was written (-before +after):\n%s", name, diff)
			}
		}
		if len(w.heard) != 0 || len(w.mails) != 0 {
			t.Errorf("somebody was told: %v, %v", w.heard, w.mails)
		}
		if got := w.rotate("zoe", w.good()); got.status != 200 {
			t.Errorf("the good one: got %d %s", got.status, got.body)
		}
	})
}

// Scenarios 86 of spec 02 and 148 of spec 03.
func TestRotationThatForgetsSomethingIsRefused(t *testing.T) {
	try(t, map[string]refusal{
		"an item":                  {without(ciphers), ciphers, "All existing ciphers must be included in the rotation."},
		"all items":                {putting(ciphers, []any{}), ciphers, "All existing ciphers must be included in the rotation."},
		"the name of an item":      {lacking(ciphers, "name"), ciphers + "[0].name", ""},
		"the id of an item":        {lacking(ciphers, "id"), ciphers + "[0].id", ""},
		"a folder":                 {without(folders), folders, "All existing folders must be included in the rotation."},
		"all folders":              {putting(folders, []any{}), folders, "All existing folders must be included in the rotation."},
		"the name of a folder":     {lacking(folders, "name"), folders + ".name", ""},
		"the id of a folder":       {lacking(folders, "id"), folders, "All existing folders"},
		"a device":                 {without(devices), devices, "All existing trusted devices must be included in the rotation."},
		"the user key of a device": {lacking(devices, "encryptedUserKey"), devices, "Rotated encryption keys must be provided for all devices that are trusted."},
		"the public key of one":    {lacking(devices, "encryptedPublicKey"), devices, "Rotated encryption keys must be provided"},
		"a passkey":                {without(passkeys), passkeys, "All existing webauthn prf keys must be included in the rotation."},
		"its user key":             {lacking(passkeys, "encryptedUserKey"), passkeys, "WebAuthn prf keys must have user-key during rotation."},
		"its public key":           {lacking(passkeys, "encryptedPublicKey"), passkeys, "WebAuthn prf keys must have public-key during rotation."},
		"an organization":          {without(recoveries), recoveries, "All existing account recovery keys must be included in the rotation."},
		"its key":                  {lacking(recoveries, "resetPasswordKey"), recoveries, "Account recovery keys cannot be null or empty during rotation."},
		"its id":                   {lacking(recoveries, "organizationId"), recoveries, "All existing account recovery keys"},
		"a Send":                   {without(sends), sends, "All existing sends must be included in the rotation."},
		"the key of a Send":        {lacking(sends, "key"), sends, "All existing sends"},
		"an emergency contact":     {without(contacts), contacts, "All existing emergency access keys must be included in the rotation."},
		"the key of one":           {lacking(contacts, "keyEncrypted"), contacts, "Emergency access keys cannot be set to null during rotation."},
		"all lists":                {putting("accountUnlockData.deviceKeyUnlockData", nil), devices, "All existing trusted devices"},
	})
}

// Scenario 88.
func TestRotationThatChangesWhatStaysIsRefused(t *testing.T) {
	other := account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)}
	try(t, map[string]refusal{
		"the KDF": {func(_ *world, body object) {
			set(body, password+"kdfType", other.Type)
			set(body, password+"kdfIterations", other.Iterations)
			set(body, password+"kdfMemory", other.Memory)
			set(body, password+"kdfParallelism", other.Parallelism)
		}, password + "kdfType", ""},
		"its iterations": {putting(password+"kdfIterations", 600_001), password + "kdfType", ""},
		"its memory":     {putting(password+"kdfMemory", 64), password + "kdfMemory", "must be null for PBKDF2_SHA256"},
		"its lanes":      {putting(password+"kdfParallelism", 4), password + "kdfParallelism", "must be null for PBKDF2_SHA256"},
		"the address":    {putting(password+"email", bob), password + "email", ""},
		"the salt":       {putting(password+"masterPasswordSalt", bob), password + "masterPasswordSalt", ""},
		"the public key": {func(w *world, body object) {
			set(body, "accountKeys.accountPublicKey", otherKey(w))
		}, "accountKeys.accountPublicKey", ""},
	})
}

// Scenario 107, for what only a rotation brings.
func TestRotationThatNobodyCouldReadIsRefused(t *testing.T) {
	const cose = "7.QUJD"
	try(t, map[string]refusal{
		"the wrong password":       {putting("oldMasterKeyAuthenticationHash", newHash), "MasterPasswordHash", ""},
		"no password":              {putting("oldMasterKeyAuthenticationHash", ""), "oldMasterKeyAuthenticationHash", ""},
		"no new password":          {putting(password+"masterKeyAuthenticationHash", nil), password + "masterKeyAuthenticationHash", ""},
		"a long new password":      {putting(password+"masterKeyAuthenticationHash", strings.Repeat("h", 301)), password + "masterKeyAuthenticationHash", ""},
		"a long hint":              {putting(password+"masterPasswordHint", strings.Repeat("é", 51)), password + "masterPasswordHint", ""},
		"no user key":              {putting(password+"masterKeyEncryptedUserKey", nil), password + "masterKeyEncryptedUserKey", ""},
		"another kind of user key": {putting(password+"masterKeyEncryptedUserKey", cose), password + "masterKeyEncryptedUserKey", ""},
		"no private key":           {putting("accountKeys.userKeyEncryptedAccountPrivateKey", nil), "accountKeys.userKeyEncryptedAccountPrivateKey", ""},
		"another private key":      {putting("accountKeys.userKeyEncryptedAccountPrivateKey", cose), "accountKeys.userKeyEncryptedAccountPrivateKey", ""},
		"a signature key":          {putting("accountKeys.signatureKeyPair", object{}), "accountKeys.signatureKeyPair", ""},
		"an upgrade":               {putting("accountUnlockData.v2UpgradeToken", object{}), "accountUnlockData.v2UpgradeToken", ""},
		"an id that is none":       {putting("newUserKeyId", "ABAB"), "newUserKeyId", ""},
		"another id":               {putting(password+"containedKeyId", strings.Repeat("ab", 16)), password + "containedKeyId", ""},
		"a folder's name":          {func(_ *world, b object) { list(b, folders)[0].(object)["name"] = cose }, folders + ".name", ""},
		"a device's user key":      {func(_ *world, b object) { list(b, devices)[0].(object)["encryptedUserKey"] = cose }, devices + ".encryptedUserKey", ""},
		"a device's public key":    {func(w *world, b object) { list(b, devices)[0].(object)["encryptedPublicKey"] = w.wrap(w.old) }, devices + ".encryptedPublicKey", ""},
		"a passkey's user key":     {func(w *world, b object) { list(b, passkeys)[0].(object)["encryptedUserKey"] = w.old.Encrypt(nil) }, passkeys + ".encryptedUserKey", ""},
		"a passkey's public key":   {func(_ *world, b object) { list(b, passkeys)[0].(object)["encryptedPublicKey"] = "x" }, passkeys + ".encryptedPublicKey", ""},
		"an organization's key":    {func(w *world, b object) { list(b, recoveries)[0].(object)["resetPasswordKey"] = w.old.Encrypt(nil) }, recoveries + ".resetPasswordKey", ""},
		"no data":                  {putting("accountData", nil), "accountData", ""},
		"no keys":                  {putting("accountKeys", nil), "accountKeys", ""},
		"nothing that opens":       {putting("accountUnlockData", nil), "accountUnlockData", ""},
		"no password data":         {putting("accountUnlockData.masterPasswordUnlockData", nil), "accountUnlockData.masterPasswordUnlockData", ""},
	})
}

// otherKey returns the public key of somebody else.
func otherKey(w *world) string {
	w.t.Helper()
	pair, err := otherPair()
	w.must(err)
	keys, err := pair.Keys(w.old)
	w.must(err)
	return keys.PublicKey
}

func TestWrongPasswordWaits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	body := w.good()
	set(body, "oldMasterKeyAuthenticationHash", newHash)
	if got := w.rotate("zoe", body); got.status != 400 || w.slept != account.FailureDelay {
		t.Errorf("got %d %s after %v, want 400 after %v", got.status, got.body, w.slept, account.FailureDelay)
	}
}

func TestRotationReplacesEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := w.held(zoe)
		w.now = noon.Add(time.Hour)
		if got := w.rotate("zoe", w.good()); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		after := w.held(zoe)
		a := after.Account
		if a.SecurityStamp == before.Account.SecurityStamp || a.KeyID != w.fresh.ID() || !a.KeyRotatedAt.Equal(w.now) || w.ended != 1 {
			t.Errorf("the account: %+v, and %d endings", a, w.ended)
		}
		if key, err := w.fresh.DecryptKey(a.Key); err != nil || key != w.fresh {
			t.Errorf("the user key: %v, %v", key, err)
		}
		if a.PublicKey != before.Account.PublicKey || a.PrivateKey == before.Account.PrivateKey || a.KDF != before.Account.KDF || a.Salt != before.Account.Salt {
			t.Errorf("the account: %+v", a)
		}
		names := map[string]bool{}
		for _, f := range after.Folders {
			name, err := w.fresh.Decrypt(f.Name)
			if err != nil || !f.RevisedAt.Equal(w.now) {
				t.Errorf("a folder: %v, revised at %v", err, f.RevisedAt)
			}
			names[string(name)] = true
		}
		if want := map[string]bool{"Bank": true, "Work": true}; !maps.Equal(names, want) {
			t.Errorf("folders: %v, want %v", names, want)
		}
		for _, c := range after.Ciphers {
			var said struct{ Name string }
			w.must(json.Unmarshal([]byte(c.Data), &said))
			if name, err := w.fresh.Decrypt(said.Name); err != nil || string(name) != "Note" || !c.RevisedAt.Equal(w.now) {
				t.Errorf("an item: %q, %v", name, err)
			}
		}
		w.renewedBy(after)
	})
}

// renewedBy checks that devices and passkeys open with the new key.
func (w *world) renewedBy(after held) {
	w.t.Helper()
	for _, keys := range [][2]string{
		{after.Devices[0].EncryptedUserKey, after.Devices[0].EncryptedPublicKey}, {after.Passkeys[0].Keys.User, after.Passkeys[0].Keys.Public},
	} {
		key, err := w.pair.Unwrap(keys[0])
		if err != nil || key != w.fresh {
			w.t.Errorf("the user key: %v", err)
		}
		if public, err := w.fresh.Decrypt(keys[1]); err != nil || string(public) != "public" {
			w.t.Errorf("the public key: %q, %v", public, err)
		}
	}
	if key, err := w.pair.Unwrap(after.Recoveries[w.acme]); err != nil || key != w.fresh || len(w.events) != 0 {
		w.t.Errorf("the key for Acme: %v, recorded %v", err, w.events)
	}
	if after.Passkeys[0].Keys.Private != "2.private" || after.Passkeys[1].Status() != passkey.Supported {
		w.t.Errorf("the passkeys: %+v", after.Passkeys)
	}
}

func TestRotationLogsOtherClientsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if got := w.rotate("zoe", w.good()); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		i := slices.IndexFunc(w.heard, func(n notice.Notice) bool { return n.Kind == notice.LoggedOut })
		if i < 0 || len(w.heard) != 1 || w.heard[0].People[0] != w.people[zoe] || w.heard[0].Everywhere || w.heard[0].Reason != nil {
			t.Errorf("got %+v", w.heard)
		}
	})
}

func TestRotationMayChangeThePassword(t *testing.T) {
	tests := map[string]struct {
		hash    string
		hint    any
		want    string
		changed bool
	}{
		"the same":              {hash, nil, "the usual", false},
		"the same, with a hint": {hash, "another", "another", false},
		"another":               {newHash, nil, "", true},
		"another, with a hint":  {newHash, "another", "another", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			w.now = noon.Add(time.Hour)
			body := w.good()
			set(body, password+"masterKeyAuthenticationHash", test.hash)
			set(body, password+"masterPasswordHint", test.hint)
			if got := w.rotate("zoe", body); got.status != 200 {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			a := w.held(zoe).Account
			if a.PasswordHint != test.want || a.PasswordChangedAt.Equal(w.now) != test.changed || (len(w.mails) == 1) != test.changed {
				t.Errorf("hint %q, changed at %v, mails %v", a.PasswordHint, a.PasswordChangedAt, w.mails)
			}
			if _, err := w.Accounts.VerifyPassword(t.Context(), a.ID, test.hash); err != nil {
				t.Error(err)
			}
		})
	}
}

// Scenario 87, for items, folders, devices, passkeys and account recovery.
func TestRotationLeavesTheThingsOfOthersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := w.held(bob)
		body := w.good()
		for _, strange := range []id.ID{id.New(), before.Folders[0].ID} {
			set(body, folders, append(list(body, folders), object{"id": strange, "name": w.fresh.Encrypt([]byte("mine"))}))
		}
		for _, strange := range []id.ID{id.New(), before.Devices[0].ID} {
			set(body, devices, append(list(body, devices), w.renewed("deviceId", strange)))
		}
		for _, strange := range []id.ID{id.New(), before.Passkeys[0].ID} {
			set(body, passkeys, append(list(body, passkeys), w.renewed("id", strange)))
		}
		set(body, folders, append(list(body, folders), object{"id": nil, "name": "No folder"}))
		set(body, recoveries, append(list(body, recoveries), object{"organizationId": w.organization("Elsewhere"), "resetPasswordKey": w.wrap(w.fresh)}))
		for _, strange := range []id.ID{id.New(), before.Ciphers[0].ID} {
			note := object{"id": strange, "type": 2, "name": w.fresh.Encrypt([]byte("mine"))}
			set(body, ciphers, append(list(body, ciphers), note))
		}
		for strange := range before.Sends {
			set(body, sends, append(list(body, sends), object{"id": strange, "key": w.fresh.Encrypt([]byte("mine"))}))
		}
		for strange := range before.Contacts {
			set(body, contacts, append(list(body, contacts), object{"id": strange, "keyEncrypted": w.wrap(w.fresh)}))
		}
		if got := w.rotate("zoe", body); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if diff := cmp.Diff(before, w.held(bob)); diff != "" {
			t.Errorf("Bob's things changed (-before +after):\n%s", diff)
		}
		if n := len(w.held(zoe).Folders); n != 2 {
			t.Errorf("Zoé has %d folders, want 2", n)
		}
	})
}

func TestRotationOfSomebodyWithNothingSucceeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, h := t.Context(), w.held(zoe)
		w.must(w.vaults.DeleteAllFolders(ctx, h.Account.ID))
		w.must(w.devices.Untrust(ctx, h.Account.ID, []id.ID{h.Devices[0].ID}))
		for _, p := range h.Passkeys {
			_, err := w.passkeys.Store.Delete(ctx, h.Account.ID, p.ID)
			w.must(err)
		}
		w.exec(d, `DELETE FROM member`)
		body := w.good()
		set(body, "accountUnlockData.passkeyUnlockData", nil)
		set(body, recoveries, nil)
		set(body, "accountData.folders", nil)
		w.exec(d, `DELETE FROM cipher`)
		set(body, ciphers, nil)
		set(body, "newUserKeyId", nil)
		if got := w.rotate("zoe", body); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if keyID := w.held(zoe).Account.KeyID; keyID != "" {
			t.Errorf("the id of the key is %q, and nobody told it", keyID)
		}
	})
}

// broken is a part that fails when everything else is written.
type broken struct{ rotation.Folders }

var errBroken = errors.New("broken")

func (broken) Apply(context.Context, id.ID, rotation.Rotation) error { return errBroken }

func TestRotationIsOneTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Parts = append(w.Parts, broken{rotation.Folders{Vaults: w.vaults}})
		before := w.held(zoe)
		if got := w.rotate("zoe", w.good()); got.status != 500 {
			t.Errorf("got %d %s", got.status, got.body)
		}
		if diff := cmp.Diff(before, w.held(zoe)); diff != "" {
			t.Errorf("something was written (-before +after):\n%s", diff)
		}
	})
}

func TestOneOfTwoRotationsAtOnceSucceeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.stamp = "stamp" // all of them act for the session as it was before the first
		w.Announce = func(context.Context, notice.Notice) {}
		w.vaults.Announce = w.Announce
		body := w.good()
		var group sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		for range 4 {
			group.Go(func() {
				got := w.rotate("zoe", body)
				mu.Lock()
				defer mu.Unlock()
				statuses[got.status]++
			})
		}
		group.Wait()
		if statuses[200] != 1 || statuses[200]+statuses[401]+statuses[400] != 4 {
			t.Errorf("got %v, want one 200", statuses)
		}
	})
}

// Scenario 91.
func TestRotationDataHasFourLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		h := w.held(zoe)
		const path = "/api/accounts/key-management/key-rotation-data"
		one := func(thing id.ID, public, user string) string {
			return `{"id":"` + thing.String() + `","encryptedPublicKey":"` + public + `","encryptedUserKey":"` + user + `"}`
		}
		acme := `{"organizationId":"` + w.acme.String() + `","organizationName":"Acme","organizationPublicKey":"` + w.keys.PublicKey + `"}`
		contact := ""
		for accessID := range h.Contacts {
			contact = `{"id":"` + accessID.String() + `","granteeId":"` + w.people[carl].String() + `","granteeName":"","granteeEmail":"` + carl +
				`","publicKey":"` + w.keys.PublicKey + `"}`
		}
		want := `{"organizationPasswordResetKeyData":[` + acme + `],"emergencyAccessKeyData":[` + contact + `],` +
			`"trustedDeviceKeyData":[` + one(h.Devices[0].ID, h.Devices[0].EncryptedPublicKey, h.Devices[0].EncryptedUserKey) + `],` +
			`"passkeyKeyData":[` + one(h.Passkeys[0].ID, h.Passkeys[0].Keys.Public, h.Passkeys[0].Keys.User) + `],"object":"keyRotationData"}`
		if got := w.do("zoe", "GET", path, nil); got.status != 200 || strings.TrimSpace(got.body) != want {
			t.Errorf("got %d %s, want %s", got.status, got.body, want)
		}
		w.must(w.devices.Retrust(t.Context(), h.Account.ID, []device.TrustedDevice{}))
		if _, err := w.passkeys.Store.Delete(t.Context(), h.Account.ID, h.Passkeys[0].ID); err != nil {
			t.Fatal(err)
		}
		w.exec(d, `UPDATE member SET reset_password_key = NULL`)
		w.exec(d, `DELETE FROM emergency_access`)
		empty := `{"organizationPasswordResetKeyData":[],"emergencyAccessKeyData":[],"trustedDeviceKeyData":[],"passkeyKeyData":[],"object":"keyRotationData"}`
		if got := w.do("zoe", "GET", path, nil); strings.TrimSpace(got.body) != empty {
			t.Errorf("got %s, want %s", got.body, empty)
		}
	})
}

func TestRotationOfTheSecondGenerationIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	got := w.do("zoe", "POST", "/api/accounts/key-management/rotate-user-keys", object{"newUserKeyId": nil})
	if got.status != 400 || !strings.Contains(got.body, `"wrappedAccountCryptographicState"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestChangeUnderTheOldKeyIsRefused pins what happens to a request that was under
// way when the key became another.
func TestChangeUnderTheOldKeyIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		vault.Mount(w.router, w.vaults)
		device.Mount(w.router, w.devices)
		recovery.Mount(w.router, w.recovery)
		w.stamp = w.held(zoe).Account.SecurityStamp
		folder := object{"name": w.old.Encrypt([]byte("Late"))}
		if got := w.do("zoe", "POST", "/api/folders", folder); got.status != 200 {
			t.Fatalf("before: got %d %s", got.status, got.body)
		}
		enrollment := "/api/organizations/" + w.acme.String() + "/users/" + w.people[zoe].String() + "/reset-password-enrollment"
		enroll := object{"resetPasswordKey": w.wrap(w.old), "masterPasswordHash": hash}
		if got := w.do("zoe", "PUT", enrollment, enroll); got.status != 200 {
			t.Fatalf("before: got %d %s", got.status, got.body)
		}
		late := w.good()
		if got := w.rotate("zoe", late); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		before := w.held(zoe)
		trust := object{"encryptedUserKey": w.wrap(w.old), "encryptedPublicKey": w.old.Encrypt(nil), "encryptedPrivateKey": w.old.Encrypt(nil)}
		for _, got := range []answer{
			w.do("zoe", "POST", "/api/folders", folder),
			w.do("zoe", "PUT", "/api/folders/"+before.Folders[0].ID.String(), folder),
			w.do("zoe", "PUT", "/api/devices/laptop/keys", trust),
			w.do("zoe", "PUT", enrollment, enroll),
			w.rotate("zoe", late),
		} {
			if got.status != 401 {
				t.Errorf("got %d %s, want 401", got.status, got.body)
			}
		}
		if diff := cmp.Diff(before, w.held(zoe)); diff != "" {
			t.Errorf("something was written (-before +after):\n%s", diff)
		}
	})
}
