package walk_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"coffre/test/harness"
)

// enabled asks what the dialog asks before it offers automatic sync.
func (w *walk) enabled(t *testing.T, want bool) {
	t.Helper()
	got, err := w.adaHome.ConnectionsEnabled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("cloud communication is on: %v, want %v", got, want)
	}
}

// save pastes a key.
func (w *walk) save(t *testing.T, key string) error {
	t.Helper()
	_, err := w.adaHome.SaveConnection(t.Context(), w.acmeHome, key)
	return err
}

// some is a key that the cloud never gave.
const some = "ThisKeyWasNeverGivenToAnybody0"

func (w *walk) r2(t *testing.T) {
	w.enabled(t, false)
	refused(t, w.save(t, some), 400, "cloud-communication-off")
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "true", harness.CloudURL: w.Cloud.URL})
	w.enabled(t, false) // Not before the restart.
	w.SelfHosted.Restart(t)
	w.enabled(t, true)
}

// r3 sets what the page says for an organization in the EU. The addresses end in a
// slash, as people write them.
func (w *walk) r3(t *testing.T) {
	w.SelfHosted.Set(t, map[string]string{
		harness.CloudURL:     "",
		harness.Region:       "EU",
		harness.IdentityURI:  w.Cloud.URL + "/identity/",
		harness.APIURI:       w.Cloud.URL + "/api/",
		harness.PushRelayURI: w.Cloud.URL + "/",
	})
	w.SelfHosted.Restart(t)
	w.enabled(t, true)
	// The cloud is reached and knows the installation: only the key is unknown to it.
	refused(t, w.save(t, some), 400, "key-unknown")
	w.SelfHosted.Command(t, "doctor").Want(t, 0, "EU")
}

func (w *walk) r4(t *testing.T) {
	w.SelfHosted.Set(t, map[string]string{harness.Region: "US"})
	w.SelfHosted.Restart(t)
	refused(t, w.save(t, some), 400, "region-mismatch", "US", "EU")
	w.SelfHosted.Command(t, "doctor").Want(t, 1, "US", "EU")
	w.SelfHosted.Set(t, map[string]string{harness.Region: "EU"})
	w.SelfHosted.Restart(t)
	refused(t, w.save(t, some), 400, "key-unknown")
}

// r5 changes settings while people use the server: scenario 147, its first half.
func (w *walk) r5(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var asked, failed atomic.Int64
	var people sync.WaitGroup
	for range 4 {
		people.Go(func() {
			for ctx.Err() == nil {
				asked.Add(1)
				if err := w.ask(ctx); err != nil && ctx.Err() == nil {
					failed.Add(1)
				}
			}
		})
	}
	for _, on := range []string{"false", "true", "false", "true"} {
		w.SelfHosted.Set(t, map[string]string{harness.Communication: on})
		w.SelfHosted.Restart(t)
		w.enabled(t, on == "true")
	}
	// A value that cannot be read is named, and everything stays as it was.
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "perhaps"})
	w.SelfHosted.Command(t, "restart").Want(t, 1, harness.Communication)
	w.enabled(t, true)
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "true"})
	stop()
	people.Wait()
	if failed.Load() > 0 || asked.Load() == 0 {
		t.Errorf("%d of %d requests failed while the server restarted", failed.Load(), asked.Load())
	}
}

func (w *walk) ask(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.SelfHosted.URL+"/api/config", nil)
	if err != nil {
		return err
	}
	res, err := w.SelfHosted.HTTP().Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// r6 names hosts of the cloud that nobody can reach, one after the other.
func (w *walk) r6(t *testing.T) {
	blocked := harness.FreeAddress(t)
	for _, setting := range []string{harness.APIURI, harness.IdentityURI} {
		open := w.SelfHosted.Setting(setting)
		w.SelfHosted.Set(t, map[string]string{setting: "http://" + blocked + "/here"})
		w.SelfHosted.Restart(t)
		w.SelfHosted.Command(t, "doctor").Want(t, 1, blocked)
		refused(t, w.save(t, some), 400, "cloud-unreachable", blocked)
		w.SelfHosted.Set(t, map[string]string{setting: open})
	}
	w.SelfHosted.Restart(t)
	w.SelfHosted.Command(t, "doctor").Want(t, 0)
}
