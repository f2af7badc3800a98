package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"coffre/internal/fault"
)

func TestTextSpeaksTheReadersLanguage(t *testing.T) {
	long := fault.TooLong("name", 50)
	tests := map[string]struct {
		err            error
		language, want string
	}{
		"English":              {long, "en", "name may have at most 50 characters."},
		"French":               {long, "fr", "name ne peut pas dépasser 50 caractères."},
		"a language we lack":   {long, "sv", "name may have at most 50 characters."},
		"wrapped":              {fmt.Errorf("save: %w", long), "en", "name may have at most 50 characters."},
		"what is not for them": {errors.New("disk on fire"), "en", fault.Text(fault.New(fault.Internal, "internal"), "en")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fault.Text(test.err, test.language); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFaultInsideAnotherSpeaksItsLanguage(t *testing.T) {
	outer := fault.New(fault.Invalid, "app.restart").With("reason", fault.Required("name"))
	if got := fault.Text(outer, "fr"); !strings.HasSuffix(got, "name est manquant.") {
		t.Errorf("got %q", got)
	}
}

func TestFaultIsNotChangedByWhatIsMadeOfIt(t *testing.T) {
	first := fault.New(fault.Invalid, "tooLong").With("field", "a")
	second := first.On("name").Coded("long").With("field", "b").With("limit", 3)
	if first.Field != "" || first.Code != "" || first.Args["field"] != "a" || len(first.Args) != 1 {
		t.Errorf("the first fault became %+v", *first)
	}
	if !errors.Is(second, first) || errors.Is(second, fault.Gone) {
		t.Error("faults are told apart by something else than their key")
	}
}

func TestWhatIsNoFaultIsInternal(t *testing.T) {
	if got := fault.KindOf(errors.New("disk on fire")); got != fault.Internal {
		t.Errorf("got %v, want Internal", got)
	}
	wrapped := fmt.Errorf("read: %w", fault.Gone.Coded("x"))
	if fault.KindOf(wrapped) != fault.NotFound || fault.CodeOf(wrapped) != "x" {
		t.Errorf("wrapped: kind %v, code %q", fault.KindOf(wrapped), fault.CodeOf(wrapped))
	}
}
