// Package softkey is an authenticator without hardware, for tests: it makes
// credentials and answers with them as a browser and a security key do together,
// and it can be told to misbehave.
package softkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Key is an authenticator in the hands of one person, in front of one page. Its
// fields may be changed between two answers.
type Key struct {
	Origin   string // the page that asks
	RPID     string // the site the page may speak for; when empty, what the options name
	Present  bool   // somebody touched it
	Verified bool   // and was recognized by a finger, a face or a PIN
	Synced   bool   // its credentials are copied between devices
	Silent   bool   // it does not tell whose credential answers, as keys without storage
	Counter  uint32 // of the last answer
	Step     uint32 // what is added to Counter before each answer

	credentials []credential
}

// idLength is how many bytes the id of a credential has.
const idLength = 32

type credential struct {
	id, handle []byte
	rpID       string
	private    *ecdsa.PrivateKey
}

// New returns an authenticator of somebody honest, who looks at a page.
func New(origin string) *Key {
	return &Key{Origin: origin, Present: true, Verified: true, Step: 1}
}

// Answer is what a client sends to the server. Tests may change it.
type Answer struct {
	ID         string         `json:"id"`
	RawID      string         `json:"rawId"`
	Type       string         `json:"type"`
	Extensions map[string]any `json:"extensions"`
	Response   map[string]any `json:"response"`
}

// Text returns the answer as JSON text.
func (a Answer) Text() string {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // what tests put into it is plain JSON
	}
	return string(text)
}

// options is what the key reads of either kind of options.
type options struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Exclude []struct {
		ID string `json:"id"`
	} `json:"excludeCredentials"`
	Allow []struct {
		ID string `json:"id"`
	} `json:"allowCredentials"`
}

// read returns options given as JSON text, as bytes, or as anything that becomes
// JSON.
func read(given any) (o options, err error) {
	var text []byte
	switch given := given.(type) {
	case []byte:
		text = given
	case string:
		text = []byte(given)
	default:
		if text, err = json.Marshal(given); err != nil {
			return o, err
		}
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, fmt.Errorf("read options: %w", err)
	}
	if o.Challenge == "" {
		return o, errors.New("the options hold no challenge")
	}
	return o, nil
}

// Create makes a credential for creation options.
func (k *Key) Create(given any) (Answer, error) {
	o, err := read(given)
	if err != nil {
		return Answer{}, err
	}
	for _, excluded := range o.Exclude {
		if k.has(excluded.ID) {
			return Answer{}, errors.New("the authenticator already holds a credential that is excluded")
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Answer{}, err
	}
	handle, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil {
		return Answer{}, err
	}
	made := credential{id: make([]byte, idLength), handle: handle, rpID: k.site(o.RP.ID), private: private}
	if _, err := rand.Read(made.id); err != nil {
		return Answer{}, err
	}
	attested, err := made.attested()
	if err != nil {
		return Answer{}, err
	}
	k.credentials = append(k.credentials, made)
	object := slices.Concat([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"),
		cborBytes(append(k.data(made.rpID, 0x40), attested...)))
	return made.answer(map[string]any{
		"clientDataJSON":    encode(k.clientData("create", o.Challenge)),
		"attestationObject": encode(object),
		"transports":        []string{"internal"},
	}), nil
}

// Get answers request options with the credential they name or, when they name
// none, with the newest one for the site.
func (k *Key) Get(given any) (Answer, error) {
	o, err := read(given)
	if err != nil {
		return Answer{}, err
	}
	for _, c := range slices.Backward(k.credentials) {
		named := len(o.Allow) == 0
		for _, allowed := range o.Allow {
			named = named || allowed.ID == encode(c.id)
		}
		if named && c.rpID == k.site(o.RPID) {
			return k.sign(c, o.Challenge)
		}
	}
	return Answer{}, errors.New("the authenticator holds no credential for this")
}

func (k *Key) sign(c credential, challenge string) (Answer, error) {
	k.Counter += k.Step
	data, client := k.data(c.rpID, 0), k.clientData("get", challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, c.private, signed[:])
	if err != nil {
		return Answer{}, err
	}
	response := map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature),
	}
	if !k.Silent {
		response["userHandle"] = encode(c.handle)
	}
	return c.answer(response), nil
}

// site returns for which site the key acts when the options name one.
func (k *Key) site(named string) string {
	if k.RPID != "" {
		return k.RPID
	}
	return named
}

func (k *Key) has(id string) bool {
	return slices.ContainsFunc(k.credentials, func(c credential) bool { return encode(c.id) == id })
}

// data returns authenticator data up to the counter, with more flags.
func (k *Key) data(rpID string, flags byte) []byte {
	for bit, set := range map[byte]bool{0x01: k.Present, 0x04: k.Verified, 0x18: k.Synced} {
		if set {
			flags |= bit
		}
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.Counter)
}

func (k *Key) clientData(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{
		"type": "webauthn." + kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false,
	})
	if err != nil {
		panic(err) // strings become JSON
	}
	return text
}

// attested returns the part of authenticator data that describes a new credential:
// no model, the id, and the public key for ES256 as COSE writes it.
func (c credential) attested() ([]byte, error) {
	point, err := c.private.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	x, y := point[1:33], point[33:]
	key := slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}, cborBytes(x), []byte{0x22}, cborBytes(y))
	return slices.Concat(make([]byte, 16), []byte{0, idLength}, c.id, key), nil
}

func (c credential) answer(response map[string]any) Answer {
	return Answer{
		ID: encode(c.id), RawID: encode(c.id), Type: "public-key",
		Extensions: map[string]any{}, Response: response,
	}
}

// cborBytes returns data as CBOR writes it with a length of eight bytes.
func cborBytes(data []byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{0x5b}, uint64(len(data))), data...)
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
