// Package domain knows which domains belong to one owner, so that clients offer a
// log-in of one on all of them: those that a person says, and well-known ones, of
// which a person may leave some out.
package domain

import (
	"slices"
	"strings"

	"coffre/internal/fault"
)

// Limits of what a person may say.
const (
	maxGroups = 500
	maxNames  = 100 // in one group
	maxName   = 255 // characters
)

// Type numbers a well-known group, as clients know it.
type Type int

// Global is a well-known group.
type Global struct {
	Type     Type
	Domains  []string
	Excluded bool // by the person
}

// Domains is what one person has.
type Domains struct {
	Own     [][]string
	Globals []Global
}

// settings is what a person has said.
type settings struct {
	Own      [][]string
	Excluded []Type
}

// domains returns what that amounts to: all well-known groups, or only those that are
// not left out.
func (s settings) domains(all bool) Domains {
	d := Domains{Own: s.Own, Globals: []Global{}}
	if d.Own == nil {
		d.Own = [][]string{}
	}
	for _, g := range globals {
		g.Excluded = slices.Contains(s.Excluded, g.Type)
		if all || !g.Excluded {
			d.Globals = append(d.Globals, g)
		}
	}
	return d
}

const (
	ownField      = "equivalentDomains"
	excludedField = "excludedGlobalEquivalentDomains"
)

var (
	oddGroup = fault.New(fault.Invalid, "domain.group").On(ownField).With("most", maxNames)
	tooMany  = fault.New(fault.Invalid, "domain.many").On(ownField)
)

// cleaned returns groups without spaces, empty names and empty groups, or what is
// wrong with them.
func cleaned(groups [][]string) ([][]string, error) {
	if len(groups) > maxGroups {
		return nil, tooMany
	}
	var list [][]string
	for _, group := range groups {
		var names []string
		for _, name := range group {
			if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
				continue
			}
			if len(name) > maxName {
				return nil, fault.TooLong(ownField, maxName)
			}
			if strings.ContainsAny(name, " \t\r\n") {
				return nil, fault.Malformed(ownField)
			}
			names = append(names, name)
		}
		if len(names) > maxNames {
			return nil, oddGroup
		}
		if len(names) > 0 {
			list = append(list, names)
		}
	}
	return list, nil
}

// known returns those of some types that there are, each once.
func known(types []Type) []Type {
	var list []Type
	for _, t := range types {
		if slices.ContainsFunc(globals, func(g Global) bool { return g.Type == t }) && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}
