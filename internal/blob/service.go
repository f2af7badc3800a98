package blob

import (
	"context"
	"errors"
	"io"
	"time"

	"coffre/internal/fault"
	"coffre/internal/seal"
)

// Service is what rooms may do with files. Who may do it is for them to say.
type Service struct {
	Store  Store
	Bucket Bucket
	Keys   *seal.Keys
	Now    func() time.Time
	// Quota returns how many bytes of storage an owner has; zero is none.
	Quota func(ctx context.Context, o Owner) (int64, error)
	// Abandoned tells the room that reserved a file, in the transaction that drops the
	// row, that its content never came.
	Abandoned func(ctx context.Context, b Blob) error
	// Queue has content deleted, once the transaction of ctx is committed.
	Queue Queue
}

// Used returns how many bytes an owner's files take.
func (s *Service) Used(ctx context.Context, o Owner) (int64, error) { return s.Store.Used(ctx, o) }

// Reserve makes the row of a file of an announced size, in the transaction of ctx.
// It is refused when the owner's storage does not suffice.
func (s *Service) Reserve(ctx context.Context, o Owner, size int64) (Blob, error) {
	b := Blob{ID: newName(), Owner: o, Size: size, CreatedAt: s.Now()}
	return b, s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.room(ctx, o, size); err != nil {
			return err
		}
		return s.Store.Insert(ctx, b)
	})
}

// room reports whether an owner has storage for more, under the lock of the owner.
func (s *Service) room(ctx context.Context, o Owner, size int64) error {
	if err := s.Store.Lock(ctx, o); err != nil {
		return err
	}
	quota, err := s.Quota(ctx, o)
	if err != nil {
		return err
	}
	used, err := s.Store.Used(ctx, o)
	if err == nil && used+size > quota {
		err = full
	}
	return err
}

// Get returns a file, or fault.Gone.
func (s *Service) Get(ctx context.Context, blobID string) (Blob, error) {
	if !isName(blobID) {
		return Blob{}, fault.Gone
	}
	return s.Store.Get(ctx, blobID)
}

// List returns those of some files that there are, by their ids.
func (s *Service) List(ctx context.Context, blobIDs []string) (map[string]Blob, error) {
	list, err := s.Store.List(ctx, blobIDs)
	byID := make(map[string]Blob, len(list))
	for _, b := range list {
		byID[b.ID] = b
	}
	return byID, err
}

// Move makes files somebody else's, in the transaction of ctx, when the new owner
// has storage for them.
func (s *Service) Move(ctx context.Context, blobIDs []string, to Owner) error {
	if len(blobIDs) == 0 {
		return nil
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		list, err := s.Store.List(ctx, blobIDs)
		if err != nil {
			return err
		}
		size := int64(0)
		for _, b := range list {
			size += b.Size
		}
		if err := s.room(ctx, to, size); err != nil {
			return err
		}
		return s.Store.Move(ctx, blobIDs, to)
	})
}

// Hand is Move beyond what storage the new owner has.
func (s *Service) Hand(ctx context.Context, blobIDs []string, to Owner) error {
	return s.Store.Move(ctx, blobIDs, to)
}

// Receive takes the content of a file as it comes. It is refused when there is some
// already, and when it is not about as large as was announced: see IsWrongSize. What
// was refused is not kept.
func (s *Service) Receive(ctx context.Context, blobID string, content io.Reader) (Blob, error) {
	b, err := s.Get(ctx, blobID)
	if err == nil && b.Uploaded() {
		err = twice
	}
	if err != nil {
		return Blob{}, err
	}
	announced := b.Size
	b.Object = newName()
	if b.Size, err = s.put(ctx, b, content); err != nil {
		return Blob{}, err
	}
	b.UploadedAt = s.Now()
	if err := s.fill(ctx, b, announced); err != nil {
		return Blob{}, errors.Join(err, s.Bucket.Delete(context.WithoutCancel(ctx), b.Object))
	}
	return b, nil
}

// fill points the row of a file at its content. By what that is larger than announced,
// the storage of whoever owns the file now has to suffice.
func (s *Service) fill(ctx context.Context, b Blob, announced int64) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		now, err := s.Store.Get(ctx, b.ID)
		if err != nil {
			return err
		}
		if more := b.Size - announced; more > 0 {
			if err := s.room(ctx, now.Owner, more); err != nil {
				return err
			}
		}
		filled, err := s.Store.Fill(ctx, b)
		if err == nil && !filled {
			err = twice
		}
		return err
	})
}

func (s *Service) put(ctx context.Context, b Blob, content io.Reader) (int64, error) {
	least, most := bounds(b.Size)
	counted := &counter{r: content, most: most}
	err := s.Bucket.Put(ctx, b.Object, counted)
	switch {
	case counted.over:
		return 0, wrong
	case counted.failure != nil: // before what the bucket makes of it
		return 0, counted.failure
	case err != nil:
		return 0, err
	case counted.n < least:
		return 0, errors.Join(wrong, s.Bucket.Delete(context.WithoutCancel(ctx), b.Object))
	}
	return counted.n, nil
}

// counter stops a content that is too large, and keeps why one ended early.
type counter struct {
	r       io.Reader
	n, most int64
	over    bool
	failure error
}

var errOver = errors.New("blob: larger than announced")

// Read counts what it reads.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.most {
		c.over = true
		return 0, errOver
	}
	if err != nil && err != io.EOF {
		c.failure = broken
		if fault.KindOf(err) != fault.Internal {
			c.failure = err
		}
	}
	return n, err
}

// Drop deletes files, in the transaction of ctx; their content goes once that is
// committed.
func (s *Service) Drop(ctx context.Context, blobIDs ...string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		list, err := s.Store.List(ctx, blobIDs)
		if err != nil {
			return err
		}
		return s.drop(ctx, list)
	})
}

// DropWaiting deletes a file of which the content is not there, in the transaction of
// ctx, and reports whether there was one.
func (s *Service) DropWaiting(ctx context.Context, blobID string) (bool, error) {
	return s.Store.DeleteWaiting(ctx, blobID)
}

// DropOf deletes all files of an owner who goes.
func (s *Service) DropOf(ctx context.Context, o Owner) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		list, err := s.Store.ListOf(ctx, o)
		if err != nil {
			return err
		}
		return s.drop(ctx, list)
	})
}

func (s *Service) drop(ctx context.Context, list []Blob) error {
	blobIDs := make([]string, len(list))
	var objects []string
	for i, b := range list {
		blobIDs[i] = b.ID
		if b.Object != "" {
			objects = append(objects, b.Object)
		}
	}
	if err := s.Store.Delete(ctx, blobIDs); err != nil || len(objects) == 0 {
		return err
	}
	return s.Queue.AddAll(ctx, deletion, objects, s.Now())
}
