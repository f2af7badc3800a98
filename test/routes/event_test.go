package routes_test

import (
	"coffre/internal/db"
	"coffre/internal/id"
)

// span is a question of a month.
var span = map[string]string{"start": "2026-11-01T00:00:00Z", "end": "2026-11-30T00:00:00Z", "continuationToken": ""}

var eventRows = []row{
	{routes: []string{"GET /api/events"}, given: func(*world) given { return given{query: span} }},
	{
		routes: []string{"GET /api/organizations/{id}/events"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.here.acme}, query: span} },
	},
	{
		routes: []string{"GET /api/organizations/{id}/users/{memberId}/events"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.here.acme, "memberId": w.memberOf(w.here.acme)}, query: span}
		},
	},
	{
		routes: []string{"GET /api/organizations/{id}/sends/{sendId}/events"},
		given: func(w *world) given {
			send := id.New()
			w.here.change(w.T, `INSERT INTO event (id, organization_id, type, at, send_id) VALUES ($1, $2, 2500, 0, $3)`, id.New(), w.here.acme, send)
			return given{path: map[string]any{"id": w.here.acme, "sendId": send}, query: span}
		},
	},
	{
		routes: []string{"GET /api/ciphers/{id}/events"},
		given: func(w *world) given {
			item := id.New()
			w.here.change(w.T, `INSERT INTO event (id, organization_id, type, at, cipher_id) VALUES ($1, $2, 1107, 0, $3)`, id.New(), w.here.acme, item)
			return given{path: map[string]any{"id": item}, query: span}
		},
	},
	{
		routes: []string{"POST /events/collect"},
		given: func(w *world) given {
			return given{body: []any{object{"type": 1602, "date": "2026-11-01T00:00:00Z", "organizationId": w.here.acme}}}
		},
	},
}

// memberOf returns the owner of an organization, as its member.
func (w *world) memberOf(orgID id.ID) id.ID {
	w.Helper()
	found, err := db.Value[id.ID](w.Context(), w.here.db, `SELECT id FROM member WHERE organization_id = $1 AND account_id = $2`, orgID, w.idOf(ada))
	if err != nil {
		w.Fatal(err)
	}
	return found
}
