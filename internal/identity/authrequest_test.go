package identity_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
)

// cli is the device of passwordForm.
const cli = "5f6fb9b4-5b1a-4e3b-9a0f-3c9c6c1c2f10"

// asked makes a request of a person's command line client.
func (w *world) asked(t *testing.T, email string) device.AuthRequest {
	t.Helper()
	r, err := w.Devices.CreateRequest(t.Context(), device.Wish{Email: email, Identifier: cli, Kind: device.LogIn, PublicKey: "MIIB", Code: "the code"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// approved is asked, with the answer that lets the client in.
func (w *world) approved(t *testing.T, email string) device.AuthRequest {
	t.Helper()
	r := w.asked(t, email)
	r, err := w.Devices.AnswerRequest(t.Context(), r.AccountID, r.ID, device.Answer{Identifier: cli, Approved: true, Key: "4.QUJD"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// withRequest is the form of a client that another device has approved.
func withRequest(email string, r device.AuthRequest, pairs ...string) url.Values {
	return with(with(passwordForm(email, "the code"), "authRequest", r.ID.String()), pairs...)
}

// Scenario 96.
func TestApprovedRequestSignsInOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.signIn(t)
		refused := func(name string, form url.Values, code string) {
			t.Helper()
			w.slept = 0
			if a := w.ask(t, form); a.status != 400 || a.Error != code || a.AccessToken != "" {
				t.Errorf("%s: got %d %s", name, a.status, a.body)
			}
			if code == "invalid_grant" && w.slept != account.FailureDelay {
				t.Errorf("%s: slept %v, want %v", name, w.slept, account.FailureDelay)
			}
		}
		refused("before approval", withRequest(w.zoe.Email, w.asked(t, w.zoe.Email)), "invalid_grant")
		r := w.approved(t, w.zoe.Email)
		for name, form := range map[string]url.Values{
			"with a wrong code":           withRequest(w.zoe.Email, r, "password", "another"),
			"with the password":           withRequest(w.zoe.Email, r, "password", hash),
			"for another person":          withRequest(w.bob.Email, r),
			"for an unknown person":       withRequest("nobody@example.com", r),
			"with an unknown request":     withRequest(w.zoe.Email, device.AuthRequest{ID: id.New()}),
			"with what is no request":     withRequest(w.zoe.Email, r, "authRequest", "' OR 1=1"),
			"with the code as a password": withRequest(w.zoe.Email, r, "authRequest", "-"),
		} {
			refused(name, form, "invalid_grant")
		}
		refused("from an unknown device", withRequest(w.zoe.Email, r, "deviceIdentifier", "tablet"), "device_error")
		if a := w.ask(t, withRequest(w.zoe.Email, r)); a.status != 200 || a.RefreshToken == "" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused("a second time", withRequest(w.zoe.Email, r), "invalid_grant")
		late := w.approved(t, w.zoe.Email)
		w.now = w.now.Add(device.RequestLife)
		refused("after 15 minutes", withRequest(w.zoe.Email, late), "invalid_grant")
	})
}

// Two sign-ins with one request at the same time pass the same look at it.
func TestApprovedRequestSignsInOnceAmongMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.signIn(t)
		r := w.approved(t, w.zoe.Email)
		const many = 8
		statuses := make(chan int, many)
		for range many {
			go func() {
				req := httptest.NewRequest("POST", "/identity/connect/token", strings.NewReader(withRequest(w.zoe.Email, r).Encode()))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
				rec := httptest.NewRecorder()
				w.router.ServeHTTP(rec, req)
				statuses <- rec.Code
			}()
		}
		good := 0
		for range many {
			if status := <-statuses; status == 200 {
				good++
			}
		}
		if good != 1 {
			t.Errorf("%d of %d signed in, want 1", good, many)
		}
	})
}

// Scenario 48.
func TestRemovedDeviceIsSignedOutAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		device.Mount(w.router, w.Devices)
		phone, laptop := w.signIn(t, "deviceIdentifier", "phone"), w.signIn(t, "deviceIdentifier", "laptop")
		found, known, err := w.Devices.Find(t.Context(), w.zoe.ID, "phone")
		if err != nil || !known {
			t.Fatal(known, err)
		}
		req := httptest.NewRequest("DELETE", "/api/devices/"+found.ID.String(), nil)
		req.Header.Set("Authorization", "Bearer "+laptop.AccessToken)
		rec := httptest.NewRecorder()
		if w.router.ServeHTTP(rec, req); rec.Code != 200 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		if status, body := w.get("/api/me", phone.AccessToken); status != 401 {
			t.Errorf("the access token is answered %d %s", status, body)
		}
		refresh := func(token string) answer {
			return w.ask(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {"cli"}, "refresh_token": {token}})
		}
		if a := refresh(phone.RefreshToken); a.status != 400 || a.Error != "invalid_grant" {
			t.Errorf("the refresh token is answered %d %s", a.status, a.body)
		}
		w.now = noon.Add(time.Minute)
		if a := refresh(laptop.RefreshToken); a.status != 200 {
			t.Errorf("the other device is answered %d %s", a.status, a.body)
		}
		// The same client may sign in again, and the old tokens stay dead.
		w.signIn(t, "deviceIdentifier", "phone")
		if a := refresh(phone.RefreshToken); a.status != 400 {
			t.Errorf("the old refresh token is answered %d %s", a.status, a.body)
		}
	})
}
