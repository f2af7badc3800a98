package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"golang.org/x/text/language"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Call is one request after authentication.
type Call struct {
	*http.Request
	Caller Caller
}

// ID returns an identifier of the path. One that cannot be read identifies
// nothing: fault.Gone.
func (c *Call) ID(name string) (id.ID, error) {
	v, err := id.Parse(chi.URLParam(c.Request, name))
	if err != nil {
		return id.ID{}, fault.Gone
	}
	return v, nil
}

// Param returns a part of the path, decoded. It may be any text.
func (c *Call) Param(name string) string {
	text := chi.URLParam(c.Request, name)
	if c.URL.RawPath == "" || strings.HasSuffix(c.URL.Path, "/") {
		return text // the router has matched the decoded path
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// Query returns a parameter of the address, or "".
func (c *Call) Query(name string) string { return c.URL.Query().Get(name) }

var languages = language.NewMatcher([]language.Tag{language.English, language.French})

// Language returns what the reader of the answer understands, "en" or "fr": the
// Coffre-Language header, else the profile, else Accept-Language, else English.
func (c *Call) Language() string {
	for _, wish := range []string{c.Header.Get("Coffre-Language"), c.Caller.Language, c.Header.Get("Accept-Language")} {
		if wish != "" {
			return MatchLanguage(wish)
		}
	}
	return "en"
}

// MatchLanguage returns "en" or "fr", whichever fits a language tag or an
// Accept-Language list better.
func MatchLanguage(wish string) string {
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil {
		return "en"
	}
	if _, index, _ := languages.Match(tags...); index == 1 {
		return "fr"
	}
	return "en"
}
