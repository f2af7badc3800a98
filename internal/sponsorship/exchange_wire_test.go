package sponsorship_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"coffre/internal/billingsync"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

const machine = "machine:api.installation"

// Scenarios 91 and 99: what is wrong with a row is told of that row, and the others go
// through. One recipient is no address, another is the member.
func TestOneBadRowIsInNoOthersWay(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.many(t, 100)
		self, _ := p.home.own(t, p.local)
		p.home.exec(t, `UPDATE account SET email = $1 WHERE id = $2`, strings.ToLower(self.Wish.Email), p.local.caller)
		self.Wish.Email = strings.ToUpper(self.Wish.Email)
		list, err := p.home.store.ListToSync(t.Context(), p.local.org.ID, self.ID, 100)
		must(t, err)
		bad := list[0]
		if bad.ID == self.ID {
			bad = list[1]
		}
		bad.Wish.Email = "no address"
		must(t, p.home.store.Save(t.Context(), self, bad))
		if got, want := p.sync(t), (billingsync.Counts{Sent: 100, Accepted: 98, Refused: 2}); got != want {
			t.Errorf("counts: got %+v, want %+v", got, want)
		}
		for sponsorshipID, code := range map[id.ID]string{self.ID: "own-email", bad.ID: "email-invalid"} {
			v, err := p.home.store.Get(t.Context(), sponsorshipID)
			must(t, err)
			if v.Outcome.State != sponsorship.Refused || v.Outcome.Code != code {
				t.Errorf("got %+v, want refused with %s", v.Outcome, code)
			}
		}
		if n := len(p.cloud.letters(t)); n != 98 {
			t.Errorf("%d mails, want 98", n)
		}
	})
}

// said is an answer of the golden file.
type said struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// Scenarios 72, 80, 93, 94 and 95: what servers of either make are told, to the letter.
func TestRefusalsOfTheSyncAreAsServersExpect(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	router := cloudRouter(p.cloud, p.installation)
	keyless := p.cloud.organization(t, p.abroad.owner, plan.EnterpriseAnnually).ID.String()
	body := func(key, org, batch string) string {
		return fmt.Sprintf(`{"billingSyncKey":%q,"sponsoringOrganizationCloudId":%q,"sponsorshipsBatch":%s}`, key, org, batch)
	}
	const key = "billing-sync-key"
	known := p.abroad.org.ID.String()
	bound := func(to id.ID) {
		p.cloud.exec(t, `INSERT INTO installation (id, email, key_hash, enabled, created_at) VALUES ($1, 'x', 'x', TRUE, 0)
			ON CONFLICT (id) DO NOTHING`, to)
		p.cloud.exec(t, `UPDATE billing_sync_key SET installation_id = $1`, to)
	}
	tests := []struct {
		name, token, body string
		before            func()
	}{
		{"no token", "", body(key, known, `[]`), nil},
		{"token of another scope", "machine:api.licensing", body(key, known, `[]`), nil},
		{"token of a person", p.abroad.caller.String(), body(key, known, `[]`), nil},
		{"no JSON", machine, `{`, nil},
		{"empty", machine, ``, nil},
		{"no key", machine, body("", known, `[]`), nil},
		{"no organization", machine, `{"billingSyncKey":"x","sponsorshipsBatch":[]}`, nil},
		{"organization that is no id", machine, body(key, "x", `[]`), nil},
		{"wrong key", machine, body("another", known, `[]`), nil},
		{"unknown organization", machine, body(key, fixed(9).String(), `[]`), nil},
		{"organization without a key", machine, body(key, keyless, `[]`), nil},
		{"no batch", machine, body(key, known, `null`), nil},
		{"batch that is no list", machine, body(key, known, `{}`), nil},
		{"member that is no id", machine, body(key, known, `[{"sponsoringOrganizationUserId":"x"}]`), nil},
		{"time that is none", machine, body(key, known, `[{"lastSyncDate":"yesterday"}]`), nil},
		{"key of another installation", machine, body(key, known, `[]`), func() { bound(fixed(8)) }},
		{"revoked key", machine, body(key, known, `[]`), func() { p.cloud.exec(t, `UPDATE billing_sync_key SET revoked_at = 1`) }},
	}
	answers := map[string]said{}
	for _, test := range tests {
		if test.before != nil {
			test.before()
		}
		status, answer := call(t, router, "POST", syncPath, test.token, test.body)
		if strings.TrimSpace(answer) == "" {
			answer = "null"
		}
		answers[test.name] = said{status, json.RawMessage(answer)}
	}
	var raw bytes.Buffer
	must(t, json.NewEncoder(&raw).Encode(answers))
	golden(t, "v1-refusals.json", raw.Bytes())
	// The owner hears of the other installation, and nothing else is left.
	if letters := p.cloud.letters(t); p.cloud.rows(t) != 0 || len(letters) != 1 || letters[0].Template != "installation-refused" {
		t.Errorf("calls that were refused have left %d rows and %+v", p.cloud.rows(t), letters)
	}
}

