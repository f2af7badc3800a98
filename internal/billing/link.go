package billing

import (
	"context"
	"net/url"
	"time"

	"coffre/internal/fault"
	"coffre/internal/seal"
)

// linkLife is how long a link to an invoice opens it: long enough for those who pay
// late, and for their accountants.
const linkLife = 180 * 24 * time.Hour

const linkPurpose = "invoice"

// link is what the token of a link to an invoice says.
type link struct {
	Number string    `json:"number"`
	Until  time.Time `json:"until"`
}

var linkOver = fault.New(fault.NotFound, "billing.linkOver")

// Links lead to invoices without a sign-in: in mails, for whoever pays them.
type Links struct {
	Keys     *seal.Keys
	VaultURL string // of this server, without a slash at the end
	Provider Provider
	Now      func() time.Time
}

// To returns the address at which anybody who has it reads an invoice, to print it,
// for half a year.
func (l *Links) To(v Invoice) string {
	token, err := l.Keys.Token(linkPurpose, link{v.Number, l.Now().Add(linkLife)})
	if err != nil {
		return l.VaultURL // two plain members can always be written
	}
	return l.VaultURL + "/invoice?token=" + url.QueryEscape(token)
}

// Open returns the invoice that the token of a link is for, with its lines. A link
// that is too old or was never given opens nothing.
func (l *Links) Open(ctx context.Context, token string) (Invoice, error) {
	var content link
	if err := l.Keys.ReadToken(linkPurpose, token, &content); err != nil || l.Now().After(content.Until) {
		return Invoice{}, linkOver
	}
	v, err := l.Provider.Invoice(ctx, content.Number)
	if fault.KindOf(err) == fault.NotFound {
		err = linkOver
	}
	return v, err
}
