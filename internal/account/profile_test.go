package account_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Scenario 81.
func TestAvatarIsAColor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		for _, color := range []any{"red", "#12345", "#1234567", "#12345g", "", "＃123456", strings.Repeat("#", 1000), 7} {
			if status, answer := s.post(t, zoe, "PUT /api/accounts/avatar", object{"avatarColor": color}); status != http.StatusBadRequest || !strings.Contains(answer, `"avatarColor"`) {
				t.Errorf("%v: %d %s", color, status, answer)
			}
		}
		if s.stored(t, zoe).AvatarColor != zoe.AvatarColor || len(s.notices) > 0 {
			t.Error("a refused color is stored or announced")
		}
		for _, color := range []any{"#A0b1c2", nil} {
			s.notices = nil
			want, _ := color.(string)
			status, answer := s.post(t, zoe, "/api/accounts/avatar", object{"avatarColor": color})
			if status != http.StatusOK || s.stored(t, zoe).AvatarColor != want || !strings.Contains(answer, `"object":"profile"`) {
				t.Errorf("%v: %d %s", color, status, answer)
			}
			s.told(t, notice.Settings(zoe.ID, s.now))
		}
	})
}

// Scenarios 82 and 108.
func TestNameIsStoredAsTypedButForControls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		tests := map[string]struct {
			body, stored string
			status       int
		}{
			"HTML":              {`{"name":"<b>Zoé</b> & co"}`, "<b>Zoé</b> & co", 200},
			"controls":          {`{"name":"Zo\u0007é\r\n\tB"}`, "ZoéB", 200},
			"emoji":             {`{"name":"Zoé 🦊"}`, "Zoé 🦊", 200},
			"right to left":     {`{"name":"\u202eZoé"}`, "\u202eZoé", 200},
			"lone surrogate":    {`{"name":"Zoé \ud800"}`, "Zoé \uFFFD", 200},
			"fifty letters":     {`{"name":"` + strings.Repeat("é", 50) + `"}`, strings.Repeat("é", 50), 200},
			"fifty-one letters": {`{"name":"` + strings.Repeat("é", 51) + `"}`, "", 400},
			"NUL":               {`{"name":"Zoé\u0000"}`, "", 400},
			"broken bytes":      {"{\"name\":\"Zo\xff\"}", "", 400},
		}
		for name, test := range tests {
			rec := s.call("PUT", "/api/accounts/profile", zoe.ID.String(), test.body)
			if rec.Code != test.status {
				t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
			}
			if got := s.stored(t, zoe).Name; rec.Code == http.StatusOK && got != test.stored {
				t.Errorf("%s: stored %q, want %q", name, got, test.stored)
			}
		}
	})
}

// Scenario 108.
func TestHintMayHoldAnyLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		zoe.ForcePasswordReset = true
		for hint, want := range map[string]int{
			`🦊 \u202eclé`: 200, `\ud800`: 200, `a\u0000`: 400, "a\xff": 400, strings.Repeat("🦊", 50): 200, strings.Repeat("🦊", 51): 400,
		} {
			if err := s.Store.Update(t.Context(), zoe); err != nil {
				t.Fatal(err)
			}
			rec := s.call("PUT", "/api/accounts/update-temp-password", zoe.ID.String(),
				`{"newMasterPasswordHash":"`+newHash+`","key":"`+newWrapped+`","masterPasswordHint":"`+hint+`"}`)
			if rec.Code != want {
				t.Errorf("%q: %d %s", hint, rec.Code, rec.Body)
			}
		}
	})
}

