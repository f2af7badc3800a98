package routes_test

import (
	"maps"

	"coffre/internal/id"
)

// recoveryRows are the routes by which administrators give members a new password.
var recoveryRows = []row{
	{
		routes: []string{"PUT " + membersPath + "/{userId}/reset-password-enrollment"}, slow: true,
		given: func(w *world) given {
			w.offerRecovery()
			return given{
				path: map[string]any{"id": w.here.acme, "userId": w.idOf(ada)},
				body: object{"resetPasswordKey": w.secrets.wrapped, "masterPasswordHash": w.here.ada.hash},
			}
		},
		longest: map[string]int{"resetPasswordKey": 2_000, "masterPasswordHash": 300}, // without a key, it withdraws
	},
	{
		routes: []string{"GET " + memberPath + "/reset-password-details"},
		given:  func(w *world) given { return w.lost(nil) },
	},
	{
		routes: []string{"POST " + membersPath + "/account-recovery-details"},
		given: func(w *world) given {
			return w.among("ids", w.lost(nil).path["memberId"])
		},
		required: []string{"ids"}, loose: []string{"ids"},
	},
	{
		routes: []string{"PUT " + memberPath + "/recover-account", "PUT " + memberPath + "/reset-password"}, slow: true,
		given: func(w *world) given {
			g := w.lost((*world).newPassword)
			maps.Copy(g.body.(object), object{"resetMasterPassword": true, "resetTwoFactor": false})
			return g
		},
		required: []string{"authenticationData.kdf", "unlockData.kdf", "authenticationData.salt", "unlockData.salt"},
		longest:  map[string]int{"unlockData.masterKeyWrappedUserKey": 1_000},
	},
	{
		routes: []string{"PUT " + memberPath + "/recover-account", "PUT " + memberPath + "/reset-password"}, slow: true,
		given:    func(w *world) given { return w.lost((*world).oldPassword) },
		required: []string{"newMasterPasswordHash", "key"}, longest: map[string]int{"newMasterPasswordHash": 300, "key": 1_000},
	},
}

// offerRecovery has Acme recover the accounts of those who want it.
func (w *world) offerRecovery() {
	w.Helper()
	w.here.change(w.T, `INSERT INTO policy (id, organization_id, type, enabled, data, created_at, revised_at) VALUES ($1, $2, 8, TRUE, NULL, 0, 0)
		ON CONFLICT (organization_id, type) DO UPDATE SET enabled = TRUE, data = NULL`, id.New(), w.here.acme)
}

// lost is given by Eve's place in Acme, which may recover her account, and by what
// it gives her.
func (w *world) lost(body func(*world) object) given {
	w.Helper()
	w.offerRecovery()
	w.restore("")
	memberID, eve := id.New(), w.here.eve.id
	w.here.change(w.T, `DELETE FROM member WHERE organization_id = $1 AND account_id = $2`, w.here.acme, eve)
	w.here.change(w.T, `INSERT INTO member (id, organization_id, account_id, status, type, permissions, reset_password_key, created_at, revised_at)
		VALUES ($1, $2, $3, $4, 2, '{}', $5, 0, 0)`, memberID, w.here.acme, eve, accepted, w.secrets.wrapped)
	g := given{path: map[string]any{"id": w.here.acme, "memberId": memberID}}
	if body != nil {
		g.body = body(w)
	}
	return g
}
