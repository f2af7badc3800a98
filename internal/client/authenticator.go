package client

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // What authenticator applications agree on.
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"
)

// AuthenticatorCode returns what an authenticator application shows at an instant
// for a secret in Base32: six digits, for thirty seconds.
func AuthenticatorCode(secret string, at time.Time) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("authenticator secret: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	var step [8]byte
	binary.BigEndian.PutUint64(step[:], uint64(at.Unix()/30)) //nolint:gosec // It is never negative.
	mac.Write(step[:])
	sum := mac.Sum(nil)
	start := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[start:]) &^ (1 << 31)
	return fmt.Sprintf("%06d", number%1_000_000), nil
}
