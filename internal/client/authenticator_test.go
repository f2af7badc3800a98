package client_test

import (
	"encoding/base32"
	"testing"
	"time"

	"coffre/internal/client"
)

// The instants and codes are those of RFC 6238, whose codes have two digits more.
func TestAuthenticatorShowsTheCodesOfTheStandard(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for second, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got, err := client.AuthenticatorCode(secret, time.Unix(second, 0)); err != nil || got != want {
			t.Errorf("%d: got %q, %v, want %q", second, got, err, want)
		}
	}
	if _, err := client.AuthenticatorCode("no Base32!", time.Unix(0, 0)); err == nil {
		t.Error("a secret that is none has a code")
	}
}
