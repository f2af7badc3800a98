package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"coffre/internal/clock"
)

// result is what a suite came to.
type result struct {
	suite  string
	err    error
	took   time.Duration
	output string
}

// runSuites runs one suite after the other and shows what they print as it comes.
// It stops early only when the person interrupts it.
func runSuites(ctx context.Context, sh shell, list []suite) []result {
	var results []result
	for _, s := range list {
		if ctx.Err() != nil {
			break
		}
		fmt.Fprintf(sh.out, "\n=== %s\n", s.name)
		var kept bytes.Buffer
		elapsed := clock.Stopwatch()
		err := s.run(ctx, sh.to(io.MultiWriter(sh.out, &kept)))
		r := result{s.name, err, elapsed(), kept.String()}
		fmt.Fprintf(sh.out, "=== %s: %s after %s\n", r.suite, r.word(), r.took.Round(10*time.Millisecond))
		if err != nil {
			fmt.Fprintln(sh.out, err)
		}
		results = append(results, r)
	}
	return results
}

func (r result) word() string {
	if r.err != nil {
		return "FAILED"
	}
	return "ok"
}

func failures(results []result) int {
	n := 0
	for _, r := range results {
		if r.err != nil {
			n++
		}
	}
	return n
}

// report repeats, where a reader looks first, what failed and how: the failures in
// full, the line of every package, and the minutes of every suite.
func report(w io.Writer, results []result) {
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintf(w, "\n=== %s FAILED: %v\n%s", r.suite, r.err, outputOf(r, false))
		}
	}
	fmt.Fprintln(w)
	for _, r := range results {
		if lines := outputOf(r, true); lines != "" {
			fmt.Fprintf(w, "=== %s\n%s", r.suite, lines)
		}
	}
	fmt.Fprintln(w)
	table(w, results)
}

// outputOf returns the lines of a result that are the verdict of `go test` on a
// package, or all the others.
func outputOf(r result, verdicts bool) string {
	var text strings.Builder
	for line := range strings.Lines(r.output) {
		isVerdict := strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "FAIL\t")
		if strings.HasPrefix(line, "?   \t") || isVerdict != verdicts {
			continue
		}
		text.WriteString(line)
	}
	return text.String()
}

func table(w io.Writer, results []result) {
	total := result{suite: "total"}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "minutes\tresult\t  suite")
	for _, r := range results {
		fmt.Fprintf(t, "%.2f\t%s\t  %s\n", r.took.Minutes(), r.word(), r.suite)
		total.took += r.took
		if r.err != nil {
			total.err = r.err
		}
	}
	fmt.Fprintf(t, "%.2f\t%s\t  %s\n", total.took.Minutes(), total.word(), total.suite)
	t.Flush()
}
