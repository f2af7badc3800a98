package web

import (
	"bytes"
	"encoding/json"
)

// repeats reports whether an object in what is good JSON has a member twice, spelled
// alike. What stands between this server and a client could read the other one.
func repeats(raw []byte) bool {
	var inside []map[string]bool // the names of each object around, nil for a list
	isName := false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{':
			inside, isName = append(inside, map[string]bool{}), true
		case '[':
			inside, isName = append(inside, nil), false
		case '}', ']':
			inside, isName = inside[:len(inside)-1], false
		case ',':
			isName = inside[len(inside)-1] != nil
		case '"':
			end := endOfText(raw, i)
			if isName {
				names, name := inside[len(inside)-1], nameOf(raw[i:end])
				if names[name] {
					return true
				}
				names[name], isName = true, false
			}
			i = end - 1
		}
	}
	return false
}

// endOfText returns where a text ends that begins at a quotation mark.
func endOfText(raw []byte, at int) int {
	for i := at + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// nameOf returns a name without its quotation marks.
func nameOf(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var name string
	_ = json.Unmarshal(quoted, &name) // which is good JSON
	return name
}
