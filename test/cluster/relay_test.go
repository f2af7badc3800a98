package cluster_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"coffre/internal/id"
	"coffre/test/harness"
)

// asked is a call that the last relay of a chain got.
type asked struct {
	path string
	body map[string]any
}

// outermost stands for the relay of whoever makes the applications.
func outermost(t *testing.T) (address string, calls chan asked) {
	t.Helper()
	calls = make(chan asked, 100)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /identity/connect/token", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"access_token":"good","expires_in":3600}`)
	})
	mux.HandleFunc("POST /push/", func(w http.ResponseWriter, req *http.Request) {
		var body map[string]any
		if req.Header.Get("Authorization") != "Bearer good" || json.NewDecoder(req.Body).Decode(&body) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		calls <- asked{req.URL.Path, body}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, calls
}

func TestPhoneHearsOfItsServerThroughTheCloud(t *testing.T) {
	pair := harness.NewPair(t, harness.SQLite, nil)
	address, calls := outermost(t)
	pair.Cloud.Set(t, map[string]string{
		harness.PushRelayURI: address, harness.IdentityURI: address + "/identity",
		harness.InstallationID: id.New().String(), harness.InstallationKey: "key of the cloud",
	})
	pair.Cloud.Restart(t)
	pair.Introduce(t, email)
	next := func(path string) map[string]any {
		t.Helper()
		select {
		case call := <-calls:
			if call.path != path {
				t.Fatalf("got %s %v, want %s", call.path, call.body, path)
			}
			return call.body
		case <-time.After(harness.Patience):
			t.Fatalf("waited in vain for %s", path)
			return nil
		}
	}
	phone := pair.SelfHosted.Client()
	phone.Device.Type = 0
	if err := phone.Register(t.Context(), email, "Ada", harness.Password, nil); err != nil {
		t.Fatal(err)
	}
	if err := phone.Login(t.Context(), email, harness.Password); err != nil {
		t.Fatal(err)
	}
	token := "/api/devices/identifier/" + phone.Device.Identifier + "/token"
	if err := phone.Do(t.Context(), http.MethodPut, token, map[string]string{"pushToken": "fcm"}, nil); err != nil {
		t.Fatal(err)
	}
	registered := next("/push/register")
	if registered["pushToken"] != "fcm" || registered["type"] != 0.0 || registered["userId"] == phone.UserID().String() {
		t.Errorf("got %v; it should have the token, and a name that only the cloud gives", registered)
	}
	makeFolder(t, at(pair.SelfHosted, pair.SelfHosted.SignIn(t, email).Client))
	sent := next("/push/send")
	payload, _ := sent["payload"].(map[string]any)
	if sent["userId"] != registered["userId"] || sent["type"] != 7.0 || payload["userId"] != phone.UserID().String() {
		t.Errorf("got %v", sent)
	}
	clear := "/api/devices/identifier/" + phone.Device.Identifier + "/clear-token"
	if err := phone.Do(t.Context(), http.MethodPut, clear, nil, nil); err != nil {
		t.Fatal(err)
	}
	if gone := next("/push/delete"); gone["id"] != registered["deviceId"] {
		t.Errorf("got %v, want %v", gone, registered["deviceId"])
	}
}
