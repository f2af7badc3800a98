package sponsorship_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/dbtest"
	"coffre/internal/exchange"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/sponsorship"
)

// The golden exchanges: what an official self-hosted server sends is answered as it
// expects, and what an official cloud answers is applied. They are the only proof
// of compatibility there can be, as official servers take no license but their own.

// exchange plays a request of testdata to a cloud and compares the answer, in which
// the present becomes NOW.
func (p *pair) exchange(t *testing.T, name string) {
	t.Helper()
	request, err := os.ReadFile(filepath.Join("testdata", name+".request.json"))
	must(t, err)
	body := strings.ReplaceAll(string(request), "CLOUD-ORGANIZATION", p.abroad.org.ID.String())
	before := p.cloud.clock.Now()
	status, answer := call(t, cloudRouter(p.cloud, p.installation), "POST", syncPath, "machine:api.installation", body)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", name, status, answer)
	}
	var said exchange.AnswerV1
	must(t, json.Unmarshal([]byte(answer), &said))
	for _, row := range said.Batch {
		if at := row.LastSync.Time; at.Before(before) || at.After(p.cloud.clock.Now()) {
			t.Errorf("%s: last sync %v", name, at)
		}
		answer = strings.ReplaceAll(answer, row.LastSync.Format(time.RFC3339Nano), "NOW")
	}
	golden(t, name+".answer.json", []byte(answer))
}

func TestOfficialServersBatchIsAnswered(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	p.exchange(t, "v1-first")
	if n := len(p.cloud.letters(t)); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
	p.exchange(t, "v1-first") // scenario 83
	if n := len(p.cloud.letters(t)); n != 3 {
		t.Errorf("%d mails after a replay, want 3", n)
	}
	recipient := p.cloud.person(t, "first@family.example")
	families := p.cloud.families(t, recipient)
	must(t, p.cloud.Redeem(t.Context(), recipient, tokenIn(t, p.cloud.letters(t)[0]), families.ID))
	p.cloud.exec(t, `UPDATE sponsorship SET valid_until = $1 WHERE state = 'active'`, noon.AddDate(50, 0, 0).UnixMicro())
	p.exchange(t, "v1-second")
	if n := len(p.cloud.letters(t)); n != 4 {
		t.Errorf("%d mails, want 4", n)
	}
}

// Scenario 95, and sizes.
func TestBatchHasItsLimits(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	send := func(batch string) (int, string) {
		body := `{"billingSyncKey":"billing-sync-key","sponsoringOrganizationCloudId":"` + p.abroad.org.ID.String() + `"` + batch + `}`
		return call(t, cloudRouter(p.cloud, p.installation), "POST", syncPath, "machine:api.installation", body)
	}
	row := func(n int) string {
		return fmt.Sprintf(`{"sponsoringOrganizationUserId":%q,"offeredToEmail":"%d@family.example","planSponsorshipType":0}`, id.New(), n)
	}
	rows := make([]string, exchange.MaxBatch+1)
	for i := range rows {
		rows[i] = row(i)
	}
	tests := map[string]struct {
		batch    string
		status   int
		contains string
	}{
		"none":     {``, 400, "sponsorshipsBatch"},
		"null":     {`,"sponsorshipsBatch":null`, 400, "sponsorshipsBatch"},
		"empty":    {`,"sponsorshipsBatch":[]`, 200, `{"sponsorshipsBatch":[],"refusedSponsorships":[]}`},
		"most":     {`,"sponsorshipsBatch":[` + strings.Join(rows[1:], ",") + `]`, 200, `"refusedSponsorships":[]}`},
		"too many": {`,"sponsorshipsBatch":[` + strings.Join(rows, ",") + `]`, 400, "1000"},
		"no id":    {`,"sponsorshipsBatch":[{"sponsoringOrganizationUserId":"x"}]`, 400, "sponsoringOrganizationUserId"},
		"no time":  {`,"sponsorshipsBatch":[{"lastSyncDate":"x"}]`, 400, "lastSyncDate"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if status, body := send(test.batch); status != test.status || !strings.Contains(body, test.contains) {
				t.Errorf("got %d %.300s, want %d with %s", status, body, test.status, test.contains)
			}
		})
	}
}

