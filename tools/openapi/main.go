// Command openapi describes the routes of the server, as its rooms declare them,
// in api/openapi.json, and to the web vault in ui/src/api/schema.d.ts. Run it from the root: go run ./tools/openapi
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/web"
)

func main() {
	if err := write(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(ctx context.Context) error {
	doc, err := generate(ctx)
	if err != nil {
		return err
	}
	raw, err := encode(ctx, doc)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile("api/openapi.json", raw, 0o644), os.WriteFile("ui/src/api/schema.d.ts", typescript(doc), 0o644))
}

// role is what one of the two roles answers.
type role struct {
	name   string
	routes []web.Route
}

// generate returns the document of this tree.
func generate(ctx context.Context) (*openapi3.T, error) {
	roles := []role{{name: "cloud"}, {name: "selfHosted"}}
	for i := range roles {
		var err error
		if roles[i].routes, err = routesOf(ctx, roles[i].name == "selfHosted"); err != nil {
			return nil, fmt.Errorf("routes of the role %s: %w", roles[i].name, err)
		}
	}
	return document(roles), nil
}

// encode writes a document that is whole.
func encode(ctx context.Context, doc *openapi3.T) ([]byte, error) {
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, err
	}
	raw = append(raw, '\n')
	loaded, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, err
	}
	return raw, loaded.Validate(ctx)
}

// routesOf builds a server in a folder that does not outlive the call. No mail
// leaves: it has an SMTP host only because a cloud must have one.
func routesOf(ctx context.Context, selfHosted bool) (routes []web.Route, err error) {
	folder, err := os.MkdirTemp("", "coffre-openapi-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	environ := []string{"globalSettings__selfHosted=" + strconv.FormatBool(selfHosted), "globalSettings__mail__smtp__host=localhost"}
	cfg, _, err := config.Read(environ, "", config.Flags{Data: folder})
	if err != nil {
		return nil, err
	}
	server, err := app.New(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}})
	if err != nil {
		return nil, err
	}
	return server.Routes(), server.Close()
}
