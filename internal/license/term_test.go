package license_test

import (
	"testing"
	"time"

	"coffre/internal/license"
)

func at(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	return t
}

// Scenario 114 of spec 01.
func TestDatesFollowFromTheSubscription(t *testing.T) {
	now := at("2026-03-31")
	tests := map[string]struct {
		subscribed                           bool
		trialEnd, expires, start, end        string
		wantExpires, wantRefresh, wantNoGrac string
		wantTrial                            bool
	}{
		"no subscription, no end":      {false, "", "", "", "", "2026-04-07", "2026-04-07", "", true},
		"no subscription, an end":      {false, "", "2026-06-01", "", "", "2026-06-01", "2026-06-01", "", false},
		"no subscription, ended":       {false, "", "2026-01-01", "", "", "2026-01-01", "2026-01-01", "", false},
		"in trial":                     {true, "2026-04-05", "", "2026-03-29", "2027-03-29", "2026-04-05", "2026-04-05", "", true},
		"trial before an ended date":   {true, "2026-04-05", "2026-01-01", "", "", "2026-04-05", "2026-04-05", "", true},
		"organization ended":           {true, "2026-01-05", "2026-03-30", "2026-01-01", "2027-01-01", "2026-03-30", "2026-03-30", "", false},
		"annual after trial":           {true, "2026-01-08", "", "2026-01-08", "2027-01-08", "2027-03-09", "2026-04-30", "2027-01-08", false},
		"annual without trial":         {true, "", "2026-12-01", "2026-01-01", "2027-01-01", "2027-03-02", "2026-04-30", "2027-01-01", false},
		"181 days are annual":          {true, "", "", "2026-01-01", "2026-07-01", "2026-08-30", "2026-04-30", "2026-07-01", false},
		"180 days are not":             {true, "", "", "2026-01-01", "2026-06-30", "2027-03-31", "2027-03-31", "", false},
		"monthly, with an end":         {true, "", "2026-04-30", "2026-03-01", "2026-04-01", "2027-03-30", "2027-03-30", "", false},
		"monthly, end in a long month": {true, "", "2026-03-31", "2026-03-01", "2026-04-01", "2027-02-28", "2027-02-28", "", false},
		"monthly, no end":              {true, "", "", "2026-03-01", "2026-04-01", "2027-03-31", "2027-03-31", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := license.Term{
				Now: now, Subscribed: test.subscribed, TrialEnd: at(test.trialEnd), OrganizationExpires: at(test.expires),
				PeriodStart: at(test.start), PeriodEnd: at(test.end),
			}.Dates()
			want := license.Dates{
				Issued: now, Expires: at(test.wantExpires), Refresh: at(test.wantRefresh),
				ExpirationWithoutGracePeriod: at(test.wantNoGrac), Trial: test.wantTrial,
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestDatesAreWholeSecondsInUTC(t *testing.T) {
	paris := time.FixedZone("", 3600)
	d := license.Term{Now: time.Date(2026, 3, 1, 13, 0, 0, 999, paris), Subscribed: true}.Dates()
	if d.Issued != noon || d.Expires != noon.AddDate(1, 0, 0) {
		t.Errorf("got %v and %v", d.Issued, d.Expires)
	}
}

func TestDatesOfPremium(t *testing.T) {
	tests := map[string]struct {
		invoice, premium, trial  string
		wantExpires, wantRefresh string
		wantTrial                bool
	}{
		"next invoice first": {"2026-06-01", "2026-12-01", "", "2026-06-08", "2026-06-01", false},
		"premium's end":      {"", "2026-12-01", "", "2026-12-08", "2026-12-01", false},
		"in trial":           {"2026-04-07", "", "2026-04-07", "2026-04-14", "2026-04-07", true},
		"no end":             {"", "", "2026-01-01", "", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := license.UserTerm{
				Now: noon, NextInvoice: at(test.invoice), PremiumExpires: at(test.premium), TrialEnd: at(test.trial),
			}.Dates()
			want := license.Dates{Issued: noon, Expires: at(test.wantExpires), Refresh: at(test.wantRefresh), Trial: test.wantTrial}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}
