package account

import "coffre/internal/fault"

// KDFType says how a client makes the master key from the master password.
type KDFType int

// The types, with their numbers on the wire.
const (
	PBKDF2   KDFType = 0
	Argon2id KDFType = 1
)

// KDF is how a client makes the master key from the master password.
type KDF struct {
	Type        KDFType
	Iterations  int
	Memory      *int // in MiB; nil with PBKDF2
	Parallelism *int // nil with PBKDF2
}

// DefaultKDF is what clients choose unless a person chooses.
func DefaultKDF() KDF { return KDF{Type: PBKDF2, Iterations: 600_000} }

// Check reports the first setting that is out of range, as a fault of the member
// field. Ranges bind only when a KDF is set: older, weaker ones still work.
func (k KDF) Check(field string) error {
	within := func(n *int, low, high int) bool { return n != nil && low <= *n && *n <= high }
	broken := func(key string) error { return fault.New(fault.Invalid, key).On(field) }
	switch {
	case k.Type != PBKDF2 && k.Type != Argon2id:
		return fault.Malformed(field)
	case k.Type == PBKDF2 && !within(&k.Iterations, 600_000, 2_000_000):
		return broken("account.kdfIterations")
	case k.Type == PBKDF2:
		return nil
	case !within(&k.Iterations, 2, 10):
		return broken("account.argonIterations")
	case !within(k.Memory, 15, 1024):
		return broken("account.argonMemory")
	case !within(k.Parallelism, 1, 16):
		return broken("account.argonParallelism")
	}
	return nil
}

// Equal reports whether both make the same key from the same password.
func (k KDF) Equal(other KDF) bool {
	same := func(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
	return k.Type == other.Type && k.Iterations == other.Iterations &&
		same(k.Memory, other.Memory) && same(k.Parallelism, other.Parallelism)
}

// plain returns k without what its type does not use.
func (k KDF) plain() KDF {
	if k.Type == PBKDF2 {
		k.Memory, k.Parallelism = nil, nil
	}
	return k
}
