package account_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/notice"
)

// Scenario 79.
func TestHintIsMailedAndNobodyToldWhoHasOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, ada := s.member(t, "zoe@example.com"), s.member(t, "ada@example.com")
		ada.PasswordHint = ""
		if err := s.Store.Update(t.Context(), ada); err != nil {
			t.Fatal(err)
		}
		for email, want := range map[string]string{"ZOE@example.com": "password-hint", "ada@example.com": "password-hint-none", "nobody@example.com": ""} {
			s.mails = nil
			s.quiet(t, "/api/accounts/password-hint", email)
			switch {
			case want == "" && len(s.mails) > 0:
				t.Errorf("nobody is mailed %+v", s.mails)
			case want != "" && s.last(t, 1).Template != want:
				t.Errorf("%s is mailed %+v", email, s.mails)
			}
		}
		s.quiet(t, "/api/accounts/password-hint", zoe.Email)
		s.quiet(t, "/api/accounts/password-hint", zoe.Email)
		if m := s.mails[len(s.mails)-2:]; m[0].Data["Hint"] != zoe.PasswordHint || m[0].Once != m[1].Once {
			t.Errorf("mailed %+v", m)
		}
	})
}

// quiet asks an anonymous route for an address, which answers everybody alike and
// takes as long for everybody.
func (s *site) quiet(t *testing.T, path, email string) {
	t.Helper()
	s.slept = 0
	elapsed := clock.Stopwatch()
	status, answer := s.post(t, account.Account{}, path, object{"email": email})
	if status != http.StatusOK || answer != "" {
		t.Errorf("%s: %d %s", email, status, answer)
	}
	// The world does not sleep, it notes how long it should have.
	if took := elapsed() + s.slept; took < 300*time.Millisecond {
		t.Errorf("%s is answered after %s", email, took)
	}
}

// Scenario 78.
func TestLinkDeletesTheAccountOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, bob := s.member(t, "zoe@example.com"), s.member(t, "bob@example.com")
		s.quiet(t, "/api/accounts/delete-recover", "nobody@example.com")
		if len(s.mails) > 0 {
			t.Errorf("nobody is mailed %+v", s.mails)
		}
		s.quiet(t, "/api/accounts/delete-recover", "Zoe@example.com")
		m := s.last(t, 1)
		page, values := linkOf(t, m)
		if m.Template != "delete-account" || m.To != zoe.Email || page != "https://vault.example/#/verify-recover-delete" ||
			values.Get("userId") != zoe.ID.String() || values.Get("email") != zoe.Email {
			t.Errorf("mailed %+v", m)
		}
		token := values.Get("token")
		open := func(who account.Account, token string) (status int, answer string) {
			t.Helper()
			return s.post(t, account.Account{}, "/api/accounts/delete-recover-token", object{"userId": who.ID.String(), "token": token})
		}
		if status, answer := open(bob, token); status != http.StatusBadRequest || !strings.Contains(answer, "Invalid token.") {
			t.Errorf("of another person: %d %s", status, answer)
		}
		if status, _ := open(zoe, token+"A"); status != http.StatusBadRequest {
			t.Errorf("altered: %d", status)
		}
		s.now = s.now.Add(24 * time.Hour)
		if status, _ := open(zoe, token); status != http.StatusBadRequest {
			t.Errorf("a day later: %d", status)
		}
		s.now = s.now.Add(-time.Second)
		if status, answer := open(zoe, token); status != http.StatusOK {
			t.Errorf("got %d %s", status, answer)
		}
		s.told(t, notice.LogOutEverywhere(zoe.ID, s.now))
		if _, err := s.Get(t.Context(), zoe.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the person is still there: %v", err)
		}
		if status, _ := open(zoe, token); status != http.StatusBadRequest {
			t.Errorf("again: %d", status)
		}
		if s.stored(t, bob).Email != bob.Email {
			t.Error("somebody else is gone")
		}
	})
}

func TestVerifyingLinkDoesNotDelete(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	zoe.EmailVerified = false
	if err := s.Store.Update(t.Context(), zoe); err != nil {
		t.Fatal(err)
	}
	if err := s.SendVerification(t.Context(), zoe.ID); err != nil {
		t.Fatal(err)
	}
	_, values := linkOf(t, s.last(t, 1))
	refused(t, s.DeleteByLink(t.Context(), zoe.ID, values.Get("token")), "account.voidToken")
	s.now, s.mails = s.now.Add(time.Minute), nil
	if err := s.SendDeletion(t.Context(), zoe.Email); err != nil {
		t.Fatal(err)
	}
	_, values = linkOf(t, s.last(t, 1))
	if err := s.RenewStamp(t.Context(), zoe.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, s.DeleteByLink(t.Context(), zoe.ID, values.Get("token")), "account.voidToken")
}

// Scenario 80.
func TestDeletionNeedsTheSecretAndMayBeRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		for _, route := range []string{"DELETE /api/accounts", "POST /api/accounts/delete"} {
			zoe := s.member(t, "zoe@example.com")
			for _, body := range []object{{}, {"masterPasswordHash": "wrong"}, {"otp": "12345678"}} {
				if status, answer := s.post(t, zoe, route, body); status != http.StatusBadRequest {
					t.Errorf("%v: %d %s", body, status, answer)
				}
			}
			s.owned[zoe.ID] = fault.New(fault.Invalid, "org.onlyOwner").With("name", "Acme")
			right := object{"masterPasswordHash": hash}
			if status, answer := s.post(t, zoe, route, right); status != http.StatusBadRequest || !strings.Contains(answer, "only owner of Acme") {
				t.Errorf("only owner: %d %s", status, answer)
			}
			s.stored(t, zoe)
			delete(s.owned, zoe.ID)
			if status, answer := s.post(t, zoe, route, right); status != http.StatusOK {
				t.Errorf("got %d %s", status, answer)
			}
			if _, known, err := s.FindByEmail(t.Context(), zoe.Email); known || err != nil {
				t.Errorf("the person is still there: %v", err)
			}
		}
	})
}

// Scenarios 108 and 109. What is left of a hint is a value to a mail.
func TestHintHasOneLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		body := with(legacy(zoe), object{"masterPasswordHash": hash, "masterPasswordHint": "a\r\nBcc: all@example.com\u2028<script>"})
		if status, answer := s.post(t, zoe, "/api/accounts/password", body); status != http.StatusOK {
			t.Fatalf("got %d %s", status, answer)
		}
		if err := s.SendHint(t.Context(), zoe.Email); err != nil {
			t.Fatal(err)
		}
		if got, want := s.mails[len(s.mails)-1].Data["Hint"], "aBcc: all@example.com\u2028<script>"; got != want {
			t.Errorf("mailed %q, want %q", got, want)
		}
	})
}
