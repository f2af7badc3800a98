package blob

import (
	"net/http"
	"time"

	"coffre/internal/fault"
)

// LinkLife is how long a link to a content is good. Whoever has the link needs
// nothing else, because that is how clients fetch files.
const LinkLife = time.Minute

// linkContent is what a link says.
type linkContent struct {
	BlobID  string    `json:"b"`
	Subject string    `json:"s"` // what the file belongs to
	Expires time.Time `json:"e"`
}

// Link returns a token that opens a file for a minute, of use for this purpose and
// subject alone.
func (s *Service) Link(purpose, subject, blobID string) (string, error) {
	return s.Keys.Token("blob|"+purpose, linkContent{blobID, subject, s.Now().Add(LinkLife)})
}

// ReadLink returns what a token that Link made is about. Any other, and one that is
// over, is fault.Gone.
func (s *Service) ReadLink(purpose, token string) (subject, blobID string, err error) {
	var l linkContent
	if s.Keys.ReadToken("blob|"+purpose, token, &l) != nil || !s.Now().Before(l.Expires) {
		return "", "", fault.Gone
	}
	return l.Subject, l.BlobID, nil
}

// Serve answers with the content of a file, whole or the range that is asked for.
// Nothing in it can run: it is never shown, only saved.
func (s *Service) Serve(w http.ResponseWriter, req *http.Request, blobID string) error {
	b, err := s.Get(req.Context(), blobID)
	if err == nil && !b.Uploaded() {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	content, err := s.Bucket.Open(req.Context(), b.Object)
	if err != nil {
		return err
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+b.ID+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, req, "", time.Time{}, content)
	return nil
}
