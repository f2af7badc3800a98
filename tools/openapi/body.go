package main

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"

	"coffre/internal/web"
)

// request returns what the operation reads, or nil.
func (o operation) request(s *schemas) *openapi3.RequestBodyRef {
	content := openapi3.Content{}
	for _, t := range o.in {
		switch t {
		case nil, reflect.TypeFor[struct{}]():
		case reflect.TypeFor[web.Form]():
			form := plain("object", "")
			form.Value.AdditionalProperties.Schema = plain("string", "")
			form.Value.Description = "Names match without regard to case and underscores."
			content["application/x-www-form-urlencoded"] = &openapi3.MediaType{Schema: form}
		case reflect.TypeFor[web.Upload](), reflect.TypeFor[web.Stream]():
			upload := plain("object", "")
			upload.Value.Description = "Values and files, each under its name."
			content["multipart/form-data"] = &openapi3.MediaType{Schema: upload}
		default:
			addJSON(content, s.of(t))
		}
	}
	if len(content) == 0 {
		return nil
	}
	return &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithContent(content)}
}

// answer returns what the operation writes when nothing goes wrong.
func (o operation) answer(s *schemas) *openapi3.Response {
	content := openapi3.Content{}
	for _, t := range o.out {
		switch t {
		case reflect.TypeFor[struct{}]():
		case nil:
			content["*/*"] = openapi3.NewMediaType()
		default:
			addJSON(content, s.of(t))
		}
	}
	answer := openapi3.NewResponse().WithDescription("Done.")
	if len(content) > 0 {
		answer.Content = content
	}
	return answer
}

// addJSON says one form more that the JSON may have.
func addJSON(content openapi3.Content, schema *openapi3.SchemaRef) {
	media := content["application/json"]
	switch {
	case media == nil:
		content["application/json"] = openapi3.NewMediaType().WithSchemaRef(schema)
	case media.Schema.Ref == "" && media.Schema.Value.AnyOf != nil:
		media.Schema.Value.AnyOf = append(media.Schema.Value.AnyOf, schema)
	default:
		media.Schema = openapi3.NewSchemaRef("", &openapi3.Schema{AnyOf: openapi3.SchemaRefs{media.Schema, schema}})
	}
}
