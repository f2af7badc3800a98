package sponsorship_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/sponsorship"
)

// call sends a request and returns status and body.
func call(t testing.TB, h http.Handler, method, path, token, body string, headers ...string) (int, string) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestRoutesOfTheCloud(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	s := c.sponsor(t)
	router := cloudRouter(c, id.New())
	r := taken{email: "aunt@family.example"}
	r.caller = c.person(t, r.email)
	r.org = c.families(t, r.caller)
	root := "/api/organization/sponsorship/"
	member, owner, recipient := s.caller.String(), s.owner.String(), r.caller.String()
	orgPath, familiesPath := root+s.org.ID.String(), root+"sponsored/"+r.org.ID.String()
	offer := `{"planSponsorshipType":0,"sponsoredEmail":"aunt@family.example","friendlyName":"Aunt"}`
	redeem := `{"planSponsorshipType":0,"sponsoredOrganizationId":"` + r.org.ID.String() + `"}`
	tests := []struct {
		name, method, path, token, body string
		status                          int
		contains                        string
	}{
		{"not signed in", "POST", orgPath + "/families-for-enterprise", "", offer, 401, ""},
		{"no type", "POST", orgPath + "/families-for-enterprise", member, `{"sponsoredEmail":"a@b.example"}`, 400, `"planSponsorshipType":[`},
		{"no address", "POST", orgPath + "/families-for-enterprise", member, `{"planSponsorshipType":0}`, 400, `"sponsoredEmail":[`},
		{"by an admin", "POST", orgPath + "/families-for-enterprise", owner, strings.Replace(offer, "{", `{"isAdminInitiated":true,`, 1), 400, "admin-sponsorship-not-allowed"},
		{"by no admin", "POST", orgPath + "/families-for-enterprise", member, strings.Replace(offer, "{", `{"isAdminInitiated":true,`, 1), 404, ""},
		{"stranger", "POST", orgPath + "/families-for-enterprise", recipient, offer, 404, ""},
		{"not an id", "POST", root + "x/families-for-enterprise", member, offer, 404, ""},
		{"offer in the old spelling", "POST", orgPath + "/families-for-enterprise/", member, strings.NewReplacer("planS", "PlanS", "sponsoredE", "SponsoredE").Replace(offer), 200, ""},
		{"resend", "POST", orgPath + "/families-for-enterprise/resend?sponsoredFriendlyName=aunt", member, "", 200, ""},
		{"a colleague's", "DELETE", orgPath + "/Aunt/revoke", owner, "", 404, ""},
		{"admin list", "GET", orgPath + "/sponsored", owner, "", 200, `{"object":"list","data":[],"continuationToken":null}`},
		{"admin list for a member", "GET", orgPath + "/sponsored", member, "", 404, ""},
		{"own list", "GET", "/api/sponsorships", member, "", 200, `"state":"offered"`},
		{"own list of nothing", "GET", "/api/sponsorships", owner, "", 200, `"data":[]`},
		{"never synced", "GET", orgPath + "/sync-status", owner, "", 200, `{"lastSyncDate":null,"object":"syncStatus"}`},
		{"sync status for a member", "GET", orgPath + "/sync-status", member, "", 404, ""},
		{"validate", "POST", root + "validate-token?sponsorshipToken=TOKEN", recipient, "", 200, `{"isTokenValid":true,"isFreeFamilyPolicyEnabled":false,"sponsoringOrganizationName":"`},
		{"validate for another", "POST", root + "validate-token?sponsorshipToken=TOKEN", owner, "", 200, `{"isTokenValid":false,"isFreeFamilyPolicyEnabled":false,"code":"offer-invalid","message":"This offer is not good for your account.`},
		{"redeem nothing", "POST", root + "redeem?sponsorshipToken=TOKEN", recipient, `{}`, 400, `"sponsoredOrganizationId":[`},
		{"redeem", "POST", root + "redeem?sponsorshipToken=TOKEN", recipient, redeem, 200, ""},
		{"redeem again", "POST", root + "redeem?sponsorshipToken=TOKEN", recipient, redeem, 400, `"code":"already-redeemed"`},
		{"remove as another", "DELETE", familiesPath, owner, "", 404, ""},
		{"remove", "DELETE", familiesPath, recipient, "", 200, ""},
		{"remove, as before", "POST", familiesPath + "/remove", recipient, "", 200, ""},
		{"revoke", "DELETE", orgPath, member, "", 200, ""},
		{"revoke, as before", "POST", orgPath + "/delete", member, "", 200, ""},
		{"what a self-hosted server does", "POST", root + "self-hosted/" + s.org.ID.String() + "/families-for-enterprise", member, offer, 400, "self-hosted-only"},
		{"sync as a person", "POST", root + "sync", member, `{}`, 404, ""},
		{"sync without a token", "POST", root + "sync", "", `{}`, 401, ""},
		{"sync with another scope", "POST", root + "sync", "machine:api.licensing", `{}`, 403, ""},
		{"sync without a batch", "POST", root + "sync", "machine:api.installation", `{"billingSyncKey":"k","sponsoringOrganizationCloudId":"` + s.org.ID.String() + `","sponsorshipsBatch":null}`, 400, `"sponsorshipsBatch":[`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := test.path
			if before, found := strings.CutSuffix(path, "TOKEN"); found {
				path = before + c.token(t)
			}
			status, body := call(t, router, test.method, path, test.token, test.body)
			if status != test.status || !strings.Contains(body, test.contains) {
				t.Errorf("got %d %s, want %d with %s", status, body, test.status, test.contains)
			}
			if status == 200 && test.contains == "" && body != "" {
				t.Errorf("an empty answer has %q", body)
			}
		})
	}
}

