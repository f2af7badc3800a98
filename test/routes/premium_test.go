package routes_test

import "encoding/json"

// premium is the premium license of Ada, whom her cloud gives it.
func (w *world) premium() []byte {
	w.Helper()
	var l json.RawMessage
	w.do(w.cloud.ada, "GET", "/api/account/billing/vnext/license", nil, &l)
	return l
}

var premiumRows = []row{
	{routes: []string{"GET /api/accounts/subscription"}},
	{routes: []string{"GET /api/account/billing/vnext/license"}, on: cloud},
	{
		routes: []string{"GET /api/licenses/user/{id}"}, on: cloud, machine: scopeLicense, shared: true, requiredQuery: []string{"key"},
		given: func(w *world) given {
			var l struct{ LicenseKey string }
			if err := json.Unmarshal(w.premium(), &l); err != nil {
				w.Fatal(err)
			}
			return given{path: map[string]any{"id": w.idOf(ada)}, query: map[string]string{"key": l.LicenseKey}}
		},
	},
	{
		routes: []string{"POST /api/accounts/license", "PUT /api/accounts/license", "POST /api/account/billing/vnext/self-host/license"}, on: home,
		given: func(w *world) given { return given{body: upload{file: w.premium()}} },
	},
	{
		routes: []string{"DELETE /api/accounts/license"}, on: home,
		given: func(w *world) given {
			c := call{method: "POST", path: "/api/accounts/license", body: upload{file: w.premium()}, header: map[string][]string{}}
			c.bear(w.home.ada.access)
			if got := w.home.send(w.T, c); !got.accepted() {
				w.Fatalf("upload a premium license: %s", got)
			}
			return given{}
		},
	},
}
