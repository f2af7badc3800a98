package arch_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	blank   = regexp.MustCompile(`\{\w+\}`)
	keyForm = regexp.MustCompile(`^[a-z]+\.[a-z][a-zA-Z]+$`)
)

func TestFaultTextsAreComplete(t *testing.T) {
	english, french := texts(t, "en"), texts(t, "fr")
	for key, places := range faultKeys(t) {
		if _, ok := english[key]; !ok {
			t.Errorf("en.json has no text for %q of %s", key, places)
		}
	}
	for key := range english {
		if _, ok := french[key]; !ok {
			t.Errorf("fr.json has no text for %q", key)
		}
	}
	for key := range french {
		if _, ok := english[key]; !ok {
			t.Errorf("en.json has no text for %q, which fr.json has", key)
		}
	}
}

func TestEveryFaultTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	for file, text := range sources(t) {
		ast.Inspect(parse(t, file, text, 0), func(n ast.Node) bool {
			if literal, ok := stringOf(n); ok {
				used[literal] = true
			}
			return true
		})
	}
	for key := range texts(t, "en") {
		if !used[key] {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}

func TestFaultTextsHaveTheSameBlanksInBothLanguages(t *testing.T) {
	french := texts(t, "fr")
	for key, text := range texts(t, "en") {
		want, got := blanks(text), blanks(french[key])
		if !slices.Equal(want, got) {
			t.Errorf("%q: fr.json has the blanks %v, en.json %v", key, got, want)
		}
	}
}

func blanks(text string) []string {
	found := blank.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// faultKeys returns the keys of texts that the server's packages name, each with
// the files that name it: what is given to fault.New and fault.Sentence, and every
// string that has the form of a key of its own package, because helpers take keys
// as arguments and tables hold them.
func faultKeys(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{}
	for file, text := range sources(t) {
		if !strings.HasPrefix(file, "internal/") || !strings.Contains(text, "fault") {
			continue
		}
		for _, key := range keysIn(parse(t, file, text, 0), nameOf(path.Dir(file))) {
			if found[key] == nil {
				found[key] = map[string]bool{}
			}
			found[key][file] = true
		}
	}
	sorted := map[string][]string{}
	for key, places := range found {
		sorted[key] = slices.Sorted(maps.Keys(places))
	}
	return sorted
}

func keysIn(tree *ast.File, pkg string) []string {
	var keys []string
	ast.Inspect(tree, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if key, ok := keyGiven(call, pkg); ok {
				keys = append(keys, key)
			}
		}
		if literal, ok := stringOf(n); ok && keyForm.MatchString(literal) && strings.HasPrefix(literal, pkg+".") {
			keys = append(keys, literal)
		}
		return true
	})
	return keys
}

// keyGiven returns the key that a call of fault.New or fault.Sentence spells out.
func keyGiven(call *ast.CallExpr, pkg string) (string, bool) {
	position, ok := map[string]int{"fault.New": 1, "fault.Sentence": 0}[calledName(call, pkg)]
	if !ok || position >= len(call.Args) {
		return "", false
	}
	return stringOf(call.Args[position])
}

// calledName returns package.Function of a call, also inside the package itself.
func calledName(call *ast.CallExpr, pkg string) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return pkg + "." + f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func stringOf(n ast.Node) (string, bool) {
	literal, ok := n.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// texts reads the fault texts of a language and refuses a key that is there twice,
// which encoding/json lets pass.
func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "fault", language+".json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	next := func() any {
		token, err := decoder.Token()
		if err != nil {
			t.Fatalf("%s.json: %v", language, err)
		}
		return token
	}
	next() // the opening brace
	for decoder.More() {
		key, text := next().(string), next()
		if _, twice := found[key]; twice {
			t.Errorf("%s.json has %q twice", language, key)
		}
		found[key], _ = text.(string)
		if found[key] == "" {
			t.Errorf("%s.json: the text of %q is empty or no text", language, key)
		}
	}
	return found
}
