package harness

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/client"
)

// Password is everybody's; tests that need another one say so.
const Password = "correct horse battery staple"

// Subjects of the mail that confirms an address.
const (
	confirmEnglish = "Confirm your email address"
	confirmFrench  = "Confirmez votre adresse e-mail"
)

// Person is somebody who is signed in to one server.
type Person struct {
	*client.Client
	Email string
}

// Join registers a person on the cloud, with the link of the mail, and signs in.
// The language is that of the person's browser.
func (p *Pair) Join(t testing.TB, email, name, language string) Person {
	t.Helper()
	return p.Cloud.Join(t, p.Mail, email, name, language)
}

// Join registers a person on a server that sends its mails to box, with the link of
// the mail, and signs in. The language is that of the person's browser.
func (s *Server) Join(t testing.TB, box *Mailbox, email, name, language string) Person {
	t.Helper()
	return join(t, s, email, name, language, func(ctx context.Context) (string, error) {
		subject := confirmEnglish
		if strings.HasPrefix(language, "fr") {
			subject = confirmFrench
		}
		mail, err := box.Take(ctx, email, subject)
		if err != nil {
			return "", errors.New("the mail that confirms the address did not come")
		}
		_, values := mail.Link(t, s.URL)
		return values.Get("token"), nil
	})
}

// JoinSelfHosted registers a person on the self-hosted server, which sends no mail.
func (p *Pair) JoinSelfHosted(t testing.TB, email, name, language string) Person {
	t.Helper()
	return join(t, p.SelfHosted, email, name, language, nil)
}

func join(t testing.TB, s *Server, email, name, language string, mailed func(context.Context) (string, error)) Person {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	c := s.Client()
	c.Header = http.Header{"Accept-Language": {language}}
	if err := c.Register(ctx, email, name, Password, mailed); err != nil {
		t.Fatalf("register %s on %s: %v", email, s.Name, err)
	}
	if err := c.Login(ctx, email, Password); err != nil {
		t.Fatalf("sign in %s on %s: %v", email, s.Name, err)
	}
	return Person{Client: c, Email: email}
}

// SignIn signs a person in on another device.
func (s *Server) SignIn(t testing.TB, email string) Person {
	t.Helper()
	c := s.Client()
	if err := c.Login(t.Context(), email, Password); err != nil {
		t.Fatalf("sign in %s on %s: %v", email, s.Name, err)
	}
	return Person{Client: c, Email: email}
}
