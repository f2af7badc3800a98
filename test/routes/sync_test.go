package routes_test

import (
	"fmt"

	"coffre/internal/client"
	"coffre/internal/id"
)

var syncRows = []row{
	{
		routes: []string{"POST /api/installations"}, on: cloud, open: true,
		given: sends(object{"email": ada}), required: []string{"email"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"GET /api/installations/{id}"}, on: cloud, open: true,
		given: func(w *world) given { return given{path: map[string]any{"id": w.installation.ID}} },
	},
	{routes: []string{"GET /api/installations"}, on: cloud},
	{
		routes: []string{
			"POST /api/installations/{id}/rotate-key", "POST /api/installations/{id}/disable", "POST /api/installations/{id}/enable",
		},
		on: cloud, slow: true, required: []string{"masterPasswordHash"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.registered()}, body: object{"masterPasswordHash": w.cloud.ada.hash}}
		},
	},
	{
		routes: []string{"POST /api/organizations/{id}/billing-sync/revoke"}, on: cloud, slow: true,
		given:    func(w *world) given { return given{path: map[string]any{"id": w.keyed()}, body: w.keyRequest()} },
		required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/billing-sync/installation"}, on: cloud, slow: true,
		given: func(w *world) given {
			body := w.keyRequest()
			body["installationId"] = w.installation.ID
			return given{path: map[string]any{"id": w.keyed()}, body: body}
		},
		required: []string{"installationId", "masterPasswordHash"},
	},
	{
		routes: []string{"POST /api/billing-sync/hello"}, on: cloud, machine: scopeSync,
		given: func(w *world) given {
			return given{body: object{"organizationId": w.cloud.acme, "billingSyncKey": w.cloud.acmeKey}}
		},
		required: []string{"organizationId", "billingSyncKey"},
	},

	{routes: []string{"GET /api/organizations/connections/enabled"}},
	{routes: []string{"POST /api/organizations/connections"}, on: cloud, ok: 400},
	{
		routes: []string{"PUT /api/organizations/connections/{id}", "DELETE /api/organizations/connections/{id}"}, on: cloud, ok: 400,
		given: func(*world) given { return given{path: map[string]any{"id": id.New()}} },
	},
	{
		routes: []string{"GET /api/organizations/connections/{organizationId}/{type}"}, on: cloud, ok: 400,
		given: func(w *world) given { return given{path: map[string]any{"organizationId": w.cloud.acme, "type": "1"}} },
	},
	{
		routes: []string{"GET /api/organizations/connections/{organizationId}/{type}"}, on: home,
		given: func(w *world) given {
			return given{path: map[string]any{"organizationId": w.connected().organization, "type": "1"}}
		},
	},
	{
		routes: []string{"POST /api/organizations/connections"}, on: home, required: connectionRequired(),
		given: func(w *world) given { return given{body: w.setup(w.unconnected())} },
	},
	{
		routes: []string{"PUT /api/organizations/connections/{id}"}, on: home, required: connectionRequired(),
		given: func(w *world) given {
			c := w.connected()
			return given{path: map[string]any{"id": c.id}, body: c.setup}
		},
	},
	{
		routes: []string{"DELETE /api/organizations/connections/{id}"}, on: home,
		given: func(w *world) given { return given{path: map[string]any{"id": w.connected().id}} },
	},
	{
		routes: []string{"POST /api/organizations/licenses/self-hosted/{id}/sync", "GET /api/organizations/{id}/billing-sync"}, on: home,
		given: func(w *world) given { return given{path: map[string]any{"id": w.connected().organization}} },
	},
	{
		routes: []string{"GET /api/organizations/{id}/billing-sync/runs"}, on: home,
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.connected().organization}, query: map[string]string{"continuationToken": id.New().String()}}
		},
	},
}

// registered returns a new installation of Ada's.
func (w *world) registered() id.ID {
	w.Helper()
	made, err := w.cloud.ada.RegisterInstallation(w.Context(), ada)
	if err != nil {
		w.Fatal(err)
	}
	return made.ID
}

// keyed returns a new cloud organization of Ada's that has a billing sync key.
func (w *world) keyed() id.ID {
	w.Helper()
	made := w.buy(w.cloud.ada, enterprise)
	w.syncKey(made)
	return made
}

func connectionRequired() []string {
	return []string{"organizationId", "config.billingSyncKey", "type"}
}

// unconnected returns an organization on the self-hosted server with the key of
// its twin in the cloud.
func (w *world) unconnected() (orgID id.ID, key string) {
	w.Helper()
	twin := w.buy(w.cloud.ada, enterprise)
	return w.settle(w.license(twin)), w.syncKey(twin)
}

