package routes_test

const (
	membersPath = "/api/organizations/{id}/users"
	memberPath  = membersPath + "/{memberId}"
)

// More statuses of members.
const (
	revoked   = -1
	confirmed = 2
)

// membershipRows are the routes that change or end what ties people to an
// organization.
var membershipRows = []row{
	{
		routes: []string{"GET " + memberPath, "GET " + memberPath + "/groups"},
		given: func(w *world) given {
			g := w.place(confirmed, nil)
			g.query = map[string]string{"includeGroups": "true"}
			return g
		},
	},
	{
		routes: []string{"PUT " + memberPath, "POST " + memberPath},
		given: func(w *world) given {
			return w.place(confirmed, object{
				"type": 2, "permissions": object{"manageUsers": false}, "collections": []object{everything(w.makeCollection())},
				"groups": []any{w.makeGroup()}, "accessSecretsManager": false, "accessPam": false, "email": w.joe().email, "name": nil,
				"defaultUserCollectionName": w.secrets.text,
			})
		},
		required: []string{"type"}, longest: map[string]int{"defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{"PUT " + memberPath + "/groups"}, required: []string{"groupIds"},
		given: func(w *world) given { return w.place(confirmed, object{"groupIds": []any{w.makeGroup()}}) },
	},
	{
		routes: []string{
			"PUT " + memberPath + "/revoke", "PATCH " + memberPath + "/revoke", "DELETE " + memberPath, "POST " + memberPath + "/remove",
		},
		given: func(w *world) given { return w.place(confirmed, nil) },
	},
	{
		routes: []string{"DELETE " + memberPath + "/delete-account", "POST " + memberPath + "/delete-account"}, ok: 400,
		given: func(w *world) given { return w.place(confirmed, nil) },
	},
	{
		routes: []string{
			"PUT " + membersPath + "/revoke", "PATCH " + membersPath + "/revoke", "DELETE " + membersPath, "POST " + membersPath + "/remove",
			"DELETE " + membersPath + "/delete-account", "POST " + membersPath + "/delete-account",
		},
		given:    func(w *world) given { return w.among("ids", w.seat(w.joe().email, confirmed)) },
		required: []string{"ids"}, loose: []string{"ids"},
	},
	{routes: []string{"PUT " + membersPath + "/revoke-self"}, ok: 400, given: at("id")},
	{
		routes:  []string{"PUT " + memberPath + "/restore", "PATCH " + memberPath + "/restore", "PUT " + memberPath + "/restore/vnext"},
		given:   func(w *world) given { return w.place(revoked, object{"defaultUserCollectionName": w.secrets.text}) },
		longest: map[string]int{"defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{"PUT " + membersPath + "/restore", "PATCH " + membersPath + "/restore"},
		given: func(w *world) given {
			g := w.among("ids", w.seat(w.joe().email, revoked))
			g.body.(object)["defaultUserCollectionName"] = w.secrets.text
			return g
		},
		required: []string{"ids"}, loose: []string{"ids"}, longest: map[string]int{"defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{
			"PUT " + membersPath + "/enable-secrets-manager", "PATCH " + membersPath + "/enable-secrets-manager", "PUT " + membersPath + "/enable-pam",
		},
		given: func(w *world) given { return w.among("ids", w.seat(w.joe().email, confirmed)) }, ok: 400,
		required: []string{"ids"}, loose: []string{"ids"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/leave"}, caller: (*world).joe,
		given: func(w *world) given {
			w.seat(w.joe().email, confirmed)
			return given{path: map[string]any{"id": w.here.acme}}
		},
	},
}
