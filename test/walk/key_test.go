package walk_test

import (
	"testing"

	"coffre/test/harness"
)

func (w *walk) r7(t *testing.T) {
	ctx := t.Context()
	_, err := w.ada.BillingSyncKey(ctx, w.acme, "not the master password")
	refused(t, err, 400, "")
	first, err := w.ada.BillingSyncKey(ctx, w.acme, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.APIKey) != 30 {
		t.Errorf("the token %q has not thirty characters", first.APIKey)
	}
	again, err := w.ada.BillingSyncKey(ctx, w.acme, harness.Password)
	if err != nil || again != first {
		t.Errorf("viewed again: %v, %v; want %v", again, err, first)
	}
	rotated, err := w.ada.RotateBillingSyncKey(ctx, w.acme, harness.Password)
	if err != nil || rotated.APIKey == first.APIKey {
		t.Errorf("rotated: %v, %v", rotated, err)
	}
	w.key = rotated.APIKey
	// The one that was replaced is dead at once.
	refused(t, w.save(t, first.APIKey), 400, "key-unknown", "Copy the present one")
}

func (w *walk) r8(t *testing.T) {
	ctx := t.Context()
	refused(t, w.save(t, some), 400, "key-unknown")
	if got, err := w.adaHome.GetConnection(ctx, w.acmeHome); err != nil || !got.ID.IsZero() {
		t.Errorf("a key that is wrong leaves a connection: %+v, %v", got, err)
	}
	saved, err := w.adaHome.SaveConnection(ctx, w.acmeHome, w.key)
	if err != nil {
		t.Fatal(err)
	}
	if !saved.Enabled || saved.Config == nil || saved.Config.CloudOrganizationID != w.acme {
		t.Errorf("saved: %+v", saved)
	}
	got, err := w.adaHome.GetConnection(ctx, w.acmeHome)
	if err != nil || got.ID != saved.ID {
		t.Errorf("found: %+v, %v; want %s", got, err, saved.ID)
	}
}
