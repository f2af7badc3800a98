package license

import "time"

const (
	day = 24 * time.Hour
	// grace is how long an annual license outlives what is paid.
	grace = 60 * day
	// annualPeriod is the shortest billing period that counts as a year.
	annualPeriod = 180 * day
	// unpaidLife is how long a license without subscription and end lives.
	unpaidLife = 7 * day
	// renewal is after how long an annual license is worth fetching anew.
	renewal = 30 * day
	// userGrace is how long a premium license outlives what is paid.
	userGrace = 7 * day
)

// Term is what the dates of an organization's license follow from. A zero time
// is none.
type Term struct {
	Now                 time.Time
	Subscribed          bool
	TrialEnd            time.Time
	OrganizationExpires time.Time
	PeriodStart         time.Time
	PeriodEnd           time.Time
}

// Dates are the dates of a license, in whole seconds: the three spellings of a
// license must not differ by a fraction.
type Dates struct {
	Issued  time.Time
	Expires time.Time
	Refresh time.Time
	// ExpirationWithoutGracePeriod is set where Expires includes time that is not
	// paid.
	ExpirationWithoutGracePeriod time.Time
	Trial                        bool
}

// Dates returns when a license issued now holds. The first case that applies
// decides; a yearly subscription is the only one with a grace period.
func (t Term) Dates() Dates {
	d := Dates{Issued: t.Now, Trial: t.Subscribed && t.TrialEnd.After(t.Now)}
	switch {
	case !t.Subscribed:
		d.Trial = t.OrganizationExpires.IsZero()
		d.Expires = t.OrganizationExpires
		if d.Trial {
			d.Expires = t.Now.Add(unpaidLife)
		}
		d.Refresh = d.Expires
	case d.Trial:
		d.Expires, d.Refresh = t.TrialEnd, t.TrialEnd
	case t.ended():
		d.Expires, d.Refresh = t.OrganizationExpires, t.OrganizationExpires
	case t.PeriodEnd.Sub(t.PeriodStart) > annualPeriod:
		d.Expires, d.Refresh = t.PeriodEnd.Add(grace), t.Now.Add(renewal)
		d.ExpirationWithoutGracePeriod = t.PeriodEnd
	case !t.OrganizationExpires.IsZero():
		d.Expires = addMonths(t.OrganizationExpires, 11)
		d.Refresh = d.Expires
	default:
		d.Expires = addMonths(t.Now, 12)
		d.Refresh = d.Expires
	}
	return d.whole()
}

func (t Term) ended() bool {
	return !t.OrganizationExpires.IsZero() && t.OrganizationExpires.Before(t.Now)
}

func (d Dates) whole() Dates {
	for _, date := range []*time.Time{&d.Issued, &d.Expires, &d.Refresh, &d.ExpirationWithoutGracePeriod} {
		*date = date.UTC().Truncate(time.Second)
	}
	return d
}

// UserTerm is what the dates of a premium license follow from. A zero time is
// none.
type UserTerm struct {
	Now            time.Time
	NextInvoice    time.Time
	PremiumExpires time.Time
	TrialEnd       time.Time
}

// Dates returns when a premium license issued now holds.
func (t UserTerm) Dates() Dates {
	d := Dates{Issued: t.Now, Refresh: t.PremiumExpires, Trial: t.TrialEnd.After(t.Now)}
	if !t.NextInvoice.IsZero() {
		d.Refresh = t.NextInvoice
	}
	if !d.Refresh.IsZero() {
		d.Expires = d.Refresh.Add(userGrace)
	}
	return d.whole()
}

// addMonths adds months and stays in the month it reaches: a day that this month
// does not have becomes its last.
func addMonths(t time.Time, months int) time.Time {
	moved := t.AddDate(0, months, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}
