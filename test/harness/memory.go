package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Processor returns how much time the machine's processors have spent on a process
// so far.
func Processor(t testing.TB, process int) time.Duration {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		t.Fatal(err)
	}
	const perSecond = 100 // ticks, on every Linux
	const user, system = 11, 12
	_, rest, _ := strings.Cut(string(raw), ") ") // before it stands the name
	fields := strings.Fields(rest)
	ticks := 0
	for _, field := range []string{fields[user], fields[system]} {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / perSecond
}

// Process returns the number by which the machine knows the server's process.
func (s *Server) Process() int { return s.cmd.Process.Pid }

// Memory returns what the process holds of the machine's memory now, and the most
// it has held, in bytes. It reads the numbers that Linux keeps of each process.
func (s *Server) Memory(t testing.TB) (now, peak int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		name, rest, _ := strings.Cut(line, ":")
		kilobytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		switch name {
		case "VmRSS":
			now = kilobytes << 10
		case "VmHWM":
			peak = kilobytes << 10
		}
	}
	return now, peak
}