// Whatever official servers of any age write, the same is meant.
func TestSpellingsOfOfficialServersAreOne(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	router := cloudRouter(p.cloud, p.installation)
	row := func(n int) string {
		return fmt.Sprintf(`"SponsoringOrganizationUserId":%q,"OFFEREDTOEMAIL":"%d@family.example","friendlyName":null`, fixed(byte(n)), n)
	}
	bodies := []string{
		`{` + row(1) + `}`, // without type, dates and withdrawal
		`{` + row(2) + `,"planSponsorshipType":null,"lastSyncDate":null,"validUntil":null,"toDelete":false}`,
		`{` + row(3) + `,"id":"x","isAdminInitiated":false,"notes":null,"cloudSponsorshipRemoved":true}`,
		`{` + row(4) + `,"lastSyncDate":"2026-11-23T12:00:01.2345678+02:00","validUntil":"2026-11-23T12:00:01"}`,
	}
	paths := []string{syncPath, syncPath + "/", syncPath, syncPath + "/"}
	for i, text := range bodies {
		in := fmt.Sprintf(`{"BillingSyncKey":"billing-sync-key","sponsoringorganizationcloudid":%q,"Extra":{},"sponsorshipsBatch":[%s]}`,
			strings.ToUpper(p.abroad.org.ID.String()), text)
		status, answer := call(t, router, "POST", paths[i], machine, in, "Content-Type", "application/json; charset=utf-8")
		if status != 200 || !strings.Contains(answer, fixed(byte(i+1)).String()) || !strings.Contains(answer, `"refusedSponsorships":[]`) {
			t.Errorf("%s: %d %s", text, status, answer)
		}
	}
	if n := len(p.cloud.letters(t)); n != len(bodies) {
		t.Errorf("%d mails, want %d", n, len(bodies))
	}
}

// What an official cloud leaves out, writes as null or adds changes nothing here, and a
// cloud that answers nothing at all refuses without a reason.
func TestOddAnswersOfACloudAreTakenForWhatTheySay(t *testing.T) {
	tests := map[string]struct {
		answer string // ROW is the member's id
		state  sponsorship.State
	}{
		"other case":      {`{"SponsorshipsBatch":[{"SponsoringOrganizationUserId":"ROW","LastSyncDate":"2026-11-23T12:00:01Z","ToDelete":false}]}`, sponsorship.Offered},
		"more members":    {`{"object":"x","sponsorshipsBatch":[{"sponsoringOrganizationUserId":"ROW","x":{},"lastSyncDate":"2026-11-23T12:00:01"}]}`, sponsorship.Offered},
		"no time":         {`{"sponsorshipsBatch":[{"sponsoringOrganizationUserId":"ROW"}]}`, sponsorship.Offered},
		"a stranger's":    {`{"sponsorshipsBatch":[{"sponsoringOrganizationUserId":"00000000-0000-4000-8000-000000000000"}]}`, sponsorship.Refused},
		"null batch":      {`{"sponsorshipsBatch":null}`, sponsorship.Refused},
		"empty object":    {`{}`, sponsorship.Refused},
		"removed unasked": {`{"sponsorshipsBatch":[{"sponsoringOrganizationUserId":"ROW","cloudSponsorshipRemoved":true}]}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, dbtest.SQLite(t))
			p.offer(t, "aunt@family.example")
			session := p.session
			session.Cloud = officialCloud(t, func([]byte) string {
				return strings.ReplaceAll(test.answer, "ROW", p.local.member.ID.String())
			})
			_, err := p.home.exchange.SyncV1(t.Context(), session)
			must(t, err)
			if state, _ := p.here(t); state != test.state {
				t.Errorf("got %q, want %q", state, test.state)
			}
		})
	}
}
