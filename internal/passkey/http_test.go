package passkey_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/notice"
	"coffre/internal/passkey"
	"coffre/internal/webauthn/softkey"
)

func TestPasskeyIsAddedListedAndRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if list := w.listed("zoe"); len(list) != 0 {
			t.Errorf("got %v", list)
		}
		w.add("zoe", nil)
		list := w.listed("zoe")
		if len(list) != 1 || list[0].Name != "Phone" || list[0].PRFStatus != 2 || list[0].Object != "webauthnCredential" || list[0].EncryptedUserKey != nil {
			t.Fatalf("got %+v", list)
		}
		path := "/api/webauthn/" + list[0].ID.String() + "/delete"
		w.want(404, "", w.do("bob", "POST", path, secret))
		w.want(400, "", w.do("zoe", "POST", path, object{"masterPasswordHash": "wrong"}))
		w.want(400, "masterPasswordHash", w.do("zoe", "POST", path, object{}))
		w.want(200, "", w.do("zoe", "POST", path, secret))
		w.want(404, "", w.do("zoe", "POST", path, secret))
		w.want(404, "", w.do("zoe", "POST", "/api/webauthn/7/delete", secret))
		if len(w.listed("zoe")) != 0 || w.slept != account.FailureDelay {
			t.Errorf("it is still there, or the wrong secret waited %v", w.slept)
		}
	})
}

func TestOwnerHearsOfANewPasskey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := w.account(zoe).VaultRevisedAt
		w.add("zoe", nil)
		if len(w.mails) != 1 || w.mails[0].To != zoe || w.mails[0].Template != "passkey-added" || w.mails[0].Language != "fr" ||
			w.mails[0].Data["Passkey"] != "Phone" || w.mails[0].Data["At"] != "2026-11-23T12:00:00Z" {
			t.Errorf("got %+v", w.mails)
		}
		if len(w.heard) != 1 || w.heard[0].Kind != notice.SettingsChanged || w.heard[0].People[0] != w.people[zoe] {
			t.Errorf("got %+v", w.heard)
		}
		if !w.account(zoe).VaultRevisedAt.After(before) {
			t.Error("a sync does not show it")
		}
	})
}

func TestPasskeySaysWhetherItOpensTheVault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		tests := []struct {
			more object
			want int
		}{
			{merged(object{"supportsPrf": true}, w.unlocking()), 0},
			{object{"supportsPrf": true}, 1},
			{object{"supportsPrf": false}, 2},
			{merged(object{"supportsPrf": false}, w.unlocking()), 2},
		}
		for i, test := range tests {
			w.add("zoe", test.more)
			if got := w.listed("zoe")[i]; got.PRFStatus != test.want || (got.EncryptedUserKey != nil) != (test.want == 0) {
				t.Errorf("%v: got %+v, want %d", test.more, got, test.want)
			}
			w.now = w.now.Add(time.Second)
		}
		enabled, err := w.Enabled(t.Context(), w.people[zoe])
		if err != nil {
			t.Fatal(err)
		}
		if views := passkey.UnlockViews(enabled); len(views) != 1 || views[0].EncryptedUserKey != w.unlocking()["encryptedUserKey"] {
			t.Errorf("got %+v", views)
		}
	})
}

func TestPasskeyIsMadeToOpenTheVault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.add("zoe", object{"supportsPrf": true})
		w.add("zoe", object{"supportsPrf": true})
		s := w.start("zoe", "POST", "/api/webauthn/assertion-options", secret)
		answer, err := key.Get([]byte(s.Options))
		if err != nil || s.Object != "webAuthnLoginAssertionOptions" {
			t.Fatal(err, s.Object)
		}
		in := merged(object{"deviceResponse": answer, "token": s.Token}, w.unlocking())
		w.want(200, "", w.do("zoe", "PUT", "/api/webauthn", in))
		w.want(400, "token", w.do("zoe", "PUT", "/api/webauthn", in))
		opening := 0
		for _, p := range w.listed("zoe") {
			if p.PRFStatus == 0 {
				opening++
			}
		}
		if opening != 1 {
			t.Errorf("%d passkeys open the vault, want 1", opening)
		}
		if _, unlock, good := w.signIn(key); !good || unlock == nil {
			t.Errorf("got %v, %v", unlock, good)
		}
	})
}

func TestPasskeyOfAnotherPersonOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.add("bob", object{"supportsPrf": true})
		s := w.start("zoe", "POST", "/api/webauthn/assertion-options", secret)
		answer, err := key.Get([]byte(s.Options))
		if err != nil {
			t.Fatal(err)
		}
		in := merged(object{"deviceResponse": answer, "token": s.Token}, w.unlocking())
		w.want(400, "token", w.do("bob", "PUT", "/api/webauthn", in))
		w.want(400, "deviceResponse", w.do("zoe", "PUT", "/api/webauthn", in))
		if got := w.listed("bob")[0].PRFStatus; got != 1 {
			t.Errorf("Bob's passkey has the status %d", got)
		}
	})
}

