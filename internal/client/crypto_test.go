package client_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"

	"pgregory.net/rapid"

	"coffre/internal/client"
	"coffre/internal/encstring"
)

func TestPasswordsBecomeTheKeysOfTheProtocol(t *testing.T) {
	var file struct {
		Vectors []struct {
			Name, Password, Salt, MasterPasswordHash string
			KDF                                      client.KDF
			MasterKey, StretchedKey                  []byte
		}
	}
	vectors(t, "kdf.json", &file)
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			master, err := v.KDF.MasterKey(v.Password, v.Salt)
			if err != nil {
				t.Fatal(err)
			}
			if string(master) != string(v.MasterKey) {
				t.Errorf("master key %x, want %x", master, v.MasterKey)
			}
			if got, err := client.PasswordHash(master, v.Password); err != nil || got != v.MasterPasswordHash {
				t.Errorf("hash %q, %v, want %q", got, err, v.MasterPasswordHash)
			}
			if got, err := client.Stretch(master); err != nil || string(got[:]) != string(v.StretchedKey) {
				t.Errorf("stretched key %x, %v, want %x", got, err, v.StretchedKey)
			}
		})
	}
}

func TestPasswordOpensTheUserKey(t *testing.T) {
	var v keysVector
	vectors(t, "keys.json", &v)
	master, err := client.KDF{Type: client.PBKDF2, Iterations: 100_000}.MasterKey("asdfasdf", "test@bitwarden.com")
	if err != nil {
		t.Fatal(err)
	}
	stretched, err := client.Stretch(master)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := stretched.DecryptKey(v.WrappedUserKey); err != nil || string(got[:]) != string(v.Key) {
		t.Errorf("user key %x, %v, want %x", got, err, v.Key)
	}
	if got, err := stretched.DecryptKey(stretched.Encrypt(v.Key[:32])); err == nil {
		t.Errorf("half a key is taken for %x", got)
	}
}

func TestUnknownKDFIsRefused(t *testing.T) {
	for name, kdf := range map[string]client.KDF{
		"unknown type":            {Type: 2, Iterations: 600_000},
		"Argon2id without memory": {Type: client.Argon2id, Iterations: 6, Parallelism: new(4)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := kdf.MasterKey("password", "salt"); err == nil {
				t.Error("MasterKey: no error")
			}
		})
	}
}

// keysVector is testdata/vectors/keys.json.
type keysVector struct {
	Key, SharedKey                                                          []byte
	KeyID, WrappedUserKey, PublicKey, EncryptedPrivateKey, WrappedSharedKey string
	Texts                                                                   []struct{ Plain, Encrypted string }
}

func TestKeysOpenWhatOtherProgramsMade(t *testing.T) {
	var v keysVector
	vectors(t, "keys.json", &v)
	key := client.Key(v.Key)
	if got := key.ID(); got != v.KeyID {
		t.Errorf("key id %s, want %s", got, v.KeyID)
	}
	for _, text := range v.Texts {
		if got, err := key.Decrypt(text.Encrypted); err != nil || string(got) != text.Plain {
			t.Errorf("decrypted %q, %v, want %q", got, err, text.Plain)
		}
	}
	pair, err := client.OpenKeyPair(v.EncryptedPrivateKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := pair.Keys(key); err != nil || keys.PublicKey != v.PublicKey {
		t.Errorf("public key %q, %v, want %q", keys.PublicKey, err, v.PublicKey)
	}
	if got, err := pair.Unwrap(v.WrappedSharedKey); err != nil || string(got[:]) != string(v.SharedKey) {
		t.Errorf("shared key %x, %v, want %x", got, err, v.SharedKey)
	}
}

func TestSharedKeysReachOnlyTheirReader(t *testing.T) {
	reader, stranger := newKeyPair(t), newKeyPair(t)
	keys, err := reader.Keys(client.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	key := client.NewKey()
	for name, wrap := range map[string]func() (string, error){
		"by the pair":       func() (string, error) { return reader.Wrap(key) },
		"by the public key": func() (string, error) { return client.WrapFor(keys.PublicKey, key) },
	} {
		t.Run(name, func(t *testing.T) {
			text, err := wrap()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := reader.Unwrap(text); err != nil || got != key {
				t.Errorf("the reader opens %x, %v, want %x", got, err, key)
			}
			if got, err := stranger.Unwrap(text); err == nil {
				t.Errorf("a stranger opens %x", got)
			}
		})
	}
}

func TestDecryptOpensWhatEncryptMade(t *testing.T) {
	key := client.NewKey()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		text := key.Encrypt(plain)
		if err := encstring.Check("text", text, len(text)); err != nil {
			t.Fatalf("Encrypt made %q: %v", text, err)
		}
		if got, err := key.Decrypt(text); err != nil || string(got) != string(plain) {
			t.Fatalf("decrypted %x, %v, want %x", got, err, plain)
		}
	})
}

func TestDecryptNoticesEveryChangedByte(t *testing.T) {
	key := client.NewKey()
	whole, err := encstring.Parse(key.Encrypt([]byte("Default collection")))
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range whole.Pieces {
		for i := range piece {
			piece[i] ^= 1
			if got, err := key.Decrypt(whole.String()); err == nil {
				t.Errorf("byte %d changed, still opens: %q", i, got)
			}
			piece[i] ^= 1
		}
	}
}

func TestDecryptSurvivesOddShapes(t *testing.T) {
	key := client.NewKey()
	mac := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, text := range map[string]string{
		"not a text":         "hello",
		"another type":       "4.Y3Q=",
		"a short iv":         "2.aXY=|AAAAAAAAAAAAAAAAAAAAAA==|" + mac,
		"half a block":       "2.AAAAAAAAAAAAAAAAAAAAAA==|Y3Q=|" + mac,
		"a code of no block": "2.AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAA==|" + mac,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := key.Decrypt(text); err == nil {
				t.Errorf("decrypted %q", got)
			}
		})
	}
}

func newKeyPair(t *testing.T) client.KeyPair {
	t.Helper()
	pair, err := client.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// vectors reads a file that the tests of the web vault read as well.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}
