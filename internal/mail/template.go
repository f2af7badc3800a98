package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	text "text/template"
	"time"
	"unicode"
)

//go:embed templates
var files embed.FS

// button is the one thing to press in a mail.
type button struct{ Link, Label string }

// functions are what a template of a language may call.
func functions(language string) map[string]any {
	return map[string]any{
		"button": func(link, label string) button { return button{link, label} },
		"date":   func(at string) string { return longDate(at, language) },
		"moment": func(at string) string { return moment(at, language) },
	}
}

var months = map[string][]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
}

// longDate writes an RFC 3339 instant as a day in UTC, and leaves any other text
// as it is.
func longDate(at, language string) string {
	day, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return Day(day, language)
}

// Day writes out a day in UTC for a reader of "en" or "fr".
func Day(day time.Time, language string) string {
	day = day.UTC()
	month := months[language][day.Month()-1]
	switch {
	case language == "en":
		return fmt.Sprintf("%s %d, %d", month, day.Day(), day.Year())
	case day.Day() == 1:
		return fmt.Sprintf("1er %s %d", month, day.Year())
	}
	return fmt.Sprintf("%d %s %d", day.Day(), month, day.Year())
}

// moment writes an RFC 3339 instant to the minute in UTC, and leaves any other
// text as it is.
func moment(at, language string) string {
	instant, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	between := " at "
	if language == "fr" {
		between = " à "
	}
	return longDate(at, language) + between + instant.UTC().Format("15:04") + " UTC"
}

// form is a template in one language.
type form struct {
	name string // of the text
	text *text.Template
	page *template.Template
}

func parse(name, language string) (form, error) {
	base := "templates/" + name + "." + language
	plain, err := text.New("").Funcs(functions(language)).Option("missingkey=error").ParseFS(files, base+".txt")
	if err != nil {
		return form{}, err
	}
	page, err := template.New("").Funcs(functions(language)).Option("missingkey=error").
		ParseFS(files, "templates/layout.html", base+".html")
	return form{name + "." + language + ".txt", plain, page}, err
}

// fill returns a letter, unless the template shows something that the data
// lacks. The first line of the text is the subject.
func (f form) fill(language string, data map[string]string) (Letter, error) {
	shown := map[string]string{"Language": language}
	for key, value := range data {
		shown[key] = oneLine(value)
	}
	var t, h bytes.Buffer
	if err := f.text.ExecuteTemplate(&t, f.name, shown); err != nil {
		return Letter{}, err
	}
	subject, body, _ := strings.Cut(t.String(), "\n")
	shown["Subject"] = subject
	if err := f.page.ExecuteTemplate(&h, "layout.html", shown); err != nil {
		return Letter{}, err
	}
	return Letter{
		Language: language, Subject: strings.TrimSpace(subject),
		Text: strings.TrimSpace(body) + "\n", HTML: h.String(),
	}, nil
}

// oneLine keeps a value from starting a line of its own in a text or a header.
func oneLine(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, value)
}
