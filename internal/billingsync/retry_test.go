package billingsync_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// says adds headers to whatever the cloud answers.
func (h *home) says(headers map[string]string) {
	direct := h.Cloud.HTTP.Transport
	h.Cloud.HTTP.Transport = road(func(call *http.Request) (*http.Response, error) {
		answer, err := direct.RoundTrip(call)
		if err == nil {
			for name, value := range headers {
				answer.Header.Set(name, value)
			}
		}
		return answer, err
	})
}

func TestCloudThatWantsToBeLeftAloneIs(t *testing.T) {
	date := func(d time.Duration) string { return noon.Add(d).Format(http.TimeFormat) }
	tests := map[string]struct {
		status  int
		headers map[string]string
		want    time.Duration
	}{
		"seconds":                   {429, map[string]string{"Retry-After": "90"}, 90 * time.Second},
		"an outage":                 {503, map[string]string{"Retry-After": " 600 "}, 10 * time.Minute},
		"a date on the cloud's own": {503, map[string]string{"Retry-After": date(3 * time.Hour), "Date": date(time.Hour)}, 2 * time.Hour},
		"a date on ours":            {503, map[string]string{"Retry-After": date(time.Hour), "Date": "today"}, time.Hour},
		"less than the pause":       {429, map[string]string{"Retry-After": "1"}, 30 * time.Second},
		"a date that is over":       {429, map[string]string{"Retry-After": date(-time.Hour)}, 30 * time.Second},
		"a week":                    {503, map[string]string{"Retry-After": "604800"}, 24 * time.Hour},
		"for ever":                  {503, map[string]string{"Retry-After": "18446744073709551615"}, 24 * time.Hour},
		"the year 9999":             {503, map[string]string{"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 24 * time.Hour},
		"nothing that can be read":  {503, map[string]string{"Retry-After": "soon"}, 30 * time.Second},
		"less than nothing":         {503, map[string]string{"Retry-After": "-90"}, 30 * time.Second},
		"with another status":       {502, map[string]string{"Retry-After": "90"}, 30 * time.Second},
	}
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	direct := h.Cloud.HTTP.Transport
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h.cloud.set(false, 0)
			h.Cloud.HTTP.Transport = direct
			wantCode(t, h.sync(t).Err(), "") // a press is not made to wait
			h.says(test.headers)
			h.cloud.set(false, test.status)
			h.sync(t)
			c, run := h.stored(t), h.history(t)[0]
			if wait := c.NextRunAt.Sub(h.now); wait != test.want || !run.NextRunAt.Equal(c.NextRunAt) {
				t.Errorf("the next run is in %v, and told for %v; want %v", wait, run.NextRunAt, test.want)
			}
		})
	}
}

// Whichever call it says so in: no other follows.
func TestCloudThatWantsToBeLeftAloneIsNotAskedForTheOtherPart(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	direct := h.Cloud.HTTP.Transport
	h.Cloud.HTTP.Transport = road(func(call *http.Request) (*http.Response, error) {
		if h.cloud.set(false, 0); strings.HasPrefix(call.URL.Path, "/api/licenses/") {
			h.cloud.set(false, 429)
		}
		return direct.RoundTrip(call)
	})
	h.says(map[string]string{"Retry-After": "7200"})
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
		t.Error("the sponsorships were exchanged")
		return billingsync.Counts{}, nil
	}
	run := h.sync(t)
	wantCode(t, run.License.Err, billingsync.CodeBusy)
	wantCode(t, run.Sponsorships.Err, billingsync.CodeBusy)
	if wait := h.stored(t).NextRunAt.Sub(h.now); wait != 2*time.Hour {
		t.Errorf("the next run is in %v, want two hours", wait)
	}
}

func TestChangeWaitsWhileTheCloudWantsToBeLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		h.says(map[string]string{"Retry-After": "3600"})
		h.cloud.set(false, 503)
		if err := h.Changed(t.Context(), h.org.ID); err != nil {
			t.Fatal(err)
		}
		h.now = noon.Add(10 * time.Second)
		h.work(t, func() bool { return h.jobs(t) == 0 })
		until := h.now.Add(time.Hour)
		if err := h.Changed(t.Context(), h.org.ID); err != nil {
			t.Fatal(err)
		}
		if next := h.stored(t).NextRunAt; !next.Equal(until) {
			t.Errorf("next run %v, want %v", next, until)
		}
		h.now = h.now.Add(time.Minute)
		h.work(t, func() bool { return h.jobs(t) == 0 })
		if runs := h.history(t); len(runs) != 2 || !runs[0].NextRunAt.Equal(until) {
			t.Errorf("runs %+v, want none before %v", runs, until)
		}
		_, page := h.page().do(t, "GET", "/api/organizations/"+h.org.ID.String()+"/billing-sync/runs", "")
		if told := `"nextRunDate":"` + until.Format(time.RFC3339); !strings.Contains(page, told) {
			t.Errorf("the history %s lacks %s", page, told)
		}
		h.cloud.set(false, 0)
		wantCode(t, h.sync(t).Err(), "")
		if err := h.Changed(t.Context(), h.org.ID); err != nil {
			t.Fatal(err)
		}
		if next := h.stored(t).NextRunAt; !next.Equal(h.now.Add(3 * time.Second)) {
			t.Errorf("next run %v, want in three seconds: the cloud is well", next)
		}
	})
}
