package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cliSend is a Send as the official CLI takes and prints it.
type cliSend struct {
	ID             string         `json:"id,omitempty"`
	AccessURL      string         `json:"accessUrl,omitempty"`
	Key            string         `json:"key,omitempty"`
	Name           string         `json:"name"`
	Notes          *string        `json:"notes"`
	Type           int            `json:"type"`
	Text           map[string]any `json:"text"`
	File           map[string]any `json:"file"`
	MaxAccessCount *int           `json:"maxAccessCount"`
	DeletionDate   string         `json:"deletionDate"`
	ExpirationDate *string        `json:"expirationDate"`
	Password       *string        `json:"password"`
	Disabled       bool           `json:"disabled"`
	HideEmail      bool           `json:"hideEmail"`
}

// send sends texts, which another reads with the CLI who has no account. Scenario 127
// of spec 03.
func send(t *testing.T, d desk, w *walker) {
	bw := func(args ...string) result { return d.bw(t, append([]string{"send"}, args...)...) }
	ends := w.server.Advance(t, 0).Add(7 * 24 * time.Hour).UTC().Format(time.RFC3339)
	text := func(name, says string, password *string) cliSend {
		return cliSend{Name: name, Text: map[string]any{"text": says, "hidden": false}, DeletionDate: ends, Password: password}
	}
	sesame := "sesame"
	open := decoded[cliSend](t, bw("create", encoded(t, text("Plain", "Meet at noon.", nil))))
	locked := decoded[cliSend](t, bw("create", encoded(t, text("Locked", "Bring the key.", &sesame))))
	stranger := w.machine(t)
	stranger.bw(t, "receive", open.AccessURL).want(t, 0, "Meet at noon.")
	if got := stranger.bw(t, "receive", "--password", "simsim", locked.AccessURL); got.code == 0 || strings.Contains(got.out, "Bring the key.") {
		t.Errorf("with another password: %+v", got)
	}
	stranger.bw(t, "receive", "--password", sesame, locked.AccessURL).want(t, 0, "Bring the key.")

	bw("list").want(t, 0, open.ID, locked.ID)
	changed := decoded[cliSend](t, bw("get", locked.ID))
	changed.Name = "Locked up"
	if _, isServed := d.(*served); isServed {
		bw("edit", locked.ID, encoded(t, changed)).want(t, 0, "Locked up")
	} else {
		bw("edit", "--itemid", locked.ID, encoded(t, changed)).want(t, 0, "Locked up")
	}
	bw("remove-password", locked.ID).want(t, 0)
	stranger.bw(t, "receive", locked.AccessURL).want(t, 0, "Bring the key.")
	bw("delete", open.ID).want(t, 0)
	if got := stranger.bw(t, "receive", open.AccessURL); got.code == 0 {
		t.Errorf("after its deletion: %+v", got)
	}
}

// sendFile sends a file, as only the command does.
func sendFile(t *testing.T, m *machine, w *walker) {
	file, back := filepath.Join(t.TempDir(), "plan.txt"), filepath.Join(t.TempDir(), "back.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("The plan.\n", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := decoded[cliSend](t, m.bw(t, "send", "--file", file, "--fullObject").want(t, 0))
	w.machine(t).bw(t, "receive", whole.AccessURL, "--output", back).want(t, 0)
	want, errWant := os.ReadFile(file)
	got, errGot := os.ReadFile(back)
	if errWant != nil || errGot != nil || string(got) != string(want) {
		t.Errorf("the file came back with %d bytes: %v, %v", len(got), errWant, errGot)
	}
}
