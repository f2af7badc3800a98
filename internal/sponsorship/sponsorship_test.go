package sponsorship_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const life = 30 * 24 * time.Hour

// Scenario 141: the state in our words, and the fields from which clients make theirs.
func TestShown(t *testing.T) {
	year := noon.AddDate(1, 0, 0)
	wish := func(revision int64, revoked bool) sponsorship.Wish {
		return sponsorship.Wish{Revision: revision, Revoked: revoked}
	}
	offered := sponsorship.Outcome{State: sponsorship.Offered, OfferedAt: noon.Add(-time.Hour)}
	old := sponsorship.Outcome{State: sponsorship.Offered, OfferedAt: noon.Add(-life)}
	active := sponsorship.Outcome{State: sponsorship.Active, ValidUntil: year}
	ending := sponsorship.Outcome{State: sponsorship.Ending, ValidUntil: year}
	requested := sponsorship.Outcome{State: sponsorship.Requested}
	declined := sponsorship.Outcome{State: sponsorship.Refused, Code: "plan-too-low"}
	unknown := sponsorship.Outcome{State: sponsorship.Offered} // as a self-hosted server knows it
	tests := map[string]struct {
		wish         sponsorship.Wish
		outcome      sponsorship.Outcome
		acknowledged int64
		state        sponsorship.State
		date         time.Time
		waiting      bool
		synced       bool // clients get a last sync
		toDelete     bool
	}{
		"never sent":              {wish(1, false), requested, 0, sponsorship.Requested, time.Time{}, true, false, false},
		"offered":                 {wish(1, false), offered, 1, sponsorship.Offered, noon.Add(life - time.Hour), false, true, false},
		"offered, self-hosted":    {wish(1, false), unknown, 1, sponsorship.Offered, time.Time{}, false, true, false},
		"changed since":           {wish(2, false), unknown, 1, sponsorship.Requested, time.Time{}, true, false, false},
		"too old":                 {wish(1, false), old, 1, sponsorship.Expired, noon, false, true, false},
		"redeemed":                {wish(1, false), active, 1, sponsorship.Active, year, false, true, false},
		"changed too late":        {wish(2, false), active, 1, sponsorship.Active, year, true, false, false},
		"revoked":                 {wish(2, true), ending, 2, sponsorship.Ending, year, false, true, true},
		"revoked, not told":       {wish(2, true), active, 1, sponsorship.Ending, year, true, true, true},
		"offer revoked, not told": {wish(2, true), unknown, 1, sponsorship.Ending, time.Time{}, true, true, true},
		"removed by the owner":    {wish(1, false), ending, 1, sponsorship.Ending, year, false, true, true},
		"refused":                 {wish(1, false), declined, 1, sponsorship.Refused, time.Time{}, false, false, false},
		"changed after a refusal": {wish(2, false), declined, 1, sponsorship.Requested, time.Time{}, true, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := sponsorship.Sponsorship{Wish: test.wish, Outcome: test.outcome, Acknowledged: test.acknowledged, SyncedAt: noon}
			state, date := v.Shown(noon, life)
			if state != test.state || !date.Equal(test.date) || v.Waiting() != test.waiting {
				t.Errorf("got %s, %v, waiting %v; want %s, %v, %v", state, date, v.Waiting(), test.state, test.date, test.waiting)
			}
			if synced := !v.LastSync().IsZero(); synced != test.synced || v.ToDelete() != test.toDelete {
				t.Errorf("last sync %v, to delete %v; want %v, %v", synced, v.ToDelete(), test.synced, test.toDelete)
			}
		})
	}
}

// Scenario 12.
func TestNewRecipientNamesTheFieldThatIsWrong(t *testing.T) {
	tests := map[string]struct{ email, name, field string }{
		"no address":         {"", "", "sponsoredEmail"},
		"no address at all":  {"aunt", "", "sponsoredEmail"},
		"with a name":        {"Aunt <aunt@family.example>", "", "sponsoredEmail"},
		"257 characters":     {strings.Repeat("a", 245) + "@example.com", "", "sponsoredEmail"},
		"name too long":      {"aunt@family.example", strings.Repeat("é", 257), "friendlyName"},
		"name of a terminal": {"aunt@family.example", "a\x00b", "friendlyName"},
		"longest":            {"aunt@family.example", strings.Repeat("é", 256), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := sponsorship.NewRecipient(test.email, test.name, "en")
			wrong, _ := errors.AsType[*fault.Error](err)
			if (err == nil) != (test.field == "") || wrong != nil && wrong.Field != test.field {
				t.Errorf("got %v, want the field %q", err, test.field)
			}
		})
	}
	r, err := sponsorship.NewRecipient(" Aunt@Family.example ", "Aunt", "fr")
	if want := (sponsorship.Recipient{Email: "aunt@family.example", FriendlyName: "Aunt", Language: "fr"}); r != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", r, err, want)
	}
}

// Scenario 23: half a year counts from the last exchange with the server, whatever
// the date of the row, and only for what was born elsewhere.
func TestLapsed(t *testing.T) {
	good := sponsorship.Circumstances{
		SponsorExists: true, SponsorEnabled: true, SponsorPlan: plan.EnterpriseAnnually,
		TargetOwned: true, TargetPlan: plan.FamiliesAnnually, Now: noon, Life: 365 * 24 * time.Hour,
	}
	v := sponsorship.Sponsorship{Outcome: sponsorship.Outcome{State: sponsorship.Offered, OfferedAt: noon.AddDate(0, 0, -200)}}
	tests := map[string]struct {
		silence time.Duration
		here    bool
		want    bool
	}{
		"182.5 days":          {4380 * time.Hour, false, false},
		"a second more":       {4380*time.Hour + time.Second, false, true},
		"born on this server": {5000 * time.Hour, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			c.LastExchange, c.BornOnThisServer, c.MemberConfirmed = noon.Add(-test.silence), test.here, test.here
			if err := c.Check(v); (fault.CodeOf(err) == "sync-lapsed") != test.want || c.Lapsed() != test.want {
				t.Errorf("got %v, want lapsed %v", err, test.want)
			}
		})
	}
}
