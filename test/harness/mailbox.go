package harness

import (
	"context"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Mailbox is an SMTP server that takes every mail and delivers none.
type Mailbox struct {
	Host string
	Port string

	mu    sync.Mutex
	mails []Mail
	taken []bool
	fresh chan struct{} // closed and replaced when a mail comes
}

// NewMailbox starts a mailbox that ends with the test.
func NewMailbox(t testing.TB) *Mailbox {
	t.Helper()
	box := &Mailbox{fresh: make(chan struct{})}
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	box.Host, box.Port = "127.0.0.1", strconv.Itoa(address.Port)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{box: box}, nil
	}))
	server.Domain = "localhost"
	server.EnableSMTPUTF8 = true
	// Servers that are killed leave connections in disorder, as they should.
	server.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() {
		_ = server.Serve(l) // It ends by Close.
		close(done)
	}()
	t.Cleanup(func() {
		server.Close()
		l.Close() // A server that has not begun to serve does not close it.
		<-done
	})
	return box
}

// settings tells a server to send here.
func (b *Mailbox) settings() map[string]string {
	return map[string]string{smtpHost: b.Host, smtpPort: b.Port}
}

// Wait takes the first mail to an address whose subject contains a text, once it is
// there. The next call finds the next one.
func (b *Mailbox) Wait(t testing.TB, to, subject string) Mail {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	mail, err := b.Take(ctx, to, subject)
	if err != nil {
		t.Fatalf("no mail to %s about %q: %v; there are %s", to, subject, err, b)
	}
	return mail
}

// Take is Wait for those who are not a test.
func (b *Mailbox) Take(ctx context.Context, to, subject string) (Mail, error) {
	for {
		b.mu.Lock()
		fresh := b.fresh
		for i, mail := range b.mails {
			if !b.taken[i] && strings.EqualFold(mail.To, to) && strings.Contains(mail.Subject, subject) {
				b.taken[i] = true
				b.mu.Unlock()
				return mail, nil
			}
		}
		b.mu.Unlock()
		select {
		case <-fresh:
		case <-ctx.Done():
			return Mail{}, ctx.Err()
		}
	}
}

// All returns every mail so far, also those that were taken.
func (b *Mailbox) All() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.mails)
}

// To returns every mail to an address whose subject contains a text.
func (b *Mailbox) To(address, subject string) []Mail {
	return slices.DeleteFunc(b.All(), func(m Mail) bool {
		return !strings.EqualFold(m.To, address) || !strings.Contains(m.Subject, subject)
	})
}

// String lists recipients and subjects.
func (b *Mailbox) String() string {
	var text strings.Builder
	for _, mail := range b.All() {
		text.WriteString("\n  " + mail.To + ": " + mail.Subject)
	}
	if text.Len() == 0 {
		return "no mails"
	}
	return text.String()
}

func (b *Mailbox) add(mail Mail) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails, b.taken = append(b.mails, mail), append(b.taken, false)
	close(b.fresh)
	b.fresh = make(chan struct{})
}

// session is one connection of a server to the mailbox.
type session struct {
	box *Mailbox
	to  []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		mail, err := parseMail(raw)
		if err != nil {
			return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
		}
		mail.To = to
		s.box.add(mail)
	}
	return nil
}

func (s *session) Reset() { s.to = nil }

func (s *session) Logout() error { return nil }