// One member twice in a batch: rows are taken in order, and one stays.
func TestLastOfTwoRowsOfAMemberCounts(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		member := p.local.member.ID
		row := func(email string, toDelete bool) exchange.RowV1 {
			return exchange.RowV1{MemberID: member, Email: &email, ToDelete: toDelete}
		}
		in := exchange.RequestV1{
			BillingSyncKey: p.session.Key, CloudOrganizationID: p.abroad.org.ID,
			Batch: []exchange.RowV1{
				row("a@b.example", false), row("b@b.example", false), row("b@b.example", true), row("c@b.example", false), row("d@b.example", false),
			},
		}
		_, err := p.cloud.exchange.AnswerV1(t.Context(), p.installation, in)
		must(t, err)
		list, mails := p.there(t), p.cloud.letters(t)
		if len(list) != 1 || list[0].Wish.Email != "d@b.example" || p.cloud.rows(t) != 2 || len(mails) != 1 || mails[0].To != "d@b.example" {
			t.Errorf("rows %+v, mails %+v", list, mails)
		}
	})
}

// officialCloud answers the sync with what fn makes of the request.
func officialCloud(t testing.TB, fn func(request []byte) string) *billingsync.Cloud {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != syncPath {
			io.WriteString(w, `{"access_token":"t","expires_in":3600,"token_type":"Bearer"}`)
			return
		}
		request, _ := io.ReadAll(req.Body)
		io.WriteString(w, fn(request))
	}))
	t.Cleanup(server.Close)
	client, err := billingsync.NewCloud(config.Cloud{
		Communication: true, URL: config.Address(server.URL), InstallationID: id.New(), InstallationKey: "k",
	}, (&clock.Clock{}).Now)
	must(t, err)
	return client
}

func TestOfficialCloudsAnswerIsApplied(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	p.offer(t, "aunt@family.example")
	v, _ := p.home.own(t, p.local)
	at := noon.Add(-24 * time.Hour)
	waiting := func(n byte, change func(*sponsorship.Sponsorship)) {
		u := v
		u.ID, u.MemberID, u.OriginID = fixed(n), fixed(n), fixed(n)
		u.Wish.Email = fmt.Sprintf("%d@family.example", n)
		u.Wish.FriendlyName = u.Wish.Email
		change(&u)
		must(t, p.home.store.Save(t.Context(), u))
	}
	synced := func(v *sponsorship.Sponsorship) {
		v.Sent, v.Acknowledged, v.SyncedAt, v.Outcome.State = 1, 1, at, sponsorship.Offered
	}
	must(t, p.home.store.Delete(t.Context(), []id.ID{v.ID}))
	waiting(1, func(*sponsorship.Sponsorship) {}) // accepted
	waiting(2, synced)                            // redeemed meanwhile
	waiting(3, func(v *sponsorship.Sponsorship) { // withdrawn
		synced(v)
		v.Wish.Revision, v.Wish.Revoked = 2, true
	})
	waiting(4, func(*sponsorship.Sponsorship) {}) // refused without a word
	waiting(5, func(v *sponsorship.Sponsorship) { // withdrawn before the cloud heard of it
		v.Sent, v.Wish.Revision, v.Wish.Revoked = 1, 2, true
	})
	waiting(6, func(v *sponsorship.Sponsorship) { // redeemed, withdrawn
		synced(v)
		v.Outcome.State, v.Outcome.ValidUntil = sponsorship.Active, noon.AddDate(1, 0, 0)
		v.Wish.Revision, v.Wish.Revoked = 2, true
	})
	session := p.session
	session.Cloud = officialCloud(t, func(request []byte) string {
		text := strings.ReplaceAll(string(request), p.abroad.org.ID.String(), "CLOUD-ORGANIZATION")
		golden(t, "v1-ours.request.json", []byte(text))
		answer, err := os.ReadFile(filepath.Join("testdata", "v1-official.answer.json"))
		must(t, err)
		return string(answer)
	})
	counts, err := p.home.exchange.SyncV1(t.Context(), session)
	must(t, err)
	if want := (billingsync.Counts{Sent: 6, Accepted: 3, Refused: 1, Removed: 2}); counts != want {
		t.Errorf("counts: got %+v, want %+v", counts, want)
	}
	cloudTime := time.Date(2026, 11, 23, 12, 0, 1, 234567000, time.UTC)
	for n, want := range map[byte]struct {
		state      sponsorship.State
		validUntil time.Time
		lastSync   time.Time
	}{
		1: {sponsorship.Offered, time.Time{}, cloudTime},
		2: {sponsorship.Active, time.Date(2027, 11, 23, 0, 0, 0, 0, time.UTC), cloudTime},
		3: {sponsorship.Ended, time.Time{}, time.Time{}},
		4: {sponsorship.Refused, time.Time{}, time.Time{}},
		5: {sponsorship.Ended, time.Time{}, time.Time{}},
		6: {sponsorship.Ending, time.Date(2027, 11, 23, 0, 0, 0, 0, time.UTC), cloudTime},
	} {
		got, err := p.home.store.Get(t.Context(), fixed(n))
		must(t, err)
		if got.Outcome.State != want.state || got.Outcome.State != sponsorship.Ended &&
			(!got.Outcome.ValidUntil.Equal(want.validUntil) || !got.LastSync().Equal(want.lastSync)) {
			t.Errorf("%d: got %+v, last sync %v", n, got.Outcome, got.LastSync())
		}
	}
}

