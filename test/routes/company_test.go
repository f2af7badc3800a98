package routes_test

import (
	"fmt"

	"coffre/internal/client"
	"coffre/internal/id"
)

// Plans that people buy.
const (
	enterprise = 20
	families   = 22
)

// at is given by what needs no more than the identifier of Acme in the path.
func at(name string) func(*world) given { return with(name, nil) }

// with is given by the identifier of Acme and a body that needs no preparation.
func with(name string, body func(*world) object) func(*world) given {
	return func(w *world) given {
		g := given{path: map[string]any{name: w.here.acme}}
		if body != nil {
			g.body = body(w)
		}
		return g
	}
}

var orgRows = []row{
	{routes: []string{"GET /api/organizations", "GET /api/collections"}},
	{routes: []string{"GET /api/plans"}, open: true},
	{
		routes: []string{"POST /api/organizations"}, on: cloud,
		given:    func(w *world) given { return given{body: w.order(enterprise)} },
		required: append(orderRequired(), "paymentToken", "paymentMethodType", "billingAddressCountry"), longest: orderLongest(),
	},
	{
		routes: []string{"POST /api/organizations/create-without-payment"}, on: cloud,
		given:    func(w *world) given { return given{body: w.order(enterprise)} },
		required: orderRequired(), longest: orderLongest(),
	},
	{
		routes: []string{
			"GET /api/organizations/{id}", "GET /api/organizations/{id}/public-key", "GET /api/organizations/{id}/keys",
			"GET /api/organizations/{id}/auto-enroll-status", "GET /api/organizations/{id}/billing/metadata",
			"GET /api/organizations/{id}/billing/vnext/metadata", "GET /api/organizations/{id}/billing/vnext/self-host/metadata",
			"GET /api/organizations/{id}/billing/vnext/warnings", "GET /api/organizations/{id}/subscription",
			"GET /api/organizations/{id}/users/mini-details", "GET /api/organizations/{id}/collections",
			"GET /api/organizations/{id}/collections/details", "GET /api/organizations/{id}/policies",
		},
		given: at("id"),
	},
	{
		routes: []string{"GET /api/organizations/{id}/users"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme}, query: map[string]string{"includeCollections": "true", "includeGroups": "true"}}
		},
	},
	{
		routes: []string{"POST /api/organizations/{id}/keys"},
		given: func(w *world) given {
			w.here.change(w.T, `UPDATE organization SET public_key = NULL, private_key = NULL WHERE id = $1`, w.here.acme)
			keys := w.secrets.keys
			return given{path: map[string]any{"id": w.here.acme}, body: object{"publicKey": keys.PublicKey, "encryptedPrivateKey": keys.EncryptedPrivateKey}}
		},
		required: []string{"publicKey", "encryptedPrivateKey"}, longest: map[string]int{"publicKey": 2_000, "encryptedPrivateKey": 10_000},
	},
	{
		routes: []string{"GET /api/organizations/{id}/policies/{type}"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.here.acme, "type": "1"}} },
	},
	{
		routes: []string{"PUT /api/organizations/{id}/policies/{type}", "PUT /api/organizations/{id}/policies/{type}/vnext"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme, "type": "1"}, body: object{"enabled": true, "data": object{"minLength": 14}}}
		},
		required: []string{"enabled"},
	},
	{
		routes: []string{"GET /api/organizations/{id}/policies/master-password", "GET /api/organizations/{id}/policies/invited-user"},
		given: func(w *world) given {
			w.here.change(w.T, `DELETE FROM policy WHERE organization_id = $1 AND type = 1`, w.here.acme)
			w.here.change(w.T, `INSERT INTO policy (id, organization_id, type, enabled, created_at, revised_at) VALUES ($1, $2, 1, $3, 0, 0)`,
				id.New(), w.here.acme, true)
			return given{path: map[string]any{"id": w.here.acme}}
		},
	},
	{
		routes: []string{"GET /api/organizations/{id}/policies/token"}, open: true,
		given: func(w *world) given {
			invitation := w.invitation()
			return given{path: map[string]any{"id": w.here.acme}, query: map[string]string{
				"token": invitation.body.(object)["token"].(string), "email": w.joe().email, "organizationUserId": invitation.path["memberId"].(id.ID).String(),
			}}
		},
	},
	{
		routes: []string{"PUT /api/organizations/{id}/policies/{type}", "PUT /api/organizations/{id}/policies/{type}/vnext"},
		given: func(w *world) given {
			policy := object{"enabled": true, "data": nil}
			return given{path: map[string]any{"id": w.here.acme, "type": "5"}, body: object{
				"policy": policy, "metadata": object{"defaultUserCollectionName": w.secrets.text},
			}}
		},
		longest: map[string]int{"metadata.defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{"PUT /api/organizations/{id}/policies/{type}", "PUT /api/organizations/{id}/policies/{type}/vnext"},
		given: func(w *world) given {
			policy := object{"enabled": true, "data": object{"autoEnrollEnabled": true}}
			return given{path: map[string]any{"id": w.here.acme, "type": "8"}, body: object{"policy": policy, "metadata": nil}}
		},
	},
}

