package encstring_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"coffre/internal/encstring"
	"coffre/internal/fault"
)

func TestParseReadsEveryType(t *testing.T) {
	tests := map[string]struct {
		text   string
		kind   encstring.Type
		pieces int
	}{
		"type 0":                  {"0.aXY=|Y3Q=", encstring.AES256, 2},
		"type 1":                  {"1.aXY=|Y3Q=|bWFj", encstring.AES128HMAC, 3},
		"type 2":                  {"2.aXY=|Y3Q=|bWFj", encstring.AES256HMAC, 3},
		"type 3":                  {"3.Y3Q=", encstring.RSAOAEPSHA256, 1},
		"type 4":                  {"4.Y3Q=", encstring.RSAOAEPSHA1, 1},
		"type 5":                  {"5.Y3Q=|bWFj", encstring.RSAOAEPSHA256WithHMAC, 2},
		"type 6":                  {"6.Y3Q=|bWFj", encstring.RSAOAEPSHA1WithHMAC, 2},
		"type 7":                  {"7.Y3Q=", encstring.COSE, 1},
		"two pieces, no number":   {"aXY=|Y3Q=", encstring.AES256, 2},
		"three pieces, no number": {"aXY=|Y3Q=|bWFj", encstring.AES128HMAC, 3},
		"spare bits set":          {"4.Y3R=", encstring.RSAOAEPSHA1, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := encstring.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Type != test.kind || len(got.Pieces) != test.pieces {
				t.Errorf("Parse: type %d with %d pieces, want type %d with %d",
					got.Type, len(got.Pieces), test.kind, test.pieces)
			}
		})
	}
}

func TestParseRefusesWhatNoClientReads(t *testing.T) {
	tests := map[string]string{
		"empty":                  "",
		"only a number":          "2.",
		"only bars":              "2.||",
		"one piece, no number":   "Y3Q=",
		"a piece short":          "2.aXY=|Y3Q=",
		"a piece too many":       "4.Y3Q=|bWFj",
		"an empty piece":         "2.aXY=||bWFj",
		"unknown number":         "8.Y3Q=",
		"two digits":             "02.aXY=|Y3Q=|bWFj",
		"a negative number":      "-1.Y3Q=",
		"a name for the number":  "AesCbc256_HmacSha256_B64.aXY=|Y3Q=|bWFj",
		"a digit of another set": "٢.aXY=|Y3Q=|bWFj",
		"no padding":             "4.Y3Q",
		"padding in the middle":  "4.Y3Q=Y3Q=",
		"the URL alphabet":       "4.__--",
		"a second full stop":     "4.4.Y3Q=",
		"a line break inside":    "4.Y3\nQ=",
		"a line break after":     "4.Y3Q=\n",
		"a carriage return":      "4.Y3Q=\r",
		"a space before":         " 4.Y3Q=",
		"a space inside":         "4.Y3 Q=",
		"a tab after":            "4.Y3Q=\t",
		"plain text":             "my password",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := encstring.Parse(text); err == nil {
				t.Errorf("Parse(%q) = %v, want an error", text, got)
			}
		})
	}
}

func TestCheckNamesTheMember(t *testing.T) {
	const whole = "2.aXY=|Y3Q=|bWFj"
	tests := map[string]struct {
		text  string
		limit int
		want  *fault.Error
	}{
		"right":           {whole, 1000, nil},
		"at the limit":    {whole, len(whole), nil},
		"over the limit":  {whole, len(whole) - 1, fault.TooLong("collectionName", len(whole)-1)},
		"empty":           {"", 1000, fault.Required("collectionName")},
		"of generation 2": {"7.Y3Q=", 1000, fault.Malformed("collectionName")}, // scenario 107
		"unreadable":      {"Passwords", 1000, fault.Malformed("collectionName")},
		"long and broken": {strings.Repeat("x", 1001), 1000, fault.TooLong("collectionName", 1000)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := encstring.Check("collectionName", test.text, test.limit)
			if test.want == nil {
				if err != nil {
					t.Errorf("Check: %v, want nothing", err)
				}
				return
			}
			got, ok := errors.AsType[*fault.Error](err)
			if !ok || got.Key != test.want.Key || got.Field != "collectionName" {
				t.Errorf("Check: %v, want %v on collectionName", err, test.want)
			}
		})
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := generator.Draw(t, "value")
		got, err := encstring.Parse(want.String())
		if err != nil {
			t.Fatalf("Parse(%q): %v", want, err)
		}
		if !equal(got, want) {
			t.Fatalf("Parse(%q) = %v", want, got)
		}
	})
}

// generator draws values that a client could have made.
var generator = rapid.Custom(func(t *rapid.T) encstring.EncString {
	counts := []int{2, 3, 3, 1, 1, 2, 2, 1}
	kind := rapid.IntRange(0, len(counts)-1).Draw(t, "type")
	piece := rapid.SliceOfN(rapid.Byte(), 1, 64)
	return encstring.EncString{
		Type:   encstring.Type(kind),
		Pieces: rapid.SliceOfN(piece, counts[kind], counts[kind]).Draw(t, "pieces"),
	}
})

// FuzzParse holds for any text at all: what is accepted has no white space, is
// written back with the same meaning, and is what Check accepts unless it is COSE.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "2.aXY=|Y3Q=|bWFj", "aXY=|Y3Q=", "4.Y3Q=\n", "7.gwE=", "02.a|b|c", "2.||", "4.Y3R=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := encstring.Parse(text)
		if accepted := encstring.Check("field", text, len(text)) == nil; accepted != (err == nil && parsed.Type != encstring.COSE) {
			t.Fatalf("Check accepts %q: %v; Parse: %v", text, accepted, err)
		}
		if err != nil {
			return
		}
		if strings.ContainsFunc(text, unicode.IsSpace) {
			t.Fatalf("Parse accepts %q, which has white space", text)
		}
		again, err := encstring.Parse(parsed.String())
		if err != nil || !equal(again, parsed) {
			t.Fatalf("Parse(%q) = %v, written back %v, %v", text, parsed, again, err)
		}
	})
}

func equal(a, b encstring.EncString) bool {
	return a.Type == b.Type && slices.EqualFunc(a.Pieces, b.Pieces, slices.Equal[[]byte])
}