func TestPasskeyIsNotAdded(t *testing.T) {
	long := strings.Repeat("n", 51)
	tests := map[string]struct {
		change object
		want   string
	}{
		"no answer":             {object{"deviceResponse": nil}, "deviceResponse"},
		"an empty answer":       {object{"deviceResponse": object{}}, "deviceResponse"},
		"an answer that is not": {object{"deviceResponse": "x"}, "deviceResponse"},
		"no token":              {object{"token": nil}, "token"},
		"another token":         {object{"token": "1.a.b"}, "token"},
		"no name":               {object{"name": " "}, "name"},
		"a long name":           {object{"name": long}, "name"},
		"no ciphertext":         {object{"encryptedUserKey": "x"}, "encryptedUserKey"},
		"one key of three":      {object{"encryptedPublicKey": text}, "encryptedUserKey"},
		"another kind of key":   {object{"encryptedUserKey": text}, "encryptedUserKey"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, test := range tests {
			got := w.do("zoe", "POST", "/api/webauthn", merged(w.creation("zoe", softkey.New(origin)), test.change))
			if got.status != 400 || !strings.Contains(got.body, `{"`+test.want) {
				t.Errorf("%s: got %d %s, want 400 on %s", name, got.status, got.body, test.want)
			}
		}
		in := w.creation("zoe", softkey.New(origin))
		w.want(400, `"token"`, w.do("bob", "POST", "/api/webauthn", in))
		w.now = w.now.Add(7 * time.Minute)
		w.want(400, `"token"`, w.do("zoe", "POST", "/api/webauthn", in))
		careless := softkey.New(origin)
		careless.Verified = false
		w.want(400, "deviceResponse", w.do("zoe", "POST", "/api/webauthn", w.creation("zoe", careless)))
		w.want(400, "", w.do("zoe", "POST", "/api/webauthn/attestation-options", object{"masterPasswordHash": "wrong"}))
		w.want(400, "", w.do("zoe", "POST", "/api/webauthn/assertion-options", object{"masterPasswordHash": "wrong"}))
		w.want(401, "", w.do("", "POST", "/api/webauthn", in))
		if list := w.listed("zoe"); len(list) != 0 || len(w.mails) != 0 {
			t.Errorf("got %v, %v", list, w.mails)
		}
	})
}

func TestTokenOfAPasskeyEndsWithTheSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", object{"supportsPrf": true})
		in := w.creation("zoe", softkey.New(origin))
		opening := w.start("zoe", "POST", "/api/webauthn/assertion-options", secret)
		answer, err := phone.Get([]byte(opening.Options))
		if err != nil {
			t.Fatal(err)
		}
		w.stamp = "after a change of the password"
		if _, err := d.Exec(t.Context(), `UPDATE account SET security_stamp = $1`, w.stamp); err != nil {
			t.Fatal(err)
		}
		w.want(400, `"token"`, w.do("zoe", "POST", "/api/webauthn", in))
		w.want(400, `"token"`, w.do("zoe", "PUT", "/api/webauthn", merged(w.unlocking(), object{"token": opening.Token, "deviceResponse": answer})))
		if list := w.listed("zoe"); len(list) != 1 || list[0].PRFStatus != 1 {
			t.Errorf("got %v", list)
		}
	})
}

func TestAuthenticatorHoldsOnePasskeyOfAPerson(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.add("zoe", nil)
	s := w.start("zoe", "POST", "/api/webauthn/attestation-options", secret)
	if _, err := key.Create([]byte(s.Options)); err == nil {
		t.Error("it made another")
	}
}

func TestPersonHasFivePasskeysEvenAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for range passkey.Max - 1 {
			w.add("zoe", nil)
		}
		var bodies []object
		for range 4 {
			bodies = append(bodies, w.creation("zoe", softkey.New(origin)))
		}
		var group sync.WaitGroup
		for _, body := range bodies {
			group.Go(func() { w.do("zoe", "POST", "/api/webauthn", body) })
		}
		group.Wait()
		if n := len(w.listed("zoe")); n != passkey.Max {
			t.Errorf("there are %d, want %d", n, passkey.Max)
		}
		w.want(400, "5 passkeys", w.do("zoe", "POST", "/api/webauthn/attestation-options", secret))
		w.add("bob", nil)
	})
}

func TestPasskeyIsReadAsOlderClientsSpellIt(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	in := w.creation("zoe", softkey.New(origin))
	answer := in["deviceResponse"].(softkey.Answer)
	response := object{"AttestationObject": answer.Response["attestationObject"], "clientDataJson": answer.Response["clientDataJSON"]}
	w.want(200, "", w.do("zoe", "POST", "/api/webauthn", object{
		"Name": "Phone", "Token": in["token"], "SupportsPrf": false, "DeviceResponse": object{
			"Id": answer.ID, "RawId": answer.RawID, "Type": "public-key", "Extensions": object{"credProps": object{"rk": true}}, "Response": response,
		},
	}))
}

func TestRotationRenewsWhatOpensTheVault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.add("zoe", merged(object{"supportsPrf": true}, w.unlocking()))
		w.add("bob", merged(object{"supportsPrf": true}, w.unlocking()))
		mine, others := w.listed("zoe")[0], w.listed("bob")[0]
		renewed := []passkey.Renewed{{ID: mine.ID, EncryptedUserKey: "4.new", EncryptedPublicKey: "2.new"}, {ID: others.ID}}
		if err := w.Rotate(t.Context(), w.people[zoe], renewed); err != nil {
			t.Fatal(err)
		}
		if got := w.listed("zoe")[0]; *got.EncryptedUserKey != "4.new" || *got.EncryptedPublicKey != "2.new" {
			t.Errorf("got %+v", got)
		}
		if got := w.listed("bob")[0]; got.EncryptedUserKey == nil || *got.EncryptedUserKey != *others.EncryptedUserKey {
			t.Errorf("Bob's changed to %+v", got)
		}
	})
}
