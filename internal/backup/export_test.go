package backup

import (
	"context"
	"io"
	"time"
)

// Stream writes an archive to any writer, such as one whose disk is full.
func (s Source) Stream(ctx context.Context, out io.Writer) error {
	_, err := s.write(ctx, out)
	return err
}

// Told returns what is told of steps that each take so long.
func Told(steps []time.Duration, total int64) (told []int64) {
	now := time.Duration(0)
	m := newMeter(func(_ string, done, _ int64) { told = append(told, done) }, "", total)
	m.elapsed = func() time.Duration { return now }
	for _, step := range steps {
		now += step
		m.add(1)
	}
	return told
}
