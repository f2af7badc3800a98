package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// build makes the web vault, where its source is, and the program for this machine.
func build(ctx context.Context, sh shell, _ []string) error {
	if err := buildVault(ctx, sh); err != nil {
		return err
	}
	return compile(ctx, sh, program(runtime.GOOS), version(ctx, sh))
}

// program is the name of the built program on an operating system.
func program(system string) string {
	if system == "windows" {
		return "coffre.exe"
	}
	return "coffre"
}

// compile builds the server without C, so that one file runs anywhere.
func compile(ctx context.Context, sh shell, path, version string) error {
	return sh.with("CGO_ENABLED=0").run(ctx, "go", "build", "-trimpath",
		"-ldflags", "-s -w -X main.version="+version, "-o", path, "./cmd/coffre")
}

// version names the commit, or says dev where git cannot.
func version(ctx context.Context, sh shell) string {
	text, err := sh.read(ctx, "git", "describe", "--tags", "--always", "--dirty")
	if err != nil || text == "" {
		return "dev"
	}
	return text
}

func buildVault(ctx context.Context, sh shell) error {
	if !exists("ui/package.json") {
		return nil
	}
	if err := install(ctx, sh, "ui"); err != nil {
		return err
	}
	if err := empty("ui/dist"); err != nil {
		return err
	}
	return sh.in("ui").run(ctx, "npm", "run", "build")
}

// empty takes everything out of a folder but the marker with which git keeps it.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != ".keep" {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return err
}

// install brings a folder's npm packages to what its lockfile says.
func install(ctx context.Context, sh shell, dir string) error {
	if installed(dir) {
		return nil
	}
	return sh.in(dir).run(ctx, "npm", "ci", "--no-audit", "--no-fund")
}

// installed reports whether npm has finished since the lockfile last changed: npm
// writes its own copy into node_modules at the end.
func installed(dir string) bool {
	want, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return false
	}
	have, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	return err == nil && !have.ModTime().Before(want.ModTime())
}

// demo builds and runs the program; args are the demo's own, for example --fresh.
func demo(ctx context.Context, sh shell, args []string) error {
	if err := build(ctx, sh, nil); err != nil {
		return err
	}
	path, err := filepath.Abs(program(runtime.GOOS))
	if err != nil {
		return err
	}
	return sh.run(ctx, path, append([]string{"demo"}, args...)...)
}

// dev runs the demo from source, and beside it the web vault, which changes in the
// browser as its source is saved.
func dev(ctx context.Context, sh shell, args []string) error {
	if err := install(ctx, sh, "ui"); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	vault := make(chan error, 1)
	go func() { vault <- sh.in("ui").run(ctx, "npm", "run", "dev") }()
	err := sh.run(ctx, "go", append([]string{"run", "./cmd/coffre", "demo"}, args...)...)
	cancel()
	<-vault // It was interrupted.
	return err
}

// shots pictures every screen, in ui/e2e/pictures.
func shots(ctx context.Context, sh shell, _ []string) error {
	if err := build(ctx, sh, nil); err != nil {
		return err
	}
	binary, err := filepath.Abs(program(runtime.GOOS))
	if err != nil {
		return err
	}
	return sh.in("ui").with("COFFRE_BINARY="+binary).run(ctx, "npm", "run", "shots")
}

// lint runs the long list of checks; the test run has the short one.
func lint(ctx context.Context, sh shell, args []string) error {
	return sh.run(ctx, "go", append([]string{"tool", "-modfile=tools/golangci.mod", "golangci-lint", "run"}, args...)...)
}
