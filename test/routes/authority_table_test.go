package routes_test

// everyPermission names all that a role of one's own can include.
const everyPermission = "accessEventLogs accessImportExport accessReports createNewCollections editAnyCollection deleteAnyCollection " +
	"manageGroups managePolicies manageSso manageUsers manageResetPassword manageScim manageAccessRules"

// everyRole are all roles of members.
const everyRole = "owner admin custom user"

// authorityTable says who may call each route that asks for a person's token. A
// route that is not here fails the test.
var authorityTable = []authority{
	{own: true, routes: ownRoutes},
	{
		roles: "owner", disabled: true, // who repairs it
		routes: []string{
			"GET /api/organizations/{id}", "GET /api/organizations/{id}/subscription", "GET /api/organizations/{id}/billing/history",
			"GET /api/organizations/{id}/api-key-information", "GET /api/organizations/{id}/api-key-information/{type}",
			"GET /api/organizations/{id}/billing/invoices", "GET /api/organizations/{id}/billing/transactions",
		},
	},
	{
		roles: everyRole, permissions: everyPermission, disabled: true,
		routes: []string{
			"GET /api/organizations/{id}/billing/metadata", "GET /api/organizations/{id}/billing/vnext/metadata",
			"GET /api/organizations/{id}/billing/vnext/self-host/metadata", "GET /api/organizations/{id}/billing/vnext/warnings",
		},
	},
	{
		roles: everyRole, permissions: everyPermission, disabled: true, tied: "accepted revoked",
		routes: []string{"GET /api/organizations/{id}/auto-enroll-status"},
	},
	{
		roles: everyRole, permissions: everyPermission, disabled: true, tied: "invited accepted revoked", // who accepts may have to join account recovery
		routes: []string{"GET /api/organizations/{id}/keys", "GET /api/organizations/{id}/public-key"},
	},
	{
		roles: everyRole, permissions: everyPermission, tied: "accepted revoked",
		routes: []string{"GET /api/organizations/{id}/policies/invited-user", "GET /api/organizations/{id}/policies/master-password"},
	},
	{
		roles: everyRole, permissions: everyPermission, // each sees what is theirs to see
		routes: []string{
			"GET /api/organizations/{id}/collections", "GET /api/organizations/{id}/collections/details",
			"GET /api/organizations/{id}/users/mini-details",
		},
	},
	{
		roles: "owner admin", permissions: "manageUsers manageResetPassword",
		routes: []string{"GET /api/organizations/{id}/users"},
	},
	{
		roles: "owner admin", permissions: "managePolicies",
		routes: []string{
			"GET /api/organizations/{id}/policies", "GET /api/organizations/{id}/policies/{type}",
			"PUT /api/organizations/{id}/policies/{type}", "PUT /api/organizations/{id}/policies/{type}/vnext",
		},
	},
	{
		roles: "owner admin", permissions: "manageResetPassword",
		routes: []string{
			"POST /api/organizations/{id}/keys",
			"POST /api/organizations/{id}/users/account-recovery-details",
			"GET /api/organizations/{id}/users/{memberId}/reset-password-details",
			"PUT /api/organizations/{id}/users/{memberId}/recover-account",
			"PUT /api/organizations/{id}/users/{memberId}/reset-password",
		},
	},
	{
		roles: everyRole, permissions: everyPermission, tied: "accepted",
		routes: []string{"PUT /api/organizations/{id}/users/{userId}/reset-password-enrollment"},
	},
	{
		on: cloud, roles: "owner", disabled: true,
		routes: []string{
			"GET /api/organizations/{id}/license",
			"POST /api/organizations/{id}/billing-sync/revoke", "POST /api/organizations/{id}/billing-sync/installation",
		},
	},
	{
		on: home, roles: "owner", disabled: true, // a new license is what enables it again; scenario 139 of spec 01
		routes: []string{
			"POST /api/organizations/licenses/self-hosted/{id}", "POST /api/organizations/{id}/license",
			"POST /api/organizations/licenses/self-hosted/{id}/sync", "POST /api/organizations/connections",
			"PUT /api/organizations/connections/{id}", "DELETE /api/organizations/connections/{id}",
			"GET /api/organizations/connections/{organizationId}/{type}",
			"GET /api/organizations/{id}/billing-sync", "GET /api/organizations/{id}/billing-sync/runs",
		},
	},
	{
		roles: "owner", disabled: true,
		routes: []string{
			"DELETE /api/organizations/{id}",
			"POST /api/organizations/{id}",
			"PUT /api/organizations/{id}",
			"POST /api/organizations/{id}/delete",
		},
	},
	{
		roles: "owner admin", permissions: "manageUsers",
		routes: []string{
			"DELETE /api/organizations/{id}/users",
			"POST /api/organizations/{id}/users/bulk-auto-confirm",
			"POST /api/organizations/{id}/users/confirm",
			"DELETE /api/organizations/{id}/users/delete-account",
			"POST /api/organizations/{id}/users/delete-account",
			"PUT /api/organizations/{id}/users/enable-pam",
			"PATCH /api/organizations/{id}/users/enable-secrets-manager",
			"PUT /api/organizations/{id}/users/enable-secrets-manager",
			"POST /api/organizations/{id}/users/invite",
			"GET /api/organizations/{id}/users/pending-auto-confirm",
			"POST /api/organizations/{id}/users/public-keys",
			"POST /api/organizations/{id}/users/reinvite",
			"POST /api/organizations/{id}/users/remove",
			"PATCH /api/organizations/{id}/users/restore",
			"PUT /api/organizations/{id}/users/restore",
			"PATCH /api/organizations/{id}/users/revoke",
			"PUT /api/organizations/{id}/users/revoke",
			"DELETE /api/organizations/{id}/users/{memberId}",
			"GET /api/organizations/{id}/users/{memberId}",
			"POST /api/organizations/{id}/users/{memberId}/auto-confirm",
			"POST /api/organizations/{id}/users/{memberId}/confirm",
			"DELETE /api/organizations/{id}/users/{memberId}/delete-account",
			"POST /api/organizations/{id}/users/{memberId}/delete-account",
			"PUT /api/organizations/{id}/users/{memberId}/groups",
			"POST /api/organizations/{id}/users/{memberId}/reinvite",
			"POST /api/organizations/{id}/users/{memberId}/remove",
			"PATCH /api/organizations/{id}/users/{memberId}/restore",
			"PUT /api/organizations/{id}/users/{memberId}/restore",
			"PUT /api/organizations/{id}/users/{memberId}/restore/vnext",
			"PATCH /api/organizations/{id}/users/{memberId}/revoke",
			"PUT /api/organizations/{id}/users/{memberId}/revoke",
		},
	},
	{
		roles: everyRole, permissions: everyPermission,
		routes: []string{
			"PUT /api/organizations/{id}/users/revoke-self",
		},
	},
	{
		roles: "owner admin", permissions: "manageGroups",
		routes: []string{
			"DELETE /api/organizations/{id}/groups",
			"POST /api/organizations/{id}/groups/delete",
			"DELETE /api/organizations/{id}/groups/{group}",
			"GET /api/organizations/{id}/groups/{group}",
			"POST /api/organizations/{id}/groups/{group}/delete",
			"POST /api/organizations/{id}/groups/{group}/delete-user/{member}",
			"GET /api/organizations/{id}/groups/{group}/details",
			"DELETE /api/organizations/{id}/groups/{group}/user/{member}",
			"GET /api/organizations/{id}/groups/{group}/users",
		},
	},
	{
		roles: "owner admin", permissions: "managePolicies",
		routes: []string{
			"POST /api/organizations/{id}/two-factor/disable",
			"PUT /api/organizations/{id}/two-factor/disable",
			"GET /api/organizations/{id}/two-factor", "DELETE /api/organizations/{id}/two-factor/duo",
			"POST /api/organizations/{id}/two-factor/duo",
			"PUT /api/organizations/{id}/two-factor/duo",
			"POST /api/organizations/{id}/two-factor/get-duo",
		},
	},
	{
		roles: "owner admin", permissions: "manageUsers",
		routes: []string{
			"GET /api/organizations/{id}/private-key",
		},
	},
	{
		// An admin reads about all collections, and changes those that are given to him.
		roles: "owner admin", permissions: "editAnyCollection deleteAnyCollection",
		routes: []string{
			"GET /api/organizations/{id}/collections/{collection}",
			"GET /api/organizations/{id}/collections/{collection}/users",
		},
	},
	{
		roles: "owner admin", permissions: "editAnyCollection deleteAnyCollection manageUsers",
		routes: []string{
			"GET /api/organizations/{id}/collections/{collection}/details",
		},
	},
	{
		permissions: "editAnyCollection",
		routes: []string{
			"PUT /api/organizations/{id}/collections/{collection}",
			"POST /api/organizations/{id}/collections/{collection}",
			"POST /api/organizations/{id}/collections/bulk-access",
		},
	},
	{
		permissions: "deleteAnyCollection",
		routes: []string{
			"DELETE /api/organizations/{id}/collections/{collection}",
			"POST /api/organizations/{id}/collections/{collection}/delete",
			"DELETE /api/organizations/{id}/collections",
			"POST /api/organizations/{id}/collections/delete",
		},
	},
	{
		// Whoever is a member, until the organization limits it.
		roles: everyRole, permissions: everyPermission,
		routes: []string{
			"POST /api/organizations/{id}/collections",
		},
	},
	{
		roles: "owner admin", permissions: "createNewCollections editAnyCollection deleteAnyCollection manageGroups manageUsers",
		routes: []string{
			"GET /api/organizations/{id}/groups",
		},
	},
	{
		roles: "owner admin", permissions: "manageGroups manageUsers",
		routes: []string{
			"GET /api/organizations/{id}/groups/details",
		},
	},
	{
		roles: "owner admin", permissions: "manageGroups", bare: true,
		routes: []string{
			"POST /api/organizations/{id}/groups",
			"PUT /api/organizations/{id}/groups/{group}",
			"POST /api/organizations/{id}/groups/{group}",
		},
	},
	{
		roles: "owner admin", permissions: "manageUsers", bare: true,
		routes: []string{
			"PUT /api/organizations/{id}/users/{memberId}",
			"POST /api/organizations/{id}/users/{memberId}",
		},
	},
	{
		roles: "owner admin", permissions: "manageGroups",
		routes: []string{
			"GET /api/organizations/{id}/users/{memberId}/groups",
		},
	},
	{
		roles: "owner",
		routes: []string{
			"PUT /api/organizations/{id}/collection-management",
		},
	},
	{
		roles: everyRole, permissions: everyPermission, // each has what is given to them, and makes collections
		routes: []string{
			"GET /api/ciphers/organization-details/assigned", "GET /api/organizations/{id}/export", "POST /api/ciphers/import-organization",
		},
	},
	{
		roles: "owner admin", permissions: "accessImportExport editAnyCollection accessReports",
		routes: []string{"GET /api/ciphers/organization-details"},
	},
	{roles: "owner admin", permissions: "editAnyCollection deleteAnyCollection", routes: []string{"GET /api/ciphers/{id}/admin"}},
	{
		// An admin reaches what is in no collection, or in one of his own.
		roles: "owner admin", permissions: "editAnyCollection",
		routes: []string{
			"PUT /api/ciphers/{id}/admin", "POST /api/ciphers/{id}/admin", "DELETE /api/ciphers/{id}/admin", "POST /api/ciphers/{id}/delete-admin",
			"PUT /api/ciphers/{id}/delete-admin", "PUT /api/ciphers/{id}/restore-admin", "DELETE /api/ciphers/admin", "POST /api/ciphers/delete-admin",
			"PUT /api/ciphers/delete-admin", "PUT /api/ciphers/restore-admin", "PUT /api/ciphers/{id}/collections-admin",
			"POST /api/ciphers/{id}/collections-admin", "POST /api/ciphers/{id}/attachment-admin",
			"GET /api/ciphers/{id}/attachment/{attachmentId}/admin", "DELETE /api/ciphers/{id}/attachment/{attachmentId}/admin",
			"POST /api/ciphers/{id}/attachment/{attachmentId}/delete-admin",
		},
	},
	{permissions: "editAnyCollection", routes: []string{"POST /api/ciphers/admin"}},
	{roles: everyRole, permissions: everyPermission, disabled: true, routes: []string{"POST /api/organizations/{id}/leave"}},
	{on: home, roles: "owner", routes: keyRoutes},
	{on: cloud, roles: "owner", disabled: true, routes: keyRoutes}, // which generates a billing sync key too
	{
		roles: "owner admin", permissions: "accessEventLogs",
		routes: []string{
			"GET /api/organizations/{id}/events", "GET /api/organizations/{id}/users/{memberId}/events", "GET /api/organizations/{id}/sends/{sendId}/events",
		},
	},
	// Every member gives; nobody gives for another.
	{on: cloud, roles: everyRole, permissions: everyPermission, reasoned: true, routes: giverRoutes(inCloud)[:1]},
	{on: cloud, roles: "owner", disabled: true, routes: billingRoutes},
	{on: home, own: true, routes: billingRoutes}, // refused with a reason, as everything that only a cloud does
	{on: home, roles: everyRole, permissions: everyPermission, reasoned: true, routes: giverRoutes(atHome)[:1]},
	{
		on: cloud, roles: everyRole, permissions: everyPermission, reasoned: true, also: []int{400}, // it is Ada's, not theirs
		routes: append(giverRoutes(inCloud)[1:], "POST "+inCloud+"{orgId}/families-for-enterprise/resend"),
	},
	{on: home, roles: everyRole, permissions: everyPermission, reasoned: true, also: []int{400}, routes: giverRoutes(atHome)[1:]},
	{
		on: cloud, roles: "owner admin", permissions: "manageUsers", disabled: true,
		routes: []string{"GET " + inCloud + "{orgId}/sponsored", "DELETE " + inCloud + "{orgId}/{friendlyName}/revoke"},
	},
	{
		on: home, roles: "owner admin", permissions: "manageUsers", disabled: true,
		routes: []string{"GET " + atHome + "{orgId}/sponsored", "DELETE " + atHome + "{orgId}/{friendlyName}/revoke"},
	},
	{roles: "owner admin", permissions: "manageUsers", disabled: true, routes: []string{"GET /api/organizations/{id}/sponsorships/export"}},
	{
		roles: "owner", disabled: true,
		routes: []string{"GET " + inCloud + "{orgId}/sync-status", "GET /api/organizations/{id}/sponsorships/changes"},
	},
	{
		on: cloud, roles: "owner", disabled: true,
		routes: []string{"GET " + inCloud + "sponsored/{orgId}", "DELETE " + inCloud + "sponsored/{orgId}", "POST " + inCloud + "sponsored/{orgId}/remove"},
	},
	// What only the other role does is refused with a reason, whoever asks.
	{on: cloud, own: true, routes: []string{
		"POST /api/organizations/connections", "PUT /api/organizations/connections/{id}", "DELETE /api/organizations/connections/{id}",
		"GET /api/organizations/connections/{organizationId}/{type}",
	}},
	{on: cloud, own: true, routes: append(giverRoutes(atHome), "GET "+atHome+"{orgId}/sponsored", "DELETE "+atHome+"{orgId}/{friendlyName}/revoke")},
	{
		on: home, own: true,
		routes: append(
			giverRoutes(inCloud), "POST "+inCloud+"{orgId}/families-for-enterprise/resend", "GET "+inCloud+"{orgId}/sponsored",
			"DELETE "+inCloud+"{orgId}/{friendlyName}/revoke", "GET "+inCloud+"sponsored/{orgId}", "DELETE "+inCloud+"sponsored/{orgId}",
			"POST "+inCloud+"sponsored/{orgId}/remove",
		),
	},
}

