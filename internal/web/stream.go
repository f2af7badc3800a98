package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"coffre/internal/clock"
	"coffre/internal/fault"
)

// Stream is a request in multipart encoding that is read as it arrives.
type Stream struct{ parts *multipart.Reader }

const (
	maxValue   = 64 << 10 // bytes of one value before the file
	maxValues  = 16
	maxSilence = time.Minute // until a sender who sends nothing is cut off
	slowest    = 1 << 10     // bytes in a second, on average, below which a sender is cut off too
)

// File is one that arrives in a Stream: its content ends when the file does.
type File struct {
	Values  map[string]string // what came before it, by names
	Name    string            // as the sender calls the file; no path that anything may follow
	Content io.Reader
}

// File returns the file under a name. What comes after it is not read.
func (s Stream) File(name string) (File, error) {
	values := map[string]string{}
	for range maxValues {
		if s.parts == nil {
			break
		}
		part, err := s.parts.NextPart()
		if err != nil {
			return File{}, missing(name, err)
		}
		if part.FormName() == name {
			_, said, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
			return File{values, said["filename"], arriving{part}}, nil
		}
		raw, err := io.ReadAll(io.LimitReader(part, maxValue+1))
		if err != nil {
			return File{}, missing(name, err)
		}
		if len(raw) > maxValue {
			return File{}, fault.TooLong(part.FormName(), maxValue)
		}
		values[part.FormName()] = string(raw)
	}
	return File{}, fault.Required(name)
}

// missing is what to answer when the parts end before the file.
func missing(name string, err error) error {
	if errors.Is(brokenOff(err), tooLarge) {
		return tooLarge
	}
	return fault.Required(name)
}

// arriving says in our words that a body is too large.
type arriving struct{ r io.Reader }

// Read reads on.
func (a arriving) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && err != io.EOF && errors.Is(brokenOff(err), tooLarge) {
		err = tooLarge
	}
	return n, err
}

// patient lets a body take its time as long as something comes, and not too little.
type patient struct {
	io.ReadCloser
	conn  *http.ResponseController
	since time.Time
	taken int64
}

func newPatient(w http.ResponseWriter, body io.ReadCloser) *patient {
	return &patient{ReadCloser: body, conn: http.NewResponseController(w), since: clock.Deadline(0)}
}

// Read waits a minute at most. Where there is no connection, in tests, it waits as
// long as it takes. Of a body that was cut off the rest is not waited for either.
func (p *patient) Read(b []byte) (int, error) {
	until := clock.Deadline(maxSilence)
	if last := p.since.Add(maxSilence + time.Duration(p.taken)*time.Second/slowest); last.Before(until) {
		until = last
	}
	_ = p.conn.SetReadDeadline(until)
	n, err := p.ReadCloser.Read(b)
	p.taken += int64(n)
	if err == io.EOF {
		_ = p.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

func readStream(req *http.Request) Stream {
	parts, err := req.MultipartReader()
	if err != nil {
		return Stream{} // of which every file is missing
	}
	return Stream{parts}
}
