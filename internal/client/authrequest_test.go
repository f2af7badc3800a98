package client_test

import (
	"errors"
	"net/http"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

func TestOneClientLetsAnotherIn(t *testing.T) {
	s := newServer(t)
	old := s.signedIn(t)
	fresh, requestID := client.New(s.URL, nil), id.New()
	path := "/api/auth-requests/" + requestID.String()
	s.answer("POST /api/auth-requests/", http.StatusOK, text(t, map[string]any{"id": requestID}))
	r, err := fresh.RequestLogin(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	asked := s.last(t, "/api/auth-requests/").members(t)
	if asked["email"] != "alice@example.org" || asked["accessCode"] != r.Code || asked["type"] != 0.0 ||
		asked["deviceIdentifier"] != fresh.Device.Identifier || len(r.Code) != 25 {
		t.Errorf("asked %v", asked)
	}
	shown := map[string]any{"id": requestID, "publicKey": asked["publicKey"]}
	s.answer("GET /api/auth-requests/pending", http.StatusOK, text(t, map[string]any{"data": []any{shown}}))
	pending, err := old.PendingAuthRequests(t.Context())
	if err != nil || len(pending) != 1 || pending[0].ID != requestID {
		t.Fatalf("pending: %v, %v", pending, err)
	}
	s.answer("GET "+path, http.StatusOK, text(t, shown))
	s.answer("PUT "+path, http.StatusOK, `{}`)
	if err := old.Approve(t.Context(), requestID); err != nil {
		t.Fatal(err)
	}
	approved := s.last(t, path).members(t)
	if approved["requestApproved"] != true || approved["masterPasswordHash"] != nil || approved["deviceIdentifier"] != old.Device.Identifier {
		t.Errorf("approved with %v", approved)
	}
	s.answer("GET "+path+"/response", http.StatusOK, text(t, map[string]any{
		"key": approved["key"], "requestApproved": true, "responseDate": "2026-11-23T12:00:00Z",
	}))
	if err := fresh.LoginWithRequest(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if fresh.Key() != old.Key() || fresh.UserID() != old.UserID() {
		t.Error("the two clients do not have the same person and key")
	}
	if got := s.last(t, path+"/response").URL.Query().Get("code"); got != r.Code {
		t.Errorf("polled with the code %q, want %q", got, r.Code)
	}
	if got := s.last(t, "/identity/connect/token").body; got != "scope=api+offline_access&client_id=web&deviceType=9&deviceIdentifier="+
		fresh.Device.Identifier+"&deviceName=chrome&grant_type=password&username=Alice%40Example.org&password="+r.Code+"&authRequest="+requestID.String() {
		t.Errorf("signed in with %q", got)
	}
}

func TestAnswerIsAwaitedAndMayBeNo(t *testing.T) {
	for name, test := range map[string]struct {
		answer   string
		answered bool
		err      error
	}{
		"nobody has answered": {`{"key":null,"requestApproved":false,"responseDate":null}`, false, nil},
		"denied":              {`{"key":null,"requestApproved":false,"responseDate":"2026-11-23T12:00:00Z"}`, true, client.ErrDenied},
		"approved, no key":    {`{"key":null,"requestApproved":true,"responseDate":"2026-11-23T12:00:00Z"}`, true, client.ErrDenied},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			r := client.AuthRequest{ID: id.New(), Code: "a code"}
			s.answer("GET /api/auth-requests/"+r.ID.String()+"/response", http.StatusOK, test.answer)
			_, answered, err := client.New(s.URL, nil).Poll(t.Context(), r)
			if answered != test.answered || !errors.Is(err, test.err) {
				t.Errorf("got %v, %v", answered, err)
			}
			if err := client.New(s.URL, nil).LoginWithRequest(t.Context(), r); err == nil {
				t.Error("signed in")
			}
		})
	}
}

func TestDenialNamesTheRequest(t *testing.T) {
	s := newServer(t)
	c, requestID := s.signedIn(t), id.New()
	pair, err := client.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := pair.Keys(client.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	path := "/api/auth-requests/" + requestID.String()
	s.answer("GET "+path, http.StatusOK, text(t, keys))
	s.answer("PUT "+path, http.StatusOK, `{}`)
	if err := c.Deny(t.Context(), requestID); err != nil {
		t.Fatal(err)
	}
	if got := s.last(t, path).members(t); got["requestApproved"] != false {
		t.Errorf("denied with %v", got)
	}
}
