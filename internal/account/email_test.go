package account_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

const (
	emailTokenPath = "/api/accounts/email-token"
	emailPath      = "/api/accounts/email"
)

// last returns the mail that was queued last, of which there must be n.
func (w *world) last(t *testing.T, n int) mail.Message {
	t.Helper()
	if len(w.mails) != n {
		t.Fatalf("mailed %+v, want %d", w.mails, n)
	}
	return w.mails[n-1]
}

// Scenario 76.
func TestAddressChangesWithACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		status, answer := s.post(t, zoe, emailTokenPath, object{"newEmail": " New@Example.com", "masterPasswordHash": hash})
		m := s.last(t, 1)
		if status != http.StatusOK || m.Template != "email-code" || m.To != "new@example.com" || s.stored(t, zoe).Email != zoe.Email {
			t.Fatalf("%d %s, mailed %+v", status, answer, m)
		}
		body := with(legacy(zoe), object{"masterPasswordHash": hash, "newEmail": "NEW@example.com", "token": m.Data["Code"]})
		if status, answer := s.post(t, zoe, emailPath, body); status != http.StatusOK {
			t.Fatalf("got %d %s", status, answer)
		}
		a := s.stored(t, zoe)
		if a.Email != "new@example.com" || a.Salt != a.Email || !a.EmailVerified || a.Key != newWrapped || a.SecurityStamp == zoe.SecurityStamp ||
			!a.EmailChangedAt.Equal(s.now) || !s.opens(t, "new@example.com", newHash) || s.opens(t, "zoe@example.com", hash) {
			t.Errorf("got %+v", a)
		}
		if m := s.last(t, 2); m.Template != "email-changed" || m.To != "zoe@example.com" || m.Data["Email"] != "new@example.com" {
			t.Errorf("mailed %+v", m)
		}
		s.told(t, notice.LogOutEverywhere(zoe.ID, s.now))
		if status, _ := s.post(t, zoe, emailPath, with(body, object{"masterPasswordHash": newHash})); status != http.StatusBadRequest {
			t.Errorf("the code is good twice: %d", status)
		}
	})
}

// Scenario 76.
func TestTakenAddressLooksFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		s.member(t, "bob@example.com")
		ask := func(email string) (status int, answer string) {
			t.Helper()
			return s.post(t, zoe, emailTokenPath, object{"newEmail": email, "masterPasswordHash": hash})
		}
		status, answer := ask("bob@example.com")
		m := s.last(t, 1)
		if status != http.StatusOK || m.Template != "email-taken" || m.To != "zoe@example.com" || m.Data["Email"] != "bob@example.com" {
			t.Errorf("%d %s, mailed %+v", status, answer, m)
		}
		if again, _ := ask("bob@example.com"); again != http.StatusTooManyRequests {
			t.Errorf("taken, again at once: %d", again)
		}
		s.now = s.now.Add(time.Minute)
		free, freeAnswer := ask("free@example.com")
		if free != status || freeAnswer != answer {
			t.Errorf("taken: %d %s, free: %d %s", status, answer, free, freeAnswer)
		}
		if again, _ := ask("free@example.com"); again != http.StatusTooManyRequests {
			t.Errorf("free, again at once: %d", again)
		}
	})
}

// Scenario 76.
func TestCodeOfOneAddressIsNotGoodForAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, bob := s.member(t, "zoe@example.com"), s.member(t, "bob@example.com")
		s.post(t, zoe, emailTokenPath, object{"newEmail": "a@example.com", "masterPasswordHash": hash})
		text := s.last(t, 1).Data["Code"]
		body := func(email, token string) object {
			return with(legacy(zoe), object{"masterPasswordHash": hash, "newEmail": email, "token": token})
		}
		for name, test := range map[string]struct {
			who      account.Account
			body     object
			contains string
		}{
			"another address": {zoe, body("b@example.com", text), `"token":["Invalid token.`},
			"another person":  {bob, body("a@example.com", text), `"token":["Invalid token.`},
			"another code":    {zoe, body("a@example.com", other(text)), `"token":["Invalid token.`},
			"no code":         {zoe, body("a@example.com", ""), `"token"`},
			"wrong password":  {zoe, with(body("a@example.com", text), object{"masterPasswordHash": "wrong"}), `"MasterPasswordHash"`},
			"no new hash":     {zoe, change(body("a@example.com", text), "newMasterPasswordHash", nil), `"newMasterPasswordHash"`},
			"no new key":      {zoe, change(body("a@example.com", text), "key", nil), `"key"`},
			"no address":      {zoe, body("a", text), `"newEmail"`},
		} {
			t.Run(name, func(t *testing.T) {
				if status, answer := s.post(t, test.who, emailPath, test.body); status != http.StatusBadRequest || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want 400 with %s", status, answer, test.contains)
				}
			})
		}
		s.member(t, "a@example.com") // somebody is faster
		if status, answer := s.post(t, zoe, emailPath, body("a@example.com", text)); status != http.StatusBadRequest || !strings.Contains(answer, "already taken") {
			t.Errorf("taken meanwhile: %d %s", status, answer)
		}
		if a := s.stored(t, zoe); a.Email != zoe.Email || a.SecurityStamp != zoe.SecurityStamp {
			t.Errorf("something changed: %+v", a)
		}
	})
}

