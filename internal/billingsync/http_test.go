package billingsync_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

// page is a server as a person's client sees it.
type page struct {
	router *web.Router
	token  string
	// names replaces what differs from one test run to the next.
	names *strings.Replacer
}

func (p page) do(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+p.token)
	res := httptest.NewRecorder()
	p.router.ServeHTTP(res, req)
	return res.Code, p.names.Replace(res.Body.String())
}

func (c *cloud) page(names ...string) page {
	r := web.NewRouter(slog.New(slog.DiscardHandler), authenticate, nil)
	billingsync.MountCloud(r, c.CloudEnd)
	org.MountCloud(r, c.orgs)
	return page{r, c.owner.String(), strings.NewReplacer(append(names, c.company.ID.String(), "COMPANY", c.owner.String(), "OWNER")...)}
}

func (h *home) page(names ...string) page {
	r := web.NewRouter(slog.New(slog.DiscardHandler), authenticate, nil)
	billingsync.MountSelfHosted(r, h.SelfHostedEnd)
	return page{r, h.owner.String(), strings.NewReplacer(append(names,
		h.org.ID.String(), "ORGANIZATION", h.cloud.company.ID.String(), "COMPANY", h.cloud.web.Listener.Addr().String(), "CLOUD")...)}
}

// compare holds an answer against a golden file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s (%v):\ngot  %s\nwant %s", name, err, got, want)
	}
}

// golden sends a request and compares the answer.
func (p page) golden(t *testing.T, name, request, body string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	status, answer := p.do(t, method, path, body)
	if status != http.StatusOK {
		t.Errorf("%s: got %d %s", request, status, answer)
	}
	compare(t, name, answer)
}

const secretBody = `{"type":1,"masterPasswordHash":"` + password + `"}`

