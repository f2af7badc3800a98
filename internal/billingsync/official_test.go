package billingsync_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
)

// recorded is what an official cloud answers, route by route; a route that is nil is
// answered as it should be. License and Sponsorships are the codes of the run's parts,
// and Says is in the text of the first that failed.
type recorded struct {
	Name                       string
	Token, Config, Renew, Sync *answer
	License, Sponsorships      string
	Says                       string
}

// answer is a status and a body.
type answer struct {
	status int
	body   json.RawMessage
}

// UnmarshalJSON reads [status, body].
func (a *answer) UnmarshalJSON(raw []byte) error {
	return json.Unmarshal(raw, &[]any{&a.status, &a.body})
}

// write sends JSON as it is, and a text as a page.
func (a *answer) write(w http.ResponseWriter) {
	w.WriteHeader(a.status)
	var text string
	if json.Unmarshal(a.body, &text) == nil {
		_, _ = io.WriteString(w, text)
		return
	}
	_, _ = w.Write(a.body)
}

// play answers in place of the cloud where there is a recording.
func (r recorded) play(t *testing.T, c *cloud) string {
	t.Helper()
	c.set(true, 0)
	behind, err := url.Parse(c.web.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	renewal := "GET /api/licenses/organization/" + c.company.ID.String()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		said := map[string]*answer{
			"POST /identity/connect/token": r.Token,
			"GET /api/config":              r.Config,
			renewal:                        r.Renew,
			"POST /api/organization/sponsorship/sync": r.Sync,
		}[req.Method+" "+req.URL.Path]
		if said == nil {
			proxy.ServeHTTP(w, req)
			return
		}
		said.write(w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Scenarios 93, 94, 104 and 105, from the other side.
func TestEachAnswerOfAnOfficialCloudIsToldByItsCause(t *testing.T) {
	raw, err := os.ReadFile("testdata/official-cloud.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []recorded
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.region = "US"
	h.connect(t)
	settings := h.Cloud.Settings
	settings.Region = config.US
	h.exchanges = func(s billingsync.Session) (billingsync.Counts, error) {
		var said struct{ SponsorshipsBatch []any }
		return billingsync.Counts{}, s.Post(t.Context(), "organization/sponsorship/sync",
			map[string]any{"billingSyncKey": s.Key, "sponsoringOrganizationCloudId": s.CloudOrganizationID}, &said)
	}
	for _, r := range cases {
		t.Run(r.Name, func(t *testing.T) {
			settings.URL = config.Address(r.play(t, h.cloud))
			h.Cloud = newClient(t, h, settings)
			run := h.sync(t)
			wantPart(t, "license", run.License, r.License)
			wantPart(t, "sponsorships", run.Sponsorships, r.Sponsorships)
			if r.Says != "" && !strings.Contains(fault.Text(run.Err(), "en"), r.Says) {
				t.Errorf("the run says %q, want %q in it", fault.Text(run.Err(), "en"), r.Says)
			}
			if fault.Text(run.Err(), "en") == fault.Text(run.Err(), "fr") && r.Says != "" {
				t.Error("the French text is English")
			}
		})
	}
}

func wantPart(t *testing.T, name string, p billingsync.Part, code string) {
	t.Helper()
	got := ""
	if p.Err != nil {
		got = p.Err.Code
	}
	if got != code {
		t.Errorf("%s: got code %q (%v), want %q", name, got, p.Err, code)
	}
}
