// Package rotation replaces the user key of a person, and with it everything that
// is encrypted under it.
//
// The client makes all of it anew and sends it in one request; the server only
// sees to it that nothing is forgotten, because what stays under the old key is
// lost. Every kind of thing is a [Part], which knows what a person has of it. All
// parts are replaced in one transaction, or none.
package rotation

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/cipher"
	"coffre/internal/device"
	"coffre/internal/emergency"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/passkey"
	"coffre/internal/recovery"
)

// Rotation is what a client sends. Its texts have the shape that clients make.
type Rotation struct {
	OldHash string // proves the master password of before
	NewHash string // of the master password from now on, which may be the same
	Hint    *string

	// What must be as it is, because keys that stay depend on it.
	KDF       account.KDF
	Email     string
	Salt      string // empty when the client does not say
	PublicKey string

	Key        string // the new user key, wrapped under the master key
	PrivateKey string // wrapped under the new user key
	KeyID      string // of the new user key; empty when the client does not say

	Folders    map[id.ID]string // the names
	Sends      map[id.ID]string // their keys
	Ciphers    map[id.ID]cipher.Draft
	Devices    []device.TrustedDevice
	Passkeys   []passkey.Renewed
	Recoveries map[id.ID]string // the user key, encrypted for each organization

	Emergencies map[id.ID]string // the user key, encrypted for each grantee
}

// A Part is one kind of thing that depends on the user key. Both of its methods are
// called in the transaction of the rotation, Check of every part before Apply of
// any.
type Part interface {
	// Check returns a fault when the rotation lacks something that the person has.
	Check(ctx context.Context, accountID id.ID, r Rotation) error
	// Apply replaces what the person has. What the rotation names besides belongs to
	// nobody or to others, and is left out.
	Apply(ctx context.Context, accountID id.ID, r Rotation) error
}

// A Holder is a Part that others change too, who hold it before they touch the
// person.
type Holder interface {
	// Hold keeps them waiting until the transaction of ctx ends. It is called first.
	Hold(ctx context.Context, accountID id.ID) error
}

// A Teller is a Part of which clients cannot know from a sync what there is to
// rotate.
type Teller interface {
	// Tell adds what the person has to d.
	Tell(ctx context.Context, accountID id.ID, d *Data) error
}

// Data is what Tellers tell.
type Data struct {
	Devices    []device.TrustedDevice
	Passkeys   []passkey.Passkey
	Recoveries []recovery.Enrollment

	Emergencies []emergency.Contact
}

// Where the request holds what is compared.
const (
	kdfField       = "accountUnlockData.masterPasswordUnlockData.kdfType"
	emailField     = "accountUnlockData.masterPasswordUnlockData.email"
	saltField      = "accountUnlockData.masterPasswordUnlockData.masterPasswordSalt"
	publicKeyField = "accountKeys.accountPublicKey"
)

var (
	kdfIsAnother       = fault.New(fault.Invalid, "account.kdfIsAnother").On(kdfField)
	saltIsAnother      = fault.New(fault.Invalid, "account.saltIsAnother").On(saltField)
	emailIsAnother     = fault.New(fault.Invalid, "rotation.emailIsAnother").On(emailField)
	publicKeyIsAnother = fault.New(fault.Invalid, "rotation.publicKeyIsAnother").On(publicKeyField)
)

// check reports what a rotation may not change.
func (r Rotation) check(a account.Account) error {
	switch {
	case !r.KDF.Equal(a.KDF):
		return kdfIsAnother
	case account.NormalizeEmail(r.Email) != a.Email:
		return emailIsAnother
	case r.Salt != "" && r.Salt != a.Salt:
		return saltIsAnother
	case r.PublicKey != a.PublicKey:
		return publicKeyIsAnother
	}
	return nil
}

// hint returns the hint to store; nil leaves the one of before, unless it was for
// another password.
func (r Rotation) hint() *string {
	if r.Hint == nil && r.NewHash != r.OldHash {
		return new("")
	}
	return r.Hint
}
