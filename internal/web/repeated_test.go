package web_test

import (
	"strings"
	"testing"

	"coffre/internal/web"
)

// Scenario 163 of spec 03, for duplicate keys.
func TestMemberThatIsThereTwice(t *testing.T) {
	for raw, want := range map[string]bool{
		`{}`: false, `[]`: false, `7`: false, `"a"`: false, `{"a":1,"b":1}`: false, `{"a":"a","b":"a"}`: false, `{"a":{"a":1}}`: false,
		`[{"a":1},{"a":1}]`: false, `{"a":["a","a"],"b":{"a":[],"b":""}}`: false, `{"a":"\",\"a\":","b":"\\"}`: false, `{"a":1,"A":1}`: false, `{"a":"{\"a\":1,\"a\":2}"}`: false,
		`{"a":1,"a":1}`: true, `{ "a" : 1 , "b" : 2 , "a" : null }`: true, `[[],{"b":[{}],"a":{"c":1,"c":2}}]`: true, `{"a":{},"a":{}}`: true,
		`{"a":1,"\u0061":1}`: true, `{"\"":1,"\u0022":1}`: true, `{"":1,"":1}`: true, `{"a":[1,{"x":"y"}],"b":"c","a":0}`: true,
		strings.Repeat(`{"a":`, 9_000) + `{"a":1,"a":1}` + strings.Repeat(`}`, 9_000): true,
	} {
		if got := web.Repeats(raw); got != want {
			t.Errorf("%.60s: got %v", raw, got)
		}
	}
}
