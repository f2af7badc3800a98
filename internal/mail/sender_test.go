package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"coffre/internal/mail"
)

// server is an SMTP server on loopback that keeps what it is given.
type server struct {
	mu       sync.Mutex
	refuse   bool
	login    bool // it asks for the name "coffre" and the password "secret"
	signedIn bool
	from, to string
	data     string
	sessions int
	taken    []string // recipients
	port     int
	roots    *x509.CertPool
}

type session struct {
	s        *server
	conn     *smtp.Conn
	signedIn bool
}

func (s *server) NewSession(conn *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	return &session{s: s, conn: conn}, nil
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "coffre" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		c.signedIn = true
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.refuse || c.s.login && !c.signedIn {
		return &smtp.SMTPError{Code: 451, Message: "later"}
	}
	c.s.from, c.s.signedIn = from, c.signedIn
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	switch c.s.to = to; to {
	case "nobody@vault.example":
		return &smtp.SMTPError{Code: 550, Message: "no such person"}
	case "cut@vault.example":
		return c.conn.Close()
	}
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.data, c.s.taken = string(raw), append(c.s.taken, c.s.to)
	return err
}

func (c *session) Reset()        {}
func (c *session) Logout() error { return nil }

func (s *server) got() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// certificate returns one for localhost that signs itself.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// listen starts a server: with "ssl" encrypted from the first byte, with
// "starttls" on request, and in the clear otherwise.
func listen(t *testing.T, security string) *server {
	t.Helper()
	s := &server{}
	cert, roots := certificate(t)
	s.roots = roots
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	smtpServer := smtp.NewServer(s)
	smtpServer.Domain, smtpServer.AllowInsecureAuth = "localhost", true
	smtpServer.ErrorLog = log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch security {
	case "ssl":
		l = tls.NewListener(l, config)
	case "starttls":
		smtpServer.TLSConfig = config
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := smtpServer.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() { smtpServer.Close(); wg.Wait() })
	return s
}

var letter = mail.Letter{
	MessageID: "1@vault.example", From: "Coffre <no-reply@vault.example>", To: "bea@vault.example", Language: "fr",
	Date: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Subject: "Été : votre offre",
	Text: "Ouvrez https://vault.example/#/x?token=1.a.b&email=bea%40vault.example, maintenant.\n\n.\nÀ bientôt\n", HTML: "<p>Été</p>\n",
}

func send(t *testing.T, sender mail.Sender, letters ...mail.Letter) error {
	t.Helper()
	return errors.Join(sender.Send(t.Context(), letters)...)
}

func TestLetterReachesTheMailServer(t *testing.T) {
	tests := map[string]struct {
		security string
		sender   mail.SMTP
	}{
		"in the clear":                   {"", mail.SMTP{}},
		"encrypted where it is offered":  {"starttls", mail.SMTP{}},
		"encrypted by demand":            {"starttls", mail.SMTP{StartTLS: true}},
		"encrypted from the first byte":  {"ssl", mail.SMTP{SSL: true}},
		"with a password, STARTTLS":      {"starttls", mail.SMTP{Username: "coffre", Password: "secret"}},
		"with a password, always sealed": {"ssl", mail.SMTP{SSL: true, Username: "coffre", Password: "secret"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listen(t, test.security)
			s.login = test.sender.Username != ""
			sender := test.sender
			sender.Host, sender.Port, sender.Roots = "localhost", s.port, s.roots
			if err := send(t, sender, letter); err != nil {
				t.Fatal(err)
			}
			if s.from != "no-reply@vault.example" || s.to != letter.To || s.signedIn != s.login {
				t.Errorf("from %q to %q, signed in %v", s.from, s.to, s.signedIn)
			}
			for _, want := range []string{"Message-ID: <1@vault.example>", "Date: Mon, 23 Nov 2026 12:00:00 +0000", "Content-Language: fr", "multipart/alternative"} {
				if !strings.Contains(s.got(), want) {
					t.Errorf("got\n%s\nwithout %q", s.got(), want)
				}
			}
		})
	}
}