func TestClientsBefore2025GetABareBoolean(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	r := c.offered(t, c.sponsor(t))
	path := "/api/organization/sponsorship/validate-token?sponsorshipToken=" + r.token
	for version, want := range map[string]string{
		"2022.5.2": "true\n", "2024.12.1": "true\n",
		"2025.1.0": `{"isTokenValid":true,"isFreeFamilyPolicyEnabled":false,`,
		"odd":      `{"isTokenValid":true,"isFreeFamilyPolicyEnabled":false,`,
	} {
		if _, got := call(t, cloudRouter(c, id.New()), "POST", path, r.caller.String(), "", "Bitwarden-Client-Version", version); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
	_, got := call(t, cloudRouter(c, id.New()), "POST", path+"x", r.caller.String(), "", "Bitwarden-Client-Version", "2022.5.2")
	if got != "false\n" {
		t.Errorf("a bad token: got %q", got)
	}
}

func TestRoutesOfASelfHostedServer(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	router := homeRouter(p.home)
	member, owner := p.local.caller.String(), p.local.owner.String()
	root, orgID := "/api/organization/sponsorship/", p.local.org.ID.String()
	home := root + "self-hosted/" + orgID
	offer := `{"planSponsorshipType":0,"sponsoredEmail":"aunt@family.example","friendlyName":"aunt@family.example"}`
	tests := []struct {
		name, method, path, token, body string
		status                          int
		contains                        string
	}{
		{"offer", "POST", home + "/families-for-enterprise", member, offer, 200, ""},
		{"own list", "GET", "/api/sponsorships", member, "", 200, `"state":"requested","date":null,"awaitingSync":true,"code":null`},
		{"admin list", "GET", home + "/sponsored", owner, "", 200, `"data":[]`},
		{"a colleague's", "DELETE", home + "/aunt%40family.example/revoke", owner, "", 404, ""},
		{"sync status", "GET", root + orgID + "/sync-status", owner, "", 200, `"lastSyncDate":null`},
		{"revoke", "DELETE", home, member, "", 200, ""},
		{"revoke again", "POST", home + "/delete", member, "", 400, "no-sponsorship"},
		{"offer in the cloud", "POST", root + orgID + "/families-for-enterprise", member, offer, 400, "cloud-only"},
		{"resend", "POST", root + orgID + "/families-for-enterprise/resend", member, "", 400, "cloud-only"},
		{"redeem", "POST", root + "redeem", member, "", 400, "cloud-only"},
		{"validate", "POST", root + "validate-token", member, "", 400, "cloud-only"},
		{"revoke in the cloud", "DELETE", root + orgID, member, "", 400, "cloud-only"},
		{"remove", "DELETE", root + "sponsored/" + orgID, member, "", 400, "cloud-only"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := call(t, router, test.method, test.path, test.token, test.body)
			if status != test.status || !strings.Contains(body, test.contains) {
				t.Errorf("got %d %s, want %d with %s", status, body, test.status, test.contains)
			}
		})
	}
}

// golden compares JSON with a file, name by name. UPDATE=1 writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var indented bytes.Buffer
	must(t, json.Indent(&indented, got, "", "  "))
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		must(t, os.WriteFile(path, append(bytes.TrimSpace(indented.Bytes()), '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(bytes.TrimSpace(want)), string(bytes.TrimSpace(indented.Bytes()))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestOwnListIsAsClientsOfOursKnowIt(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	s := c.sponsor(t)
	at := c.clock.Now()
	must(t, c.store.Save(t.Context(), sponsorship.Sponsorship{
		ID: fixed(1), OrganizationID: s.org.ID, Birthplace: sponsorship.Here, OriginID: fixed(1), MemberID: s.member.ID,
		Wish:         sponsorship.Wish{Revision: 1, Email: "aunt@family.example", FriendlyName: "Aunt", Language: "en", Offer: 1},
		Outcome:      sponsorship.Outcome{State: sponsorship.Ending, Code: "removed", ValidUntil: noon.AddDate(50, 0, 0)},
		Acknowledged: 1, CreatedAt: at, RevisedAt: at,
	}))
	_, body := call(t, cloudRouter(c, id.New()), "GET", "/api/sponsorships", s.caller.String(), "")
	body = strings.NewReplacer(s.org.ID.String(), fixed(2).String(), s.member.ID.String(), fixed(3).String()).Replace(body)
	golden(t, "list.json", []byte(body))
}

func fixed(n byte) id.ID { return id.ID{0: n, 6: 0x40, 8: 0x80} }
