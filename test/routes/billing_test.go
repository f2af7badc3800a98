package routes_test

import (
	"net/url"

	"coffre/internal/id"
)

// Plans to change between.
const (
	teams             = 18
	enterpriseMonthly = 19
)

// fresh is given by an organization that Ada has just bought in the cloud.
func fresh(plan int, body object) func(*world) given {
	return func(w *world) given {
		return given{path: map[string]any{"id": w.buy(w.cloud.ada, plan)}, body: body}
	}
}

// spoiled is the same with something done to its subscription.
func spoiled(query string, body any) func(*world) given {
	return func(w *world) given {
		orgID := w.buy(w.cloud.ada, families)
		w.here.change(w.T, query, orgID)
		return given{path: map[string]any{"id": orgID}, body: body}
	}
}

// withPremium is given by Ada's own premium, which she has just bought.
func withPremium(body any) func(*world) given {
	return func(w *world) given {
		w.forgetPremium()
		w.do(w.cloud.ada, "POST", "/api/account/billing/vnext/subscription", premiumOrder(), nil)
		return given{body: body}
	}
}

// withoutPremium is given by Ada without premium of her own.
func withoutPremium(body any) func(*world) given {
	return func(w *world) given {
		w.forgetPremium()
		return given{body: body}
	}
}

func (w *world) forgetPremium() {
	w.cloud.change(w.T, `DELETE FROM subscription WHERE account_id = $1`, w.idOf(ada))
}

func premiumOrder() object {
	return object{"additionalStorageGb": 2, "billingAddress": object{"country": "FR", "postalCode": "75001"}}
}

func addressOf() object {
	return object{
		"country": "FR", "postalCode": "75001", "line1": "1, rue de la Paix", "line2": "", "city": "Paris", "state": "",
		"taxId": object{"code": "eu_vat", "value": "FR00"},
	}
}

func addressLongest() map[string]int {
	return map[string]int{
		"postalCode": 100, "line1": 100, "line2": 100, "city": 100, "state": 100, "taxId.code": 20, "taxId.value": 100,
	}
}

// linkToken returns the token that a link carries.
func linkToken(w *world, link string) string {
	w.Helper()
	u, err := url.Parse(link)
	if err != nil {
		w.Fatal(err)
	}
	return u.Query().Get("token")
}

const personal = "/api/account/billing/vnext"

