package webauthn_test

import (
	"slices"
	"strings"
	"testing"

	"coffre/internal/webauthn/softkey"
)

func TestOnlyKnownTransportsAreKept(t *testing.T) {
	key := softkey.New(origin)
	options, pending, err := site.Create(alice, nil, both)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	answer.Response["transports"] = []string{"usb", "\x00", "usb", strings.Repeat("x", 1<<20), "hybrid"}
	got, err := site.Created(alice, pending, []byte(answer.Text()))
	if err != nil || !slices.Equal(got.Transports, []string{"usb", "hybrid"}) {
		t.Errorf("got %.100q, %v", got.Transports, err)
	}
}
