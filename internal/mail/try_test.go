package mail_test

import (
	"crypto/x509"
	"testing"
	"time"

	"coffre/internal/mail"
)

func TestTryTellsTheStepThatFailsAndSendsNothing(t *testing.T) {
	signIn := func(password string) mail.SMTP { return mail.SMTP{Username: "coffre", Password: password} }
	tests := map[string]struct {
		security string
		sender   mail.SMTP
		want     mail.Step
	}{
		"in the clear":                    {"", mail.SMTP{}, mail.Done},
		"encrypted where it is offered":   {"starttls", signIn("secret"), mail.Done},
		"encrypted from the first byte":   {"ssl", mail.SMTP{SSL: true, Username: "coffre", Password: "secret"}, mail.Done},
		"TLS where a greeting is awaited": {"ssl", mail.SMTP{}, mail.Answering},
		"a greeting where TLS is awaited": {"", mail.SMTP{SSL: true}, mail.Encrypting},
		"STARTTLS that is not offered":    {"", mail.SMTP{StartTLS: true}, mail.Encrypting},
		"an authority that is unknown":    {"starttls", mail.SMTP{Roots: x509.NewCertPool()}, mail.Encrypting},
		"the password is wrong":           {"starttls", signIn("no"), mail.SigningIn},
		"it would go in the clear":        {"", signIn("secret"), mail.SigningIn},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listen(t, test.security)
			sender := test.sender
			sender.Host, sender.Port = "localhost", s.port
			sender.Timeout = 500 * time.Millisecond
			if sender.Roots == nil {
				sender.Roots = s.roots
			}
			step, err := sender.Try(t.Context())
			if step != test.want || (err == nil) != (step == mail.Done) {
				t.Errorf("got %q, %v, want %q", step, err, test.want)
			}
			if s.got() != "" || s.from != "" {
				t.Errorf("a letter was begun: from %q, %q", s.from, s.got())
			}
		})
	}
}
