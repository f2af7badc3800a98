package client

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // The protocol shares keys under OAEP with SHA-1.
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/argon2"

	"coffre/internal/encstring"
)

// The ways in which a password becomes a master key.
const (
	PBKDF2   = 0
	Argon2id = 1
)

// KDF says how a password becomes a master key. Memory, in MiB, and Parallelism
// are nil under PBKDF2.
type KDF struct {
	Type        int  `json:"kdfType"`
	Iterations  int  `json:"iterations"`
	Memory      *int `json:"memory"`
	Parallelism *int `json:"parallelism"`
}

// DefaultKDF is what clients choose for a new account.
func DefaultKDF() KDF { return KDF{Type: PBKDF2, Iterations: 600_000} }

// MasterKey derives the key of which the server never learns more than a hash.
func (k KDF) MasterKey(password, salt string) ([]byte, error) {
	switch {
	case k.Type == PBKDF2:
		return pbkdf2.Key(sha256.New, password, []byte(salt), k.Iterations, 32)
	case k.Type == Argon2id && k.Memory != nil && k.Parallelism != nil:
		hashed := sha256.Sum256([]byte(salt))
		memory, threads := uint32(*k.Memory)*1024, uint8(*k.Parallelism)                                 //nolint:gosec // The protocol keeps them at 1024 and 16.
		return argon2.IDKey([]byte(password), hashed[:], uint32(k.Iterations), memory, threads, 32), nil //nolint:gosec // At most 10.
	}
	return nil, fmt.Errorf("client: KDF %+v is unknown or incomplete", k)
}

// PasswordHash is what the server is told instead of the password.
func PasswordHash(masterKey []byte, password string) (string, error) {
	hash, err := pbkdf2.Key(sha256.New, string(masterKey), []byte(password), 1, 32)
	return base64.StdEncoding.EncodeToString(hash), err
}

// Stretch turns a master key into the key that wraps the user key.
func Stretch(masterKey []byte) (Key, error) {
	enc, err := hkdf.Expand(sha256.New, masterKey, "enc", 32)
	if err != nil {
		return Key{}, err
	}
	mac, err := hkdf.Expand(sha256.New, masterKey, "mac", 32)
	return Key(slices.Concat(enc, mac)), err
}

// Key encrypts: 32 bytes for AES, then 32 for the code that authenticates. User
// keys, organization keys and stretched master keys are Keys.
type Key [64]byte

// NewKey returns a random key.
func NewKey() (k Key) {
	_, _ = rand.Read(k[:]) // It never fails.
	return k
}

// ID is the identifier that clients give to a user key: the start of the hash
// of the key written as a COSE symmetric key.
func (k Key) ID() string {
	sum := sha256.Sum256(slices.Concat([]byte{0xA2, 0x01, 0x04, 0x20, 0x58, 0x40}, k[:]))
	return hex.EncodeToString(sum[:16])
}

// Encrypt returns plain as a text of type 2.
func (k Key) Encrypt(plain []byte) string {
	iv := make([]byte, aes.BlockSize)
	_, _ = rand.Read(iv)
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	padded := slices.Concat(plain, slices.Repeat([]byte{byte(pad)}, pad))
	cipher.NewCBCEncrypter(k.block(), iv).CryptBlocks(padded, padded)
	pieces := [][]byte{iv, padded, k.mac(iv, padded)}
	return encstring.EncString{Type: encstring.AES256HMAC, Pieces: pieces}.String()
}

// Decrypt opens a text of type 2. Every failure is the same error.
func (k Key) Decrypt(text string) ([]byte, error) {
	parsed, err := encstring.Parse(text)
	if err != nil || parsed.Type != encstring.AES256HMAC {
		return nil, errUnreadable
	}
	iv, data, mac := parsed.Pieces[0], parsed.Pieces[1], parsed.Pieces[2]
	if len(iv) != aes.BlockSize || len(data)%aes.BlockSize != 0 || !hmac.Equal(mac, k.mac(iv, data)) {
		return nil, errUnreadable
	}
	cipher.NewCBCDecrypter(k.block(), iv).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errUnreadable
	}
	return data[:len(data)-pad], nil
}

// errUnreadable is all that a wrong key or a broken text tells.
var errUnreadable = errors.New("client: this text cannot be decrypted with this key")

func (k Key) block() cipher.Block {
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		panic(err) // 32 bytes are always a key.
	}
	return block
}

func (k Key) mac(iv, data []byte) []byte {
	h := hmac.New(sha256.New, k[32:])
	h.Write(iv)
	h.Write(data)
	return h.Sum(nil)
}

// DecryptKey opens a key that another key wraps.
func (k Key) DecryptKey(text string) (Key, error) {
	raw, err := k.Decrypt(text)
	return keyOf(raw, err)
}

// KeyPair is the RSA pair of a person or of an organization.
type KeyPair struct{ private *rsa.PrivateKey }

// NewKeyPair makes a pair of 2048 bits, as clients do.
func NewKeyPair() (KeyPair, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	return KeyPair{private}, err
}

// Keys are the two texts of a pair that the server stores.
type Keys struct {
	PublicKey           string `json:"publicKey"`
	EncryptedPrivateKey string `json:"encryptedPrivateKey"`
}

// Keys returns the pair with its private half under key.
func (p KeyPair) Keys(key Key) (Keys, error) {
	public, err := x509.MarshalPKIXPublicKey(&p.private.PublicKey)
	if err != nil {
		return Keys{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(p.private)
	return Keys{base64.StdEncoding.EncodeToString(public), key.Encrypt(private)}, err
}

// OpenKeyPair reads the private half that key protects.
func OpenKeyPair(encryptedPrivateKey string, key Key) (KeyPair, error) {
	der, err := key.Decrypt(encryptedPrivateKey)
	if err != nil {
		return KeyPair{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return KeyPair{}, fmt.Errorf("client: private key is a %T: %w", parsed, err)
	}
	return KeyPair{private}, nil
}

// Wrap shares key with the owner of this pair.
func (p KeyPair) Wrap(key Key) (string, error) { return wrap(&p.private.PublicKey, key) }

// WrapFor shares key with the owner of a public key, in the form the server
// stores it: a text of type 4.
func WrapFor(publicKey string, key Key) (string, error) {
	der, err := base64.StdEncoding.DecodeString(publicKey)
	if err != nil {
		return "", fmt.Errorf("client: public key: %w", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return "", fmt.Errorf("client: public key is a %T: %w", parsed, err)
	}
	return wrap(public, key)
}

func wrap(public *rsa.PublicKey, key Key) (string, error) {
	data, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, public, key[:], nil) //nolint:gosec // See the import.
	pieces := [][]byte{data}
	return encstring.EncString{Type: encstring.RSAOAEPSHA1, Pieces: pieces}.String(), err
}

// Unwrap opens what Wrap or WrapFor made for this pair.
func (p KeyPair) Unwrap(text string) (Key, error) {
	parsed, err := encstring.Parse(text)
	if err != nil || parsed.Type != encstring.RSAOAEPSHA1 {
		return Key{}, errUnreadable
	}
	raw, err := rsa.DecryptOAEP(sha1.New(), nil, p.private, parsed.Pieces[0], nil) //nolint:gosec // See the import.
	return keyOf(raw, err)
}

func keyOf(raw []byte, err error) (Key, error) {
	if err != nil || len(raw) != len(Key{}) {
		return Key{}, errUnreadable
	}
	return Key(raw), nil
}
