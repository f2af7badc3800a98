package throttle_test

import (
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/throttle"
)

func TestRefusalSaysWhenToTryAgain(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0:                       "Réessayez dans 1 s.",
		1500 * time.Millisecond: "Réessayez dans 2 s.",
		time.Minute:             "Réessayez dans 60 s.",
		2 * time.Minute:         "Réessayez dans 2 min.",
		121 * time.Second:       "Réessayez dans 3 min.",
		time.Hour:               "Réessayez dans 60 min.",
		24 * time.Hour:          "Réessayez dans 24 h.",
	} {
		err := throttle.Refuse(time.Now(), wait)
		if got := fault.Text(err, "fr"); got != "Trop de tentatives. "+want {
			t.Errorf("%v: got %q, want %q", wait, got, want)
		}
		if fault.KindOf(err) != fault.TooMany || fault.CodeOf(err) != throttle.CodeTooMany {
			t.Errorf("kind %v, code %q", fault.KindOf(err), fault.CodeOf(err))
		}
	}
}
