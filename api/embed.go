// Package api holds the description of the server's API, which tools/openapi
// writes from the routes.
package api

import _ "embed"

// Document is the OpenAPI document, in JSON.
//
//go:embed openapi.json
var Document []byte
