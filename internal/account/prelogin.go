package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Prelogin is what a client must know before it can derive anything.
type Prelogin struct {
	KDF  KDF
	Salt string // empty lets the client take the address
}

// [Note: account enumeration]
//
// What an address is answered must not tell whether it has an account.
//
// Prelogin answers for an unknown address what it could answer for a known one,
// and always the same: an HMAC of the address under a secret of the server picks
// the KDF from a list of those that accounts have, and picks whether the salt is
// spelled out. The second choice is made for known addresses in the same way.
//
// A sign-in that fails hashes a password whether or not there is an account, and
// waits as long. A registration that begins is answered alike and takes as long,
// and so are the questions for a password hint and for the deletion of an account.
// Somebody who is signed in and wants another's address is mailed that it is taken.
// Whether a device is known, and whether it may ask for a log-in, is one question
// to the database, of the address and the device together.

// guises are the KDFs that unknown addresses appear to have.
func guises() []KDF {
	argon := func(iterations, memory int) KDF {
		return KDF{Type: Argon2id, Iterations: iterations, Memory: &memory, Parallelism: new(4)}
	}
	return []KDF{
		DefaultKDF(),
		{Type: PBKDF2, Iterations: 600_000},
		{Type: PBKDF2, Iterations: 100_000},
		{Type: PBKDF2, Iterations: 5_000},
		argon(3, 64),
		argon(6, 32),
	}
}

// pick chooses one of n by a text, as [Note: account enumeration] wants.
func pick(secret []byte, text string, n uint64) uint64 {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	v := binary.LittleEndian.Uint64(mac.Sum(nil)[:8])
	if v>>63 == 1 {
		v = -v // the absolute value of the signed number
	}
	return v % n
}

// preloginOf answers for a normalized address, which has the account a if known.
func preloginOf(secret []byte, email string, a Account, known bool) Prelogin {
	list := guises()
	p := Prelogin{KDF: list[pick(secret, email, uint64(len(list)))]}
	if pick(secret, email+":salt", 2) == 0 {
		p.Salt = email
	}
	if known {
		p.KDF = a.KDF
		if a.Salt != email {
			p.Salt = a.Salt // without it the client would take the address
		}
	}
	return p
}

// Prelogin returns what a client must know to sign in, for any address.
func (s *Service) Prelogin(ctx context.Context, email string) (Prelogin, error) {
	secret, err := s.Keys.Derive("prelogin", 32)
	if err != nil {
		return Prelogin{}, err
	}
	a, known, err := s.FindByEmail(ctx, email)
	return preloginOf(secret, NormalizeEmail(email), a, known), err
}
