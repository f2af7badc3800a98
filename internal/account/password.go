package account

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// What a stored hash costs. The client has spent far more before: its hash has
// the strength of a key, and a leaked one must only not be of use as it is.
const (
	hashIterations = 100_000
	hashSize       = 32
	saltSize       = 16
)

// Passwords hashes what clients derive from master passwords. At most one hash
// for each core is under way, so that a flood of sign-ins cannot starve the rest.
type Passwords struct {
	iterations int // of what is hashed anew
	slots      chan struct{}
}

// NewPasswords returns the Passwords of a server.
func NewPasswords() *Passwords { return NewPasswordsOf(hashIterations) }

// NewPasswordsOf returns Passwords that spend other than a server's iterations on
// what is hashed anew. Tests that hash thousands spend few.
func NewPasswordsOf(iterations int) *Passwords {
	return &Passwords{iterations: iterations, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Hash returns the form in which a secret is stored.
func (p *Passwords) Hash(ctx context.Context, secret string) (string, error) {
	h := passwordHash{iterations: p.iterations, salt: make([]byte, saltSize)}
	rand.Read(h.salt)
	var err error
	h.sum, err = p.compute(ctx, secret, h.salt, h.iterations, hashSize)
	return h.String(), err
}

// Check reports whether stored was made from secret. With an empty stored it
// takes as long and says no: see [Note: account enumeration].
func (p *Passwords) Check(ctx context.Context, secret, stored string) (bool, error) {
	h := passwordHash{iterations: p.iterations, salt: make([]byte, saltSize), sum: make([]byte, hashSize)}
	if stored != "" {
		var err error
		if h, err = parsePasswordHash(stored); err != nil {
			return false, err
		}
	}
	sum, err := p.compute(ctx, secret, h.salt, h.iterations, len(h.sum))
	return stored != "" && subtle.ConstantTimeCompare(sum, h.sum) == 1, err
}

func (p *Passwords) compute(ctx context.Context, secret string, salt []byte, iterations, size int) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return pbkdf2.Key(sha256.New, secret, salt, iterations, size)
}

// passwordHash is a stored hash, which says itself how it was made:
// "pbkdf2-sha256$100000$<salt>$<sum>".
type passwordHash struct {
	iterations int
	salt, sum  []byte
}

const hashScheme = "pbkdf2-sha256"

func (h passwordHash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d$%s$%s", hashScheme, h.iterations, encode(h.salt), encode(h.sum))
}

func parsePasswordHash(text string) (passwordHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 4 || parts[0] != hashScheme {
		return passwordHash{}, errors.New("account: a stored password hash has an unknown form")
	}
	iterations, err1 := strconv.Atoi(parts[1])
	salt, err2 := base64.RawStdEncoding.Strict().DecodeString(parts[2])
	sum, err3 := base64.RawStdEncoding.Strict().DecodeString(parts[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		return passwordHash{}, fmt.Errorf("account: a stored password hash is broken: %w", err)
	}
	if iterations < 1 || iterations > 100*hashIterations || len(salt) == 0 || len(sum) < hashSize || len(sum) > 2*hashSize {
		return passwordHash{}, errors.New("account: a stored password hash is out of range")
	}
	return passwordHash{iterations, salt, sum}, nil
}
