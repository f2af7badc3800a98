package main

import (
	"context"
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
	return sh.in("ui").run(ctx, "npm", "run", "build")
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

// dev runs the demo from source, with no build to wait for.
func dev(ctx context.Context, sh shell, args []string) error {
	return sh.run(ctx, "go", append([]string{"run", "./cmd/coffre", "demo"}, args...)...)
}

// lint runs the long list of checks; the test run has the short one.
func lint(ctx context.Context, sh shell, args []string) error {
	return sh.run(ctx, "go", append([]string{"tool", "-modfile=tools/golangci.mod", "golangci-lint", "run"}, args...)...)
}