// setup is what an owner sends to connect an organization.
func (w *world) setup(orgID id.ID, key string) object {
	return object{
		"type": 1, "organizationId": orgID, "enabled": true, "config": object{"billingSyncKey": key}, "confirmUntried": false,
	}
}

// connection is a connected organization of the self-hosted server.
type connection struct {
	id, organization id.ID
	setup            object
}

func (w *world) connected() connection {
	w.Helper()
	orgID, key := w.unconnected()
	c := connection{organization: orgID, setup: w.setup(orgID, key)}
	var made client.Connection
	w.do(w.home.ada, "POST", "/api/organizations/connections", c.setup, &made)
	c.id = made.ID
	return c
}

// Both roles have the routes of a sponsorship under two roots, and each refuses
// those of the other with a reason.
const (
	inCloud = "/api/organization/sponsorship/"
	atHome  = "/api/organization/sponsorship/self-hosted/"
)

var sponsorshipRows = []row{
	{routes: []string{"GET /api/sponsorships"}},
	{routes: []string{"GET " + inCloud + "{orgId}/sync-status"}, given: at("orgId")},
	{routes: []string{"GET /api/organizations/{id}/sponsorships/changes", "GET /api/organizations/{id}/sponsorships/export"}, given: at("id")},

	{routes: []string{"POST " + inCloud + "{orgId}/families-for-enterprise"}, on: cloud, given: offered((*world).company), required: offerRequired(), longest: offerLongest()},
	{routes: []string{"POST " + atHome + "{orgId}/families-for-enterprise"}, on: home, given: offered((*world).company), required: offerRequired(), longest: offerLongest()},
	{
		routes: []string{"DELETE " + inCloud + "{orgId}", "POST " + inCloud + "{orgId}/delete"}, on: cloud,
		given: func(w *world) given { return given{path: map[string]any{"orgId": w.giving()}} },
	},
	{
		routes: []string{"DELETE " + atHome + "{orgId}", "POST " + atHome + "{orgId}/delete"}, on: home,
		given: func(w *world) given { return given{path: map[string]any{"orgId": w.giving()}} },
	},
	{
		routes: []string{"POST " + inCloud + "{orgId}/families-for-enterprise/resend"}, on: cloud,
		given: func(w *world) given {
			return given{path: map[string]any{"orgId": w.giving()}, query: map[string]string{"sponsoredFriendlyName": "Bob"}}
		},
	},
	{routes: []string{"GET " + inCloud + "{orgId}/sponsored"}, on: cloud, given: at("orgId")},
	{routes: []string{"GET " + atHome + "{orgId}/sponsored"}, on: home, given: at("orgId")},
	{routes: []string{"DELETE " + inCloud + "{orgId}/{friendlyName}/revoke"}, on: cloud, given: givenByAdmin(inCloud)},
	{routes: []string{"DELETE " + atHome + "{orgId}/{friendlyName}/revoke"}, on: home, given: givenByAdmin(atHome)},
	{
		routes: []string{"POST " + inCloud + "validate-token"}, on: cloud, caller: func(w *world) person { return w.cloud.bob }, requiredQuery: []string{"sponsorshipToken"},
		given: func(w *world) given { return given{query: map[string]string{"sponsorshipToken": w.offer()}} },
	},
	{
		routes: []string{"POST " + inCloud + "redeem"}, on: cloud, caller: func(w *world) person { return w.cloud.bob }, requiredQuery: []string{"sponsorshipToken"},
		given: func(w *world) given {
			return given{
				query: map[string]string{"sponsorshipToken": w.offer()},
				body:  object{"planSponsorshipType": 0, "sponsoredOrganizationId": w.buy(w.cloud.bob, families)},
			}
		},
		required: []string{"sponsoredOrganizationId"},
	},
	{
		routes: []string{
			"GET " + inCloud + "sponsored/{orgId}", "DELETE " + inCloud + "sponsored/{orgId}", "POST " + inCloud + "sponsored/{orgId}/remove",
		}, on: cloud,
		caller: func(w *world) person { return w.cloud.bob },
		given: func(w *world) given {
			family := w.buy(w.cloud.bob, families)
			if err := w.cloud.bob.Redeem(w.Context(), w.offer(), family); err != nil {
				w.Fatal(err)
			}
			return given{path: map[string]any{"orgId": family}}
		},
	},
	{
		routes: []string{"POST " + inCloud + "sync"}, on: cloud, machine: scopeSync, given: (*world).batch,
		required: []string{"billingSyncKey", "sponsoringOrganizationCloudId", "sponsorshipsBatch"},
		loose:    []string{"sponsorshipsBatch.sponsoringOrganizationUserId"},
	},

	{
		routes: []string{
			"POST " + atHome + "{orgId}/families-for-enterprise", "DELETE " + atHome + "{orgId}", "POST " + atHome + "{orgId}/delete",
			"GET " + atHome + "{orgId}/sponsored",
		}, on: cloud, ok: 400, given: at("orgId"),
	},
	{
		routes: []string{
			"POST " + inCloud + "{orgId}/families-for-enterprise", "DELETE " + inCloud + "{orgId}", "POST " + inCloud + "{orgId}/delete",
			"GET " + inCloud + "{orgId}/sponsored", "POST " + inCloud + "{orgId}/families-for-enterprise/resend",
			"GET " + inCloud + "sponsored/{orgId}", "DELETE " + inCloud + "sponsored/{orgId}", "POST " + inCloud + "sponsored/{orgId}/remove",
		}, on: home, ok: 400, given: at("orgId"),
	},
	{routes: []string{"POST " + inCloud + "validate-token", "POST " + inCloud + "redeem"}, on: home, ok: 400},
	{routes: []string{"DELETE " + atHome + "{orgId}/{friendlyName}/revoke"}, on: cloud, ok: 400, given: named},
	{routes: []string{"DELETE " + inCloud + "{orgId}/{friendlyName}/revoke"}, on: home, ok: 400, given: named},
}

