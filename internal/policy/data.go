package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"coffre/internal/fault"
)

// Limits of what is told to every member with every sync.
const (
	maxData = 20_000 // bytes
	maxText = 1_000  // characters
)

var (
	notHTTPS       = fault.New(fault.Invalid, "policy.notHTTPS").On("rulesUrl")
	domainsForNone = fault.New(fault.Invalid, "policy.domainsForNone").On("allowedDomains")
)

// shape says what a member of the data may be. Null is always good.
type shape func(name string, v any) error

// shapes are the members that clients read, by their names. Phones refuse the whole
// vault when one of them is of another kind. What is not here, clients may add.
var shapes = map[Type]map[string]shape{
	MasterPassword: {
		"minComplexity": whole(0, 4), "minLength": whole(12, 128), "requireUpper": flag, "requireLower": flag, "requireNumbers": flag,
		"requireSpecial": flag, "enforceOnLogin": flag,
	},
	PasswordGenerator: {
		"overridePasswordType": oneOf("", "password", "passphrase"), "minLength": natural, "useUpper": flag, "useLower": flag,
		"useNumbers": flag, "useSpecial": flag, "minNumbers": natural, "minSpecial": natural, "minNumberWords": natural,
		"capitalize": flag, "includeNumber": flag,
	},
	SendOptions:     {"disableHideEmail": flag},
	ResetPassword:   {"autoEnrollEnabled": flag},
	VaultTimeout:    {"type": text, "minutes": natural, "action": oneOf("lock", "logOut")},
	AutomaticLogIn:  {"idpHost": text},
	URIMatchDefault: {"uriMatchDetection": whole(0, 5)},
	SendControls: {
		"disableSend": flag, "disableHideEmail": flag, "whoCanAccess": whole(0, int(specificPeople)), "allowedDomains": domains,
		"deletionHours": natural, "allowedSendTypes": listOf(whole(0, 1)),
	},
	FillAssist: {"rulesUrl": secureURL},
}

// specificPeople is the whoCanAccess by which a Send is for named people.
const specificPeople = 2

// natural is a number that phones can hold.
var natural = whole(0, math.MaxInt32)

// Checked returns p with its data under the names that clients read, or the first
// rule that the data breaks.
func (p Policy) Checked() (Policy, error) {
	if len(p.Data) > maxData {
		return Policy{}, fault.TooLong("data", maxData)
	}
	object, err := objectOf(p.Data)
	if err != nil {
		return Policy{}, fault.Malformed("data")
	}
	if object == nil {
		p.Data = nil
		return p, nil
	}
	known := shapes[p.Type]
	object = renamed(object, known)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if v := object[name]; v != nil {
			if err := known[name](name, v); err != nil {
				return Policy{}, err
			}
		}
	}
	if p.Type == SendControls && demands(object["allowedDomains"]) && object["whoCanAccess"] != json.Number(strconv.Itoa(specificPeople)) {
		return Policy{}, domainsForNone
	}
	// Without data clients take cards to be meant. They read a list where a phone
	// wants an object, so that of an empty object they would make nothing.
	if p.Type == RestrictedItemTypes && len(object) == 0 {
		p.Data = nil
		return p, nil
	}
	p.Data, err = json.Marshal(object)
	return p, err
}

// objectOf reads data, whose numbers stay as they were written; nil for none.
func objectOf(data json.RawMessage) (map[string]any, error) {
	if len(data) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := d.Token(); object == nil || err != io.EOF {
		return nil, errors.New("not one object")
	}
	return object, nil
}

// renamed returns an object with the known members under their names, in whatever
// case they came. The exact name wins.
func renamed(object map[string]any, known map[string]shape) map[string]any {
	names := map[string]string{}
	for name := range known {
		names[strings.ToLower(name)] = name
	}
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		as, found := names[strings.ToLower(name)]
		if !found {
			as = name
		}
		if _, exact := object[as]; as == name || !exact {
			out[as] = object[name]
		}
	}
	return out
}

// demands reports whether a member asks for anything: it is neither absent nor
// empty, false or zero.
func demands(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case []any:
		return len(v) > 0
	}
	return v != false && v != "" && v != json.Number("0")
}

func flag(name string, v any) error {
	if _, ok := v.(bool); !ok {
		return fault.Malformed(name)
	}
	return nil
}

func text(name string, v any) error {
	s, ok := v.(string)
	if !ok {
		return fault.Malformed(name)
	}
	if len([]rune(s)) > maxText {
		return fault.TooLong(name, maxText)
	}
	return nil
}

func oneOf(words ...string) shape {
	return func(name string, v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fault.Malformed(name)
		}
		return nil
	}
}

func whole(from, to int) shape {
	return func(name string, v any) error {
		number, ok := v.(json.Number)
		if !ok {
			return fault.Malformed(name)
		}
		n, err := strconv.Atoi(number.String())
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			return fault.Malformed(name)
		case err != nil || n < from || n > to:
			return fault.New(fault.Invalid, "policy.range").On(name).With("field", name).With("from", from).With("to", to)
		}
		return nil
	}
}

func listOf(each shape) shape {
	return func(name string, v any) error {
		list, ok := v.([]any)
		if !ok {
			return fault.Malformed(name)
		}
		for _, one := range list {
			if err := each(name, one); err != nil {
				return err
			}
		}
		return nil
	}
}

// domains are separated by commas.
func domains(name string, v any) error {
	if err := text(name, v); err != nil || v == "" {
		return err
	}
	for domain := range strings.SplitSeq(v.(string), ",") {
		domain = strings.TrimSpace(domain)
		if !strings.Contains(domain, ".") || strings.ContainsAny(domain, " @/:") {
			return fault.Malformed(name)
		}
	}
	return nil
}

func secureURL(name string, v any) error {
	if err := text(name, v); err != nil || v == "" {
		return err
	}
	if u, err := url.Parse(v.(string)); err != nil || u.Scheme != "https" || u.Host == "" {
		return notHTTPS
	}
	return nil
}
