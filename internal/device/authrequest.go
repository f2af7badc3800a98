package device

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// RequestLife is how long a log-in with a device may be answered, and used.
const RequestLife = 15 * time.Minute

// The longest texts of keys, and of the code that the asking client keeps.
const (
	maxCode       = 25
	maxPublicKey  = 5_000
	maxPrivateKey = 10_000
	maxWrapped    = 2_000 // a real one has 346 characters
	minModulus    = 2048  // bits
)

// RequestKind is what a log-in with a device is for, in the numbers of the
// protocol.
type RequestKind int

// The kinds. Only LogIn is good for tokens; AdminApproval is asked of an
// organization, by somebody who is signed in.
const (
	LogIn RequestKind = iota
	Unlock
	AdminApproval
)

// Who may be asked how often. The first counts for any address and any device, so
// that an unknown one is refused like a known one, and nobody who does not know a
// device of a person keeps them from asking. The second bounds what the person's
// other devices are shown, and the third what one network can ask of everybody.
var (
	perDevice  = throttle.Rule{Name: "auth-request.device", Limit: 5, Per: 10 * time.Minute}
	perAccount = throttle.Rule{Name: "auth-request.account", Limit: 15, Per: 10 * time.Minute}
	perNetwork = throttle.Rule{Name: "auth-request.network", Limit: 100, Per: 10 * time.Minute}
)

// AuthRequest is a log-in with a device: a known device of a person asks their
// other ones for the user key. A new security stamp ends it, like every session.
type AuthRequest struct {
	ID         id.ID
	AccountID  id.ID
	Device     Device // that asks; without its trust
	Kind       RequestKind
	PublicKey  string // to wrap the user key with
	CodeHash   string // of the code that only the asking client knows
	Address    string // where the request came from
	CreatedAt  time.Time
	AnsweredAt time.Time // zero as long as nobody has answered
	Approved   bool
	Key        string // the user key for PublicKey; empty unless approved
	Password   string // the hash of the master password for PublicKey, as older clients send
	UsedAt     time.Time
}

// Pending reports whether the request waits for an answer.
func (r AuthRequest) Pending(now time.Time) bool { return r.AnsweredAt.IsZero() && !r.Expired(now) }

// Expired reports whether it is too late to answer or use the request.
func (r AuthRequest) Expired(now time.Time) bool { return !now.Before(r.CreatedAt.Add(RequestLife)) }

// good reports whether the request signs a person in who tells its code.
func (r AuthRequest) good(now time.Time) bool {
	return r.Kind == LogIn && r.Approved && r.UsedAt.IsZero() && !r.Expired(now)
}

// knows compares in constant time; of a request that does not exist it is false.
func (r AuthRequest) knows(code string) bool {
	return subtle.ConstantTimeCompare([]byte(hashOf(r.ID, code)), []byte(r.CodeHash)) == 1
}

// hashOf is how an access code is stored: random as it is, and of use for minutes,
// one hash protects it.
func hashOf(requestID id.ID, code string) string {
	sum := sha256.Sum256([]byte(requestID.String() + code))
	return hex.EncodeToString(sum[:])
}

// newest returns the latest request of each device, in the order given.
func newest(requests []AuthRequest) []AuthRequest {
	latest := map[id.ID]AuthRequest{}
	for _, r := range requests {
		if other, found := latest[r.Device.ID]; !found || r.after(other) {
			latest[r.Device.ID] = r
		}
	}
	return slices.DeleteFunc(slices.Clone(requests), func(r AuthRequest) bool { return latest[r.Device.ID].ID != r.ID })
}

// after reports whether r was made after another one. Of two of one instant their
// identifiers tell, which are ordered.
func (r AuthRequest) after(other AuthRequest) bool {
	if by := r.CreatedAt.Compare(other.CreatedAt); by != 0 {
		return by > 0
	}
	return slices.Compare(r.ID[:], other.ID[:]) > 0
}

// checkPublicKey accepts what the approving client can wrap the user key with.
func checkPublicKey(field, text string) error {
	if text == "" {
		return fault.Required(field)
	}
	if len(text) > maxPublicKey {
		return fault.TooLong(field, maxPublicKey)
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fault.Malformed(field)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if rsaKey, ok := key.(*rsa.PublicKey); err != nil || !ok || rsaKey.N.BitLen() < minModulus {
		return fault.Malformed(field)
	}
	return nil
}
