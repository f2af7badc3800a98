package config

import (
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"

	"coffre/internal/fault"
)

// Secret is a text that no log and no answer shows: every way of printing it
// says only whether it is set. Convert it to string for use.
type Secret string

// String returns "(set)", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(set)"
}

// GoString returns what String does, quoted.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// LogValue returns what String does.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON returns what String does, quoted.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(s.GoString()), nil }

// Address is an http or https address without a slash at its end, or "".
type Address string

// UnmarshalText reads an address; user names, queries and fragments are refused, and
// hosts that mean something else in a policy of the browser.
func (a *Address) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" ||
		u.Hostname() == "" || strings.ContainsAny(u.Host, ";,'*") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fault.New(fault.Invalid, "config.wantAddress")
	}
	*a = Address(strings.TrimRight(u.String(), "/"))
	return nil
}

// Origin returns the address without its path.
func (a Address) Origin() string {
	u, err := url.Parse(string(a))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// AddressList is a comma-separated list of addresses.
type AddressList []Address

// UnmarshalText reads each as an Address does.
func (a *AddressList) UnmarshalText(text []byte) error {
	var items List
	_ = items.UnmarshalText(text) // never fails
	*a = make(AddressList, len(items))
	for i, item := range items {
		if err := (*a)[i].UnmarshalText([]byte(item)); err != nil {
			return err
		}
	}
	return nil
}

// HostPort is where to listen; an empty host is every address of the machine.
type HostPort string

// UnmarshalText reads host:port.
func (h *HostPort) UnmarshalText(text []byte) error {
	trimmed := strings.TrimSpace(string(text))
	_, port, err := net.SplitHostPort(trimmed)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return fault.New(fault.Invalid, "config.wantHostPort")
	}
	*h = HostPort(trimmed)
	return nil
}

// List is a comma-separated list of texts without empty ones.
type List []string

// UnmarshalText reads the list; nothing is refused.
func (l *List) UnmarshalText(text []byte) error {
	*l = nil
	for item := range strings.SplitSeq(string(text), ",") {
		if item = strings.TrimSpace(item); item != "" {
			*l = append(*l, item)
		}
	}
	return nil
}

// Prefixes is a comma-separated list of networks.
type Prefixes []netip.Prefix

// UnmarshalText reads networks (10.0.0.0/8) and single addresses.
func (p *Prefixes) UnmarshalText(text []byte) error {
	var items List
	_ = items.UnmarshalText(text) // never fails
	*p = nil
	for _, item := range items {
		prefix, err := netip.ParsePrefix(item)
		if one, single := netip.ParseAddr(item); single == nil {
			one = one.Unmap()
			prefix, err = one.Prefix(one.BitLen())
		}
		if err != nil {
			return fault.New(fault.Invalid, "config.wantNetworks")
		}
		*p = append(*p, prefix)
	}
	return nil
}

// Provider is the kind of database.
type Provider string

// The databases.
const (
	SQLite     Provider = "sqlite"
	PostgreSQL Provider = "postgresql"
)

// Sender is where mails go.
type Sender string

// The senders.
const (
	BySMTP   Sender = "smtp"
	ByFolder Sender = "folder"
)

// FileStore is where files are kept.
type FileStore string

// The places.
const (
	InFolder FileStore = "folder"
	InS3     FileStore = "s3"
)

// Premium says who has the premium features.
type Premium string

// Who has the premium features.
const (
	PremiumForEveryone Premium = "everyone"
	PremiumByLicense   Premium = "license"
)

// Create says who may create an organization on a self-hosted server.
type Create string

// Who may create an organization.
const (
	CreateByLicense Create = "license"
	CreateByAnyone  Create = "anyone"
	CreateByAdmins  Create = "admins"
)

// BillingProvider is who keeps a cloud's accounts.
type BillingProvider string

// The billing providers.
const (
	Ledger BillingProvider = "ledger"
	Stripe BillingProvider = "stripe"
)

// LogFormat is the form of a line of the log.
type LogFormat string

// The forms.
const (
	JSON LogFormat = "json"
	Text LogFormat = "text"
)

// parsers read the types that do not read themselves. Their faults say what is
// expected.
var parsers = map[reflect.Type]env.ParserFunc{
	reflect.TypeFor[bool]():            parseBool,
	reflect.TypeFor[int]():             func(s string) (any, error) { n, err := parseNumber(s); return int(n), err },
	reflect.TypeFor[uint16]():          func(s string) (any, error) { return parseNumber(s) },
	reflect.TypeFor[float64]():         parseFactor,
	reflect.TypeFor[Provider]():        words(SQLite, PostgreSQL),
	reflect.TypeFor[Sender]():          words(BySMTP, ByFolder),
	reflect.TypeFor[FileStore]():       words(InFolder, InS3),
	reflect.TypeFor[Premium]():         words(PremiumForEveryone, PremiumByLicense),
	reflect.TypeFor[Create]():          words(CreateByLicense, CreateByAnyone, CreateByAdmins),
	reflect.TypeFor[BillingProvider](): words(Ledger, Stripe),
	reflect.TypeFor[LogFormat]():       words(JSON, Text),
	reflect.TypeFor[Region]():          words(US, EU, Gov),
}

func parseBool(text string) (any, error) {
	b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(text)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "config.wantBool")
	}
	return b, nil
}

func parseNumber(text string) (uint16, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 16)
	if err != nil || n == 0 {
		return 0, fault.New(fault.Invalid, "config.wantNumber")
	}
	return uint16(n), nil
}

func parseFactor(text string) (any, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(f > 0) || math.IsInf(f, 1) {
		return nil, fault.New(fault.Invalid, "config.wantFactor")
	}
	return f, nil
}

// words reads one of several words, in any case.
func words[T ~string](all ...T) env.ParserFunc {
	return func(text string) (any, error) {
		names := make([]string, len(all))
		for i, word := range all {
			if strings.EqualFold(strings.TrimSpace(text), string(word)) {
				return word, nil
			}
			names[i] = string(word)
		}
		last := len(names) - 1
		return nil, fault.New(fault.Invalid, "config.wantWord").With("words", strings.Join(names[:last], ", ")).With("last", names[last])
	}
}