// An official cloud whose plan does not allow it answers nothing at all, which says
// nothing of what was withdrawn.
func TestEmptyAnswerDoesNotEndAWithdrawal(t *testing.T) {
	p := newPair(t, dbtest.SQLite(t))
	p.offer(t, "aunt@family.example")
	p.sync(t)
	p.revoke(t)
	session := p.session
	session.Cloud = officialCloud(t, func([]byte) string { return `{"sponsorshipsBatch":[]}` })
	_, err := p.home.exchange.SyncV1(t.Context(), session)
	must(t, err)
	p.expect(t, sponsorship.Ending, true, 1, 1)
	p.sync(t)
	p.expect(t, "", false, 0, 1)
}

// A run that another node has taken over neither tells the cloud anything nor keeps
// what it answers; the other's does.
func TestRunThatLostItsLeaseWritesNothingMore(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		store, now := billingsync.NewSelfHostedStore(p.home.db), p.home.clock.Now()
		must(t, store.SaveConnection(t.Context(), billingsync.Connection{
			ID: id.New(), OrganizationID: p.local.org.ID, CloudOrganizationID: p.abroad.org.ID, Enabled: true, SealedKey: "sealed",
			CreatedAt: now, RevisedAt: now,
		}))
		// begin takes the lease for a run on a node, and returns its session.
		begin := func(at time.Time) billingsync.Session {
			run := billingsync.Run{ID: id.NewOrdered(), OrganizationID: p.local.org.ID, StartedAt: at}
			if mine, err := store.Claim(t.Context(), run, at.Add(time.Minute)); err != nil || !mine {
				t.Fatal(mine, err)
			}
			s := p.session
			s.Hold = func(ctx context.Context) error {
				mine, err := store.Extend(ctx, run, at, at.Add(time.Minute))
				if err == nil && !mine {
					err = fault.Gone
				}
				return err
			}
			return s
		}
		late := begin(now)
		var other billingsync.Session
		p.meanwhile = func() { other = begin(now.Add(time.Minute)) }
		counts, err := p.home.exchange.SyncV1(t.Context(), late)
		gone(t, err)
		if counts.Accepted != 0 {
			t.Errorf("counts %+v", counts)
		}
		p.expect(t, sponsorship.Requested, true, 1, 1)
		p.meanwhile = func() {}
		if _, err := p.home.exchange.SyncV1(t.Context(), late); err == nil || p.calls != 1 {
			t.Errorf("%d calls (%v), want no second one of the late run", p.calls, err)
		}
		_, err = p.home.exchange.SyncV1(t.Context(), other)
		must(t, err)
		p.expect(t, sponsorship.Offered, false, 1, 1)
	})
}
