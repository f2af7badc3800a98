package routes_test

import (
	"coffre/internal/id"
)

// joinRows are the routes by which people become members of an organization.
var joinRows = []row{
	{
		routes: []string{"POST /api/organizations/{id}/users/invite"},
		given: func(w *world) given {
			w.seat("joe@acme.example", invited)
			return given{path: map[string]any{"id": w.here.acme}, body: object{
				"emails": []string{id.New().String() + "@acme.example"}, "type": 2, "accessSecretsManager": false,
				"permissions": object{"manageUsers": false}, "collections": []any{}, "groups": []any{},
			}}
		},
		required: []string{"emails", "type"},
	},
	{
		routes:   []string{"POST /api/organizations/{id}/users/reinvite", "POST /api/organizations/{id}/users/public-keys"},
		given:    func(w *world) given { return w.among("ids", w.seat("joe@acme.example", invited)) },
		required: []string{"ids"}, loose: []string{"ids"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/{memberId}/reinvite"},
		given:  func(w *world) given { return w.place(invited, nil) },
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/{memberId}/accept"}, caller: (*world).joe,
		given: func(w *world) given {
			g := w.invitation()
			g.body.(object)["resetPasswordKey"] = w.secrets.wrapped
			return g
		},
		required: []string{"token"}, longest: map[string]int{"resetPasswordKey": 2_000},
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/{memberId}/accept-init"}, caller: (*world).joe, ok: 400,
		given: (*world).invitation, required: []string{"token"},
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/{memberId}/confirm"},
		given: func(w *world) given {
			return w.place(accepted, object{"key": w.secrets.wrapped, "defaultUserCollectionName": w.secrets.text})
		},
		required: []string{"key"}, longest: map[string]int{"key": 2_000, "defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/confirm"},
		given: func(w *world) given {
			g := w.among("keys", object{"id": w.seat(w.joe().email, accepted), "key": w.secrets.wrapped})
			g.body.(object)["defaultUserCollectionName"] = w.secrets.text
			return g
		},
		required: []string{"keys"}, loose: []string{"keys.id", "keys.key"}, longest: map[string]int{"defaultUserCollectionName": 1_000},
	},
	{
		routes: []string{"GET /api/organizations/{id}/users/pending-auto-confirm"}, given: at("id"),
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/bulk-auto-confirm"}, given: at("id"), ok: 400,
	},
	{
		routes: []string{"POST /api/organizations/{id}/users/{memberId}/auto-confirm"}, ok: 400,
		given: func(w *world) given { return w.place(accepted, nil) },
	},
}

// Statuses of members.
const (
	invited  = 0
	accepted = 1
)

// joe returns somebody who joins Acme, again and again.
func (w *world) joe() person {
	w.Helper()
	if w.here.joe.Client == nil {
		w.here.joe = w.join(w.here, "joe@acme.example")
	}
	return w.here.joe
}

// seat leaves one person in Acme besides its owner, by address while they are only
// invited, and returns the member.
func (w *world) seat(email string, status int) id.ID {
	w.Helper()
	var accountID *id.ID
	invitedAs := &email
	if status != invited {
		accountID, invitedAs = new(w.idOf(email)), nil
	}
	w.here.change(w.T, `DELETE FROM member WHERE organization_id = $1 AND account_id IS NULL`, w.here.acme)
	w.here.change(w.T, `DELETE FROM member WHERE organization_id = $1 AND account_id = $2`, w.here.acme, w.idOf(w.joe().email))
	memberID := id.New()
	w.here.change(w.T, `INSERT INTO member (id, organization_id, account_id, email, status, type, permissions, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, 2, '{}', 0, 0)`, memberID, w.here.acme, accountID, invitedAs, status)
	return memberID
}

// place is given by Joe's place in Acme.
func (w *world) place(status int, body object) given {
	w.Helper()
	g := given{path: map[string]any{"id": w.here.acme, "memberId": w.seat(w.joe().email, status)}}
	if body != nil {
		g.body = body
	}
	return g
}

// among is given by a list of one.
func (w *world) among(name string, one any) given {
	return given{path: map[string]any{"id": w.here.acme}, body: object{name: []any{one}}}
}

// invitation is given by what Joe was mailed.
func (w *world) invitation() given {
	w.Helper()
	g := w.place(invited, nil)
	memberID := g.path["memberId"].(id.ID)
	w.do(w.here.ada, "POST", "/api/organizations/"+w.here.acme.String()+"/users/"+memberID.String()+"/reinvite", nil, nil)
	g.body = object{"token": w.mailed(w.here, w.joe().email, memberID.String())}
	return g
}
