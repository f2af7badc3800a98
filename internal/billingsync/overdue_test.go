package billingsync_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/mail"
	"coffre/internal/org"
)

func TestOverdueIsADayOfFailuresWithoutSuccess(t *testing.T) {
	success, failure := noon.Add(-24*time.Hour), noon.Add(-time.Minute)
	failing := billingsync.Connection{Enabled: true, SealedKey: "x", Failures: 1, FailingSince: failure, SucceededAt: success}
	tests := map[string]struct {
		change func(*billingsync.Connection)
		want   time.Time
	}{
		"a day after the last success": {func(*billingsync.Connection) {}, success},
		"less than a day":              {func(c *billingsync.Connection) { c.SucceededAt = success.Add(1) }, time.Time{}},
		"no run since":                 {func(c *billingsync.Connection) { c.Failures = 0 }, time.Time{}},
		"disabled":                     {func(c *billingsync.Connection) { c.Enabled = false }, time.Time{}},
		"deleted":                      {func(c *billingsync.Connection) { c.SealedKey = "" }, time.Time{}},
		"never a success":              {func(c *billingsync.Connection) { c.SucceededAt = time.Time{} }, time.Time{}},
		"never a success in a day": {func(c *billingsync.Connection) {
			c.SucceededAt, c.FailingSince = time.Time{}, success
		}, success},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := failing
			test.change(&c)
			if got := c.OverdueSince(noon); !got.Equal(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// overdueMails does what is due, and returns who was written to that no sync works.
func (h *home) overdueMails(t *testing.T) []mail.Message {
	t.Helper()
	h.planLook(t)
	h.now = h.now.Add(time.Minute)
	looked := h.now
	h.work(t, func() bool {
		next, _ := db.Value[int64](t.Context(), h.db, `SELECT due_at FROM job WHERE kind = 'billing-sync'`)
		return h.jobs(t) == 0 && next > looked.UnixMicro()
	})
	var list []mail.Message
	for _, m := range h.mails {
		if m.Template == "sync-overdue" {
			list = append(list, m)
		}
	}
	return list
}

// A day without success is told once, to owners alone, in their languages, until a
// run goes through.
func TestOwnersAreToldOnceThatNoRunGoesThrough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		h.add(t, "english@example.org", "en-US", org.Owner)
		h.add(t, "admin@example.org", "en-US", org.Admin)
		h.cloud.set(false, 503)
		h.now = noon.Add(23 * time.Hour)
		h.sync(t)
		if list := h.overdueMails(t); len(list) != 0 || !h.stored(t).OverdueSince(h.now).IsZero() {
			t.Fatalf("told %+v before a day was over", list)
		}
		h.now = noon.Add(25 * time.Hour)
		list := h.overdueMails(t)
		if len(list) != 2 {
			t.Fatalf("mails %+v, want one for each owner", list)
		}
		for _, m := range list {
			if m.Data["Since"] != noon.Format(time.RFC3339) || !strings.HasSuffix(m.Data["Link"], h.org.ID.String()+"/billing/subscription") {
				t.Errorf("data %+v", m.Data)
			}
			french := m.To == "owner@example.org"
			if (m.Language == "fr") != french || !strings.Contains(m.Data["Reason"], "503") || strings.Contains(m.Data["Reason"], "Réessayez") != french {
				t.Errorf("to %s in %s: %q", m.To, m.Language, m.Data["Reason"])
			}
		}
		if got := h.stored(t); !got.OverdueSince(h.now).Equal(noon) || got.ToldAt.IsZero() {
			t.Errorf("connection %+v", got)
		}
		h.now = noon.Add(50 * time.Hour)
		if list := h.overdueMails(t); len(list) != 2 {
			t.Errorf("%d mails, want no more", len(list))
		}

		h.cloud.set(false, 0)
		h.sync(t)
		if got := h.stored(t); !got.OverdueSince(h.now).IsZero() || !got.ToldAt.IsZero() || !got.FailingSince.IsZero() {
			t.Errorf("after a success: %+v", got)
		}
		h.cloud.set(false, 503)
		h.now = h.now.Add(25 * time.Hour)
		h.sync(t)
		if list := h.overdueMails(t); len(list) != 4 || list[3].Once == list[1].Once {
			t.Errorf("%d mails, want two about the second time", len(list))
		}
	})
}

// add makes somebody a confirmed member.
func (h *home) add(t *testing.T, email, culture string, role org.Type) {
	t.Helper()
	accountID := h.person(t, email)
	exec(t, h, `UPDATE account SET culture = $1 WHERE id = $2`, culture, accountID)
	exec(t, h, `INSERT INTO member (id, organization_id, account_id, status, type, permissions, created_at, revised_at)
		VALUES ($1, $2, $1, $3, $4, '{}', 0, 0)`, accountID, h.org.ID, org.Confirmed, role)
}
