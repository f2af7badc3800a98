package routes_test

import (
	"maps"

	"coffre/internal/id"
)

const accessPath = "/api/emergency-access/{id}"

var emergencyRows = []row{
	{routes: []string{"GET /api/emergency-access/trusted", "GET /api/emergency-access/granted"}},
	{
		routes: []string{"POST /api/emergency-access/invite"}, required: []string{"email", "type"}, longest: map[string]int{"email": 256},
		given: func(w *world) given {
			w.forgetAccesses()
			return given{body: object{"email": mallory, "type": 1, "waitTimeDays": 7}}
		},
	},
	{
		routes: []string{"GET " + accessPath, "DELETE " + accessPath, "POST " + accessPath + "/delete", "POST " + accessPath + "/reinvite"},
		given:  func(w *world) given { return w.access(0, 1, nil) },
	},
	{
		routes: []string{"PUT " + accessPath, "POST " + accessPath}, required: []string{"type"}, longest: map[string]int{"keyEncrypted": 2_000},
		given: func(w *world) given {
			return w.access(2, 1, object{"type": 0, "waitTimeDays": 9, "keyEncrypted": w.secrets.wrapped})
		},
	},
	{
		// The token of the mail is tried in its room.
		routes: []string{"POST " + accessPath + "/accept"}, caller: (*world).contact, ok: 400, required: []string{"token"},
		given: func(w *world) given { return w.access(0, 1, object{"token": "1.a.b"}) },
	},
	{
		routes: []string{"POST " + accessPath + "/confirm"}, required: []string{"key"}, longest: map[string]int{"key": 2_000},
		given: func(w *world) given { return w.access(1, 1, object{"key": w.secrets.wrapped}) },
	},
	{
		routes: []string{"POST " + accessPath + "/initiate"}, caller: (*world).contact,
		given: func(w *world) given { return w.access(2, 1, nil) },
	},
	{
		routes: []string{"POST " + accessPath + "/approve", "POST " + accessPath + "/reject"},
		given:  func(w *world) given { return w.access(3, 1, nil) },
	},
	{
		routes: []string{"POST " + accessPath + "/takeover", "GET " + accessPath + "/policies"}, caller: (*world).contact,
		given: func(w *world) given { return w.access(4, 1, nil) },
	},
	{
		routes: []string{"POST " + accessPath + "/view"}, caller: (*world).contact,
		given: func(w *world) given { return w.access(4, 0, nil) },
	},
	{
		routes: []string{"GET " + accessPath + "/{cipherId}/attachment/{attachmentId}"}, caller: (*world).contact,
		given: func(w *world) given {
			g, file := w.access(4, 0, nil), w.heldFile(w.ownItem(), false)
			g.path["cipherId"], g.path["attachmentId"] = file["id"], file["attachmentId"]
			return g
		},
	},
	{
		routes: []string{"POST " + accessPath + "/password"}, caller: (*world).contact, slow: true,
		given: func(w *world) given {
			w.restore("")
			return w.accessOf(w.here.eve.id, 4, 1, object{"newMasterPasswordHash": w.here.eve.hash, "key": w.secrets.text})
		},
		required: []string{"newMasterPasswordHash", "key"}, longest: map[string]int{"newMasterPasswordHash": 300, "key": 1_000},
	},
}

// contact is somebody whom Ada has named for an emergency.
func (w *world) contact() person {
	w.Helper()
	const email = "contact@home.example"
	if w.here.contact.Client == nil {
		w.here.contact = w.join(w.here, email)
	}
	return w.here.contact
}

func (w *world) forgetAccesses() {
	w.Helper()
	w.here.change(w.T, `DELETE FROM emergency_access`)
}

// access is one that Ada grants, of a type and in a state.
func (w *world) access(status, kind int, body object) given {
	w.Helper()
	return w.accessOf(w.idOf(ada), status, kind, body)
}

func (w *world) accessOf(grantor id.ID, status, kind int, body object) given {
	w.Helper()
	w.forgetAccesses()
	accessID := id.New()
	var grantee, email, key any
	if email = "nobody@home.example"; status > 0 {
		grantee, email = w.idOf(w.contact().email), nil
	}
	if status > 1 {
		key = w.secrets.wrapped
	}
	w.here.change(w.T, `INSERT INTO emergency_access (id, grantor_id, grantee_id, email, type, status, wait_days, encrypted_key, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, 7, $7, 0, 0)`, accessID, grantor, grantee, email, kind, status, key)
	g := given{path: map[string]any{"id": accessID}}
	if body != nil {
		g.body = maps.Clone(body)
	}
	return g
}
