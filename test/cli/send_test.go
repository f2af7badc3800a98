package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/test/harness"
)

// Scenario 127: what one sends with the CLI, another reads with it who has no account.
func TestTheOfficialCLISendsAndReceives(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, map[string]string{"coffre__premium": "everyone"})
	ada := o.join(t, "ada")
	m := o.machine(t)
	m.open(t, ada)
	type sent struct{ ID, AccessURL, AccessID string }
	stranger := o.machine(t)

	open := decoded[sent](t, m.bw(t, "send", "--name", "Plain", "--fullObject", "Meet at noon.").want(t, 0))
	stranger.bw(t, "receive", open.AccessURL).want(t, 0, "Meet at noon.")

	locked := decoded[sent](t, m.bw(t, "send", "--name", "Locked", "--password", "sesame", "--fullObject", "Bring the key.").want(t, 0))
	if got := stranger.bw(t, "receive", locked.AccessURL); got.code == 0 || strings.Contains(got.out, "Bring the key.") {
		t.Errorf("without the password: %+v", got)
	}
	if got := stranger.bw(t, "receive", "--password", "simsim", locked.AccessURL); got.code == 0 {
		t.Errorf("with another password: %+v", got)
	}
	stranger.bw(t, "receive", "--password", "sesame", locked.AccessURL).want(t, 0, "Bring the key.")

	file, back := filepath.Join(t.TempDir(), "plan.txt"), filepath.Join(t.TempDir(), "back.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("The plan.\n", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := decoded[sent](t, m.bw(t, "send", "--file", file, "--fullObject").want(t, 0))
	stranger.bw(t, "receive", whole.AccessURL, "--output", back).want(t, 0)
	want, errWant := os.ReadFile(file)
	got, errGot := os.ReadFile(back)
	if errWant != nil || errGot != nil || string(got) != string(want) {
		t.Errorf("the file came back with %d bytes: %v, %v", len(got), errWant, errGot)
	}

	m.bw(t, "sync").want(t, 0)
	m.bw(t, "send", "list").want(t, 0, open.ID, locked.ID, whole.ID)
	m.bw(t, "send", "remove-password", locked.ID).want(t, 0)
	stranger.bw(t, "receive", locked.AccessURL).want(t, 0, "Bring the key.")
	m.bw(t, "send", "delete", open.ID).want(t, 0)
	if got := stranger.bw(t, "receive", open.AccessURL); got.code == 0 {
		t.Errorf("after its deletion: %+v", got)
	}
}
