package people_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/test/harness"
)

// answered is what a stranger gets, and how long it took.
type answered struct {
	status int
	header []string // names
	body   string
	took   time.Duration
}

func ask(t *testing.T, s *harness.Server, path, kind, body string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Bitwarden-Client-Version", "2026.9.0")
	began := time.Now()
	res, err := s.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{res.StatusCode, slices.Sorted(maps.Keys(res.Header)), string(raw), time.Since(began)}
}

// alike asks the same of an address with an account and of one without, in turn, and
// compares the answers but for their bodies, and the medians of the times.
func alike(t *testing.T, times int, ask func(email string) answered) (known, unknown answered) {
	t.Helper()
	var took [2][]time.Duration
	for range times {
		known, unknown = ask("ada@acme.example"), ask("nobody@acme.example")
		took[0], took[1] = append(took[0], known.took), append(took[1], unknown.took)
	}
	if known.status != unknown.status || !slices.Equal(known.header, unknown.header) {
		t.Errorf("known: %d %v; unknown: %d %v", known.status, known.header, unknown.status, unknown.header)
	}
	// Less than any work that is done for one of the two takes, and more than chance.
	const noticeable = 250 * time.Millisecond
	median := func(list []time.Duration) time.Duration {
		slices.Sort(list)
		return list[len(list)/2]
	}
	if a, b := median(took[0]), median(took[1]); (a - b).Abs() > noticeable {
		t.Errorf("known: %v; unknown: %v", a, b)
	}
	return known, unknown
}

// Scenario 177 of spec 03.
func TestAnswersDoNotTellWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	server, box := harness.NewSelfHosted(t, harness.SQLite)
	server.Join(t, box, "ada@acme.example", "Ada", "en")
	// With the real limits the waits have their real length.
	server.Set(t, map[string]string{"coffre__limits__factor": ""})
	server.Restart(t)
	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"
	t.Run("prelogin", func(t *testing.T) {
		known, unknown := alike(t, 5, func(email string) answered {
			return ask(t, server, "/identity/accounts/prelogin/password", asJSON, `{"email":"`+email+`"}`)
		})
		if a, b := members(t, known.body), members(t, unknown.body); !slices.Equal(a, b) {
			t.Errorf("known: %v; unknown: %v", a, b)
		}
	})
	t.Run("password hint", func(t *testing.T) {
		known, unknown := alike(t, 1, func(email string) answered {
			return ask(t, server, "/api/accounts/password-hint", asJSON, `{"email":"`+email+`"}`)
		})
		if known.body != unknown.body || min(known.took, unknown.took) < account.QuietTime {
			t.Errorf("known: %s after %v; unknown: %s after %v", known.body, known.took, unknown.body, unknown.took)
		}
	})
	t.Run("log-in", func(t *testing.T) {
		known, unknown := alike(t, 1, func(email string) answered {
			return ask(t, server, "/identity/connect/token", asForm, url.Values{
				"grant_type": {"password"}, "username": {email}, "password": {"wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="}, "scope": {"api offline_access"},
				"client_id": {"web"}, "deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
			}.Encode())
		})
		if known.body != unknown.body || min(known.took, unknown.took) < account.FailureDelay {
			t.Errorf("known: %s after %v; unknown: %s after %v", known.body, known.took, unknown.body, unknown.took)
		}
	})
}

// members returns the names of what is in a body. The values differ from person to
// person, as they would if everybody had an account.
func members(t *testing.T, body string) []string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return names("", value)
}

func names(at string, value any) (list []string) {
	object, _ := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		list = append(list, at+"."+name)
		list = append(list, names(at+"."+name, object[name])...)
	}
	return list
}
