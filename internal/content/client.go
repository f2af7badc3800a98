package content

import (
	"strconv"
	"strings"
)

// Client is the version of an official client, as a year and a month; zero for one
// that does not say.
type Client struct{ year, month int }

// ClientOf reads the version that a client says it has.
func ClientOf(version string) Client {
	year, rest, _ := strings.Cut(version, ".")
	month, _, _ := strings.Cut(rest, ".")
	y, errYear := strconv.Atoi(year)
	m, errMonth := strconv.Atoi(month)
	if errYear != nil || errMonth != nil {
		return Client{}
	}
	return Client{y, m}
}

func (v Client) before(year, month int) bool {
	return v.year < year || v.year == year && v.month < month
}

// Reads reports whether a client knows items of a type; newer ones only where the
// server tells of them. A type that phones do not know makes them refuse the vault.
func (v Client) Reads(t Type, newTypes bool) bool {
	switch {
	case t < SSHKey:
		return true
	case t == SSHKey:
		return !v.before(2024, 12)
	}
	return newTypes && !v.before(2026, 2)
}

// LosesPasskeys reports whether a client is from before passkeys.
func (v Client) LosesPasskeys() bool { return v.year > 0 && v.before(2023, 10) }