func giverRoutes(root string) []string {
	return []string{"POST " + root + "{orgId}/families-for-enterprise", "DELETE " + root + "{orgId}", "POST " + root + "{orgId}/delete"}
}

var keyRoutes = []string{"POST /api/organizations/{id}/api-key", "POST /api/organizations/{id}/rotate-api-key"}

// billingRoutes are what an owner does with a subscription.
var billingRoutes = []string{
	"POST /api/billing/preview-invoice/organizations/{id}/subscription/plan-change",
	"PUT /api/billing/preview-invoice/organizations/{id}/subscription/update",
	"GET /api/organizations/{id}/billing",
	"POST /api/organizations/{id}/billing/change-frequency",
	"POST /api/organizations/{id}/billing/restart-subscription",
	"POST /api/organizations/{id}/billing/setup-business-unit",
	"GET /api/organizations/{id}/billing/vnext/address",
	"PUT /api/organizations/{id}/billing/vnext/address",
	"GET /api/organizations/{id}/billing/vnext/annual-upgrade-offer",
	"POST /api/organizations/{id}/billing/vnext/annual-upgrade-offer/redeem",
	"GET /api/organizations/{id}/billing/vnext/churn-mitigation-offer",
	"POST /api/organizations/{id}/billing/vnext/churn-mitigation-offer/redeem",
	"GET /api/organizations/{id}/billing/vnext/credit",
	"POST /api/organizations/{id}/billing/vnext/credit/bitpay",
	"GET /api/organizations/{id}/billing/vnext/payment-method",
	"PUT /api/organizations/{id}/billing/vnext/payment-method",
	"POST /api/organizations/{id}/billing/vnext/payment-method/verify-bank-account",
	"POST /api/organizations/{id}/billing/vnext/subscription/restart",
	"POST /api/organizations/{id}/cancel",
	"POST /api/organizations/{id}/reinstate",
	"POST /api/organizations/{id}/seat",
	"POST /api/organizations/{id}/sm-subscription",
	"POST /api/organizations/{id}/storage",
	"POST /api/organizations/{id}/subscribe-secrets-manager",
	"POST /api/organizations/{id}/subscription",
	"POST /api/organizations/{id}/upgrade",
}