var checkoutRows = []row{
	{
		routes: []string{
			"GET /api/organizations/{id}/billing", "GET /api/organizations/{id}/billing/vnext/address",
			"GET /api/organizations/{id}/billing/vnext/payment-method", "GET /api/organizations/{id}/billing/vnext/credit",
			"GET /api/organizations/{id}/billing/vnext/churn-mitigation-offer", "GET /api/organizations/{id}/billing/vnext/annual-upgrade-offer",
		}, on: cloud, given: at("id"),
	},
	{
		routes: []string{"PUT /api/organizations/{id}/billing/vnext/address"}, on: cloud,
		given: with("id", func(*world) object { return addressOf() }), required: []string{"country", "postalCode"}, longest: addressLongest(),
	},
	{
		routes: []string{
			"POST /api/organizations/{id}/sm-subscription", "POST /api/organizations/{id}/subscribe-secrets-manager",
			"POST /api/organizations/{id}/billing/setup-business-unit", "PUT /api/organizations/{id}/billing/vnext/payment-method",
			"POST /api/organizations/{id}/billing/vnext/payment-method/verify-bank-account",
			"POST /api/organizations/{id}/billing/vnext/credit/bitpay",
			"POST /api/organizations/{id}/billing/vnext/churn-mitigation-offer/redeem",
			"POST /api/organizations/{id}/billing/vnext/annual-upgrade-offer/redeem",
		}, on: cloud, ok: 400, given: at("id"),
	},
	{
		routes: []string{"POST /api/organizations/{id}/seat"}, on: cloud,
		given: fresh(enterprise, object{"seatAdjustment": 3}), required: []string{"seatAdjustment"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/storage"}, on: cloud,
		given: fresh(enterprise, object{"storageGbAdjustment": 3}), required: []string{"storageGbAdjustment"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/subscription"}, on: cloud,
		given: fresh(enterprise, object{"seatAdjustment": 3, "maxAutoscaleSeats": 50}),
	},
	{
		routes: []string{"POST /api/organizations/{id}/upgrade"}, on: cloud,
		given: fresh(families, object{
			"planType": teams, "additionalSeats": 7, "additionalStorageGb": 0, "businessName": "Acme", "premiumAccessAddon": false, "useSecretsManager": false,
			"billingAddressCountry": "FR", "billingAddressPostalCode": "75001", "keys": nil,
		}),
		required: []string{"planType"}, longest: map[string]int{"businessName": 50, "billingAddressPostalCode": 100},
	},
	{
		routes: []string{"POST /api/organizations/{id}/billing/change-frequency"}, on: cloud,
		given: fresh(enterprise, object{"newPlanType": enterpriseMonthly}), required: []string{"newPlanType"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/cancel"}, on: cloud, given: fresh(families, object{"reason": "unused", "feedback": ""}),
	},
	{
		routes: []string{"POST /api/organizations/{id}/reinstate"}, on: cloud,
		given: spoiled(`UPDATE subscription SET cancel_at_end = TRUE WHERE organization_id = $1`, nil),
	},
	{
		routes: []string{
			"POST /api/organizations/{id}/billing/vnext/subscription/restart", "POST /api/organizations/{id}/billing/restart-subscription",
		}, on: cloud,
		given: spoiled(`UPDATE subscription SET status = 'canceled', next_at = NULL WHERE organization_id = $1`,
			object{"paymentMethod": object{"type": "check", "token": ""}, "billingAddress": addressOf()}),
	},
	{
		routes: []string{"POST /api/setup-intent/card", "POST /api/setup-intent/bank-account", "POST /api/setup-payment", "POST /api/bitpay-invoice"}, on: cloud,
		ok: 400,
	},
	{
		routes: []string{"GET /api/tax/is-country-supported"}, on: cloud, requiredQuery: []string{"country"},
		given: func(*world) given { return given{query: map[string]string{"country": "FR"}} },
	},
	{
		routes: []string{"POST /api/billing/preview-invoice/organizations/subscriptions/purchase"}, on: cloud,
		given: sends(object{"purchase": object{
			"tier": "teams", "cadence": "annually", "passwordManager": object{"seats": 3, "additionalStorage": 1, "sponsored": false}, "secretsManager": nil,
		}}),
		required: []string{"purchase.tier", "purchase.cadence"},
	},
	{
		routes: []string{"POST /api/billing/preview-invoice/organizations/{id}/subscription/plan-change"}, on: cloud,
		given:    with("id", func(*world) object { return object{"plan": object{"tier": "enterprise", "cadence": "monthly"}} }),
		required: []string{"plan.tier", "plan.cadence"},
	},
	{
		routes: []string{"PUT /api/billing/preview-invoice/organizations/{id}/subscription/update"}, on: cloud,
		given: with("id", func(*world) object {
			return object{"update": object{"passwordManager": object{"seats": 50, "additionalStorage": 1}, "secretsManager": nil}}
		}),
	},
	{routes: []string{"POST /api/billing/preview-invoice/premium/subscriptions/purchase"}, on: cloud, given: sends(object{"additionalStorage": 1})},
	{routes: []string{"POST /api/billing/preview-invoice/premium/subscriptions/upgrade"}, on: cloud, ok: 400},
	{
		routes: []string{"GET /invoice"}, on: cloud, open: true,
		given: func(w *world) given {
			var list []struct{ URL string }
			w.do(w.cloud.ada, "GET", "/api/organizations/"+w.cloud.acme.String()+"/billing/invoices", nil, &list)
			return given{query: map[string]string{"token": linkToken(w, list[0].URL)}}
		},
	},
	{routes: []string{"GET /api/plans/premium"}, open: true},
	{
		routes: []string{"POST " + personal + "/subscription"}, on: cloud, given: withoutPremium(premiumOrder()),
		required: []string{"billingAddress.country"}, longest: map[string]int{"billingAddress.postalCode": 100},
	},
	{
		routes: []string{"POST /api/accounts/premium"}, on: cloud,
		given: func(w *world) given {
			w.forgetPremium()
			return given{body: upload{values: map[string]string{"country": "FR", "postalCode": "75001", "additionalStorageGb": "1", "paymentMethodType": "8"}}}
		},
		required: []string{"country"},
	},
	{
		routes: []string{"GET " + personal + "/subscription", "GET " + personal + "/address", "GET " + personal + "/credit"}, on: cloud, given: withPremium(nil),
	},
	{routes: []string{"GET " + personal + "/payment-method", "GET " + personal + "/discounts"}, on: cloud},
	{
		routes: []string{"PUT " + personal + "/address"}, on: cloud, given: withPremium(addressOf()),
		required: []string{"country", "postalCode"}, longest: addressLongest(),
	},
	{
		routes: []string{"POST /api/accounts/storage"}, on: cloud, given: withPremium(object{"storageGbAdjustment": 1}),
		required: []string{"storageGbAdjustment"},
	},
	{
		routes: []string{"PUT " + personal + "/subscription/storage"}, on: cloud, given: withPremium(object{"additionalStorageGb": 5}),
		required: []string{"additionalStorageGb"},
	},
	{
		routes: []string{"POST /api/accounts/cancel", "POST /api/accounts/cancel-premium"}, on: cloud,
		given: withPremium(object{"reason": "unused", "feedback": ""}),
	},
	{
		routes: []string{"POST /api/accounts/reinstate-premium", "POST " + personal + "/subscription/reinstate"}, on: cloud,
		given: func(w *world) given {
			g := withPremium(nil)(w)
			w.cloud.change(w.T, `UPDATE subscription SET cancel_at_end = TRUE WHERE account_id = $1`, w.idOf(ada))
			return g
		},
	},
	{
		routes: []string{
			"PUT " + personal + "/payment-method", "POST " + personal + "/payment-method/verify-bank-account", "POST " + personal + "/credit/bitpay",
			"POST " + personal + "/premium/checkout", "POST " + personal + "/portal-session", "POST " + personal + "/upgrade",
		}, on: cloud, ok: 400,
	},
	{routes: []string{"GET /api/accounts/billing/history", "GET /api/accounts/billing/invoices"}},
	{
		routes: []string{"GET /api/accounts/billing/transactions"}, on: cloud,
		given: func(*world) given { return given{query: map[string]string{"startAfter": "2026-11-23T12:00:00Z"}} },
	},
	{routes: []string{"GET /api/accounts/billing/transactions"}, on: home},
	{
		routes: []string{
			"GET /api/organizations/{id}/billing/history", "GET /api/organizations/{id}/billing/invoices", "GET /api/organizations/{id}/billing/transactions",
		}, on: home, given: at("id"),
	},
}

// soldNowhereRows are the routes of purchases where nothing is sold.
var soldNowhereRows = []row{
	{
		routes: []string{
			"POST /api/organizations/{id}/upgrade", "POST /api/organizations/{id}/seat", "POST /api/organizations/{id}/storage",
			"POST /api/organizations/{id}/subscription", "POST /api/organizations/{id}/cancel", "POST /api/organizations/{id}/reinstate",
			"POST /api/organizations/{id}/sm-subscription", "POST /api/organizations/{id}/subscribe-secrets-manager",
			"POST /api/organizations/{id}/billing/setup-business-unit", "POST /api/organizations/{id}/billing/change-frequency",
			"POST /api/organizations/{id}/billing/restart-subscription", "POST /api/organizations/{id}/billing/vnext/subscription/restart",
			"GET /api/organizations/{id}/billing",
			"GET /api/organizations/{id}/billing/vnext/address", "PUT /api/organizations/{id}/billing/vnext/address",
			"GET /api/organizations/{id}/billing/vnext/payment-method", "PUT /api/organizations/{id}/billing/vnext/payment-method",
			"POST /api/organizations/{id}/billing/vnext/payment-method/verify-bank-account",
			"GET /api/organizations/{id}/billing/vnext/credit", "POST /api/organizations/{id}/billing/vnext/credit/bitpay",
			"GET /api/organizations/{id}/billing/vnext/churn-mitigation-offer", "POST /api/organizations/{id}/billing/vnext/churn-mitigation-offer/redeem",
			"GET /api/organizations/{id}/billing/vnext/annual-upgrade-offer", "POST /api/organizations/{id}/billing/vnext/annual-upgrade-offer/redeem",
			"POST /api/billing/preview-invoice/organizations/{id}/subscription/plan-change",
			"PUT /api/billing/preview-invoice/organizations/{id}/subscription/update",
		}, on: home, ok: 400, given: func(*world) given { return given{path: map[string]any{"id": id.New()}} },
	},
	{
		routes: []string{
			"POST /api/billing/preview-invoice/organizations/subscriptions/purchase",
			"POST /api/billing/preview-invoice/premium/subscriptions/purchase", "POST /api/billing/preview-invoice/premium/subscriptions/upgrade",
			"POST /api/setup-intent/card", "POST /api/setup-intent/bank-account", "POST /api/setup-payment", "POST /api/bitpay-invoice",
			"GET /api/tax/is-country-supported",
			"POST /api/accounts/premium", "POST /api/accounts/storage", "POST /api/accounts/cancel", "POST /api/accounts/cancel-premium",
			"POST /api/accounts/reinstate-premium",
			"POST " + personal + "/subscription", "GET " + personal + "/subscription", "PUT " + personal + "/subscription/storage",
			"POST " + personal + "/subscription/reinstate", "GET " + personal + "/address", "PUT " + personal + "/address",
			"GET " + personal + "/credit", "POST " + personal + "/credit/bitpay", "GET " + personal + "/payment-method",
			"PUT " + personal + "/payment-method", "POST " + personal + "/payment-method/verify-bank-account",
			"GET " + personal + "/discounts", "POST " + personal + "/premium/checkout", "POST " + personal + "/portal-session",
			"POST " + personal + "/upgrade",
		}, on: home, ok: 400,
	},
}
