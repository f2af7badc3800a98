package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Mail is a mail as a person reads it.
type Mail struct {
	MessageID string
	From, To  string
	Language  string
	Subject   string
	Text      string
	HTML      string
	Links     []string // those of the text
}

var link = regexp.MustCompile(`https?://\S+`)

// parseMail reads a mail that has a text and a page that say the same.
func parseMail(raw []byte) (Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Mail{}, err
	}
	m := Mail{
		MessageID: message.Header.Get("Message-Id"),
		From:      message.Header.Get("From"),
		Language:  message.Header.Get("Content-Language"),
		Subject:   subject,
	}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return Mail{}, fmt.Errorf("the mail is %q, not multipart/alternative", kind)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Mail{}, err
		}
		if err := m.add(part); err != nil {
			return Mail{}, err
		}
	}
	m.Links = link.FindAllString(m.Text, -1)
	return m, nil
}

func (m *Mail) add(part *multipart.Part) error {
	var body io.Reader = part
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(part)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	default:
		return fmt.Errorf("a part of the mail is %q", kind)
	}
	return nil
}

// Link returns the hash route of the only link of the mail, without the address of
// the web vault that it must lead to, and the values that it carries.
func (m Mail) Link(t testing.TB, vault string) (route string, values url.Values) {
	t.Helper()
	if len(m.Links) != 1 {
		t.Fatalf("the mail %q has the links %q, want one", m.Subject, m.Links)
	}
	rest, ok := strings.CutPrefix(m.Links[0], vault+"/#/")
	if !ok {
		t.Fatalf("the link %s does not lead to %s", m.Links[0], vault)
	}
	route, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return route, values
}
