package doctor

import (
	"context"
	"strconv"

	"coffre/internal/config"
	"coffre/internal/mail"
)

// mail goes the way of a mail, as far as the first letter.
func (d Doctor) mail(ctx context.Context) Finding {
	settings := d.Config.Mail
	if settings.Sender == config.ByFolder {
		return Finding{Check: Mail, Subject: d.Config.Data.Mail()}.ok(fine("doctor.mailFolder"))
	}
	smtp := settings.SMTP
	f := at(Mail, smtp.Host, strconv.Itoa(int(smtp.Port)))
	if err := connect(ctx, f.Host, f.Port, d.Patience); err != nil {
		return f.fault(err)
	}
	step, err := mail.SMTP{
		Host: smtp.Host, Port: int(smtp.Port), SSL: smtp.SSL, StartTLS: smtp.StartTLS,
		Username: smtp.Username, Password: string(smtp.Password), Timeout: d.Patience,
	}.Try(ctx)
	switch step {
	case mail.Answering:
		return f.fault(wrong("doctor.mailSilent", "mail-silent").With("reason", reason(err)))
	case mail.Encrypting:
		return f.fault(wrong("doctor.mailUnencrypted", "mail-tls").With("reason", reason(err)))
	case mail.SigningIn:
		return f.fault(wrong("doctor.mailRefused", "mail-sign-in").With("reason", reason(err)))
	}
	if smtp.Username == "" {
		return f.ok(fine("doctor.mailTakes"))
	}
	return f.ok(fine("doctor.mailSignedIn"))
}
