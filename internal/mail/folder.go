package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"coffre/internal/atomicfile"
)

// Folder writes letters as .eml files, which every mail program opens. Their
// names sort by time, and a letter that is sent again replaces itself.
type Folder struct{ Path string }

// Send writes each letter, whole or not at all.
func (f Folder) Send(_ context.Context, letters []Letter) []error {
	failures := make([]error, len(letters))
	for i, l := range letters {
		failures[i] = f.write(l)
	}
	return failures
}

func (f Folder) write(l Letter) error {
	m, err := message(l)
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if _, err := m.WriteTo(&content); err != nil {
		return err
	}
	unique, _, _ := strings.Cut(l.MessageID, "@")
	name := l.Date.UTC().Format("20060102-150405.000000") + "-" + unique + ".eml"
	return atomicfile.Write(filepath.Join(f.Path, name), content.Bytes(), 0o600)
}

// Stored is a letter read back from a folder.
type Stored struct {
	Name     string // of the file
	From, To string
	Subject  string
	Date     time.Time
	Text     string
	HTML     string
	Links    []string // in the text, in its order
}

var link = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// ReadFolder returns the letters that Folder wrote, newest first. A folder that
// does not exist has none.
func ReadFolder(path string) ([]Stored, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return []Stored{}, nil
	}
	if err != nil {
		return nil, err
	}
	letters := []Stored{}
	for _, entry := range slices.Backward(entries) {
		if filepath.Ext(entry.Name()) != ".eml" {
			continue
		}
		letter, err := readFile(filepath.Join(path, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the listing
		}
		if err != nil {
			return nil, err
		}
		letters = append(letters, letter)
	}
	return letters, nil
}

func readFile(path string) (Stored, error) {
	file, err := os.Open(path) //nolint:gosec // A file that the listing of the folder named.
	if err != nil {
		return Stored{}, err
	}
	defer file.Close()
	m, err := mail.ReadMessage(file)
	if err != nil {
		return Stored{}, err
	}
	s := Stored{Name: filepath.Base(path)}
	if s.Date, err = m.Header.Date(); err != nil {
		return Stored{}, err
	}
	s.Date = s.Date.UTC()
	var words mime.WordDecoder
	if s.Subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		return Stored{}, err
	}
	s.From, s.To = address(m.Header.Get("From")), address(m.Header.Get("To"))
	if err := s.readParts(m); err != nil {
		return Stored{}, err
	}
	s.Links = link.FindAllString(s.Text, -1)
	return s, nil
}

func address(header string) string {
	a, err := mail.ParseAddress(header)
	if err != nil {
		return header
	}
	return a.Address
}

func (s *Stored) readParts(m *mail.Message) error {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			s.HTML = text
		} else {
			s.Text = text
		}
	}
}
