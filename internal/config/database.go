package config

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"coffre/internal/fault"
)

// The forms of a connection string, as a fault tells them.
var (
	errPostgreSQL = fault.New(fault.Invalid, "config.wantPostgres")
	errSSLMode    = fault.New(fault.Invalid, "config.wantSSLMode")
	errSQLite     = fault.New(fault.Invalid, "config.wantSQLite")
	errKeywords   = fault.New(fault.Invalid, "config.wantKeywords")
)

// sqlitePath returns the path that a path or "Data Source=path" names.
func sqlitePath(text string) (string, error) {
	if !strings.Contains(text, "=") {
		return strings.TrimSpace(text), nil
	}
	words, err := keywords(text)
	if path := take(words, "datasource", "filename"); err == nil && path != "" {
		return path, nil
	}
	return "", errSQLite
}

// postgresURL returns the URL that a URL or a list of keywords stands for, and
// the keywords that have no use here. Its errors repeat nothing of the text.
func postgresURL(text string) (u string, unused []string, err error) {
	text = strings.TrimSpace(text)
	if parsed, err := url.Parse(text); err == nil && (parsed.Scheme == "postgres" || parsed.Scheme == "postgresql") {
		return text, nil, nil
	}
	words, err := keywords(text)
	if err != nil {
		return "", nil, err
	}
	host, port := take(words, "host", "server"), take(words, "port")
	user, password := take(words, "username", "user", "userid", "uid"), take(words, "password", "pwd", "psw")
	out := url.URL{Scheme: "postgres", Path: "/" + take(words, "database", "db")}
	query := url.Values{}
	switch {
	case host == "":
		return "", nil, errPostgreSQL
	case strings.HasPrefix(host, "/"): // the folder of a Unix socket
		query.Set("host", host)
	default:
		out.Host = net.JoinHostPort(host, "5432")
	}
	if port != "" && out.Host != "" {
		out.Host = net.JoinHostPort(host, port)
	} else if port != "" {
		query.Set("port", port)
	}
	if user != "" {
		out.User = url.UserPassword(user, password)
	}
	if mode := take(words, "sslmode"); mode != "" {
		known, ok := sslModes[strings.ToLower(mode)]
		if !ok {
			return "", nil, errSSLMode
		}
		query.Set("sslmode", known)
	}
	out.RawQuery = query.Encode()
	return out.String(), slices.Sorted(maps.Keys(words)), nil
}

var sslModes = map[string]string{
	"disable": "disable", "allow": "allow", "prefer": "prefer", "require": "require",
	"verifyca": "verify-ca", "verify-ca": "verify-ca", "verifyfull": "verify-full", "verify-full": "verify-full",
}

// take removes the synonyms of a keyword and returns the value of one.
func take(words map[string]string, synonyms ...string) (text string) {
	for _, synonym := range synonyms {
		if v, ok := words[synonym]; ok {
			text = v
			delete(words, synonym)
		}
	}
	return text
}

// keywords reads "Keyword=value;…" with keywords in lower case and without
// spaces. A value in single or double quotes may hold semicolons, and its own
// quote doubled.
func keywords(text string) (map[string]string, error) {
	words := map[string]string{}
	for {
		text = strings.TrimLeft(text, "; \t")
		if text == "" {
			return words, nil
		}
		key, rest, assigned := strings.Cut(text, "=")
		if !assigned {
			return nil, errKeywords
		}
		v, rest, err := keywordValue(strings.TrimLeft(rest, " \t"))
		if err != nil {
			return nil, err
		}
		words[strings.ToLower(strings.ReplaceAll(key, " ", ""))] = v
		text = rest
	}
}

// keywordValue returns the value that text begins with, and what follows it.
func keywordValue(text string) (v, rest string, err error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		v, rest, _ = strings.Cut(text, ";")
		return strings.TrimSpace(v), rest, nil
	}
	quote, text := text[:1], text[1:]
	for {
		part, after, closed := strings.Cut(text, quote)
		v += part
		switch {
		case !closed:
			return "", "", errKeywords
		case !strings.HasPrefix(after, quote):
			if after = strings.TrimLeft(after, " \t"); after != "" && after[0] != ';' {
				return "", "", errKeywords
			}
			return v, after, nil
		}
		v, text = v+quote, after[1:]
	}
}
