package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP hands letters to a mail server. Where the server offers encryption it is
// used, with or without SSL and StartTLS, and its certificate is verified. A
// password never travels in the clear.
type SMTP struct {
	Host     string
	Port     int
	SSL      bool // encrypted from the first byte; on port 587, which never is, by STARTTLS
	StartTLS bool // refuse a server that does not offer STARTTLS
	Username string
	Password string
	Timeout  time.Duration  // for each step; zero means 15 seconds
	Roots    *x509.CertPool // the authorities to trust; nil means the system's
}

// Send hands on one letter over a connection of its own.
func (s SMTP) Send(ctx context.Context, l Letter) error {
	m, err := message(l)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.Host, s.options()...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, m)
}

func (s SMTP) options() []gomail.Option {
	const submission = 587
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	options := []gomail.Option{
		gomail.WithPort(s.Port),
		gomail.WithTimeout(timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch {
	case s.SSL && s.Port != submission:
		options = append(options, gomail.WithSSL())
	case s.SSL || s.StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if s.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	return options
}

// message puts a letter into its form on the wire, as text and as a page.
func message(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(l.From); err != nil {
		return nil, err
	}
	if err := m.To(l.To); err != nil {
		return nil, err
	}
	m.SetMessageIDWithValue(l.MessageID)
	m.SetDateWithValue(l.Date)
	m.Subject(l.Subject)
	m.SetGenHeader("Content-Language", l.Language)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}
