package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
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

// runSuites takes one step after the other, and runs the suites of a step at once. It
// shows what the first of them prints as it comes, and what the others printed when the
// step is over. It stops early only when the person interrupts it.
func runSuites(ctx context.Context, sh shell, steps [][]suite) []result {
	var results []result
	for _, step := range steps {
		if ctx.Err() != nil {
			break
		}
		ended := make([]result, len(step))
		var all sync.WaitGroup
		for i, s := range step[1:] {
			all.Go(func() { ended[i+1] = s.measure(ctx, sh.to(io.Discard)) })
		}
		fmt.Fprintf(sh.out, "\n=== %s\n", step[0].name)
		ended[0] = step[0].measure(ctx, sh)
		ended[0].conclude(sh.out)
		all.Wait()
		for _, r := range ended[1:] {
			fmt.Fprintf(sh.out, "\n=== %s\n%s", r.suite, r.output)
			r.conclude(sh.out)
		}
		results = append(results, ended...)
	}
	return results
}

// measure runs a suite and keeps what it prints.
func (s suite) measure(ctx context.Context, sh shell) result {
	var kept bytes.Buffer
	elapsed := clock.Stopwatch()
	err := s.run(ctx, sh.to(io.MultiWriter(sh.out, &kept)))
	return result{s.name, err, elapsed(), kept.String()}
}

// conclude says how a suite ended.
func (r result) conclude(w io.Writer) {
	fmt.Fprintf(w, "=== %s: %s after %s\n", r.suite, r.word(), r.took.Round(10*time.Millisecond))
	if r.err != nil {
		fmt.Fprintln(w, r.err)
	}
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
func report(w io.Writer, results []result, whole time.Duration) {
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
	table(w, results, whole)
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

func table(w io.Writer, results []result, whole time.Duration) {
	total := result{suite: "total", took: whole}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "minutes\tresult\t  suite")
	for _, r := range results {
		fmt.Fprintf(t, "%.2f\t%s\t  %s\n", r.took.Minutes(), r.word(), r.suite)
		if r.err != nil {
			total.err = r.err
		}
	}
	fmt.Fprintf(t, "%.2f\t%s\t  %s\n", total.took.Minutes(), total.word(), total.suite)
	t.Flush()
}
