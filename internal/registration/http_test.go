package registration_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

const (
	startPath   = "/identity/accounts/register/send-verification-email"
	clickedPath = "/identity/accounts/register/verification-email-clicked"
)

// Scenario 15.
func TestStartAnswersByWhetherAddressesAreVerified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		body := object{"email": "zoe@example.com", "name": "Zoé", "receiveMarketingEmails": false}
		if status, answer := w.post(t, startPath, body); status != http.StatusNoContent || answer != "" {
			t.Errorf("verified: %d %s", status, answer)
		}
		w.Verification = false
		status, answer := w.post(t, startPath, body)
		var token string
		if err := json.Unmarshal([]byte(answer), &token); status != http.StatusOK || err != nil || !strings.HasPrefix(token, "BwRegistrationEmailVerificationToken_") {
			t.Errorf("not verified: %d %s", status, answer)
		}
		if status, answer := w.post(t, finishPath, oldBody("zoe@example.com", token)); status != http.StatusOK {
			t.Fatalf("got %d %s", status, answer)
		}
		if status, answer := w.post(t, startPath, body); status != http.StatusBadRequest || !strings.Contains(answer, "already taken") {
			t.Errorf("taken: %d %s", status, answer)
		}
	})
}

// Scenario 4.
func TestRefusalsNameTheMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		tests := map[string]struct {
			path     string
			body     object
			contains string
		}{
			"start, nothing":     {startPath, nil, `"email"`},
			"start, no address":  {startPath, object{"name": "x"}, `"email"`},
			"start, a number":    {startPath, object{"email": 7}, `"email"`},
			"start, long name":   {startPath, object{"email": "a@example.com", "name": strings.Repeat("x", 51)}, `"name"`},
			"clicked, bad link":  {clickedPath, object{"email": "a@example.com", "emailVerificationToken": "x"}, "Expired link"},
			"clicked, nothing":   {clickedPath, object{}, `"emailVerificationToken":[`},
			"clicked, no person": {clickedPath, object{"emailVerificationToken": "x"}, `"email":[`},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				status, answer := w.post(t, test.path, test.body)
				if status != http.StatusBadRequest || !strings.Contains(answer, test.contains) || !strings.Contains(answer, `"object":"error"`) {
					t.Errorf("got %d %s, want 400 with %s", status, answer, test.contains)
				}
			})
		}
	})
}
