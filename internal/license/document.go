package license

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"coffre/internal/fault"
)

var unreadable = fault.New(fault.Invalid, "license.unreadable").Coded("license-unreadable")

// ParseOrganization reads an uploaded license, in any spelling of its members'
// case. Nothing in the result is verified. A file that is not one whole license
// is answered with the fault "license-unreadable".
func ParseOrganization(raw []byte) (Organization, error) { return organizations.parse(raw) }

// ParseUser reads an uploaded premium license as ParseOrganization does.
func ParseUser(raw []byte) (User, error) { return users.parse(raw) }

// MarshalJSON writes the license as it is downloaded: members in camelCase,
// without those that it does not state.
func (l Organization) MarshalJSON() ([]byte, error) { return organizations.marshal(&l, camelCase) }

// MarshalJSON writes the license as it is downloaded.
func (l User) MarshalJSON() ([]byte, error) { return users.marshal(&l, camelCase) }

// UnmarshalJSON reads what any MarshalJSON or Copy wrote; see ParseOrganization.
func (l *Organization) UnmarshalJSON(raw []byte) (err error) {
	*l, err = ParseOrganization(raw)
	return err
}

// UnmarshalJSON reads what any MarshalJSON or Copy wrote.
func (l *User) UnmarshalJSON(raw []byte) (err error) {
	*l, err = ParseUser(raw)
	return err
}

// Copy writes the license as servers keep it on disk: indented, members in
// PascalCase, which some programs insist on.
func (l Organization) Copy() ([]byte, error) { return indented(organizations.marshal(&l, pascalCase)) }

// Copy writes the license as servers keep it on disk.
func (l User) Copy() ([]byte, error) { return indented(users.marshal(&l, pascalCase)) }

func camelCase(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func pascalCase(name string) string { return name }

func indented(raw []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Indent(&out, raw, "", "  ")
	out.WriteByte('\n')
	return out.Bytes(), err
}

func (f form[T]) marshal(l *T, spell func(string) string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range f.members {
		if f.stamp(l).unstated&(1<<i) != 0 {
			continue
		}
		value, err := json.Marshal(jsonValue(m.at(l)))
		if err != nil {
			return nil, err
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.WriteString(`"` + spell(m.name) + `":`)
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// parse reads members in the order of the file: of two spellings of one member
// the later counts, each time the file is read.
func (f form[T]) parse(raw []byte) (T, error) {
	l := f.blank()
	stated := uint64(0)
	// Editors on Windows put a mark before the first byte.
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return f.blank(), unreadable
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return f.blank(), unreadable
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return f.blank(), unreadable
		}
		text, _ := name.(string)
		i := f.find(text)
		if i < 0 {
			continue
		}
		says, err := f.set(&l, f.members[i], value)
		if err != nil {
			return f.blank(), unreadable
		}
		stated &^= 1 << i
		if says {
			stated |= 1 << i
		}
	}
	if _, err := in.Token(); err != nil {
		return f.blank(), unreadable
	}
	if _, err := in.Token(); err != io.EOF {
		return f.blank(), unreadable
	}
	f.stamp(&l).unstated = ^stated & (1<<len(f.members) - 1)
	return l, nil
}

// set reads one member and reports whether its value says anything: null is a
// word for no limit, no date or no text, and silence about all else.
func (f form[T]) set(l *T, m member[T], value json.RawMessage) (says bool, err error) {
	if string(value) != "null" {
		return true, setJSON(m.at(l), value)
	}
	blank := f.blank()
	copyValue(m.at(l), m.at(&blank))
	return nullable(m.at(l)), nil
}

// find returns the place of a member by its name in any case, or -1.
func (f form[T]) find(name string) int {
	for i, m := range f.members {
		if strings.EqualFold(m.name, name) {
			return i
		}
	}
	return -1
}
