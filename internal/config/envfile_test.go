package config_test

import (
	"reflect"
	"strings"
	"testing"

	"coffre/internal/config"
)

func TestPasswordsAreTakenLiterally(t *testing.T) {
	for _, password := range []string{`"quoted"`, `'single'`, `a #b`, `#first`, `$HOME ${X}`, `a=b`, `back\slash`, ` spaces `, `é€`} {
		file := writeFile(t, "# a comment\n\n  globalSettings__mail__smtp__password="+password+"\r\n")
		c, _, err := config.Read(nil, file, config.Flags{})
		if err != nil || string(c.Mail.SMTP.Password) != password {
			t.Errorf("got %q, error %v; want %q", string(c.Mail.SMTP.Password), err, password)
		}
	}
}

func TestBadEnvFileIsNamed(t *testing.T) {
	for _, line := range []string{"=x", "a b=c", "globalSettings__selfHosted true", "a = b", "\ufeffa=b"} {
		file := writeFile(t, "# one\n"+line)
		_, _, err := config.Read(nil, file, config.Flags{})
		if err == nil || !strings.Contains(err.Error(), file+": line 2") {
			t.Errorf("%q: got %v", line, err)
		}
	}
	if _, _, err := config.Read(nil, t.TempDir(), config.Flags{}); err == nil {
		t.Error("a folder as env file: no error")
	}
}

func FuzzEnvFile(f *testing.F) {
	f.Add("globalSettings__selfHosted=true\n# comment\n\nA=\"x\" #y\r\n")
	f.Add("\ufeffA=1\n\t B==$x=\nALONE\n")
	f.Add("=x")
	f.Add(" \ufeff=")
	f.Add("0=\r\r")
	f.Add("A B=c")
	f.Add("A=\x00\xff\u2028\n#")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := config.EnvFile(text)
		if err != nil {
			return
		}
		for _, entry := range entries {
			key, _, assigned := strings.Cut(entry, "=")
			if !assigned || key == "" || key[0] == '#' || strings.ContainsAny(entry, "\n") || !strings.Contains(text, entry) {
				t.Errorf("entry %q", entry)
			}
		}
		again, err := config.EnvFile(strings.Join(entries, "\r\n") + "\r\n")
		if err != nil || !reflect.DeepEqual(entries, again) {
			t.Errorf("read again: %q, error %v; want %q", again, err, entries)
		}
	})
}
