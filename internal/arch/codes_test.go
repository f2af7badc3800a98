package arch_test

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// explained names, for each package whose codes people look up, the pages that have
// a row for each of them, in English and in French.
var explained = map[string][]string{
	"billingsync": {"billing-sync.md", "billing-sync.fr.md"},
	"sponsorship": {"billing-sync.md", "billing-sync.fr.md"},
	"license":     {"billing-sync.md", "billing-sync.fr.md"},
	"premium":     {"billing-sync.md", "billing-sync.fr.md"},
	"doctor":      {"running.md"},
	"config":      {"running.md"},
}

// codeRow begins the row of a code, in a table whose head begins with the word.
var codeRow = regexp.MustCompile("^\\| `([a-z-]+)` \\|")

func TestEveryCodeIsExplained(t *testing.T) {
	rows, wanted := map[string][]string{}, map[string]map[string]bool{}
	for pkg, pages := range explained {
		found := codesOf(t, pkg)
		if len(found) < 2 {
			t.Errorf("of %s only the codes %v were found", pkg, found)
		}
		for _, page := range pages {
			if rows[page] == nil {
				rows[page], wanted[page] = codesIn(t, page), map[string]bool{}
			}
			for _, code := range found {
				wanted[page][code] = true
				if !slices.Contains(rows[page], code) {
					t.Errorf("docs/%s has no row for %q of %s", page, code, pkg)
				}
			}
		}
	}
	for page, codes := range rows {
		for _, code := range codes {
			if !wanted[page][code] {
				t.Errorf("docs/%s explains %q, which nothing answers", page, code)
			}
		}
	}
}

func codesIn(t *testing.T, page string) (codes []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		row := codeRow.FindStringSubmatch(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			inside = false
		case strings.HasPrefix(line, "| Code |"):
			inside = true
		case inside && row != nil:
			codes = append(codes, row[1])
		}
	}
	return codes
}

// codesOf returns the codes that a package gives to faults or keeps with a row: its
// constants that are called a code, what is given to Coded, also as an argument of
// a function that hands it on, and what stands in for a code that is missing.
func codesOf(t *testing.T, pkg string) []string {
	t.Helper()
	var trees []*ast.File
	for file, text := range sources(t) {
		if nameOf(path.Dir(file)) == pkg {
			trees = append(trees, parse(t, file, text, 0))
		}
	}
	handing := map[string]int{"Coded": 0, "Or": 1}
	for before := 0; before != len(handing); { // a function may give the code to another one that hands it on
		before = len(handing)
		each(trees, func(n ast.Node) { handsOn(handing, n) })
	}
	var codes []string
	each(trees, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if position, ok := handing[lastName(call.Fun)]; ok && position < len(call.Args) {
				codes = appendCode(codes, call.Args[position])
			}
		}
		if value, ok := n.(*ast.ValueSpec); ok && len(value.Values) == 1 && isCode.MatchString(value.Names[0].Name) {
			codes = appendCode(codes, value.Values[0])
		}
	})
	slices.Sort(codes)
	return slices.Compact(codes)
}

var (
	isCode   = regexp.MustCompile(`^[cC]ode[A-Z]`)
	codeForm = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

func appendCode(codes []string, n ast.Node) []string {
	if text, ok := stringOf(n); ok && codeForm.MatchString(text) {
		return append(codes, text)
	}
	return codes
}

func each(trees []*ast.File, fn func(ast.Node)) {
	for _, tree := range trees {
		ast.Inspect(tree, func(n ast.Node) bool {
			if n != nil {
				fn(n)
			}
			return true
		})
	}
}

// handsOn adds a function that gives one of its parameters to one that is known to
// take a code, with the place of the parameter.
func handsOn(handing map[string]int, n ast.Node) {
	name, kind, body := functionIn(n)
	if body == nil {
		return
	}
	var names []string
	for _, field := range kind.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		position, ok := handing[lastName(call.Fun)]
		if !ok || position >= len(call.Args) {
			return true
		}
		if given, ok := call.Args[position].(*ast.Ident); ok && slices.Contains(names, given.Name) {
			handing[name] = slices.Index(names, given.Name)
		}
		return true
	})
}

// functionIn returns the function that n declares, or puts into a variable.
func functionIn(n ast.Node) (name string, kind *ast.FuncType, body *ast.BlockStmt) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Name.Name, n.Type, n.Body
	case *ast.AssignStmt:
		if literal, ok := n.Rhs[0].(*ast.FuncLit); ok && len(n.Lhs) == 1 {
			return lastName(n.Lhs[0]), literal.Type, literal.Body
		}
	}
	return "", nil, nil
}

func lastName(f ast.Expr) string {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
