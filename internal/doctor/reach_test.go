package doctor_test

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"coffre/internal/doctor"
)

func TestReachSaysWhereTheWayEnds(t *testing.T) {
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	plain := httptest.NewServer(answer(http.StatusOK))
	defer plain.Close()
	secure := httptest.NewTLSServer(answer(http.StatusNotFound))
	defer secure.Close()
	broken := httptest.NewServer(answer(http.StatusBadGateway))
	defer broken.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	tests := map[string]struct {
		client  *http.Client
		address string
		ok      bool
		texts   []string // of detail and next step
	}{
		"plain":                       {http.DefaultClient, plain.URL, true, []string{"name, TCP, HTTP"}},
		"encrypted":                   {secure.Client(), secure.URL, true, []string{"name, TCP, TLS, HTTP"}},
		"a certificate nobody trusts": {http.DefaultClient, secure.URL, false, []string{"TLS:", "coffre__cloud__caFile"}},
		"nobody listens":              {http.DefaultClient, "http://" + closed.Addr().String(), false, []string{"TCP:", "firewall", "127.0.0.1"}},
		"no such name":                {http.DefaultClient, "https://nowhere.invalid", false, []string{"nowhere.invalid does not resolve", "DNS"}},
		"a fault over there":          {http.DefaultClient, broken.URL, false, []string{"502", "operator"}},
		"no address":                  {http.DefaultClient, "cloud", false, []string{"cannot be read", "https://"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := doctor.Reach(t.Context(), test.client, "cloud api", test.address)
			if f.OK != test.ok {
				t.Errorf("ok is %v: %+v", f.OK, f)
			}
			for _, text := range test.texts {
				if !strings.Contains(f.Detail+" "+f.Next, text) {
					t.Errorf("%q is missing in %+v", text, f)
				}
			}
		})
	}
}

func TestPrintTellsFaultsApart(t *testing.T) {
	good := doctor.Finding{Name: "database", Subject: "sqlite", OK: true, Detail: "at this version"}
	bad := doctor.Finding{Name: "cloud api", Subject: "cloud.example:443", Detail: "TCP: refused", Next: "Open the firewall."}
	var out bytes.Buffer
	if !doctor.Print(&out, []doctor.Finding{good}) || doctor.Print(&out, []doctor.Finding{good, bad}) {
		t.Error("a fault does not count")
	}
	want := "ok    database sqlite: at this version\n" +
		"ok    database sqlite: at this version\nFAULT cloud api cloud.example:443: TCP: refused — Open the firewall.\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
