package bench_test

import (
	"io"
	"testing"
	"time"

	"coffre/test/harness"
)

// largeFile is what one upload brings: the largest that clients announce.
const largeFile = 500 << 20

// endless yields bytes that cost nothing to make.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// BenchmarkFile measures a file of 500 MB on its way in and out: how fast it goes, and by
// how much the server's memory grows meanwhile.
func BenchmarkFile(b *testing.B) {
	s := harness.New(b, "server", harness.Options{Settings: map[string]string{"coffre__premium": "everyone"}})
	s.Start(b)
	p := s.Join(b, harness.NewMailbox(b), "zoe@home.example", "Zoé", "en")
	ctx := b.Context()
	item, err := p.Item(ctx)
	if err != nil {
		b.Fatal(err)
	}
	add := func(size int64) harness.File {
		f, err := p.Announce(ctx, item, size)
		if err == nil {
			err = p.Upload(ctx, s.URL, s.HTTP(), f, io.LimitReader(endless{}, size))
		}
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	fetch := func(f harness.File) {
		if err := p.Download(ctx, s.HTTP(), f, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	fetch(add(megabyte)) // so that what a server keeps anyway is there
	_, before := s.Memory(b)
	var in, out time.Duration
	for b.Loop() {
		began := time.Now()
		f := add(largeFile)
		in += time.Since(began)
		began = time.Now()
		fetch(f)
		out += time.Since(began)
	}
	_, peak := s.Memory(b)
	b.ReportMetric(float64(b.N)*largeFile/megabyte/in.Seconds(), "MB/s-in")
	b.ReportMetric(float64(b.N)*largeFile/megabyte/out.Seconds(), "MB/s-out")
	b.ReportMetric(float64(peak-before)/megabyte, "MB-growth")
}
