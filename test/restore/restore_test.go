// Package restore_test backs up real servers and restores them: at work, on another
// engine, killed in the middle, and as one side of a pair.
package restore_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// each runs fn with a server on each engine.
func each(t *testing.T, fn func(t *testing.T, engine harness.Engine)) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) { fn(t, engine) })
	}
}

// join makes an account and signs in.
func join(t *testing.T, s *harness.Server, email string) harness.Person {
	t.Helper()
	c := s.Client()
	if err := c.Register(t.Context(), email, "Name", harness.Password, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), email, harness.Password); err != nil {
		t.Fatal(err)
	}
	return harness.Person{Client: c, Email: email}
}

// backUp makes a backup with the root key.
func backUp(t *testing.T, s *harness.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.zip")
	s.Command(t, "backup", file, "--with-root-key").Want(t, 0, "The backup is in "+file, "with the root key")
	return file
}

// folder is a change that a person makes.
func folder(ctx context.Context, p harness.Person) error {
	return p.Do(ctx, http.MethodPost, "/api/folders", map[string]string{"name": p.Key().Encrypt([]byte("folder"))}, nil)
}

func folders(t *testing.T, p harness.Person) int {
	t.Helper()
	var list struct{ Data []struct{ ID string } }
	if err := p.Do(t.Context(), http.MethodGet, "/api/folders", nil, &list); err != nil {
		t.Fatal(err)
	}
	return len(list.Data)
}

func revision(t *testing.T, p harness.Person) (millis int64) {
	t.Helper()
	if err := p.Do(t.Context(), http.MethodGet, "/api/accounts/revision-date", nil, &millis); err != nil {
		t.Fatal(err)
	}
	return millis
}

// during calls work again and again while fn runs, and returns how often it went well.
func during(t *testing.T, work func(context.Context) error, fn func()) (times int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ; ctx.Err() == nil; times++ {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("after %d times: %v", times, err)
				return
			}
			select { // the server has other work too
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	fn()
	cancel()
	wg.Wait()
	return times
}

// Scenario 178 of spec 03: Ada goes on in her session of before, with what was there at
// the moment of the backup.
func TestServerIsBackedUpAndRestoredAtWork(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		s := harness.New(t, "server", harness.Options{Engine: engine})
		s.Start(t)
		ada := join(t, s, "ada@acme.example")
		if err := folder(t.Context(), ada); err != nil {
			t.Fatal(err)
		}
		var file string
		written := during(t, func(ctx context.Context) error { return folder(ctx, ada) }, func() { file = backUp(t, s) })
		bob := join(t, s, "bob@acme.example")
		later := folders(t, ada)
		before := revision(t, ada)

		asked := during(t, func(ctx context.Context) error { return alive(ctx, s) }, func() {
			s.Command(t, "restore", file).Want(t, 0, "Restored: ", "self-hosted server on "+string(engine))
		})
		t.Logf("%d changes during the backup, %d requests during the restore", written, asked)

		if got := folders(t, ada); got < 1 || got > later {
			t.Errorf("%d folders, want those of the moment of the backup, of %d", got, later)
		}
		if after := revision(t, ada); after <= before {
			t.Errorf("the revision is %d, no later than %d, which a client may have seen", after, before)
		}
		s.SignIn(t, ada.Email)
		if err := s.Client().Login(t.Context(), bob.Email, harness.Password); err == nil {
			t.Error("an account of after the backup is still there")
		}
		if err := folder(t.Context(), ada); err != nil {
			t.Errorf("a change after the restore: %v", err)
		}
		s.Kill(t)
		s.Start(t)
		s.SignIn(t, ada.Email)
	})
}

// alive asks for a page of the server; to be turned away is a fault, to wait is not.
func alive(ctx context.Context, s *harness.Server) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/ready", nil)
	if err != nil {
		return err
	}
	res, err := s.HTTP().Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", res.Status)
	}
	return nil
}

func TestBackupMovesToTheOtherEngine(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		other := map[harness.Engine]harness.Engine{harness.SQLite: harness.PostgreSQL, harness.PostgreSQL: harness.SQLite}[engine]
		from, to := harness.New(t, "old", harness.Options{Engine: engine}), harness.New(t, "new", harness.Options{Engine: other})
		from.Start(t)
		ada := join(t, from, "ada@acme.example")
		file := filepath.Join(t.TempDir(), "backup.zip")
		from.Command(t, "backup", file, "--without-root-key").Want(t, 0, "without the root key")
		from.Stop(t)

		to.Command(t, "restore", file).Want(t, 1, "does not hold the root key", "Nothing was changed")
		if err := os.CopyFS(filepath.Join(to.Data, "keys"), os.DirFS(filepath.Join(from.Data, "keys"))); err != nil {
			t.Fatal(err)
		}
		to.Command(t, "restore", file).Want(t, 0, "Restored: ", "The settings stay as they are")
		to.Start(t)
		p := to.SignIn(t, ada.Email)
		if p.UserID() != ada.UserID() {
			t.Errorf("the account is %s, want %s", p.UserID(), ada.UserID())
		}
	})
}

func TestRefusedRestoreLeavesTheServerAtWork(t *testing.T) {
	s := harness.New(t, "server", harness.Options{})
	s.Start(t)
	ada := join(t, s, "ada@acme.example")
	file := backUp(t, s)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.zip")
	if err := os.WriteFile(cut, raw[:len(raw)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	s.Command(t, "restore", cut).Want(t, 1, "not a whole backup")
	s.Command(t, "restore", filepath.Join(t.TempDir(), "none.zip")).Want(t, 1, "no such file")
	s.Command(t, "backup", file, "--with-root-key").Want(t, 1, "exists already")
	s.Command(t, "backup", filepath.Join(t.TempDir(), "no", "folder.zip"), "--with-root-key").Want(t, 1, "no such file or directory")
	if err := folder(t.Context(), ada); err != nil {
		t.Error(err)
	}
}
