package kill_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/test/harness"
)

const (
	rotations = 8                     // for each engine
	drawers   = 400                   // folders, so that a rotation takes a while
	step      = 60 * time.Millisecond // by which one rotation lives longer than the one before
)

// Scenario 89: the name of every folder opens with the key that opens with the
// password, whenever the server is killed.
func TestKilledRotationLeavesOneKeyForEverything(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			s := harness.New(t, "server", harness.Options{Engine: engine})
			s.Start(t)
			changes := make(chan struct{})
			zoe := client.New(s.URL, &http.Client{Timeout: harness.Patience, Transport: announcer{s.HTTP().Transport, changes}})
			if err := zoe.Register(t.Context(), "zoe@acme.example", "Zoé", harness.Password, nil); err != nil {
				t.Fatal(err)
			}
			signIn(t, zoe)
			for range drawers {
				name := map[string]string{"name": zoe.Key().Encrypt([]byte("drawer"))}
				if err := zoe.Do(t.Context(), http.MethodPost, "/api/folders", name, nil); err != nil {
					t.Fatal(err)
				}
			}
			whole := 0
			for i := range rotations {
				signIn(t, zoe)
				before := zoe.Key()
				ended := make(chan error, 1)
				go func() {
					_, err := zoe.Rotate(t.Context(), harness.Password, harness.Password)
					ended <- err
				}()
				select {
				case <-changes:
				case err := <-ended:
					t.Fatalf("no rotation: %v", err)
				}
				<-time.After(time.Duration(i)*step + rand.N(step))
				s.Kill(t)
				if err := <-ended; answered(err) {
					t.Error(err)
				}
				s.Start(t)
				signIn(t, zoe)
				if zoe.Key() != before {
					whole++
				}
				readAll(t, zoe)
			}
			t.Logf("%d of %d rotations were whole, the others were none", whole, rotations)
		})
	}
}

func signIn(t *testing.T, c *client.Client) {
	t.Helper()
	if err := c.Login(t.Context(), "zoe@acme.example", harness.Password); err != nil {
		t.Fatal(err)
	}
}

// answered reports whether a server refused something, rather than died of it.
func answered(err error) bool {
	refusal, ok := errors.AsType[*client.Error](err)
	return ok && refusal.Status != http.StatusInternalServerError
}

// readAll opens the name of every folder.
func readAll(t *testing.T, c *client.Client) {
	t.Helper()
	var list struct{ Data []struct{ Name string } }
	if err := c.Do(t.Context(), http.MethodGet, "/api/folders", nil, &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Data) != drawers {
		t.Errorf("%d folders, want %d", len(list.Data), drawers)
	}
	for _, folder := range list.Data {
		if name, err := c.Key().Decrypt(folder.Name); err != nil || string(name) != "drawer" {
			t.Fatalf("a folder does not open with the key of the account: %q, %v", name, err)
		}
	}
}
