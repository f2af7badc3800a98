package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLanguageIsThatOfTheEnvironment(t *testing.T) {
	tests := map[string]struct{ all, messages, lang, want string }{
		"none":                    {"", "", "", "en"},
		"French":                  {"", "", "fr_FR.UTF-8", "fr"},
		"without a country":       {"", "", "fr", "fr"},
		"another":                 {"", "", "sv_SE.UTF-8", "en"},
		"Friulian":                {"", "", "fur_IT", "en"},
		"messages before LANG":    {"", "fr_CH", "de_CH", "fr"},
		"LC_ALL before all":       {"C", "fr_CH", "fr_CH", "en"},
		"as Windows spells it":    {"", "", "fr-CA", "fr"},
		"in letters of any size":  {"", "", "FR_fr", "fr"},
		"French with an encoding": {"", "", "fr.UTF-8", "fr"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			environment := map[string]string{"LC_ALL": test.all, "LC_MESSAGES": test.messages, "LANG": test.lang}
			if got := spoken(func(name string) string { return environment[name] }); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestCommandsEndWithTheirExitCode(t *testing.T) {
	t.Setenv("LC_ALL", "C") // whoever runs the tests
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
		"bad setting":       {[]string{"doctor", "--data", empty, "--env-file", bad}, exitFault, "FAULT  settings: globalSettings__selfHosted", ""},
		"nothing to do":     {[]string{"doctor", "--data", empty}, exitDone, "ok     data folder", ""},
		"in French":         {[]string{"doctor", "--data", empty, "--language", "fr"}, exitDone, "ok     dossier de données", ""},
		"for programs":      {[]string{"doctor", "--data", empty, "--env-file", bad, "--json"}, exitFault, `"code": "setting-invalid"`, ""},
		"no such language":  {[]string{"doctor", "--language", "sv"}, exitUsage, "", "--language"},
		"no server":         {[]string{"restart", "--data", empty}, exitFault, "", "coffre serve"},
		"migrate":           {[]string{"migrate", "--data", filepath.Join(empty, "new")}, exitDone, "at this version", ""},
		"no license":        {[]string{"license", "show", "--data", filepath.Join(empty, "new")}, exitDone, "holds no license", ""},
		"signs nothing":     {[]string{"license", "rotate", "--data", filepath.Join(empty, "new")}, exitFault, "", "self-hosted"},
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
