package operator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
)

// page is a browser that shows the operator page.
type page struct{ http.Handler }

// do makes a call with a token, or with none, and returns the answer.
func (p page) do(method, path, token, body string) (status int, answer map[string]any) {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, req)
	if json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		answer = nil
	}
	return rec.Code, answer
}
