package cipher

import (
	"context"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

var tooManyAtOnce = fault.New(fault.Invalid, "cipher.tooManyAtOnce").On("ids")

// checkMany refuses more items than one request may be about.
func (s *Service) checkMany(n int) error {
	if n > s.Limits.AtOnce {
		return tooManyAtOnce.With("limit", s.Limits.AtOnce)
	}
	return nil
}

// removal is a step on the way out of a vault, or back.
type removal struct {
	what   event.Type
	kind   notice.Kind
	needed func(Cipher) bool // whether there is something to do
	apply  func(ctx context.Context, w *work, cipherIDs []id.ID) error
}

var (
	trashing = removal{
		event.CipherTrashed, notice.CipherUpdated, func(c Cipher) bool { return c.DeletedAt.IsZero() },
		func(ctx context.Context, w *work, ids []id.ID) error { return w.Store.Trash(ctx, ids, w.at, w.at) },
	}
	restoring = removal{
		event.CipherRestored, notice.CipherUpdated, func(c Cipher) bool { return !c.DeletedAt.IsZero() },
		func(ctx context.Context, w *work, ids []id.ID) error {
			return w.Store.Trash(ctx, ids, time.Time{}, w.at)
		},
	}
	deleting = removal{
		event.CipherDeleted, notice.CipherDeleted, func(Cipher) bool { return true },
		func(ctx context.Context, w *work, ids []id.ID) error { return w.erase(ctx, ids) },
	}
)

// Trash moves an item to the trash; what is there already stays.
func (s *Service) Trash(ctx context.Context, caller, cipherID id.ID) error {
	_, err := s.remove(ctx, caller, cipherID, trashing)
	return err
}

// Restore takes an item out of the trash; what is not in it stays as it is.
func (s *Service) Restore(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	return s.remove(ctx, caller, cipherID, restoring)
}

// Delete deletes an item for good.
func (s *Service) Delete(ctx context.Context, caller, cipherID id.ID) error {
	_, err := s.remove(ctx, caller, cipherID, deleting)
	return err
}

func (s *Service) remove(ctx context.Context, caller, cipherID id.ID, r removal) (it Item, err error) {
	err = s.change(ctx, caller, scope{ciphers: []id.ID{cipherID}}, func(ctx context.Context, w *work) error {
		if it, err = w.one(cipherID); err == nil && !it.Access.Delete {
			err = notDeletable
		}
		if err != nil {
			return err
		}
		it, err = w.removeOne(ctx, it, r)
		return err
	})
	return it, err
}

// removeOne takes the step with one item, whoever may.
func (w *work) removeOne(ctx context.Context, it Item, r removal) (Item, error) {
	if !r.needed(it.Cipher) {
		return it, nil
	}
	if err := r.apply(ctx, w, []id.ID{it.ID}); err != nil {
		return Item{}, err
	}
	it = w.after(it, r)
	return it, w.tell(ctx, r.kind, r.what, it.Cipher, w.collections(it.ID))
}

// after returns an item as it is after the step.
func (w *work) after(it Item, r removal) Item {
	it.RevisedAt, it.DeletedAt = w.at, time.Time{}
	if r.what == event.CipherTrashed {
		it.DeletedAt = w.at
	}
	return it
}

// TrashMany, RestoreMany and DeleteMany do it to those of some items with which the
// caller may. All others are passed over in silence.
func (s *Service) TrashMany(ctx context.Context, caller id.ID, cipherIDs []id.ID) error {
	_, err := s.removeMany(ctx, caller, cipherIDs, trashing)
	return err
}

// RestoreMany is described with TrashMany. It returns what it has restored.
func (s *Service) RestoreMany(ctx context.Context, caller id.ID, cipherIDs []id.ID) ([]Item, error) {
	return s.removeMany(ctx, caller, cipherIDs, restoring)
}

// DeleteMany is described with TrashMany.
func (s *Service) DeleteMany(ctx context.Context, caller id.ID, cipherIDs []id.ID) error {
	_, err := s.removeMany(ctx, caller, cipherIDs, deleting)
	return err
}

func (s *Service) removeMany(ctx context.Context, caller id.ID, cipherIDs []id.ID, r removal) (done []Item, err error) {
	if err := s.checkMany(len(cipherIDs)); err != nil {
		return nil, err
	}
	err = s.change(ctx, caller, scope{ciphers: cipherIDs}, func(ctx context.Context, w *work) error {
		var chosen []Item
		for _, cipherID := range w.order {
			if it := w.items[cipherID]; it.Seen && it.Access.Delete {
				chosen = append(chosen, it)
			}
		}
		done, err = w.removeAll(ctx, chosen, r)
		return err
	})
	return done, err
}

// removeAll takes the step with items, whoever may.
func (w *work) removeAll(ctx context.Context, items []Item, r removal) ([]Item, error) {
	done := []Item{}
	for _, it := range items {
		if r.needed(it.Cipher) {
			done = append(done, w.after(it, r))
		}
	}
	if len(done) == 0 {
		return done, nil
	}
	if err := r.apply(ctx, w, idsOf(done)); err != nil {
		return nil, err
	}
	return done, w.tellMany(ctx, r.what, ciphersOf(done)...)
}

func idsOf(items []Item) []id.ID {
	ids := make([]id.ID, len(items))
	for i, it := range items {
		ids[i] = it.ID
	}
	return ids
}

func ciphersOf(items []Item) []Cipher {
	ciphers := make([]Cipher, len(items))
	for i, it := range items {
		ciphers[i] = it.Cipher
	}
	return ciphers
}