// ownRoutes are about what is the caller's own.
var ownRoutes = []string{
	"GET /api/emergency-access/trusted", "GET /api/emergency-access/granted", "POST /api/emergency-access/invite", "GET /api/emergency-access/{id}",
	"PUT /api/emergency-access/{id}", "POST /api/emergency-access/{id}", "DELETE /api/emergency-access/{id}", "POST /api/emergency-access/{id}/delete",
	"POST /api/emergency-access/{id}/reinvite", "POST /api/emergency-access/{id}/accept", "POST /api/emergency-access/{id}/confirm",
	"POST /api/emergency-access/{id}/initiate", "POST /api/emergency-access/{id}/approve", "POST /api/emergency-access/{id}/reject",
	"GET /api/emergency-access/{id}/policies", "POST /api/emergency-access/{id}/view", "POST /api/emergency-access/{id}/takeover",
	"POST /api/emergency-access/{id}/password", "GET /api/emergency-access/{id}/{cipherId}/attachment/{attachmentId}",
	"GET /api/settings/domains", "PUT /api/settings/domains", "POST /api/settings/domains",
	"GET /api/sends", "POST /api/sends", "POST /api/sends/file/v2", "GET /api/sends/{id}", "PUT /api/sends/{id}", "DELETE /api/sends/{id}",
	"PUT /api/sends/{id}/remove-password", "PUT /api/sends/{id}/remove-auth", "GET /api/sends/{id}/file/{fileId}", "POST /api/sends/{id}/file/{fileId}",
	"GET /api/ciphers", "POST /api/ciphers", "POST /api/ciphers/create", "POST /api/ciphers/import", "POST /api/ciphers/purge",
	"GET /api/ciphers/{id}", "GET /api/ciphers/{id}/details", "GET /api/ciphers/{id}/full-details", "PUT /api/ciphers/{id}", "POST /api/ciphers/{id}",
	"PUT /api/ciphers/{id}/partial", "POST /api/ciphers/{id}/partial", "PUT /api/ciphers/move", "POST /api/ciphers/move",
	"DELETE /api/ciphers/{id}", "POST /api/ciphers/{id}/delete", "PUT /api/ciphers/{id}/delete", "PUT /api/ciphers/{id}/restore",
	"DELETE /api/ciphers", "POST /api/ciphers/delete", "PUT /api/ciphers/delete", "PUT /api/ciphers/restore",
	"PUT /api/ciphers/{id}/archive", "PUT /api/ciphers/{id}/unarchive", "PUT /api/ciphers/archive", "PUT /api/ciphers/unarchive",
	"PUT /api/ciphers/{id}/share", "POST /api/ciphers/{id}/share", "PUT /api/ciphers/share", "POST /api/ciphers/share",
	"PUT /api/ciphers/{id}/collections", "POST /api/ciphers/{id}/collections", "PUT /api/ciphers/{id}/collections_v2",
	"POST /api/ciphers/{id}/collections_v2", "POST /api/ciphers/bulk-collections",
	"POST /api/ciphers/{id}/attachment/v2", "POST /api/ciphers/{id}/attachment", "POST /api/ciphers/{id}/attachment/{attachmentId}",
	"GET /api/ciphers/{id}/attachment/{attachmentId}", "GET /api/ciphers/{id}/attachment/{attachmentId}/renew",
	"DELETE /api/ciphers/{id}/attachment/{attachmentId}", "POST /api/ciphers/{id}/attachment/{attachmentId}/delete",
	"POST /api/ciphers/{id}/attachment/{attachmentId}/share",
	"GET /api/events", "POST /events/collect", "GET /api/ciphers/{id}/events", // which looks at whose the item was
	"GET /api/account/billing/vnext/address",
	"GET /api/account/billing/vnext/credit",
	"GET /api/account/billing/vnext/discounts",
	"GET /api/account/billing/vnext/payment-method",
	"GET /api/account/billing/vnext/subscription",
	"GET /api/tax/is-country-supported",
	"POST /api/account/billing/vnext/credit/bitpay",
	"POST /api/account/billing/vnext/payment-method/verify-bank-account",
	"POST /api/account/billing/vnext/portal-session",
	"POST /api/account/billing/vnext/premium/checkout",
	"POST /api/account/billing/vnext/subscription/reinstate",
	"POST /api/account/billing/vnext/upgrade",
	"POST /api/accounts/cancel",
	"POST /api/accounts/cancel-premium",
	"POST /api/accounts/reinstate-premium",
	"POST /api/billing/preview-invoice/organizations/subscriptions/purchase",
	"POST /api/billing/preview-invoice/premium/subscriptions/purchase",
	"POST /api/billing/preview-invoice/premium/subscriptions/upgrade",
	"POST /api/bitpay-invoice",
	"POST /api/organizations/{id}/users/{memberId}/accept",
	"POST /api/organizations/{id}/users/{memberId}/accept-init",
	"POST /api/setup-intent/bank-account",
	"POST /api/setup-intent/card",
	"POST /api/setup-payment",
	"PUT /api/account/billing/vnext/address",
	"PUT /api/account/billing/vnext/payment-method",
	"PUT /api/account/billing/vnext/subscription/storage",
	"POST /api/organization/sponsorship/redeem",                         // by the owner of the organization in the body
	"GET /api/installations", "POST /api/installations/{id}/rotate-key", // by whoever registered it
	"POST /api/installations/{id}/disable", "POST /api/installations/{id}/enable",
	"GET /api/account/billing/vnext/license",
	"POST /api/account/billing/vnext/self-host/license",
	"POST /api/account/billing/vnext/subscription",
	"DELETE /api/accounts",
	"POST /api/accounts/api-key",
	"POST /api/accounts/avatar",
	"PUT /api/accounts/avatar",
	"GET /api/accounts/billing/history",
	"GET /api/accounts/billing/invoices",
	"GET /api/accounts/billing/transactions",
	"POST /api/accounts/delete",
	"POST /api/accounts/email",
	"POST /api/accounts/email-token",
	"POST /api/accounts/kdf",
	"GET /api/accounts/key-management/key-rotation-data",
	"POST /api/accounts/key-management/regenerate-keys",
	"POST /api/accounts/key-management/rotate-user-account-keys",
	"POST /api/accounts/key-management/rotate-user-keys",
	"POST /api/accounts/key-management/user-key-id",
	"GET /api/accounts/keys",
	"POST /api/accounts/keys",
	"DELETE /api/accounts/license",
	"POST /api/accounts/license",
	"PUT /api/accounts/license",
	"GET /api/accounts/organizations",
	"POST /api/accounts/password",
	"POST /api/accounts/premium",
	"GET /api/accounts/profile",
	"POST /api/accounts/profile",
	"PUT /api/accounts/profile",
	"POST /api/accounts/request-otp",
	"GET /api/accounts/revision-date",
	"POST /api/accounts/rotate-api-key",
	"POST /api/accounts/security-stamp",
	"POST /api/accounts/set-password",
	"POST /api/accounts/storage",
	"GET /api/accounts/subscription",
	"PUT /api/accounts/update-temp-password",
	"POST /api/accounts/verify-devices",
	"PUT /api/accounts/verify-devices",
	"POST /api/accounts/verify-email",
	"POST /api/accounts/verify-otp",
	"POST /api/accounts/verify-password",
	"GET /api/auth-requests",
	"POST /api/auth-requests/admin-request",
	"GET /api/auth-requests/pending",
	"GET /api/auth-requests/{id}",
	"PUT /api/auth-requests/{id}",
	"GET /api/collections",
	"GET /api/devices",
	"POST /api/devices",
	"GET /api/devices/identifier/{identifier}",
	"POST /api/devices/identifier/{identifier}/token",
	"PUT /api/devices/identifier/{identifier}/token",
	"POST /api/devices/identifier/{identifier}/web-push-auth",
	"PUT /api/devices/identifier/{identifier}/web-push-auth",
	"POST /api/devices/lost-trust",
	"POST /api/devices/untrust",
	"POST /api/devices/update-trust",
	"POST /api/devices/{identifier}/keys",
	"PUT /api/devices/{identifier}/keys",
	"POST /api/devices/{identifier}/retrieve-keys",
	"DELETE /api/devices/{id}",
	"GET /api/devices/{id}",
	"POST /api/devices/{id}",
	"PUT /api/devices/{id}",
	"POST /api/devices/{id}/deactivate",
	"DELETE /api/folders",
	"GET /api/folders",
	"POST /api/folders",
	"DELETE /api/folders/all",
	"DELETE /api/folders/{id}",
	"GET /api/folders/{id}",
	"POST /api/folders/{id}",
	"PUT /api/folders/{id}",
	"POST /api/folders/{id}/delete",
	"POST /api/organization/sponsorship/validate-token",
	"GET /api/organizations",
	"POST /api/organizations",
	"GET /api/organizations/connections/enabled",
	"POST /api/organizations/create-without-payment",
	"POST /api/organizations/license",
	"POST /api/organizations/licenses/self-hosted",
	"GET /api/sponsorships",
	"GET /api/sync",
	"GET /api/tasks",
	"GET /api/two-factor",
	"DELETE /api/two-factor/authenticator",
	"POST /api/two-factor/authenticator",
	"PUT /api/two-factor/authenticator",
	"PUT /api/two-factor/device-verification-settings",
	"POST /api/two-factor/disable",
	"PUT /api/two-factor/disable",
	"DELETE /api/two-factor/duo",
	"POST /api/two-factor/duo",
	"PUT /api/two-factor/duo",
	"DELETE /api/two-factor/email",
	"POST /api/two-factor/email",
	"PUT /api/two-factor/email",
	"POST /api/two-factor/get-authenticator",
	"GET /api/two-factor/get-device-verification-settings",
	"POST /api/two-factor/get-duo",
	"POST /api/two-factor/get-email",
	"POST /api/two-factor/get-recover",
	"POST /api/two-factor/get-webauthn",
	"POST /api/two-factor/get-webauthn-challenge",
	"POST /api/two-factor/get-yubikey",
	"POST /api/two-factor/send-email",
	"DELETE /api/two-factor/webauthn",
	"POST /api/two-factor/webauthn",
	"PUT /api/two-factor/webauthn",
	"DELETE /api/two-factor/webauthn/all",
	"DELETE /api/two-factor/yubikey",
	"POST /api/two-factor/yubikey",
	"PUT /api/two-factor/yubikey",
	"GET /api/users/{id}/keys",
	"GET /api/users/{id}/public-key",
	"GET /api/webauthn",
	"POST /api/webauthn",
	"PUT /api/webauthn",
	"POST /api/webauthn/assertion-options",
	"POST /api/webauthn/attestation-options",
	"POST /api/webauthn/{id}/delete",
	"GET /notifications/hub",
	"POST /notifications/hub/negotiate",
}
