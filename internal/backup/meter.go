package backup

import (
	"context"
	"io"
	"time"

	"coffre/internal/clock"
)

// meter counts and tells how far something is, seldom enough to be read.
type meter struct {
	tell        Progress
	what        string
	done, total int64
	elapsed     func() time.Duration
	told        time.Duration
}

func newMeter(tell Progress, what string, total int64) *meter {
	return &meter{tell: tell, what: what, total: total, elapsed: clock.Stopwatch()}
}

// add counts n more.
func (m *meter) add(n int64) {
	const pause = time.Second
	m.done += n
	if now := m.elapsed(); now-m.told >= pause {
		m.told = now
		m.tell(m.what, m.done, m.total)
	}
}

// Write counts bytes.
func (m *meter) Write(p []byte) (int, error) {
	m.add(int64(len(p)))
	return len(p), nil
}

// reader reads until ctx ends.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
