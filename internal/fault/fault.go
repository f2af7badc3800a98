// Package fault holds the one error type that is meant to be shown to a person.
// Every other error is a defect or an outage: it is logged, never displayed.
//
// A fault names its text by key; the texts are in en.json and fr.json, and the
// reader's language is chosen where the answer is written.
package fault

import (
	"errors"
	"maps"
)

// Kind says what went wrong in terms a client can act on.
type Kind int

// The kinds, each with the one HTTP status that package web gives it.
const (
	Internal        Kind = iota // a defect or an outage: 500
	Invalid                     // the request breaks a rule: 400
	Unauthenticated             // no, dead or foreign token: 401
	Forbidden                   // a machine's token of another scope: 403
	NotFound                    // absent, or not the caller's to see: 404
	Conflict                    // the state changed underneath: 409
	TooLarge                    // the body is over the route's limit: 413
	TooMany                     // over a rate limit: 429
)

// Error carries a text that is safe to display.
type Error struct {
	Kind  Kind
	Key   string         // names the text, for example "account.emailTaken"
	Code  string         // a word for programs, for example "region-mismatch"; often empty
	Field string         // the request's member at fault, in the client's spelling; often empty
	Args  map[string]any // what stands in the text's {braces}
}

// New returns a fault with the text that key names.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// On returns a copy that names the request's member at fault.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Coded returns a copy with a code for programs.
func (e *Error) Coded(code string) *Error {
	c := *e
	c.Code = code
	return &c
}

// With returns a copy in which {name} of the text becomes value.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Args = maps.Clone(e.Args)
	if c.Args == nil {
		c.Args = map[string]any{}
	}
	c.Args[name] = value
	return &c
}

// Error returns the English text.
func (e *Error) Error() string { return Text(e, "en") }

// Is makes two faults equal to errors.Is when their keys are equal.
func (e *Error) Is(target error) bool {
	t, ok := errors.AsType[*Error](target)
	return ok && t.Key == e.Key
}

// KindOf reports the kind of err; anything that is not an *Error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf reports the code of err, or "".
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Faults that every room needs.
var (
	// Gone answers for what is absent and for what the caller may not see.
	Gone = New(NotFound, "notFound")
	// SignIn answers a missing, dead or foreign token.
	SignIn = New(Unauthenticated, "signIn")
)

// Required reports a missing member of a request.
func Required(field string) *Error { return New(Invalid, "required").On(field).With("field", field) }

// Malformed reports a member of a request that cannot be read.
func Malformed(field string) *Error { return New(Invalid, "malformed").On(field).With("field", field) }

// TooLong reports a member of a request over its limit, in characters.
func TooLong(field string, limit int) *Error {
	return New(Invalid, "tooLong").On(field).With("field", field).With("limit", limit)
}
