package routes_test

import (
	"coffre/internal/db"
	"coffre/internal/id"
)

const (
	collectionPath = "/api/organizations/{id}/collections/{collection}"
	groupPath      = "/api/organizations/{id}/groups/{group}"
)

var collectionRows = []row{
	{
		routes: []string{"GET " + collectionPath, "GET " + collectionPath + "/details", "GET " + collectionPath + "/users"},
		given:  func(w *world) given { return given{path: w.collectionPath()} },
	},
	{
		routes: []string{"POST /api/organizations/{id}/collections"}, given: with("id", (*world).collectionDraft),
		required: []string{"name"}, longest: map[string]int{"name": 1_000, "externalId": 300},
	},
	{
		routes:  []string{"PUT " + collectionPath, "POST " + collectionPath},
		given:   func(w *world) given { return given{path: w.collectionPath(), body: w.collectionDraft()} },
		longest: map[string]int{"name": 1_000, "externalId": 300},
	},
	{
		routes: []string{"POST /api/organizations/{id}/collections/bulk-access"},
		given: with("id", func(w *world) object {
			body := w.collectionDraft()
			delete(body, "name")
			delete(body, "externalId")
			body["collectionIds"] = []id.ID{w.makeCollection()}
			return body
		}),
		required: []string{"collectionIds"},
	},
	{
		routes: []string{"DELETE " + collectionPath, "POST " + collectionPath + "/delete"},
		given:  func(w *world) given { return given{path: w.collectionPath()} },
	},
	{
		routes:   []string{"DELETE /api/organizations/{id}/collections", "POST /api/organizations/{id}/collections/delete"},
		given:    with("id", func(w *world) object { return object{"ids": []id.ID{w.makeCollection(), w.makeCollection()}} }),
		required: []string{"ids"},
	},
}

var groupRows = []row{
	{routes: []string{"GET /api/organizations/{id}/groups", "GET /api/organizations/{id}/groups/details"}, given: at("id")},
	{
		routes: []string{"POST /api/organizations/{id}/groups"}, given: with("id", (*world).groupDraft),
		required: []string{"name"}, longest: map[string]int{"name": 100, "externalId": 300},
	},
	{
		routes: []string{"GET " + groupPath, "GET " + groupPath + "/details", "GET " + groupPath + "/users"},
		given:  func(w *world) given { return given{path: w.groupPath()} },
	},
	{
		routes: []string{"PUT " + groupPath, "POST " + groupPath},
		given: func(w *world) given {
			body := w.groupDraft()
			delete(body, "users") // nobody joins a group by their own hand
			return given{path: w.groupPath(), body: body}
		},
		required: []string{"name"}, longest: map[string]int{"name": 100, "externalId": 300},
	},
	{
		routes: []string{"DELETE " + groupPath, "POST " + groupPath + "/delete"},
		given:  func(w *world) given { return given{path: w.groupPath()} },
	},
	{
		routes:   []string{"DELETE /api/organizations/{id}/groups", "POST /api/organizations/{id}/groups/delete"},
		given:    with("id", func(w *world) object { return object{"ids": []id.ID{w.makeGroup(), w.makeGroup()}} }),
		required: []string{"ids"},
	},
	{
		routes: []string{"DELETE " + groupPath + "/user/{member}", "POST " + groupPath + "/delete-user/{member}"},
		given: func(w *world) given {
			path := w.groupPath()
			path["member"] = w.adasMember()
			return given{path: path}
		},
	},
}

// adasMember returns Ada's tie to Acme.
func (w *world) adasMember() id.ID {
	w.Helper()
	found, err := db.Value[id.ID](w.Context(), w.here.db, `SELECT m.id FROM member m JOIN account a ON a.id = m.account_id
		WHERE m.organization_id = $1 AND a.email = $2`, w.here.acme, ada)
	if err != nil {
		w.Fatal(err)
	}
	return found
}

// everything is access that a member or a group may have.
func everything(of id.ID) object {
	return object{"id": of, "readOnly": false, "hidePasswords": false, "manage": true}
}

func (w *world) collectionDraft() object {
	return object{
		"name": w.secrets.text, "externalId": "hr",
		"users": []object{everything(w.adasMember())}, "groups": []object{everything(w.makeGroup())},
	}
}

func (w *world) groupDraft() object {
	return object{
		"name": "Sales", "externalId": "sales", "collections": []object{everything(w.makeCollection())}, "users": []id.ID{w.adasMember()},
	}
}

// makeCollection adds a collection to Acme that Ada manages.
func (w *world) makeCollection() id.ID {
	w.Helper()
	v := id.New()
	w.here.change(w.T, `INSERT INTO collection (id, organization_id, name, type, created_at, revised_at) VALUES ($1, $2, $3, 0, 1, 1)`,
		v, w.here.acme, w.secrets.text)
	w.here.change(w.T, `INSERT INTO collection_member (collection_id, member_id, read_only, hide_passwords, manage)
		VALUES ($1, $2, FALSE, FALSE, TRUE)`, v, w.adasMember())
	return v
}

// makeGroup adds a group to Acme that Ada is in.
func (w *world) makeGroup() id.ID {
	w.Helper()
	v := id.New()
	w.here.change(w.T, `INSERT INTO organization_group (id, organization_id, name, created_at, revised_at) VALUES ($1, $2, 'Sales', 1, 1)`,
		v, w.here.acme)
	w.here.change(w.T, `INSERT INTO group_member (group_id, member_id) VALUES ($1, $2)`, v, w.adasMember())
	return v
}

func (w *world) collectionPath() map[string]any {
	return map[string]any{"id": w.here.acme, "collection": w.makeCollection()}
}

func (w *world) groupPath() map[string]any {
	return map[string]any{"id": w.here.acme, "group": w.makeGroup()}
}
