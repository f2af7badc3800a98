package config

import (
	"fmt"
	"strings"
	"unicode"
)

// EnvFile reads the text of an env file into entries "KEY=VALUE", as os.Environ
// returns them. The format is Docker's, not a shell's: a value is everything
// after the first equals sign, with its quotes, its dollar and number signs and
// its spaces. An empty line and a line that starts with # say nothing; nor does
// a name alone, which passes the environment's value, and that wins anyway.
func EnvFile(text string) ([]string, error) {
	var entries []string
	number := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		number++
		line = strings.TrimLeftFunc(strings.TrimSuffix(line, "\r"), unicode.IsSpace)
		if line == "" || line[0] == '#' {
			continue
		}
		key, _, assigned := strings.Cut(line, "=")
		if key == "" || strings.ContainsFunc(key, isGap) {
			return nil, fmt.Errorf("line %d: want NAME=VALUE, and no spaces in the name", number)
		}
		if assigned {
			entries = append(entries, line)
		}
	}
	return entries, nil
}

// isGap reports a space that is seen or not: the mark that some editors put before
// a text also lands inside it, where files were joined.
func isGap(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }
