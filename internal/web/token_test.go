package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"coffre/internal/web"
)

func TestTokenStandsInTheAddressOnlyWhereTheRouteSaysSo(t *testing.T) {
	r := newRouter()
	answer := func(c *web.Call, _ struct{}) (string, error) { return c.Caller.AccountID.String(), nil }
	web.Handle(r, "GET /socket", answer, web.QueryToken)
	web.Handle(r, "GET /plain", answer)
	tests := map[string]struct {
		target, header string
		want           int
	}{
		"in the address":                    {"/socket?access_token=alice", "", http.StatusOK},
		"in the header":                     {"/socket", "Bearer alice", http.StatusOK},
		"a bad one in the header":           {"/socket?access_token=alice", "Bearer nobody", http.StatusUnauthorized},
		"a bad one in the address":          {"/socket?access_token=nobody", "", http.StatusUnauthorized},
		"none":                              {"/socket", "", http.StatusUnauthorized},
		"in the address of an ordinary one": {"/plain?access_token=alice", "", http.StatusUnauthorized},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodGet, test.target, nil)
			if test.header != "" {
				req.Header.Set("Authorization", test.header)
			}
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			if w.Code != test.want {
				t.Errorf("got %d, want %d", w.Code, test.want)
			}
		})
	}
}
