package billing

import (
	"strings"
	"time"

	"coffre/internal/id"
)

// Invoice asks for money. It outlives its owner, and keeps who that was as it was.
type Invoice struct {
	ID             id.ID
	SubscriptionID id.ID
	OrganizationID id.ID
	AccountID      id.ID
	Number         string
	Recipient      string // name and address, a line each
	IssuedAt       time.Time
	DueAt          time.Time
	TotalCents     int64 // the sum of the lines
	OpenCents      int64 // what is still to be paid
	PaidAt         time.Time
	WrittenOffAt   time.Time
	Reminders      int // done, of those in Reminders
	Postponed      time.Time
	Lines          []Line
}

// Line is one line of an invoice. What lowers it has a negative amount. The amount
// is the unit price times the quantity, of which only the part of a period is
// charged that From and Until show, in seconds, when Whole is not zero: what is less
// than a cent is left out.
type Line struct {
	Name        string
	Quantity    int
	UnitCents   int64
	AmountCents int64
	From, Until time.Time
	Part, Whole int64
}

// Explained reports whether the amount follows from the rest of the line.
func (l Line) Explained() bool {
	return l.AmountCents == Part(l.UnitCents*int64(l.Quantity), l.Part, l.Whole)
}

// Part returns the share of an amount for a part of a whole, rounded towards zero;
// all of it when there is no whole.
func Part(cents, part, whole int64) int64 {
	if whole == 0 {
		return cents
	}
	return cents * part / whole
}

// Owner returns whose invoice v is; the zero Owner when that is gone.
func (v Invoice) Owner() Owner { return Owner{v.OrganizationID, v.AccountID} }

// Open reports whether v still asks for money.
func (v Invoice) Open() bool { return v.OpenCents > 0 }

// Calendar is when something is done about an invoice that is open, from the day it
// is due: two reminders, two more that say when it has consequences, and these.
var Calendar = [...]time.Duration{-7 * 24 * time.Hour, 0, 7 * 24 * time.Hour, 14 * 24 * time.Hour, Grace}

const (
	// Grace is how long after the day it was due an invoice may stay open.
	Grace = 30 * 24 * time.Hour
	// fair is how long before the consequences somebody has been told of them, even
	// if the server was down when that was due.
	fair = 7 * 24 * time.Hour
)

// The steps of the Calendar after the reminders that come before the due day.
const (
	overdue    = 2
	lastNotice = len(Calendar) - 2
	consequent = len(Calendar) - 1
)

// NextAt returns when the next step of the Calendar is to be done, and zero when
// there is none.
func (v Invoice) NextAt() time.Time {
	if !v.Open() || v.Reminders >= len(Calendar) {
		return time.Time{}
	}
	at := v.DueAt.Add(Calendar[v.Reminders])
	if v.Postponed.After(at) {
		return v.Postponed
	}
	return at
}

// step returns which step of the Calendar is to be done now, all that were missed
// before it left out, and v with it done. What has consequences is put off when the
// notice of it was missed, so that nobody learns of it by feeling it.
func (v Invoice) step(now time.Time) (int, Invoice) {
	last := v.Reminders
	for last+1 < len(Calendar) && !v.DueAt.Add(Calendar[last+1]).After(now) {
		last++
	}
	if last == consequent && v.Reminders < consequent {
		last, v.Postponed = lastNotice, now.Add(fair)
	}
	v.Reminders = last + 1
	return last, v
}

// EndsAt returns when v has consequences if it stays open.
func (v Invoice) EndsAt() time.Time {
	at := v.DueAt.Add(Grace)
	if v.Postponed.After(at) {
		return v.Postponed
	}
	return at
}

// hadConsequences reports whether v is open although it has cost its owner something.
func (v Invoice) hadConsequences() bool { return v.Open() && v.Reminders > consequent }

// Recipient returns what stands above an invoice for c.
func (c Contract) Recipient() string {
	a := c.Address
	lines := []string{}
	for _, line := range []string{
		c.Name, a.Line1, a.Line2, strings.TrimSpace(a.PostalCode + " " + a.City), a.State, a.Country, a.TaxID, c.Email,
	} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
