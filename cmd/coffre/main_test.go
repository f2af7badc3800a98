package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandsEndWithTheirExitCode(t *testing.T) {
	empty := t.TempDir()
	bad := filepath.Join(t.TempDir(), "bad.env")
	if err := os.WriteFile(bad, []byte("globalSettings__selfHosted=perhaps\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"version":           {[]string{"version"}, exitDone, "dev\n", ""},
		"help":              {[]string{"--help"}, exitDone, "A password-manager server", ""},
		"help of a command": {[]string{"sync", "--help"}, exitDone, "--organization=ID", ""},
		"no command":        {nil, exitUsage, "", "See coffre --help"},
		"unknown command":   {[]string{"sirve"}, exitUsage, "", "sirve"},
		"unknown flag":      {[]string{"serve", "--port", "1"}, exitUsage, "", "--port"},
		"missing flag":      {[]string{"sync"}, exitUsage, "", "--organization"},
		"bad setting":       {[]string{"doctor", "--data", empty, "--env-file", bad}, exitFault, "", "globalSettings__selfHosted"},
		"nothing to do":     {[]string{"doctor", "--data", empty}, exitDone, "ok    data folder", ""},
		"no server":         {[]string{"restart", "--data", empty}, exitFault, "", "coffre serve"},
		"migrate":           {[]string{"migrate", "--data", filepath.Join(empty, "new")}, exitDone, "at this version", ""},
		"no license":        {[]string{"license", "show", "--data", filepath.Join(empty, "new")}, exitDone, "holds no license", ""},
		"not a certificate": {[]string{"license", "trust", bad, "--data", empty}, exitFault, "", "not PEM"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(t.Context(), test.args, strings.NewReader(""), &out, &errs); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.err) {
				t.Errorf("said %q and %q, want %q and %q", out.String(), errs.String(), test.out, test.err)
			}
		})
	}
}
