package billing

import (
	"strconv"
	"strings"
	"time"

	"coffre/internal/mail"
)

// The templates of mails, and the data that each shows besides Organization, which
// is empty when a person pays for themselves:
//
//	invoice                  Number, Amount, Due, Link
//	payment-reminder         Number, Amount, Due, Link: due in a week, or today
//	payment-overdue          Number, Amount, Due, Link, Ends: when it will be disabled
//	subscription-disabled    Number, Amount, Link: of the invoice; all empty when it was canceled
//	trial-ending             Amount, Ends
//	payment-received         Number, Amount, Link; Amount is what was received
//	subscription-canceled    Ends
//	subscription-reinstated  Ends: of the period
//
// Dates are in RFC 3339, amounts come from Amount.
const (
	mailInvoice    = "invoice"
	mailReminder   = "payment-reminder"
	mailOverdue    = "payment-overdue"
	mailDisabled   = "subscription-disabled"
	mailTrial      = "trial-ending"
	mailPaid       = "payment-received"
	mailCanceled   = "subscription-canceled"
	mailReinstated = "subscription-reinstated"
)

// Amount writes cents for a reader: "$1,234.50", in French "1 234,50 $".
func Amount(cents int64, language string) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	group, point := ",", "."
	french := strings.HasPrefix(strings.ToLower(language), "fr")
	if french {
		group, point = "\u202f", ","
	}
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	part := strconv.FormatInt(cents%100+100, 10)[1:]
	if french {
		return sign + whole + point + part + "\u00a0$"
	}
	return sign + "$" + whole + point + part
}

// letter begins a mail to a customer; once tells it from all others of its template.
func letter(c Customer, template, once string, data map[string]string) mail.Message {
	data["Organization"] = c.Organization
	return mail.Message{Once: template + "|" + once, To: c.Email, Template: template, Language: c.Language, Data: data}
}

// about begins a mail about an invoice; cents is the amount that it names.
func (s *Service) about(c Customer, template string, v Invoice, cents int64) mail.Message {
	return letter(c, template, v.Number+"|"+strconv.Itoa(v.Reminders), map[string]string{
		"Number": v.Number, "Amount": Amount(cents, c.Language), "Due": v.DueAt.Format(time.RFC3339), "Link": s.InvoiceLink(v),
	})
}