// Scenarios 67 and 111.
func TestCloudAnswersAsClientsExpect(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	i, _, err := c.Installations.Register(t.Context(), "admin@example.org", "en")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Installations.Downloaded(t.Context(), c.company.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	syncKey := c.key(t)
	own, err := c.orgs.APIKey(t.Context(), c.company.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := c.page(i.ID.String(), "INSTALLATION", syncKey, "SYNCKEY", own.Key, "APIKEY")
	company := "/api/organizations/" + c.company.ID.String()
	p.golden(t, "key.json", "POST "+company+"/api-key", secretBody)
	p.golden(t, "api-key.json", "POST "+company+"/api-key", strings.Replace(secretBody, "1", "0", 1))
	p.golden(t, "keys.json", "GET "+company+"/api-key-information", "")
	p.golden(t, "sync-keys.json", "GET "+company+"/api-key-information/1", "")
	p.token = billingsync.ScopeSync + "|" + i.ID.String()
	p.golden(t, "hello.json", "POST /api/billing-sync/hello",
		`{"OrganizationId":"`+c.company.ID.String()+`","BillingSyncKey":"`+syncKey+`"}`)
}

// Scenarios 68, 69, 94 and 111.
func TestCloudRefuses(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	p := c.page()
	company := "/api/organizations/" + c.company.ID.String()
	tests := []struct {
		name, request, token, body string
		status                     int
		contains                   string
	}{
		{"no password", "POST " + company + "/api-key", c.owner.String(), `{"type":1}`, 400, "masterPasswordHash"},
		{"wrong password", "POST " + company + "/api-key", c.owner.String(), `{"type":1,"masterPasswordHash":"x"}`, 400, "MasterPasswordHash"},
		{"SCIM key", "POST " + company + "/api-key", c.owner.String(), `{"type":2,"masterPasswordHash":"x"}`, 400, "no SCIM"},
		{"stranger", "POST " + company + "/rotate-api-key", id.New().String(), secretBody, 404, ""},
		{"stranger lists", "GET " + company + "/api-key-information", id.New().String(), "", 404, ""},
		{"nobody", "GET " + company + "/api-key-information", "?", "", 401, ""},
		{"hello of a person", "POST /api/billing-sync/hello", c.owner.String(), "{}", 404, ""},
		{"hello of another scope", "POST /api/billing-sync/hello", "api.push|" + id.New().String(), "{}", 403, ""},
		{"hello without key", "POST /api/billing-sync/hello", billingsync.ScopeSync + "|" + id.New().String(), `{"organizationId":"` + id.New().String() + `"}`, 400, `"billingSyncKey":[`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p.token = test.token
			method, path, _ := strings.Cut(test.request, " ")
			status, answer := p.do(t, method, path, test.body)
			if status != test.status || !strings.Contains(answer, test.contains) {
				t.Errorf("got %d %s, want %d with %q", status, answer, test.status, test.contains)
			}
		})
	}
}

// Scenarios 76 and 79: a cloud has no way to a cloud.
func TestCloudHasNoConnections(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	p := c.page()
	const connections = "/api/organizations/connections"
	if status, answer := p.do(t, "GET", connections+"/enabled", ""); status != 200 || strings.TrimSpace(answer) != "false" {
		t.Errorf("enabled: got %d %s", status, answer)
	}
	body := `{"type":1,"organizationId":"` + c.company.ID.String() + `","enabled":true,"config":{"billingSyncKey":"x"}}`
	for _, request := range []string{
		"GET " + connections + "/" + c.company.ID.String() + "/1", "POST " + connections,
		"PUT " + connections + "/" + id.New().String(), "DELETE " + connections + "/" + id.New().String(),
	} {
		method, path, _ := strings.Cut(request, " ")
		if status, answer := p.do(t, method, path, body); status != 400 || !strings.Contains(answer, "self-hosted-only") {
			t.Errorf("%s: got %d %s", request, status, answer)
		}
	}
}

func TestKeyIsRotatedRevokedAndMovedOverTheWire(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	i, _, err := c.Installations.Register(t.Context(), "admin@example.org", "en")
	if err != nil {
		t.Fatal(err)
	}
	p := c.page()
	company := "/api/organizations/" + c.company.ID.String()
	first := c.key(t)
	if status, answer := p.do(t, "POST", company+"/rotate-api-key", secretBody); status != 200 || strings.Contains(answer, first) {
		t.Errorf("rotate: %d %s", status, answer)
	}
	allow := `{"installationId":"` + i.ID.String() + `","masterPasswordHash":"` + password + `"}`
	if status, answer := p.do(t, "POST", company+"/billing-sync/installation", allow); status != 200 {
		t.Errorf("allow: %d %s", status, answer)
	}
	if k, err := c.Store.Key(t.Context(), c.company.ID); err != nil || k.InstallationID != i.ID {
		t.Errorf("bound to %v (%v), want %v", k.InstallationID, err, i.ID)
	}
	if status, answer := p.do(t, "POST", company+"/billing-sync/revoke", secretBody); status != 200 {
		t.Errorf("revoke: %d %s", status, answer)
	}
	if _, answer := p.do(t, "GET", company+"/api-key-information/1", ""); !strings.Contains(answer, `"data":[]`) {
		t.Errorf("after the revocation: %s", answer)
	}
}

// Scenarios 73, 78, 79, 102 and 107.
func TestSelfHostedServerAnswersAsClientsExpect(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.Region = "EU"
	key := h.cloud.key(t)
	p := h.page(billingsync.Mask(key), "MASK")
	organization, connections := h.org.ID.String(), "/api/organizations/connections"
	body := `{"type":1,"organizationId":"` + organization + `","enabled":true,"config":{"billingSyncKey":"` + key + `"}}`
	p.golden(t, "enabled.json", "GET "+connections+"/enabled", "")
	p.golden(t, "connection-none.json", "GET "+connections+"/"+organization+"/1", "")
	p.golden(t, "state-none.json", "GET /api/organizations/"+organization+"/billing-sync", "")
	if status, answer := p.do(t, "POST", connections+"/", body); status != 200 {
		t.Fatalf("connect: %d %s", status, answer)
	}
	made := h.stored(t)
	p = h.page(billingsync.Mask(key), "MASK", made.ID.String(), "CONNECTION")
	p.golden(t, "connection.json", "GET "+connections+"/"+organization+"/1", "")
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
		return billingsync.Counts{Sent: 4, Accepted: 2, Refused: 1, Removed: 1}, nil
	}
	p.golden(t, "sync.json", "POST /api/organizations/licenses/self-hosted/"+organization+"/sync", "")
	run := h.history(t)[0]
	p = h.page(billingsync.Mask(key), "MASK", made.ID.String(), "CONNECTION", run.ID.String(), "RUN",
		billingsync.Daily(h.org.ID, noon).Format("2006-01-02T15:04:05Z"), "DAILY")
	p.golden(t, "state.json", "GET /api/organizations/"+organization+"/billing-sync", "")
	p.golden(t, "runs.json", "GET /api/organizations/"+organization+"/billing-sync/runs", "")
	p.golden(t, "connection-masked.json", "PUT "+connections+"/"+made.ID.String(), strings.Replace(body, key, billingsync.Mask(key), 1))
	if status, answer := p.do(t, "DELETE", connections+"/"+made.ID.String(), ""); status != 200 || answer != "" {
		t.Errorf("delete: %d %s", status, answer)
	}
}

