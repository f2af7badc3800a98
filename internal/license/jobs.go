package license

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/org"
)

// The templates of mails. Both show Organization, Ends: when the license ends or has
// ended, Paid: when what is paid ended, empty while it has not, and Link.
const (
	mailReminder = "license-reminder"
	mailExpired  = "license-expired"
)

// page is how many licenses are looked up at once.
const page = 100

// Schedule has the queue look after the licenses of organizations. It comes before
// the queue runs.
func (s *SelfHostedEnd) Schedule(q *jobs.Queue) {
	q.Every("license-review", jobs.Interval(time.Hour), s.Review)
	q.Every("license-copies", jobs.Daily(0, 30), s.Restore)
}

// Review reminds of licenses that end soon, and disables the organizations whose
// license has ended: nothing else is a reason. It may be called at any time and on
// several nodes; each reminder is sent once. What goes wrong with one organization
// does not keep it from the others.
func (s *SelfHostedEnd) Review(ctx context.Context) error {
	var failures []error
	var after id.ID
	for {
		due, err := s.Store.ListDue(ctx, s.Now(), after, page)
		if err != nil || len(due) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, h := range due {
			after = h.OrganizationID
			if err := s.Store.Tx(ctx, func(ctx context.Context) error { return s.review(ctx, h.OrganizationID) }); err != nil {
				failures = append(failures, fmt.Errorf("license of organization %s: %w", h.OrganizationID, err))
			}
		}
	}
}

// review takes the next step with the license of one organization.
func (s *SelfHostedEnd) review(ctx context.Context, organizationID id.ID) error {
	if err := s.Store.Lock(ctx, "org:"+organizationID.String()); err != nil {
		return err
	}
	h, err := s.Store.Get(ctx, organizationID) // as it is now
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	due, h := h.step(s.Now())
	if err := s.Store.Save(ctx, h); err != nil {
		return err
	}
	o, err := s.Organizations.Get(ctx, organizationID)
	if err != nil || o.Basis != org.License {
		return err
	}
	switch due {
	case remind:
		return s.tell(ctx, mailReminder, o, h)
	case end:
		return s.end(ctx, o, h)
	default:
		return nil
	}
}

// end disables an organization whose license is over. Nothing is deleted, and a new
// license enables it at once.
func (s *SelfHostedEnd) end(ctx context.Context, o org.Organization, h Held) error {
	if !o.Granted {
		return nil
	}
	// The log of a disabled organization takes nothing more.
	if err := s.Organizations.Record(ctx, event.Event{OrganizationID: o.ID, Type: event.OrganizationUpdated}); err != nil {
		return err
	}
	terms := o.Terms()
	terms.Enabled = false
	if err := s.Organizations.Apply(ctx, o.ID, terms); err != nil {
		return err
	}
	return s.tell(ctx, mailExpired, o, h)
}

// tell writes to the billing address and to the owners, each once and in their
// language. A billing address that is nobody's reads the language of the first owner.
func (s *SelfHostedEnd) tell(ctx context.Context, template string, o org.Organization, h Held) error {
	readers, err := s.Store.Owners(ctx, o.ID)
	if err != nil {
		return err
	}
	if o.BillingEmail != "" {
		stranger := Reader{Email: o.BillingEmail}
		if len(readers) > 0 {
			stranger.Language = readers[0].Language
		}
		readers = append(readers, stranger)
	}
	data := map[string]string{
		"Organization": o.Name, "Ends": h.ExpiresAt.Format(time.RFC3339), "Paid": h.paid(s.Now()),
		"Link": s.Organizations.VaultURL + "/#/organizations/" + o.ID.String() + "/billing/subscription",
	}
	var list []mail.Message
	told := map[string]bool{}
	for _, r := range readers {
		address := strings.ToLower(r.Email)
		if told[address] {
			continue
		}
		told[address] = true
		list = append(list, mail.Message{
			Once: fmt.Sprintf("%s|%s|%d|%d|%s", template, o.ID, h.ExpiresAt.Unix(), h.Reminders, address),
			To:   r.Email, Template: template, Language: account.Account{Culture: r.Language}.Language(), Data: data,
		})
	}
	return s.Mail(ctx, list...)
}

// paid returns when what is paid for ended, or "" while it has not. A license that
// does not open is no reason to stay silent about its end.
func (h Held) paid(now time.Time) string {
	l, err := ParseOrganization([]byte(h.Document))
	if paid := l.ExpirationWithoutGracePeriod; err == nil && !paid.IsZero() && paid.Before(now) {
		return paid.Format(time.RFC3339)
	}
	return ""
}

// Restore writes the copies anew that are lost, or are not what the database holds.
func (s *SelfHostedEnd) Restore(ctx context.Context) error {
	held, err := s.Store.List(ctx)
	for _, h := range held {
		l, unreadable := ParseOrganization([]byte(h.Document))
		if unreadable == nil && !copied(s.Directory, copyOfOrganization, h.OrganizationID, l) {
			s.copy(ctx, h.OrganizationID, l)
		}
	}
	return err
}
