package license_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/license"
)

// Scenario 128 of spec 01.
func TestLostCopyDisablesNobodyAndComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		file := filepath.Join(h.Directory, "organization", made.ID.String()+".json")
		whole := readFile(t, file)
		for what, spoil := range map[string]func() error{
			"deleted":   func() error { return os.RemoveAll(h.Directory) },
			"truncated": func() error { return os.Truncate(file, 40) },
			"foreign":   func() error { return os.WriteFile(file, []byte(`{"Enabled":false}`), 0o600) },
		} {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			h.review(t, noon.AddDate(0, 1, 0))
			if !h.enabled(t, made.ID) {
				t.Errorf("%s: the organization is disabled", what)
			}
			if current, err := h.Examine(t.Context(), made.ID); err != nil || *current.Seats != 25 {
				t.Errorf("%s: the license is %+v, %v", what, current.Facts, err)
			}
			if err := h.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := readFile(t, file); got != whole {
				t.Errorf("%s: the copy is %s", what, got)
			}
		}
	})
}

// Scenario 130 of spec 01: whenever the power fails, a reader finds one license.
func TestCopyIsWholeWhileItIsReplaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		file := filepath.Join(h.Directory, "organization", made.ID.String()+".json")
		short, long := named(t, "Short"), named(t, strings.Repeat("A long name ", 400))
		done := make(chan struct{})
		var seen sync.WaitGroup
		seen.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Errorf("no copy: %v", err)
					return
				}
				l, err := license.ParseOrganization(raw)
				if err == nil {
					_, err = gate().AdmitOrganization(l, noon)
				}
				if err != nil {
					t.Errorf("the copy is a part of a license: %v", err)
					return
				}
			}
		})
		for range 20 {
			for _, raw := range [][]byte{short, long} {
				if err := h.Update(t.Context(), made.ID, raw); err != nil {
					t.Fatal(err)
				}
			}
		}
		close(done)
		seen.Wait()
		left, err := os.ReadDir(filepath.Dir(file))
		if err != nil || len(left) != 1 {
			t.Errorf("%d files are left (%v), want the copy alone", len(left), err)
		}
	})
}

// Scenario 130 of spec 01: the license in the database and what it grants change
// together, or not at all.
func TestLicenseThatCannotBeStoredChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		before := readFile(t, filepath.Join(h.Directory, "organization", made.ID.String()+".json"))
		h.orgs.Announce = nil // the last thing that happens before the license is stored
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the update did not break off")
				}
			}()
			_ = h.Update(t.Context(), made.ID, file(t, func(f *license.Facts) { f.Seats = new(40) }))
		}()
		o, err := h.orgs.Get(t.Context(), made.ID)
		if err != nil || *o.Seats != 25 {
			t.Errorf("%d seats (%v), want 25 as before", *o.Seats, err)
		}
		if current, err := h.Current(t.Context(), made.ID); err != nil || *current.Seats != 25 {
			t.Errorf("the license has %v seats (%v)", current.Seats, err)
		}
		if after := readFile(t, filepath.Join(h.Directory, "organization", made.ID.String()+".json")); after != before {
			t.Error("the copy has changed")
		}
	})
}