// givenByAdmin gives to Bob in the name of an organization.
func givenByAdmin(root string) func(*world) given {
	return func(w *world) given {
		made, body := w.company(), wish()
		w.here.change(w.T, `UPDATE organization SET features = replace(features, '"useAdminSponsoredFamilies":false', '"useAdminSponsoredFamilies":true') WHERE id = $1`, made)
		body["isAdminInitiated"], body["notes"] = true, w.secrets.text
		w.do(w.here.ada, "POST", root+made.String()+"/families-for-enterprise", body, nil)
		return given{path: map[string]any{"orgId": made, "friendlyName": "Bob"}}
	}
}

func named(w *world) given {
	return given{path: map[string]any{"orgId": w.here.acme, "friendlyName": "Bob"}}
}

// company returns an organization of Ada's on either server that gives nothing yet.
func (w *world) company() id.ID {
	w.Helper()
	made := w.buy(w.cloud.ada, enterprise)
	if w.here == w.home {
		made = w.settle(w.license(made))
	}
	return made
}

func wish() object {
	return object{"planSponsorshipType": 0, "sponsoredEmail": bob, "friendlyName": "Bob", "isAdminInitiated": false}
}

func offered(by func(*world) id.ID) func(*world) given {
	return func(w *world) given {
		body := wish()
		body["notes"] = w.secrets.text // of an admin; a member's are passed over
		return given{path: map[string]any{"orgId": by(w)}, body: body}
	}
}

func offerRequired() []string { return []string{"planSponsorshipType", "sponsoredEmail"} }

func offerLongest() map[string]int { return map[string]int{"sponsoredEmail": 256, "friendlyName": 256} }

// giving returns an organization that gives to Bob.
func (w *world) giving() id.ID {
	w.Helper()
	made, root := w.company(), inCloud
	if w.here == w.home {
		root = atHome
	}
	w.do(w.here.ada, "POST", root+made.String()+"/families-for-enterprise", wish(), nil)
	return made
}

// offer returns the token of an offer to Bob.
func (w *world) offer() string {
	w.Helper()
	w.giving()
	return w.mailed(w.cloud, bob, fmt.Sprintf("Company-%05d", w.bought))
}

// batch is the sponsorships of another server.
func (w *world) batch() given {
	return given{body: object{
		"billingSyncKey": w.cloud.acmeKey, "sponsoringOrganizationCloudId": w.cloud.acme,
		"sponsorshipsBatch": []any{object{
			"sponsoringOrganizationUserId": id.New(), "friendlyName": "Bob", "offeredToEmail": bob, "planSponsorshipType": 0,
			"lastSyncDate": nil, "validUntil": nil, "toDelete": false, "language": "fr",
		}},
	}}
}

// licenseKey returns what Acme's license is known by.
func (w *world) licenseKey() string {
	w.Helper()
	var document struct{ LicenseKey string }
	if err := (answer{body: w.license(w.cloud.acme)}).read(&document); err != nil {
		w.Fatal(err)
	}
	return document.LicenseKey
}
