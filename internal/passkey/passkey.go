// Package passkey lets people sign in with a passkey in the place of a master
// password and a second step, and, where the passkey can compute secrets (PRF),
// open their vault with it too.
//
// The challenge that a client is given stays in a sealed token, which it sends
// back with the answer. So nothing is stored for those who never answer; that a
// challenge was answered is stored, and it is never good again.
package passkey

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/webauthn"
)

// What a person may have.
const (
	Max     = 5  // passkeys
	MaxName = 50 // characters in the name of one
)

// How long a client may take to answer.
const (
	createLife = 7 * time.Minute
	askLife    = 17 * time.Minute
)

// Passkey is a credential with which one person signs in.
type Passkey struct {
	ID         id.ID
	AccountID  id.ID
	Name       string
	Credential webauthn.Credential
	// ComputesSecrets is what the client said when the passkey was made.
	ComputesSecrets bool
	Keys            Keys // zero when the passkey does not open the vault
	CreatedAt       time.Time
	UsedAt          time.Time // zero until the first sign-in
}

// Keys are what a passkey opens the vault with. It has a key pair of its own, of
// which all is ciphertext to the server.
type Keys struct {
	User    string // the user key, wrapped by the public key
	Public  string // under the user key
	Private string // under a key that only the passkey computes
}

// Status says whether a passkey opens the vault.
type Status int

// The statuses, with their numbers on the wire.
const (
	Enabled     Status = 0 // it does
	Supported   Status = 1 // it could
	Unsupported Status = 2
)

// Status returns whether p opens the vault.
func (p Passkey) Status() Status {
	switch {
	case !p.ComputesSecrets:
		return Unsupported
	case p.Keys == Keys{}:
		return Supported
	}
	return Enabled
}

// Renewed is what of a passkey depends on the user key, and so is made anew with
// it.
type Renewed struct {
	ID                 id.ID
	EncryptedUserKey   string
	EncryptedPublicKey string
}

// Unlock is how a client opens the vault with the passkey it signed in with.
type Unlock struct {
	EncryptedPrivateKey string
	EncryptedUserKey    string
	CredentialID        string // in base64url
	Transports          []string
}

// unlock returns how p opens the vault, or nil.
func (p Passkey) unlock() *Unlock {
	if p.Status() != Enabled {
		return nil
	}
	return &Unlock{p.Keys.Private, p.Keys.User, webauthn.Text(p.Credential.ID).String(), p.Credential.Transports}
}
