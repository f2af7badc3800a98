// Package blob keeps the files that people encrypt: attachments, and files that
// they send. It never sees what is in them.
//
// A file has a row before it has content. A room reserves the row in the
// transaction of its own, then the content arrives as a stream, under a name of its
// own, and the row is pointed at it in one statement. So nothing is ever written
// over, and what a crash leaves behind is content that no row knows, which a job
// deletes a day later.
package blob

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

const (
	// MaxSize is the largest file, in bytes: 501 MiB.
	MaxSize = 501 << 20
	// slack is by how much a file may differ from what was said of it.
	slack = 1 << 20
	// waiting is how long a row waits for its content, and content for its row.
	waiting = 24 * time.Hour
	// GB is what storage is counted in.
	GB = 1 << 30
)

// Owner is whose storage a file takes: an account's or an organization's.
type Owner struct{ AccountID, OrganizationID id.ID }

// Blob is one file.
type Blob struct {
	ID         string // 32 letters and digits that nobody can guess
	Owner      Owner
	Size       int64  // in bytes; as announced until the content is there
	Object     string // the name of the content; empty until it is there
	CreatedAt  time.Time
	UploadedAt time.Time // zero until the content is there
}

// Uploaded reports whether the content is there.
func (b Blob) Uploaded() bool { return b.Object != "" }

var (
	tooLarge = fault.New(fault.Invalid, "blob.tooLarge").With("most", MaxSize>>20)
	full     = fault.New(fault.Invalid, "blob.full")
	wrong    = fault.New(fault.Invalid, "blob.wrongSize").Coded("wrong-size")
	twice    = fault.New(fault.Invalid, "blob.uploaded")
	broken   = fault.New(fault.Invalid, "blob.brokenOff")
)

// IsWrongSize reports whether err says that a file was not as large as announced.
func IsWrongSize(err error) bool { return fault.CodeOf(err) == wrong.Code }

// CheckSize reports what is wrong with the size that the member field of a request
// announces.
func CheckSize(field string, size int64) error {
	switch {
	case size < 1:
		return fault.Malformed(field)
	case size > MaxSize:
		return tooLarge.On(field)
	}
	return nil
}

// bounds returns how small and how large the content of an announced size may be.
func bounds(announced int64) (least, most int64) {
	return max(0, announced-slack), min(MaxSize, announced+slack)
}

// newName returns 32 lower-case letters and digits that nobody can guess.
func newName() string {
	raw := make([]byte, 20)
	rand.Read(raw)
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw))
}

// IsID reports whether text is like the id of a file.
func IsID(text string) bool { return isName(text) }

// isName reports whether text is like what newName returns.
func isName(text string) bool {
	return len(text) == 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