func TestChangeOfAddressBeginsWithThePassword(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	for name, body := range map[string]object{
		"wrong password": {"newEmail": "a@example.com", "masterPasswordHash": "wrong"},
		"no password":    {"newEmail": "a@example.com"},
		"no address":     {"masterPasswordHash": hash},
		"own address":    {"newEmail": "ZOE@example.com", "masterPasswordHash": hash},
		"header":         {"newEmail": "a@example.com\r\nBcc: b@example.com", "masterPasswordHash": hash},
	} {
		if status, answer := s.post(t, zoe, emailTokenPath, body); status != http.StatusBadRequest || len(s.mails) > 0 {
			t.Errorf("%s: %d %s, mailed %+v", name, status, answer, s.mails)
		}
	}
}

// linkOf returns what a mailed link carries.
func linkOf(t *testing.T, m mail.Message) (page string, values url.Values) {
	t.Helper()
	page, query, _ := strings.Cut(m.Data["Link"], "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return page, values
}

const verifyTokenPath = "/api/accounts/verify-email-token"

// Scenario 77.
func TestLinkVerifiesTheAddressItWasSentTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, bob := s.member(t, "zoe@example.com"), s.member(t, "bob@example.com")
		zoe.EmailVerified = false
		if err := s.Store.Update(t.Context(), zoe); err != nil {
			t.Fatal(err)
		}
		if status, answer := s.post(t, zoe, "/api/accounts/verify-email", nil); status != http.StatusOK {
			t.Fatalf("got %d %s", status, answer)
		}
		m := s.last(t, 1)
		page, values := linkOf(t, m)
		if m.Template != "verify-email" || m.To != zoe.Email || page != "https://vault.example/#/verify-email" || values.Get("userId") != zoe.ID.String() {
			t.Errorf("mailed %+v", m)
		}
		open := func(userID, token string) int {
			t.Helper()
			s.slept = 0
			status, _ := s.post(t, account.Account{}, verifyTokenPath, object{"userId": userID, "token": token})
			if status != http.StatusOK && s.slept != account.FailureDelay {
				t.Errorf("refused after %s", s.slept)
			}
			return status
		}
		token := values.Get("token")
		for name, status := range map[string]int{
			"of another person": open(bob.ID.String(), token),
			"of nobody":         open("00000000-0000-4000-8000-000000000000", token),
			"of no id":          open("me", token),
			"altered":           open(zoe.ID.String(), token+"A"),
		} {
			if status != http.StatusBadRequest {
				t.Errorf("%s: %d", name, status)
			}
		}
		s.now = s.now.Add(24 * time.Hour)
		if status := open(zoe.ID.String(), token); status != http.StatusBadRequest {
			t.Errorf("a day later: %d", status)
		}
		s.now = s.now.Add(-time.Second)
		for range 2 { // the second time nothing is left to do
			if status := open(zoe.ID.String(), token); status != http.StatusOK || !s.stored(t, zoe).EmailVerified {
				t.Errorf("got %d", status)
			}
		}
		if status, answer := s.post(t, zoe, "/api/accounts/verify-email", nil); status != http.StatusBadRequest || !strings.Contains(answer, "verified already") {
			t.Errorf("verified already: %d %s", status, answer)
		}
	})
}

// Scenario 77.
func TestLinkOfAnOldAddressVerifiesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		for name, alter := range map[string]func(*account.Account){
			"another address": func(a *account.Account) { a.Email = "new@example.com" },
			"another stamp":   func(a *account.Account) { a.SecurityStamp = "new" },
		} {
			zoe.EmailVerified = false
			if err := s.Store.Update(t.Context(), zoe); err != nil {
				t.Fatal(err)
			}
			s.now, s.mails = s.now.Add(time.Minute), nil
			if err := s.SendVerification(t.Context(), zoe.ID); err != nil {
				t.Fatal(err)
			}
			_, values := linkOf(t, s.last(t, 1))
			moved := zoe
			alter(&moved)
			if err := s.Store.Update(t.Context(), moved); err != nil {
				t.Fatal(err)
			}
			refused(t, s.VerifyEmail(t.Context(), zoe.ID, values.Get("token")), "account.voidToken")
			if s.stored(t, zoe).EmailVerified {
				t.Errorf("%s: verified", name)
			}
		}
	})
}
