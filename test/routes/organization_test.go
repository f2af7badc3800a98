package routes_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"

	"coffre/internal/id"
)

// organizationRows are the routes with which owners look after their organization.
var organizationRows = []row{
	{
		routes: []string{"POST /api/organizations", "POST /api/organizations/create-without-payment"}, on: home,
		given:    func(w *world) given { return given{body: w.order(enterprise)} },
		required: []string{"name", "billingEmail", "key", "keys.publicKey", "keys.encryptedPrivateKey"}, longest: orderLongest(),
	},
	{
		routes: []string{"PUT /api/organizations/{id}", "POST /api/organizations/{id}"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.spare()}, body: object{
				"name": "Renamed", "businessName": "", "billingEmail": ada, "keys": w.secrets.keys,
			}}
		},
		longest: map[string]int{
			"name": 50, "businessName": 50, "billingEmail": 256, "keys.publicKey": 2_000, "keys.encryptedPrivateKey": 10_000,
		},
	},
	{
		routes: []string{"PUT /api/organizations/{id}/collection-management"},
		given: with("id", func(*world) object {
			return object{
				"limitCollectionCreation": false, "limitCollectionDeletion": false, "limitItemDeletion": false,
				"allowAdminAccessToAllCollectionItems": false,
			}
		}),
	},
	{
		routes: []string{"DELETE /api/organizations/{id}", "POST /api/organizations/{id}/delete"}, slow: true,
		given:    func(w *world) given { return given{path: map[string]any{"id": w.spare()}, body: w.ownProof()} },
		required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"POST /api/organizations/{id}/delete-recover-token"}, open: true, slow: true,
		given: func(w *world) given {
			orgID := w.spare()
			return given{path: map[string]any{"id": orgID}, body: object{"token": w.deletionToken(orgID)}}
		},
		required: []string{"token"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/api-key"}, on: cloud, slow: true, given: with("id", (*world).keyRequest),
		required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"POST /api/organizations/{id}/rotate-api-key"}, on: cloud, slow: true,
		given:    func(w *world) given { return given{path: map[string]any{"id": w.keyed()}, body: w.keyRequest()} },
		required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/api-key", "POST /api/organizations/{id}/rotate-api-key"}, on: home, slow: true,
		given: with("id", (*world).ownProof), required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{
			"GET /api/organizations/{id}/api-key-information", "GET /api/organizations/{id}/private-key", "GET /api/organizations/{id}/two-factor",
		},
		given: at("id"),
	},
	{
		routes: []string{"GET /api/organizations/{id}/api-key-information/{type}"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.here.acme, "type": "1"}} },
	},
	{
		routes: []string{
			"POST /api/organizations/{id}/two-factor/get-duo", "PUT /api/organizations/{id}/two-factor/duo",
			"POST /api/organizations/{id}/two-factor/duo", "DELETE /api/organizations/{id}/two-factor/duo",
			"PUT /api/organizations/{id}/two-factor/disable", "POST /api/organizations/{id}/two-factor/disable",
		},
		ok: 400, given: with("id", (*world).ownProof),
	},
}

// spare makes one more organization of Ada's.
func (w *world) spare() id.ID {
	w.Helper()
	var made struct{ ID id.ID }
	w.do(w.here.ada, "POST", "/api/organizations", w.order(families), &made)
	return made.ID
}

func (w *world) ownProof() object {
	return object{"type": 0, "masterPasswordHash": w.here.ada.hash}
}

// deletionToken has the operator mail the owner a link, and returns its token.
func (w *world) deletionToken(orgID id.ID) string {
	w.Helper()
	instance, err := w.here.Instance()
	if err != nil {
		w.Fatal(err)
	}
	body, err := json.Marshal(object{"id": orgID})
	if err != nil {
		w.Fatal(err)
	}
	answer := httptest.NewRecorder()
	instance.Control.ServeHTTP(answer, httptest.NewRequestWithContext(w.Context(), "POST", "/organization/mail-deletion", bytes.NewReader(body)))
	if answer.Code != 200 {
		w.Fatalf("mail a deletion link: %d %s", answer.Code, answer.Body)
	}
	return w.mailed(w.here, ada, orgID.String())
}