// order is what a person sends who buys an organization.
func (w *world) order(plan int) object {
	w.bought++
	o := object{
		"name": fmt.Sprintf("Company-%05d", w.bought), "businessName": "", "billingEmail": ada, "planType": plan,
		"additionalStorageGb": 0, "premiumAccessAddon": false, "useSecretsManager": false,
		"key": w.secrets.wrapped, "keys": w.secrets.keys, "collectionName": w.secrets.text, "taxIdNumber": "",
		"billingAddressLine1": "1, rue de la Paix", "billingAddressLine2": "", "billingAddressCity": "Paris", "billingAddressState": "",
		"billingAddressCountry": "FR", "billingAddressPostalCode": "75001",
		"paymentMethodType": 8, "paymentToken": "check", "skipTrial": true,
	}
	if plan == enterprise {
		o["additionalSeats"] = 10
	}
	return o
}

func orderRequired() []string {
	return []string{"name", "billingEmail", "key", "keys.publicKey", "keys.encryptedPrivateKey", "additionalSeats"}
}

func orderLongest() map[string]int {
	return map[string]int{
		"name": 50, "businessName": 50, "billingEmail": 256, "key": 2_000, "keys.publicKey": 2_000, "keys.encryptedPrivateKey": 10_000,
		"collectionName": 1_000, "billingAddressLine1": 100, "billingAddressLine2": 100, "billingAddressCity": 100,
		"billingAddressState": 100, "billingAddressPostalCode": 100, "taxIdNumber": 100,
	}
}

// buy makes an organization in the cloud.
func (w *world) buy(owner person, plan int) id.ID {
	w.Helper()
	var made struct{ ID id.ID }
	w.do(owner, "POST", "/api/organizations", w.order(plan), &made)
	return made.ID
}

// license returns the license of a cloud organization of Ada's.
func (w *world) license(orgID id.ID) []byte {
	w.Helper()
	if file := w.licenses[orgID]; file != nil {
		return file
	}
	file, err := w.cloud.ada.DownloadLicense(w.Context(), orgID, w.installation.ID)
	if err != nil {
		w.Fatal(err)
	}
	w.licenses[orgID] = file
	return file
}

// settle makes the organization of a license on the self-hosted server.
func (w *world) settle(license []byte) id.ID {
	w.Helper()
	c := call{method: "POST", path: "/api/organizations/licenses/self-hosted", body: w.uploaded(license), header: map[string][]string{}}
	c.bear(w.home.ada.access)
	var made struct{ ID id.ID }
	if got := w.home.send(w.T, c); !got.accepted() || got.read(&made) != nil {
		w.Fatalf("create from a license: %s\n%s", got, w.home.log.take())
	}
	return made.ID
}

// uploaded is a license with what a client makes for a new organization.
func (w *world) uploaded(license []byte) upload {
	return upload{file: license, values: map[string]string{
		"key": w.secrets.wrapped, "collectionName": w.secrets.text,
		"keys.publicKey": w.secrets.keys.PublicKey, "keys.encryptedPrivateKey": w.secrets.keys.EncryptedPrivateKey,
	}}
}

var licenseRows = []row{
	{routes: []string{"GET /api/licensing/certificate"}, on: cloud, open: true},
	{
		routes: []string{"GET /api/organizations/{id}/license"}, on: cloud, requiredQuery: []string{"installationId"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme}, query: map[string]string{"installationId": w.installation.ID.String()}}
		},
	},
	{
		routes: []string{"GET /api/licenses/organization/{id}", "POST /api/licenses/organization/{id}"}, on: cloud, machine: scopeLicense,
		given: with("id", func(w *world) object {
			return object{"licenseKey": w.licenseKey(), "billingSyncKey": w.cloud.acmeKey}
		}),
		required: []string{"licenseKey", "billingSyncKey"},
	},
	{
		routes: []string{"POST /api/organizations/licenses/self-hosted", "POST /api/organizations/license"}, on: home,
		given:    func(w *world) given { return given{body: w.uploaded(w.license(w.buy(w.cloud.ada, enterprise)))} },
		required: []string{"key"},
	},
	{
		routes: []string{"POST /api/organizations/licenses/self-hosted/{id}", "POST /api/organizations/{id}/license"}, on: home,
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme}, body: upload{file: w.license(w.cloud.acme)}}
		},
	},
}

var billingRows = []row{
	{
		routes: []string{"GET /api/organizations/{id}/billing/history", "GET /api/organizations/{id}/billing/transactions"}, on: cloud, given: at("id"),
	},
	{
		routes: []string{"GET /api/organizations/{id}/billing/invoices"}, on: cloud,
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme}, query: map[string]string{"status": "open", "startAfter": id.New().String()}}
		},
	},
}

// syncKey generates the billing sync key of an organization of Ada's, or views it.
func (w *world) syncKey(orgID id.ID) string {
	w.Helper()
	var key client.APIKey
	w.do(w.cloud.ada, "POST", "/api/organizations/"+orgID.String()+"/api-key", w.keyRequest(), &key)
	return key.APIKey
}

func (w *world) keyRequest() object {
	return object{"type": 1, "masterPasswordHash": w.cloud.ada.hash}
}
