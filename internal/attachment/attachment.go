// Package attachment keeps the files of items.
//
// A file is encrypted under a key of its own, which is wrapped under the key of the
// item or of the vault in which that is. Who may read an item may read its files, and
// who may edit it may add and delete them: the room of the items says who that is. The
// file's content lies in the blob store, on the account of whoever owns the item.
package attachment

import (
	"time"

	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// shareLife is how long a file that is ready for an organization waits for its item.
const shareLife = 24 * time.Hour

// Attachment is a file of an item.
type Attachment struct {
	ID       string // 32 letters and digits that nobody can guess
	CipherID id.ID
	BlobID   string
	FileName string // ciphertext
	Key      string // of the content, wrapped; "" of very old clients
	Size     int64  // in bytes; as announced until the content is there
	Next     Next
}

// Next is what a file of a person's is to be in an organization. Only what very old
// clients encrypted, without a key of its own, has to be encrypted anew.
type Next struct {
	BlobID         string // empty when there is none
	Ready          bool   // whether its content is there
	OrganizationID id.ID
	FileName, Key  string
}

// keyed returns a with the name and the key that a client has encrypted anew.
func (a Attachment) keyed(k content.FileKey) Attachment {
	if k.FileName != "" {
		a.FileName = k.FileName
	}
	if k.Key != "" {
		a.Key = k.Key
	}
	return a
}

// taken returns a with the content that is ready for an organization, if it is, and
// which files are no longer needed then.
func (a Attachment) taken(orgID id.ID) (Attachment, []string) {
	switch {
	case a.Next.BlobID == "":
		return a, nil
	case a.Next.OrganizationID != orgID || !a.Next.Ready:
		former := a.Next.BlobID
		a.Next = Next{}
		return a, []string{former}
	}
	former := a.BlobID
	a.BlobID, a.FileName, a.Key, a.Next = a.Next.BlobID, a.Next.FileName, a.Next.Key, Next{}
	return a, []string{former}
}

var (
	needsPremium = fault.New(fault.Invalid, "attachment.premium")
	noStorage    = fault.New(fault.Invalid, "attachment.noStorage")
	notReady     = fault.New(fault.Invalid, "attachment.notReady")
	needsNone    = fault.New(fault.Invalid, "attachment.needsNone")
	noLength     = fault.New(fault.Invalid, "attachment.noLength")
)

// blobs returns the contents that a has.
func (a Attachment) blobs() []string {
	if a.Next.BlobID == "" {
		return []string{a.BlobID}
	}
	return []string{a.BlobID, a.Next.BlobID}
}

// subject is what a link to a's content says that it is about.
func (a Attachment) subject() string { return a.CipherID.String() + "/" + a.ID }
