package content

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Stored returns the text that is kept: a JSON object without line breaks.
func (c Body) Stored() (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(c)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// nulls are the parts of other types than each, as members of an object, and marks
// what begins its own.
var nulls, marks = func() (nulls, marks [len(parts)]string) {
	for t := Login; t <= Passport; t++ {
		marks[t] = `"` + parts[t] + `":{`
		for other := Login; other <= Passport; other++ {
			if other != t {
				nulls[t] += `,"` + parts[other] + `":null`
			}
		}
	}
	return nulls, marks
}()

// Append writes what is kept of an item of a type as members of a JSON object. What
// it does not have is null.
func Append(b []byte, t Type, stored string) []byte {
	b = append(b, strings.TrimSuffix(strings.TrimPrefix(stored, "{"), "}")...)
	b = append(b, nulls[t]...)
	if !strings.Contains(stored, marks[t]) {
		b = append(append(append(b, `,"`...), parts[t]...), `":null`...)
	}
	return b
}
