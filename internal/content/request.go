package content

import (
	"encoding/json"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Request is an item as clients send it. Members that it does not have are read past.
type Request struct {
	// ID is of an item that there is, where a request has several.
	ID               id.ID           `json:"id"`
	Type             Type            `json:"type"`
	OrganizationID   id.ID           `json:"organizationId"`
	FolderID         id.ID           `json:"folderId"`
	Favorite         bool            `json:"favorite"`
	EncryptedFor     id.ID           `json:"encryptedFor"`
	EncryptedByKeyID string          `json:"encryptedByKeyId"`
	Known            Date            `json:"lastKnownRevisionDate"`
	ArchivedDate     json.RawMessage `json:"archivedDate"`
	Attachments      json.RawMessage `json:"attachments"` // of old clients
	Attachments2     json.RawMessage `json:"attachments2"`
	Body

	stored string
	files  map[string]FileKey
}

// Check reports what is wrong with a request that is one item.
func (r *Request) Check() error { return r.CheckAt("") }

// CheckAt reports what is wrong with an item; at is where it stands in a request,
// with a full stop at its end. It brings the item into the form that is kept.
func (r *Request) CheckAt(at string) (err error) {
	if r.Type == 0 {
		return fault.Required(at + "type")
	}
	if err = r.check(at, r.Type); err == nil {
		err = r.checkFiles(at)
	}
	if err == nil {
		r.stored, err = r.Body.Stored()
	}
	return err
}

// Text returns the text that is kept of an item that was checked.
func (r *Request) Text() string { return r.stored }

// Archived returns since when the item is to be archived: nil when the client does
// not know of that, and zero when it is not to be.
func (r *Request) Archived() *time.Time {
	if r.ArchivedDate == nil {
		return nil
	}
	var d Date
	if d.UnmarshalJSON(r.ArchivedDate) != nil {
		return nil
	}
	return new(d.Time())
}
