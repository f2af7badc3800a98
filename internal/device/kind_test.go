package device_test

import (
	"testing"

	"coffre/internal/device"
)

// Scenario 30.
func TestTypeIsANumberOrAWord(t *testing.T) {
	tests := map[string]struct {
		kind            int
		english, french string
	}{
		"0":          {0, "Android", "Android"},
		"21":         {21, "Program (SDK)", "Logiciel (SDK)"},
		"SDK":        {21, "Program (SDK)", "Logiciel (SDK)"},
		"linuxcli":   {25, "Command line on Linux", "Ligne de commande sous Linux"},
		"26":         {26, "DuckDuckGo", "DuckDuckGo"},
		"27":         {14, "Unknown browser or application", "Navigateur ou application inconnus"},
		"-1":         {14, "Unknown browser or application", "Navigateur ou application inconnus"},
		"iOS":        {14, "Unknown browser or application", "Navigateur ou application inconnus"},
		"1e3":        {14, "Unknown browser or application", "Navigateur ou application inconnus"},
		"\xff\x00€😀": {14, "Unknown browser or application", "Navigateur ou application inconnus"},
	}
	for sent, want := range tests {
		d, ok := device.Of(sent, "identifier", "name", "")
		if !ok || d.Type != want.kind || d.Kind("en") != want.english || d.Kind("fr") != want.french {
			t.Errorf("%q: got %v %d %q %q", sent, ok, d.Type, d.Kind("en"), d.Kind("fr"))
		}
	}
}