func TestNewDevicesAreVerifiedAsThePersonWishes(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	const route = "PUT /api/accounts/verify-devices"
	for _, body := range []object{
		{"verifyDevices": false}, {"verifyDevices": false, "masterPasswordHash": "wrong"}, {"masterPasswordHash": hash}, {"verifyDevices": "no", "masterPasswordHash": hash},
	} {
		if status, answer := s.post(t, zoe, route, body); status != http.StatusBadRequest || !s.stored(t, zoe).VerifyDevices {
			t.Errorf("%v: %d %s", body, status, answer)
		}
	}
	for _, verify := range []bool{false, true} {
		s.notices = nil
		if status, answer := s.post(t, zoe, route, object{"verifyDevices": verify, "masterPasswordHash": hash}); status != http.StatusOK || s.stored(t, zoe).VerifyDevices != verify {
			t.Errorf("%v: %d %s", verify, status, answer)
		}
		s.told(t, notice.Settings(zoe.ID, s.now))
	}
}

func TestWhoBelongsNowhereHasNoOrganizations(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	const want = `{"object":"list","data":[],"continuationToken":null}`
	if rec := s.call("GET", "/api/accounts/organizations", zoe.ID.String(), ""); rec.Code != http.StatusOK || strings.TrimSpace(rec.Body.String()) != want {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestPublicKeysAreFoundByPerson(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	want := `{"userId":"` + zoe.ID.String() + `","publicKey":"` + publicKey() + `","signedPublicKey":null,"verifyingKey":null,"object":"publicKeys"}`
	if rec := s.call("GET", "/api/users/"+zoe.ID.String()+"/keys", zoe.ID.String(), ""); rec.Code != http.StatusOK || strings.TrimSpace(rec.Body.String()) != want {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := s.call("GET", "/api/users/"+id.New().String()+"/keys", zoe.ID.String(), ""); rec.Code != http.StatusNotFound {
		t.Errorf("keys of nobody: %d %s", rec.Code, rec.Body)
	}
}

// Scenarios 10 and 11.
func TestPreloginIsTheSameToTheByte(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		ask := func(email string) []byte {
			t.Helper()
			raw, err := json.Marshal(object{"email": email})
			if err != nil {
				t.Fatal(err)
			}
			rec := s.call("POST", "/identity/accounts/prelogin/password", "", string(raw))
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", email, rec.Code, rec.Body)
			}
			return rec.Body.Bytes()
		}
		kdfs := map[string]bool{}
		for i := range 200 {
			email := strings.Repeat("x", i+1) + "@example.com"
			answer := ask(email)
			if again := ask(" " + strings.ToUpper(email) + " "); !bytes.Equal(answer, again) {
				t.Errorf("%s: %s, then %s", email, answer, again)
			}
			var view struct{ KDFSettings json.RawMessage }
			if err := json.Unmarshal(answer, &view); err != nil {
				t.Fatal(err)
			}
			kdfs[string(view.KDFSettings)] = true
		}
		if len(kdfs) != 5 { // of the six, two are alike
			t.Errorf("unknown addresses appear with %d KDFs", len(kdfs))
		}
	})
}

// Scenario 12. The two take turns, so that a busy machine slows both; what they do
// to the database is the same and is counted.
func TestPreloginTakesAsLongForEveryone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.member(t, "zoe@example.com")
		const samples = 500
		emails := []string{"zoe@example.com", "bob@example.com"}
		times, statements := [2][]time.Duration{}, [2]int64{}
		for range samples {
			for i, email := range emails {
				before, elapsed := d.Statements(), clock.Stopwatch()
				if _, err := w.Prelogin(t.Context(), email); err != nil {
					t.Fatal(err)
				}
				times[i], statements[i] = append(times[i], elapsed()), statements[i]+d.Statements()-before
			}
		}
		for i := range times {
			slices.Sort(times[i])
		}
		quarter := func(i, n int) time.Duration { return times[i][n*(samples-1)/4] }
		if quarter(0, 1) > quarter(1, 3)+5*time.Millisecond || quarter(1, 1) > quarter(0, 3)+5*time.Millisecond {
			t.Errorf("known take %s to %s, unknown %s to %s", quarter(0, 1), quarter(0, 3), quarter(1, 1), quarter(1, 3))
		}
		if statements[0] != statements[1] {
			t.Errorf("known take %d statements, unknown %d", statements[0], statements[1])
		}
	})
}
