package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Flags are the values of the command line; an empty one was not given.
type Flags struct {
	Data, Listen, TLSCert, TLSKey string
	Demo                          bool // "coffre demo", in which a cloud needs no SMTP host
}

// Warning is something to tell the operator that does not stop the start.
type Warning struct {
	Key  string // the setting it is about, as the operator spelled it
	Text string // a whole sentence in English that names the setting
	Said *fault.Error
}

// String returns the sentence.
func (w Warning) String() string { return w.Text }

// Read returns the settings. A flag wins over the environment (entries as
// os.Environ returns them), and that over the env file; with no envFile it is
// the data folder's. The file may be absent. The error joins everything that
// cannot be read or does not fit together, and names each setting.
func Read(environ []string, envFile string, flags Flags) (Config, []Warning, error) {
	r := newReader()
	r.load(environ, fromEnvironment)
	r.loadFlags(flags)
	path := envFile
	if path == "" {
		path = Folder(r.text(keyData)).EnvFile()
	}
	if err := r.loadFile(path, envFile != ""); err != nil {
		return Config{}, nil, err
	}
	c := Config{EnvFile: path, Demo: flags.Demo}
	c.Cloud.PushOff = r.settle()
	r.parse(&c)
	r.fill(&c)
	c.Given = r.given()
	if len(r.errs) == 0 {
		r.check(c)
	}
	return c, r.warnings, errors.Join(r.errs...)
}

// source is where a value comes from; a greater one wins.
type source int

const (
	fromFile source = iota
	fromEnvironment
	fromFlag
)

// said names the source in the language of the reader.
func (s source) said() *fault.Error {
	return fault.New(fault.Invalid, [...]string{"config.fromFile", "config.fromEnvironment", "config.fromFlag"}[s])
}

// value is what an operator wrote.
type value struct {
	key  string // as spelled
	text string
	from source
}

// reader gathers the values of all sources.
type reader struct {
	settings map[string]Setting // by name in lower case
	values   map[string]value   // by the setting's name, or NAME__00000 for an item of a list
	warnings []Warning
	errs     []error
}

func newReader() *reader {
	r := &reader{settings: map[string]Setting{}, values: map[string]value{}}
	for _, s := range Settings() {
		r.settings[strings.ToLower(s.Name)] = s
	}
	return r
}

// load takes entries of one source, of which the last of a name wins.
func (r *reader) load(entries []string, from source) {
	for _, entry := range entries {
		key, text, _ := strings.Cut(entry, "=")
		lower := strings.ToLower(key)
		if name, known := r.find(lower); known {
			r.set(name, value{key, text, from})
			if r.settings[lower].Later && text != "" {
				r.warn(key, fault.New(fault.Invalid, "config.noEffect"))
			}
		} else if unknown(lower) {
			r.warn(key, fault.New(fault.Invalid, "config.unknown").Coded("setting-unknown").With("nearest", nearest(lower)))
		}
	}
}

// find returns under which name the value of a lower-case name is kept.
func (r *reader) find(lower string) (string, bool) {
	if s, known := r.settings[lower]; known {
		return s.Name, true
	}
	at := max(strings.LastIndex(lower, "__"), 0)
	s := r.settings[lower[:at]]
	number, err := strconv.ParseUint(strings.TrimPrefix(lower[at:], "__"), 10, 16)
	return fmt.Sprintf("%s__%05d", s.Name, number), s.list && err == nil
}

// set keeps a value unless a greater source gave one.
func (r *reader) set(name string, v value) {
	if old, ok := r.values[name]; !ok || v.from >= old.from {
		r.values[name] = v
	}
}

func (r *reader) loadFlags(flags Flags) {
	for _, f := range []struct{ name, flag, text string }{
		{keyData, "--data", flags.Data},
		{keyListen, "--listen", flags.Listen},
		{keyCertificate, "--tls-cert", flags.TLSCert},
		{keyTLSKey, "--tls-key", flags.TLSKey},
	} {
		if f.text != "" {
			r.set(f.name, value{f.flag, f.text, fromFlag})
		}
	}
}

// loadFile takes the entries of the env file, and warns when the operator asked
// for one that is absent.
func (r *reader) loadFile(path string, asked bool) error {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if asked {
			r.warn(path, fault.New(fault.Invalid, "config.noFile").Coded("env-file-missing"))
		}
		return nil
	case err != nil:
		return fmt.Errorf("env file: %w", err)
	}
	entries, err := EnvFile(string(raw))
	if err != nil {
		return fmt.Errorf("env file %s: %w", path, err)
	}
	r.load(entries, fromFile)
	return nil
}

// settle turns what was written into what is meant: the placeholder of the
// official installer is no value, and the items of a list are one value.
func (r *reader) settle() (pushOff bool) {
	const placeholder = "REPLACE"
	pushOff = r.values[keyPush].text == placeholder
	maps.DeleteFunc(r.values, func(_ string, v value) bool { return v.text == placeholder })
	for _, s := range r.settings {
		if _, given := r.values[s.Name]; given || !s.list {
			continue
		}
		var whole value
		for _, name := range slices.Sorted(maps.Keys(r.values)) {
			if item := r.values[name]; strings.HasPrefix(name, s.Name+"__") {
				whole = value{item.key, whole.text + "," + item.text, item.from}
			}
		}
		if whole.key != "" {
			r.values[s.Name] = whole
		}
	}
	return pushOff
}

// parse fills c. The library does not say which name a bad value has, so when
// there is one, each value is tried alone.
func (r *reader) parse(c *Config) {
	all := map[string]string{}
	for name, v := range r.values {
		all[name] = v.text
	}
	if env.ParseWithOptions(c, options(all)) == nil {
		return
	}
	for _, s := range Settings() {
		err := env.ParseWithOptions(&Config{}, options(map[string]string{s.Name: all[s.Name]}))
		if bad, ok := errors.AsType[env.ParseError](err); ok {
			r.wrong(s.Name, expected(bad))
		}
	}
}

func options(values map[string]string) env.Options {
	return env.Options{Environment: values, FuncMap: parsers}
}

// expected says what a value that cannot be read should have been.
func expected(bad env.ParseError) error {
	switch bad.Type {
	case reflect.TypeFor[slog.Level]():
		return fault.New(fault.Invalid, "config.wantLevel")
	case reflect.TypeFor[id.ID]():
		return fault.New(fault.Invalid, "config.wantID")
	default:
		return bad.Err
	}
}

// text returns a value, or its default.
func (r *reader) text(name string) string {
	if v := r.values[name]; v.text != "" {
		return v.text
	}
	return r.settings[strings.ToLower(name)].Default
}

// spelled returns a name as the operator wrote it.
func (r *reader) spelled(name string) string {
	if v, ok := r.values[name]; ok {
		return v.key
	}
	return name
}

// wrong reports a value without repeating it: it may hold a password.
func (r *reader) wrong(name string, want error) {
	r.fail(fault.New(fault.Invalid, "config.wrong").With("key", r.spelled(name)).With("source", r.values[name].from.said()).With("want", want))
}

// warn tells the operator something of a setting, which stands in the text as {key}.
func (r *reader) warn(key string, said *fault.Error) {
	if said.Code == "" {
		said = said.Coded("setting-unused")
	}
	said = said.With("key", key)
	r.warnings = append(r.warnings, Warning{Key: key, Text: said.Error(), Said: said})
}