func TestLettersShareAConnection(t *testing.T) {
	tests := map[string]struct{ to, taken []string }{
		"all are taken":         {[]string{"a@vault.example", "b@vault.example"}, []string{"a@vault.example", "b@vault.example"}},
		"one is refused":        {[]string{"a@vault.example", "nobody@vault.example", "b@vault.example"}, []string{"a@vault.example", "b@vault.example"}},
		"one is no address":     {[]string{"a@vault.example", "@", "b@vault.example"}, []string{"a@vault.example", "b@vault.example"}},
		"the connection breaks": {[]string{"a@vault.example", "cut@vault.example", "b@vault.example"}, []string{"a@vault.example"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listen(t, "")
			var letters []mail.Letter
			for _, to := range test.to {
				l := letter
				l.To = to
				letters = append(letters, l)
			}
			var sent []string
			for i, err := range (mail.SMTP{Host: "localhost", Port: s.port}).Send(t.Context(), letters) {
				if err == nil {
					sent = append(sent, test.to[i])
				}
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if !slices.Equal(sent, test.taken) || !slices.Equal(s.taken, test.taken) || s.sessions != 1 {
				t.Errorf("sent %q, taken %q by %d sessions; want %q by one", sent, s.taken, s.sessions, test.taken)
			}
		})
	}
}

func TestLetterStaysWhenItIsNotSafe(t *testing.T) {
	tests := map[string]struct {
		security string
		sender   func(*server) mail.SMTP
	}{
		"STARTTLS is demanded and not offered": {"", func(*server) mail.SMTP { return mail.SMTP{StartTLS: true} }},
		"the authority is unknown":             {"ssl", func(*server) mail.SMTP { return mail.SMTP{SSL: true, Roots: x509.NewCertPool()} }},
		"a password would go in the clear":     {"", func(*server) mail.SMTP { return mail.SMTP{Username: "coffre", Password: "secret"} }},
		"the password is wrong": {"ssl", func(s *server) mail.SMTP {
			return mail.SMTP{SSL: true, Roots: s.roots, Username: "coffre", Password: "no"}
		}},
		"the server refuses": {"ssl", func(s *server) mail.SMTP {
			s.refuse = true
			return mail.SMTP{SSL: true, Roots: s.roots}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := listen(t, test.security)
			sender := test.sender(s)
			sender.Host, sender.Port = "localhost", s.port
			if err := send(t, sender, letter); err == nil || s.got() != "" {
				t.Errorf("sent: %q, %v", s.got(), err)
			}
		})
	}
}

func TestFolderGivesBackWhatItWasGiven(t *testing.T) {
	folder := mail.Folder{Path: filepath.Join(t.TempDir(), "mail")}
	later := letter
	later.MessageID, later.Date = "2@vault.example", letter.Date.Add(time.Microsecond)
	if err := send(t, folder, later, letter, letter); err != nil { // one is sent twice
		t.Fatal(err)
	}
	got, err := mail.ReadFolder(folder.Path)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %d letters, %v, want 2", len(got), err)
	}
	if !strings.Contains(got[0].Name, "-2.eml") || !got[1].Date.Equal(letter.Date) {
		t.Errorf("not newest first: %s, %s", got[0].Name, got[1].Date)
	}
	first := got[1]
	if first.Subject != letter.Subject || first.To != letter.To || first.From != "no-reply@vault.example" ||
		first.Text != letter.Text || first.HTML != letter.HTML {
		t.Errorf("got %+v", first)
	}
	if want := "https://vault.example/#/x?token=1.a.b&email=bea%40vault.example,"; len(first.Links) != 1 || first.Links[0] != strings.TrimSuffix(want, ",") {
		t.Errorf("got links %q", first.Links)
	}
	entries, err := os.ReadDir(folder.Path)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder has %d files, %v, want 2", len(entries), err)
	}
}

func TestFolderThatDoesNotExistIsEmpty(t *testing.T) {
	got, err := mail.ReadFolder(filepath.Join(t.TempDir(), "nothing"))
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}
