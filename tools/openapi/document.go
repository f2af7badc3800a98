package main

import (
	"cmp"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"coffre/internal/web"
)

// operation is one method and path, in all roles that have it.
type operation struct {
	method, path string
	roles        []string
	scopes       []string       // of tokens it accepts; "" is none needed
	in, out      []reflect.Type // nil for a handler that reads or writes by itself
}

// merge joins the routes of the roles, in the order of their paths. Pages and
// their style are left out: they are for people.
func merge(roles []role) []operation {
	var list []operation
	for _, role := range roles {
		for _, route := range role.routes {
			if route.Out == nil && !strings.HasPrefix(route.Path, "/api/") {
				continue
			}
			i := slices.IndexFunc(list, func(o operation) bool { return o.method == route.Method && o.path == route.Path })
			if i < 0 {
				i = len(list)
				list = append(list, operation{method: route.Method, path: route.Path})
			}
			o := &list[i]
			o.roles, o.scopes = with(o.roles, role.name), with(o.scopes, route.Scope)
			o.in, o.out = with(o.in, route.In), with(o.out, route.Out)
		}
	}
	slices.SortFunc(list, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	return list
}

func with[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

const about = "What the server answers at its public address. x-coffre-role names the roles that have an operation. " +
	"Requests may write members in any case, leave out what an operation does not insist on, and carry members that are not listed."

// document describes the routes of the roles.
func document(roles []role) *openapi3.T {
	list := merge(roles)
	s := newSchemas()
	s.named["Error"] = failure()
	doc := &openapi3.T{
		OpenAPI: "3.1.0",
		Info:    &openapi3.Info{Title: "Coffre", Version: "1", Description: about},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas: s.named,
			Responses: openapi3.ResponseBodies{"Error": {Value: openapi3.NewResponse().
				WithDescription("What went wrong, for the person, and a code for programs.").
				WithJSONSchemaRef(openapi3.NewSchemaRef("#/components/schemas/Error", nil))}},
			SecuritySchemes: openapi3.SecuritySchemes{
				"person":   bearer("A person's access token, of the scope api."),
				"machine":  bearer("The access token of an installation, of the one scope that the operation names."),
				"operator": bearer("The token of an operator's session, which a link to the operator page buys."),
			},
		},
	}
	described := make([]*openapi3.Operation, len(list))
	for i, o := range list { // requests first: a type that goes both ways keeps the looser form
		described[i] = o.describe(s)
	}
	s.answers = true
	for i, o := range list {
		described[i].Tags = []string{group(o.path, list)}
		described[i].AddResponse(200, o.answer(s))
		doc.AddOperation(o.path, o.method, described[i])
	}
	return doc
}

func bearer(description string) *openapi3.SecuritySchemeRef {
	return &openapi3.SecuritySchemeRef{Value: &openapi3.SecurityScheme{Type: "http", Scheme: "bearer", Description: description}}
}

func failure() *openapi3.SchemaRef {
	fields := plain("object", "")
	fields.Value.AdditionalProperties.Schema = plain("array", "")
	fields.Value.AdditionalProperties.Schema.Value.Items = plain("string", "")
	schema := plain("object", "").Value.
		WithPropertyRef("object", plain("string", "")).
		WithPropertyRef("message", plain("string", "")).
		WithPropertyRef("validationErrors", orNull(fields)).
		WithPropertyRef("code", plain("string", ""))
	for _, unused := range []string{"exceptionMessage", "exceptionStackTrace", "innerExceptionMessage"} {
		schema.WithPropertyRef(unused, plain("null", ""))
	}
	schema.Description = "The token endpoint also has the members of OAuth, error and error_description."
	schema.Required = []string{"object", "message"}
	return openapi3.NewSchemaRef("", schema)
}

var (
	parameter = regexp.MustCompile(`\{(\w+)\}`)
	word      = regexp.MustCompile(`[A-Za-z0-9]+`)
)

// describe tells all but the answer.
func (o operation) describe(s *schemas) *openapi3.Operation {
	d := &openapi3.Operation{
		OperationID: o.id(), RequestBody: o.request(s), Security: o.security(), Responses: openapi3.NewResponsesWithCapacity(2),
		Extensions: map[string]any{"x-coffre-role": o.roles},
	}
	d.Responses.Set("default", &openapi3.ResponseRef{Ref: "#/components/responses/Error"})
	for _, found := range parameter.FindAllStringSubmatch(o.path, -1) {
		p := openapi3.NewPathParameter(found[1])
		p.Schema = plain("string", "")
		if strings.HasSuffix(strings.ToLower(found[1]), "id") {
			p.Schema = plain("string", "uuid")
		}
		d.AddParameter(p)
	}
	return d
}

// id is getApiOrganizationsIdKeys of GET /api/organizations/{id}/keys.
func (o operation) id() string {
	var text strings.Builder
	text.WriteString(strings.ToLower(o.method))
	for _, part := range word.FindAllString(o.path, -1) {
		text.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return text.String()
}

func (o operation) security() *openapi3.SecurityRequirements {
	list := openapi3.NewSecurityRequirements()
	for _, scope := range o.scopes {
		switch scope {
		case "":
			if len(o.scopes) > 1 {
				list.With(openapi3.NewSecurityRequirement())
			}
		case web.ScopePerson:
			list.With(openapi3.NewSecurityRequirement().Authenticate("person", scope))
		case web.ScopeOperator:
			list.With(openapi3.NewSecurityRequirement().Authenticate("operator", scope))
		default:
			list.With(openapi3.NewSecurityRequirement().Authenticate("machine", scope))
		}
	}
	return list
}

// group is the part of a path under which people look for it: its first segment,
// and the second too where that leads to several operations.
func group(path string, all []operation) string {
	parts := strings.SplitN(path, "/", 4)
	if len(parts) < 3 {
		return "/"
	}
	prefix, several := "/"+parts[1]+"/"+parts[2], 0
	for _, o := range all {
		if o.path == prefix || strings.HasPrefix(o.path, prefix+"/") {
			several++
		}
	}
	if several > 1 {
		return prefix
	}
	return "/" + parts[1]
}
