// Package vault keeps the folders of people, and answers a sync: all that a client
// keeps of a vault, at once.
package vault

import (
	"time"

	"coffre/internal/id"
)

// MaxName is the longest encrypted name, in characters.
const MaxName = 1000

// Folder is a person's own grouping of items. Nesting is a matter of the
// decrypted name, of which the server knows nothing.
type Folder struct {
	ID        id.ID
	AccountID id.ID
	Name      string
	CreatedAt time.Time
	RevisedAt time.Time
}
