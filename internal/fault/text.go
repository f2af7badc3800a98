package fault

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

//go:embed en.json
var english []byte

//go:embed fr.json
var french []byte

var texts = map[string]map[string]string{"en": parse(english), "fr": parse(french)}

func parse(raw []byte) map[string]string {
	m := map[string]string{}
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(fmt.Sprintf("fault texts: %v", err)) // an embedded file that a test reads
	}
	return m
}

// Text returns what err says in a language ("en" or "fr"; anything else is
// English). What is not a fault gets one general sentence.
func Text(err error, language string) string {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = New(Internal, "internal")
	}
	return Sentence(e.Key, e.Args, language)
}

// Sentence returns the text of a key with its {braces} filled. A fault that fills
// one speaks the same language.
func Sentence(key string, args map[string]any, language string) string {
	text, ok := texts[language][key]
	if !ok {
		text = texts["en"][key]
	}
	for name, value := range args {
		if part, ok := value.(*Error); ok {
			value = Text(part, language)
		}
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}
