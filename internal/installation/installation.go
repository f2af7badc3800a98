// Package installation knows the self-hosted servers that are registered in a cloud:
// who registered them, whether they may act, and for which organizations.
package installation

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"coffre/internal/id"
)

// KeySize is how many characters the key of an installation has.
const KeySize = 20

// Installation is one self-hosted server, as the cloud knows it. Its key is kept
// as a hash alone: it is shown once and never again.
type Installation struct {
	ID        id.ID
	Email     string // of whoever registered it
	KeyHash   string
	Enabled   bool
	CreatedAt time.Time
	ActiveAt  time.Time // of its last token; zero when it never asked for one
	KeyMadeAt time.Time // when the present key was made
}

// Admits reports whether key is the key of an installation that may act.
func (i Installation) Admits(key string) bool { return Same(hash(key), i.KeyHash) && i.Enabled }

// Honors reports whether the installation may act with a token that was issued then:
// one that an older key has bought is void. Tokens know the time to the second.
func (i Installation) Honors(issued time.Time) bool {
	return i.Enabled && !issued.Before(i.KeyMadeAt.Truncate(time.Second))
}

// Tie is what an installation has to do with an organization.
type Tie struct {
	OrganizationID id.ID
	InstallationID id.ID
	DownloadedAt   time.Time // of the last license that was downloaded for it; zero for none
	Bound          bool      // whether the billing sync key is bound to it
	RefusedAt      time.Time // when it first came with the key and was not allowed; zero for never
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Secret returns n random characters. Bytes that would favor the first letters of
// the alphabet are drawn again.
func Secret(n int) string {
	const fair = 256 - 256%len(alphabet)
	text := make([]byte, 0, n)
	var drawn [64]byte
	for len(text) < n {
		rand.Read(drawn[:])
		for _, b := range drawn {
			if int(b) < fair && len(text) < n {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(text)
}

func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Same compares two secrets in a time that tells nothing about where they differ,
// nor about their lengths.
func Same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
