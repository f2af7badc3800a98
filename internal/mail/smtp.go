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
	Timeout  time.Duration  // to connect, and for each letter; zero means 15 seconds
	Roots    *x509.CertPool // the authorities to trust; nil means the system's
}

// Send hands the letters on over one connection. A letter that is refused does not
// keep those behind it; a connection that breaks does.
func (s SMTP) Send(ctx context.Context, letters []Letter) []error {
	failures := make([]error, len(letters))
	client, err := gomail.NewClient(s.Host, s.options()...)
	if err != nil {
		return fill(failures, err)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fill(failures, err)
	}
	defer connection.Close()
	for i, l := range letters {
		m, err := message(l)
		if err == nil {
			err = client.SendWithSMTPClient(connection, m)
		}
		failures[i] = err
		if err != nil && connection.Reset() != nil {
			fill(failures[i:], err)
			break
		}
	}
	_ = connection.Quit() // Whatever the server says to it, it has the letters.
	return failures
}

// Step is how far a try came.
type Step string

// The steps, in their order.
const (
	Answering  Step = "answer"     // a mail server greets
	Encrypting Step = "encryption" // TLS as the settings want it, with a certificate that is trusted
	SigningIn  Step = "sign-in"    // with the name and the password
	Done       Step = ""
)

// Try goes as far as the first letter, and sends none: it returns the step that
// failed and why. Each step has a connection of its own.
func (s SMTP) Try(ctx context.Context) (Step, error) {
	anyone := s
	anyone.Username = ""
	if !s.encrypted() {
		if err := anyone.knock(ctx, gomail.WithTLSPolicy(gomail.NoTLS)); err != nil {
			return Answering, err
		}
	}
	if err := anyone.knock(ctx); err != nil {
		return Encrypting, err
	}
	if s.Username == "" {
		return Done, nil
	}
	if err := s.knock(ctx); err != nil {
		return SigningIn, err
	}
	return Done, nil
}

// knock opens a connection as Send does, and closes it.
func (s SMTP) knock(ctx context.Context, more ...gomail.Option) error {
	client, err := gomail.NewClient(s.Host, append(s.options(), more...)...)
	if err != nil {
		return err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	_ = connection.Quit() // It has done what it was for.
	_ = connection.Close()
	return nil
}

// submission is the port whose connections always begin without encryption.
const submission = 587

// encrypted reports whether a connection is encrypted from its first byte.
func (s SMTP) encrypted() bool { return s.SSL && s.Port != submission }

func fill(failures []error, err error) []error {
	for i := range failures {
		failures[i] = err
	}
	return failures
}

func (s SMTP) options() []gomail.Option {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	options := []gomail.Option{
		gomail.WithPort(s.Port),
		gomail.WithTimeout(timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
		// A letter that was taken leaves nothing to reset, and the next one tells whether the server still answers.
		gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	switch {
	case s.encrypted():
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
