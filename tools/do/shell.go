package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// patience is how long a program may take to end after it was asked to.
const patience = 20 * time.Second

// shell runs programs in the root of the repository. What they print goes to out.
type shell struct {
	out io.Writer
	dir string   // where programs run; empty is the root
	env []string // NAME=VALUE, added to the environment of this process
}

// with returns a shell whose programs see more variables.
func (s shell) with(env ...string) shell {
	s.env = append(slices.Clip(s.env), env...)
	return s
}

// in returns a shell that runs programs in a folder.
func (s shell) in(dir string) shell {
	s.dir = dir
	return s
}

// to returns a shell that prints to w.
func (s shell) to(w io.Writer) shell {
	s.out = w
	return s
}

// run starts a program and waits for its end. When ctx ends first, the program and
// its children are interrupted as by Ctrl-C; one that then ends in order is no error.
func (s shell) run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, s.out
	ownGroup(cmd)
	cmd.WaitDelay = patience
	err := cmd.Run()
	if ctx.Err() != nil {
		endGroup(cmd)
	}
	if err == nil || cmd.ProcessState != nil && cmd.ProcessState.Success() {
		return nil
	}
	return fmt.Errorf("%s %s: %w", name, strings.Join(args[:min(len(args), 2)], " "), err)
}

// read returns what a program prints. Its complaints go to the shell's output.
func (s shell) read(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = s.dir, append(os.Environ(), s.env...), s.out
	text, err := cmd.Output()
	return strings.TrimSpace(string(text)), err
}

// exists reports whether a file or folder is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
