package rotation_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/app"
	"coffre/internal/client"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/webauthn/softkey"
)

const (
	address     = "http://localhost"
	oldPassword = "correct horse battery staple"
	newPassword = "the horse has found another staple"
)

// direct answers the calls of a client without a connection.
type direct struct{ http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	d.ServeHTTP(answer, req)
	return answer.Result(), nil
}

// quick is how people turn their password into a key: the cheapest that a server takes.
var quick = &client.KDF{Type: client.Argon2id, Iterations: 2, Memory: new(15), Parallelism: new(1)}

// onServers runs fn with a whole server on each engine, which it reaches by browse.
func onServers(t *testing.T, fn func(t *testing.T, browse func() *client.Client)) {
	t.Helper()
	run := func(t *testing.T, settings ...string) {
		settings = append(settings, "globalSettings__selfHosted=true", "globalSettings__baseServiceUri__vault="+address, "coffre__limits__factor=1000",
			"coffre__premium=everyone")
		read, _, err := config.Read(settings, "", config.Flags{Data: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		server, err := app.New(t.Context(), read, app.Options{
			Version: "test", Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}, Passwords: account.NewPasswordsOf(1_000),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
		fn(t, func() *client.Client {
			c := client.New(address, &http.Client{Transport: direct{server.Handler()}})
			c.NewKDF = quick
			return c
		})
	}
	for _, engine := range dbtest.Engines() {
		t.Run(engine, func(t *testing.T) {
			if engine == "sqlite" {
				run(t)
				return
			}
			run(t, "globalSettings__databaseProvider=postgresql", "globalSettings__postgreSql__connectionString="+dbtest.PostgresURL(t))
		})
	}
}

// opener is a trusted device or a passkey in the hands of its owner.
type opener struct {
	pair                 client.KeyPair
	wrapped, publicUnder string // as the server keeps them
}

func newOpener(t *testing.T, c *client.Client) opener {
	t.Helper()
	o := opener{}
	var err error
	if o.pair, err = client.NewKeyPair(); err != nil {
		t.Fatal(err)
	}
	keys, err := o.pair.Keys(c.Key())
	if err != nil {
		t.Fatal(err)
	}
	public, err := base64.StdEncoding.DecodeString(keys.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	o.publicUnder = c.Key().Encrypt(public)
	if o.wrapped, err = o.pair.Wrap(c.Key()); err != nil {
		t.Fatal(err)
	}
	return o
}

// keys are what the server is told of the opener; the private key is under one that
// the owner keeps.
func (o opener) keys() object {
	return object{
		"encryptedUserKey": o.wrapped, "encryptedPublicKey": o.publicUnder, "encryptedPrivateKey": client.NewKey().Encrypt([]byte("private")),
	}
}

// call makes a call that must succeed.
func call(t *testing.T, c *client.Client, method, path string, in, out any) {
	t.Helper()
	if err := c.Do(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// newPasskey gives somebody a passkey that opens their vault.
func newPasskey(t *testing.T, c *client.Client, o opener) *softkey.Key {
	t.Helper()
	hash, err := c.Hash(oldPassword)
	if err != nil {
		t.Fatal(err)
	}
	var asked struct {
		Options json.RawMessage
		Token   string
	}
	call(t, c, "POST", "/api/webauthn/attestation-options", object{"masterPasswordHash": hash}, &asked)
	key := softkey.New(address)
	answer, err := key.Create([]byte(asked.Options))
	if err != nil {
		t.Fatal(err)
	}
	body := object{"deviceResponse": answer, "token": asked.Token, "name": "Phone", "supportsPrf": true}
	maps.Copy(body, o.keys())
	call(t, c, "POST", "/api/webauthn", body, nil)
	return key
}

// unlockByPasskey signs in with a passkey and returns the wrapped user key.
func unlockByPasskey(t *testing.T, c *client.Client, key *softkey.Key) string {
	t.Helper()
	var asked struct {
		Options json.RawMessage
		Token   string
	}
	call(t, c, "GET", "/identity/accounts/webauthn/assertion-options", nil, &asked)
	answer, err := key.Get([]byte(asked.Options))
	if err != nil {
		t.Fatal(err)
	}
	var granted struct {
		UserDecryptionOptions struct {
			WebAuthnPrfOption struct{ EncryptedUserKey string }
		}
	}
	call(t, c, "POST", "/identity/connect/token", url.Values{
		"grant_type": {"webauthn"}, "client_id": {"web"}, "scope": {"api offline_access"}, "token": {asked.Token},
		"deviceResponse": {answer.Text()}, "deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
	}, &granted)
	return granted.UserDecryptionOptions.WebAuthnPrfOption.EncryptedUserKey
}

// settle registers Zoé and returns the folders that she makes.
func settle(t *testing.T, c *client.Client) map[id.ID]string {
	t.Helper()
	err := c.Register(t.Context(), zoe, "Zoé", oldPassword, nil)
	if err == nil {
		err = c.Login(t.Context(), zoe, oldPassword)
	}
	if err == nil {
		err = c.SetUserKeyID(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	made := map[id.ID]string{}
	for _, name := range []string{"Bank", "Été"} {
		f, err := c.CreateFolder(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		made[f.ID] = name
	}
	return made
}

// signedOut checks that the sessions of clients are dead.
func signedOut(t *testing.T, clients ...*client.Client) {
	t.Helper()
	for _, old := range clients {
		if failure, ok := errors.AsType[*client.Error](old.Refresh(t.Context())); !ok || failure.Code != "invalid_grant" {
			t.Errorf("the old refresh token: %v", failure)
		}
		_, err := old.WithToken(old.AccessToken()).Sync(t.Context())
		if failure, ok := errors.AsType[*client.Error](err); !ok || failure.Status != http.StatusUnauthorized {
			t.Errorf("the old access token: %v", err)
		}
	}
}

// Scenario 90.
func TestPersonSignsInAndReadsEverythingAfterARotation(t *testing.T) {
	onServers(t, func(t *testing.T, browse func() *client.Client) {
		laptop, other := browse(), browse()
		want := settle(t, laptop)
		if err := other.Login(t.Context(), zoe, oldPassword); err != nil {
			t.Fatal(err)
		}
		before, err := laptop.Sync(t.Context())
		if err != nil || before.UserKeyID != laptop.Key().ID() {
			t.Fatal(err, before.UserKeyID)
		}
		trusted, passkey := newOpener(t, laptop), newOpener(t, laptop)
		call(t, laptop, "PUT", "/api/devices/"+laptop.Device.Identifier+"/keys", trusted.keys(), nil)
		phone := newPasskey(t, laptop, passkey)

		fresh, err := laptop.Rotate(t.Context(), oldPassword, newPassword)
		if err != nil {
			t.Fatal(err)
		}
		signedOut(t, laptop, other)
		after := browse()
		if err := after.Login(t.Context(), zoe, oldPassword); err == nil {
			t.Error("the old password still signs in")
		}
		if err := after.Login(t.Context(), zoe, newPassword); err != nil || after.Key() != fresh {
			t.Fatalf("sign in: %v", err)
		}
		synced, err := after.Sync(t.Context())
		if err != nil || synced.UserKeyID != fresh.ID() || synced.Profile.SecurityStamp == before.Profile.SecurityStamp {
			t.Errorf("sync: %v, key %q, stamp %q", err, synced.UserKeyID, synced.Profile.SecurityStamp)
		}
		if names, err := after.FolderNames(t.Context()); err != nil || !maps.Equal(names, want) {
			t.Errorf("folders: %v, %v, want %v", names, err, want)
		}
		var kept struct{ EncryptedUserKey string }
		call(t, after, "GET", "/api/devices/identifier/"+laptop.Device.Identifier, nil, &kept)
		for what, opened := range map[string]func() (client.Key, error){
			"the trusted device": func() (client.Key, error) { return trusted.pair.Unwrap(kept.EncryptedUserKey) },
			"the passkey":        func() (client.Key, error) { return passkey.pair.Unwrap(unlockByPasskey(t, browse(), phone)) },
		} {
			if key, err := opened(); err != nil || key != fresh {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := after.Rotate(t.Context(), newPassword, newPassword); err != nil {
			t.Errorf("another rotation: %v", err)
		}
	})
}

// A person with items, their files and Sends reads all of it under the new key, of items
// with keys of their own too. A rotation that forgets the key of a file is refused.
func TestItemsFilesAndSendsAreReadAfterARotation(t *testing.T) {
	onServers(t, func(t *testing.T, browse func() *client.Client) {
		c := browse()
		settle(t, c)
		old, own := c.Key(), client.NewKey()
		plain := newItem(t, c, old, object{})
		keyed := newItem(t, c, own, object{"key": old.Encrypt(own[:])})
		newFile(t, c, plain, old)
		newFile(t, c, keyed, own)
		call(t, c, "POST", "/api/sends", object{
			"type": 0, "name": old.Encrypt([]byte("Send")), "key": old.Encrypt([]byte("seed")), "text": object{"text": old.Encrypt([]byte("x"))},
			"deletionDate": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
		}, nil)

		forgetful := browse()
		forgetful.HTTP = &http.Client{Transport: forgetting{forgetful.HTTP.Transport, `"attachments2":{`, `"forgotten":{`}}
		if err := forgetful.Login(t.Context(), zoe, oldPassword); err != nil {
			t.Fatal(err)
		}
		_, err := forgetful.Rotate(t.Context(), oldPassword, newPassword)
		if failure, ok := errors.AsType[*client.Error](err); !ok || failure.Status != 400 || !strings.Contains(failure.Message, "files of items") {
			t.Errorf("without the keys of files: %v", err)
		}
		trusting := browse()
		trusting.HTTP = &http.Client{Transport: answering{trusting.HTTP.Transport, `"emergencyAccessKeyData":[]`, `"emergencyAccessKeyData":[{}]`}}
		if err := trusting.Login(t.Context(), zoe, oldPassword); err != nil {
			t.Fatal(err)
		}
		if _, err := trusting.Rotate(t.Context(), oldPassword, newPassword); err == nil || !strings.Contains(err.Error(), "emergency access") {
			t.Errorf("with emergency access: %v", err)
		}
		fresh, err := c.Rotate(t.Context(), oldPassword, newPassword)
		if err != nil {
			t.Fatal(err)
		}
		after := browse()
		if err := after.Login(t.Context(), zoe, newPassword); err != nil {
			t.Fatal(err)
		}
		var synced struct {
			Ciphers []struct {
				ID          string
				Name        string
				Key         string
				Attachments []struct{ FileName, Key string }
			}
			Sends []struct{ Key string }
		}
		call(t, after, "GET", "/api/sync", nil, &synced)
		if len(synced.Ciphers) != 2 || len(synced.Sends) != 1 {
			t.Fatalf("got %+v", synced)
		}
		for _, item := range synced.Ciphers {
			key := fresh
			if item.ID == keyed {
				if key, err = fresh.DecryptKey(item.Key); err != nil || key != own {
					t.Errorf("the key of an item: %v", err)
				}
			}
			file := item.Attachments[0]
			for _, text := range []string{item.Name, file.FileName, file.Key} {
				if _, err := key.Decrypt(text); err != nil {
					t.Errorf("%s: %v", item.ID, err)
				}
			}
		}
		if seed, err := fresh.Decrypt(synced.Sends[0].Key); err != nil || string(seed) != "seed" {
			t.Errorf("the Send: %q, %v", seed, err)
		}
	})
}

// forgetting sends something else in the place of a text.
type forgetting struct {
	http.RoundTripper
	text, instead string
}

func (f forgetting) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	body = bytes.ReplaceAll(body, []byte(f.text), []byte(f.instead))
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return f.RoundTripper.RoundTrip(req)
}

// answering reads something else in the place of a text.
type answering struct {
	http.RoundTripper
	text, instead string
}

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := a.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	body = bytes.ReplaceAll(body, []byte(a.text), []byte(a.instead))
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, err
}

// newItem makes a note under a key.
func newItem(t *testing.T, c *client.Client, key client.Key, more object) string {
	t.Helper()
	body := object{"type": 2, "name": key.Encrypt([]byte("Note")), "secureNote": object{"type": 0}}
	maps.Copy(body, more)
	var made struct{ ID string }
	call(t, c, "POST", "/api/ciphers", body, &made)
	return made.ID
}

// newFile announces a file of an item.
func newFile(t *testing.T, c *client.Client, cipherID string, key client.Key) {
	t.Helper()
	own := client.NewKey()
	call(t, c, "POST", "/api/ciphers/"+cipherID+"/attachment/v2", object{
		"key": key.Encrypt(own[:]), "fileName": key.Encrypt([]byte("a.txt")), "fileSize": 5,
	}, nil)
}
