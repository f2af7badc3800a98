package push_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/push"
)

// recorder is a Provider that remembers what it is asked.
type recorder struct {
	*testing.T
	calls chan recorded

	mu  sync.Mutex
	err error
}

type recorded struct {
	What    string
	Phones  []push.Phone
	Message push.Message
}

func newRecorder(t *testing.T) *recorder { return &recorder{T: t, calls: make(chan recorded, 100)} }

func (r *recorder) add(call recorded) error {
	r.calls <- call
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *recorder) Register(_ context.Context, p push.Phone) error {
	return r.add(recorded{What: "register", Phones: []push.Phone{p}})
}

func (r *recorder) Delete(_ context.Context, p push.Phone) error {
	return r.add(recorded{What: "delete", Phones: []push.Phone{p}})
}

func (r *recorder) Send(_ context.Context, to []push.Phone, m push.Message) error {
	return r.add(recorded{What: "send", Phones: to, Message: m})
}

func (r *recorder) next() recorded {
	r.Helper()
	select {
	case call := <-r.calls:
		return call
	case <-time.After(patience):
		r.Fatal("the provider was not asked")
		return recorded{}
	}
}

// nothing fails the test when the Provider was asked.
func (r *recorder) nothing() {
	r.Helper()
	select {
	case call := <-r.calls:
		r.Errorf("asked for %+v", call)
	default:
	}
}

// provide gives a world a Provider, and works off its queue.
func (w *world) provide() *recorder {
	w.Helper()
	r := newRecorder(w.T)
	w.room.Phones.Provider = r
	w.room.Phones.Schedule()
	ctx, cancel := context.WithCancel(w.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.queue.Run(ctx) })
	w.Cleanup(func() { cancel(); wg.Wait() })
	return r
}

// phone is what the Provider knows of a person's device.
func phone(p person, deviceType int, token string, organizations ...string) push.Phone {
	return push.Phone{
		AccountID: p.id.String(), DeviceID: p.device.String(), Identifier: p.token, Type: deviceType, Token: token, Organizations: organizations,
	}
}

func TestPhoneIsRegisteredAndForgotten(t *testing.T) {
	each(t, func(w *world) {
		r := w.provide()
		zoe, bob := w.join("zoe", 0, "fcm"), w.join("bob", 9, "no phone")
		organization := w.employ(zoe)
		registered := func(p person, deviceType int) error {
			return w.db.Tx(w.Context(), func(ctx context.Context) error {
				return w.room.Phones.Registered(ctx, device.Device{ID: p.device, AccountID: p.id, Type: deviceType})
			})
		}
		if err := errors.Join(registered(bob, 9), registered(zoe, 0)); err != nil {
			w.Fatal(err)
		}
		want := recorded{What: "register", Phones: []push.Phone{phone(zoe, 0, "fcm", organization.String())}}
		if diff := cmp.Diff(want, r.next()); diff != "" {
			w.Errorf("-want +got:\n%s", diff)
		}
		w.exec(`UPDATE device SET push_token = NULL WHERE id = $1`, zoe.device)
		if err := w.room.Phones.Unregistered(w.Context(), device.Device{ID: zoe.device, AccountID: zoe.id}); err != nil {
			w.Fatal(err)
		}
		if got := r.next(); got.What != "delete" || got.Phones[0].DeviceID != zoe.device.String() {
			w.Errorf("got %+v", got)
		}
		r.nothing()
	})
}

func TestProviderThatFailsFailsNobodyAndIsAskedAgain(t *testing.T) {
	each(t, func(w *world) {
		r := w.provide()
		r.err = errors.New("no answer")
		zoe := w.join("zoe", 0, "fcm")
		if err := w.room.Phones.Registered(w.Context(), device.Device{ID: zoe.device, AccountID: zoe.id}); err != nil {
			w.Fatal(err)
		}
		r.next()
		for { // the job is put off, and not lost
			_, err := w.db.Exec(w.Context(), `UPDATE job SET due_at = run_at WHERE attempts = 1 AND kind = 'push-phone'`)
			if err != nil {
				w.Fatal(err)
			}
			w.queue.Wake()
			if len(r.calls) > 0 {
				break
			}
		}
		w.room.Announce(w.Context(), notice.Settings(zoe.id, noon))
		for r.next().What != "send" {
		}
	})
}

func TestPhonesHearWhatSocketsHear(t *testing.T) {
	each(t, func(w *world) {
		r := w.provide()
		zoe, bob := w.join("zoe", 1, "apns"), w.join("bob", 9, "")
		w.room.Announce(w.as(bob), notice.Settings(bob.id, noon))
		w.room.Announce(w.as(zoe), notice.Folder(notice.FolderCreated, zoe.id, id.ID{5}, noon))
		got := r.next()
		want := recorded{What: "send", Phones: []push.Phone{phone(zoe, 1, "apns")}, Message: push.Message{
			Kind: 7, DeviceID: zoe.device.String(), Identifier: zoe.token,
			Payload: json.RawMessage(`{"id":"` + id.ID{5}.String() + `","userId":"` + zoe.id.String() + `","revisionDate":"2026-11-23T12:00:00.123Z"}`),
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			w.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestOrganizationIsHeardOnItsMembersPhones(t *testing.T) {
	each(t, func(w *world) {
		r := w.provide()
		zoe, bob, eve := w.join("zoe", 1, "one"), w.join("bob", 15, "two"), w.join("eve", 0, "three")
		organization := w.employ(zoe, bob)
		w.room.Announce(w.Context(), notice.Notice{Kind: notice.OrganizationStatus, Organization: organization, Members: map[string]any{"Enabled": true}})
		got := r.next()
		var heard []string
		for _, p := range got.Phones {
			heard = append(heard, p.Token)
		}
		slices.Sort(heard)
		if !slices.Equal(heard, []string{"one", "two"}) || got.Message.Organization != organization.String() ||
			!strings.Contains(string(got.Message.Payload), `"enabled":true`) {
			w.Errorf("got %+v", got)
		}
		// Whoever is in one more organization is registered with it.
		w.exec(`UPDATE member SET account_id = $1 WHERE account_id = $2`, eve.id, bob.id)
		w.room.Announce(w.Context(), notice.OrgKeys(noon, eve.id))
		for range 2 {
			got := r.next()
			if got.What == "register" && !slices.Equal(got.Phones[0].Organizations, []string{organization.String()}) {
				w.Errorf("got %+v", got)
			}
		}
	})
}

func TestPhonesOfADeletedPersonAreForgotten(t *testing.T) {
	each(t, func(w *world) {
		r := w.provide()
		zoe := w.join("zoe", 0, "fcm")
		err := w.db.Tx(w.Context(), func(ctx context.Context) error {
			if err := w.room.Phones.Leaving(ctx, zoe.id); err != nil {
				return err
			}
			_, err := w.db.Exec(ctx, `DELETE FROM account WHERE id = $1`, zoe.id)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		if got := r.next(); got.What != "delete" || got.Phones[0].DeviceID != zoe.device.String() {
			w.Errorf("got %+v", got)
		}
	})
}