// Scenarios 93 and 102: the first part that failed is the message.
func TestFailedSyncTellsBothParts(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
		return billingsync.Counts{Sent: 1}, fault.New(fault.Invalid, "billingsync.keyRefused").Coded(billingsync.CodeKeyUnknown)
	}
	path := "/api/organizations/licenses/self-hosted/" + h.org.ID.String() + "/sync"
	status, answer := h.page().do(t, "POST", path, "")
	if status != 400 {
		t.Errorf("got %d, want 400", status)
	}
	compare(t, "sync-failed.json", answer)
}

// Scenarios 74, 75 and 77.
func TestSelfHostedServerRefuses(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.connect(t)
	p := h.page()
	const connections = "/api/organizations/connections"
	organization := h.org.ID.String()
	body := func(kind, organization, config string) string {
		return `{"type":` + kind + `,"organizationId":"` + organization + `","enabled":true,"config":` + config + `}`
	}
	wrong := `{"billingSyncKey":"` + strings.Repeat("x", 30) + `"}`
	tests := []struct {
		name, request, body string
		status              int
		contains            string
	}{
		{"second connection", "POST " + connections, body("1", organization, wrong), 400, "connection-exists"},
		{"no type", "POST " + connections, `{}`, 400, "type"},
		{"SCIM", "POST " + connections, body("2", organization, wrong), 400, "SCIM"},
		{"no organization", "POST " + connections, `{"type":1,"config":` + wrong + `}`, 400, "organizationId"},
		{"no key", "POST " + connections, body("1", organization, `{}`), 400, "config.billingSyncKey"},
		{"no config", "POST " + connections, body("1", organization, `null`), 400, "config.billingSyncKey"},
		{"broken config", "POST " + connections, body("1", organization, `"x"`), 400, "config"},
		{"wrong key", "PUT " + connections + "/" + made.ID.String(), body("1", organization, wrong), 400, "key-unknown"},
		{"another type", "PUT " + connections + "/" + made.ID.String(), body("2", organization, wrong), 400, "SCIM"},
		{"another organization", "PUT " + connections + "/" + made.ID.String(), body("1", id.New().String(), wrong), 404, ""},
		{"unknown connection", "DELETE " + connections + "/" + id.New().String(), "", 404, ""},
		{"GET of SCIM", "GET " + connections + "/" + organization + "/2", "", 400, "SCIM"},
		{"GET of nothing", "GET " + connections + "/" + organization + "/x", "", 400, "type"},
		{"GET of another's", "GET " + connections + "/" + id.New().String() + "/1", "", 404, ""},
		{"state of another's", "GET /api/organizations/" + id.New().String() + "/billing-sync", "", 404, ""},
		{"runs of another's", "GET /api/organizations/" + id.New().String() + "/billing-sync/runs", "", 404, ""},
		{"runs after nothing", "GET /api/organizations/" + organization + "/billing-sync/runs?continuationToken=x", "", 400, "continuationToken"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method, path, _ := strings.Cut(test.request, " ")
			status, answer := p.do(t, method, path, test.body)
			if status != test.status || !strings.Contains(answer, test.contains) {
				t.Errorf("got %d %s, want %d with %q", status, answer, test.status, test.contains)
			}
		})
	}
}

func TestHistoryIsToldAPageAtATime(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	for range 51 {
		if err := h.Store.InsertRun(t.Context(), billingsync.Run{ID: id.NewOrdered(), OrganizationID: h.org.ID, StartedAt: noon}); err != nil {
			t.Fatal(err)
		}
	}
	runs, more, err := h.History(t.Context(), h.owner, h.org.ID, id.ID{})
	if err != nil || len(runs) != 50 || !more {
		t.Fatalf("%d runs, more %v (%v)", len(runs), more, err)
	}
	rest, more, err := h.History(t.Context(), h.owner, h.org.ID, runs[49].ID)
	if err != nil || len(rest) != 1 || more || rest[0].ID == runs[49].ID {
		t.Errorf("rest %+v, more %v (%v)", rest, more, err)
	}
}

// Without permission to speak to a cloud, the page explains and nothing runs.
func TestServerThatMayNotSpeakSaysSo(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	h.sync(t)
	h.Cloud = newClient(t, h, config.Cloud{})
	p := h.page()
	if _, answer := p.do(t, "GET", "/api/organizations/connections/enabled", ""); strings.TrimSpace(answer) != "false" {
		t.Errorf("enabled: %s", answer)
	}
	status, answer := p.do(t, "POST", "/api/organizations/licenses/self-hosted/"+h.org.ID.String()+"/sync", "")
	if status != 400 || !strings.Contains(answer, billingsync.CodeOff) {
		t.Errorf("sync: %d %s", status, answer)
	}
	if err := h.Changed(t.Context(), h.org.ID); err != nil || h.jobs(t) != 0 {
		t.Errorf("%d jobs (%v), want none", h.jobs(t), err)
	}
}
