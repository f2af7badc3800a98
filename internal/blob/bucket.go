package blob

import (
	"context"
	"io"
	"time"
)

// A Bucket keeps content under names that newName made.
type Bucket interface {
	// Put stores what r yields, whole or not at all. The name is a new one.
	Put(ctx context.Context, name string, r io.Reader) error
	// Open returns content, or fault.Gone.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Delete removes content; what is not there is no error.
	Delete(ctx context.Context, name string) error
	// List calls fn with the name of everything that is there and when it was
	// written, what a crash left unfinished too.
	List(ctx context.Context, fn func(name string, at time.Time) error) error
	// Close releases what the bucket holds open.
	Close() error
}
