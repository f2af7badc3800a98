package routes_test

import (
	"coffre/internal/id"
)

const itemPath = "/api/ciphers/{id}"

// cipherRows are about items. What one says is tried on the first route that takes it.
var cipherRows = []row{
	{routes: []string{"GET /api/ciphers"}},
	{
		routes: []string{"POST /api/ciphers"}, required: []string{"type", "name"}, loose: []string{"id"}, shared: true,
		given: func(w *world) given { return given{body: w.item()} },
		longest: map[string]int{
			"name": 1_000, "notes": 10_000, "key": 5_000, "login.username": 1_000, "login.password": 5_000, "login.uris.uri": 10_000,
			"fields.value": 5_000, "passwordHistory.password": 5_000, "data": 500_000,
		},
	},
	{
		routes: []string{"PUT " + itemPath, "POST " + itemPath}, brief: true, required: []string{"type", "name"}, loose: []string{"id"},
		given: func(w *world) given { return given{path: w.ownItem(), body: w.item()} },
	},
	{
		routes: []string{"POST /api/ciphers/create"}, brief: true, required: []string{"cipher", "cipher.type", "cipher.name"},
		loose: []string{"collectionIds", "cipher.id"}, shared: true,
		given: func(w *world) given { return given{body: object{"cipher": w.item(), "collectionIds": []id.ID{}}} },
	},
	{
		routes: []string{
			"GET " + itemPath, "GET " + itemPath + "/details", "GET " + itemPath + "/full-details", "DELETE " + itemPath,
			"POST " + itemPath + "/delete", "PUT " + itemPath + "/delete", "PUT " + itemPath + "/restore", "PUT " + itemPath + "/archive",
		},
		given: func(w *world) given { return given{path: w.ownItem()} },
	},
	{
		routes: []string{"PUT " + itemPath + "/unarchive"},
		given: func(w *world) given {
			path := w.ownItem()
			w.do(w.here.ada, "PUT", "/api/ciphers/"+path["id"].(id.ID).String()+"/archive", nil, nil)
			return given{path: path}
		},
	},
	{
		routes: []string{"PUT " + itemPath + "/partial", "POST " + itemPath + "/partial"},
		given: func(w *world) given {
			return given{path: w.ownItem(), body: object{"folderId": w.folder(), "favorite": true}}
		},
	},
	{
		routes: []string{"PUT /api/ciphers/move", "POST /api/ciphers/move"}, required: []string{"ids"}, loose: []string{"ids"},
		given: func(w *world) given {
			return given{body: object{"ids": []any{w.ownItem()["id"]}, "folderId": w.folder()}}
		},
	},
	{
		routes: []string{
			"DELETE /api/ciphers", "POST /api/ciphers/delete", "PUT /api/ciphers/delete", "PUT /api/ciphers/restore", "PUT /api/ciphers/archive",
		},
		required: []string{"ids"}, loose: []string{"ids"}, shared: true, // what is not theirs is passed over
		given: func(w *world) given { return given{body: object{"ids": []any{w.ownItem()["id"], w.ownItem()["id"]}}} },
	},
	{
		routes: []string{"PUT /api/ciphers/unarchive"}, required: []string{"ids"}, loose: []string{"ids"},
		given: func(w *world) given {
			body := object{"ids": []any{w.ownItem()["id"]}}
			w.do(w.here.ada, "PUT", "/api/ciphers/archive", body, nil)
			return given{body: body}
		},
	},
	{
		routes: []string{"PUT " + itemPath + "/share", "POST " + itemPath + "/share"}, brief: true,
		required: []string{"cipher", "cipher.name", "cipher.organizationId", "collectionIds"}, loose: []string{"cipher.id", "cipher.folderId"},
		given: func(w *world) given {
			return given{path: w.ownItem(), body: object{"cipher": w.acmesItem(), "collectionIds": []id.ID{w.makeCollection()}}}
		},
	},
	{
		routes: []string{"PUT /api/ciphers/share", "POST /api/ciphers/share"}, brief: true,
		required: []string{"ciphers", "collectionIds"}, loose: []string{"ciphers.folderId"},
		given: func(w *world) given {
			shared := w.acmesItem()
			shared["id"] = w.ownItem()["id"]
			return given{body: object{"ciphers": []object{shared}, "collectionIds": []id.ID{w.makeCollection()}}}
		},
	},
	{
		routes: []string{
			"PUT " + itemPath + "/collections", "POST " + itemPath + "/collections", "PUT " + itemPath + "/collections_v2", "POST " + itemPath + "/collections_v2",
		},
		required: []string{"collectionIds"},
		given: func(w *world) given {
			return given{path: w.placedItem(w.makeCollection()), body: object{"collectionIds": []id.ID{w.makeCollection()}}}
		},
	},
	{
		routes: []string{"PUT " + itemPath + "/collections-admin", "POST " + itemPath + "/collections-admin"},
		given: func(w *world) given {
			return given{path: w.placedItem(), body: object{"collectionIds": []id.ID{}}}
		},
		required: []string{"collectionIds"},
	},
	{
		routes: []string{"POST /api/ciphers/bulk-collections"}, required: []string{"organizationId", "cipherIds", "collectionIds"},
		given: func(w *world) given {
			return given{body: object{
				"organizationId": w.here.acme, "cipherIds": []any{w.placedItem(w.makeCollection())["id"]},
				"collectionIds": []id.ID{w.makeCollection()}, "removeCollections": false,
			}}
		},
	},
	{
		routes: []string{"POST /api/ciphers/admin"}, brief: true, caller: (*world).editor,
		required: []string{"cipher", "cipher.name", "cipher.organizationId"}, loose: []string{"cipher.id"},
		given: func(w *world) given {
			return given{body: object{"cipher": w.acmesItem(), "collectionIds": []id.ID{w.makeCollection()}}}
		},
	},
	{
		routes: []string{"PUT " + itemPath + "/admin", "POST " + itemPath + "/admin"}, brief: true, required: []string{"type", "name"}, loose: []string{"id", "folderId"},
		given: func(w *world) given { return given{path: w.placedItem(), body: w.acmesItem()} },
	},
	{
		routes: []string{
			"GET " + itemPath + "/admin", "DELETE " + itemPath + "/admin", "POST " + itemPath + "/delete-admin", "PUT " + itemPath + "/delete-admin",
			"PUT " + itemPath + "/restore-admin",
		},
		given: func(w *world) given { return given{path: w.placedItem()} },
	},
	{
		routes: []string{
			"DELETE /api/ciphers/admin", "POST /api/ciphers/delete-admin", "PUT /api/ciphers/delete-admin", "PUT /api/ciphers/restore-admin",
		},
		required: []string{"ids", "organizationId"},
		given: func(w *world) given {
			return given{body: object{"ids": []any{w.placedItem()["id"], w.placedItem()["id"]}, "organizationId": w.here.acme}}
		},
	},
	{
		routes: []string{"GET /api/ciphers/organization-details", "GET /api/ciphers/organization-details/assigned"},
		given: func(w *world) given {
			return given{query: map[string]string{"organizationId": w.here.acme.String()}}
		},
	},
	{routes: []string{"GET /api/organizations/{id}/export"}, given: at("id")},
	{
		routes: []string{"POST /api/ciphers/import"}, brief: true, shared: true,
		loose: []string{
			"ciphers.id", "ciphers.organizationId", "ciphers.folderId", "ciphers.encryptedFor", "folders.id", "collections.id", "collections.name",
		},
		given: func(w *world) given {
			return given{body: object{
				"ciphers": []object{w.item()}, "folders": []object{{"id": w.folder(), "name": w.secrets.text}},
				"folderRelationships": []object{{"key": 0, "value": 0}},
			}}
		},
	},
	{
		routes: []string{"POST /api/ciphers/import-organization"}, brief: true,
		loose: []string{"ciphers.id", "ciphers.organizationId", "ciphers.folderId", "ciphers.encryptedFor", "folders.id"},
		given: func(w *world) given {
			return given{query: map[string]string{"organizationId": w.here.acme.String()}, body: object{
				"ciphers": []object{w.item()}, "collections": []object{{"name": w.secrets.text, "externalId": "hr"}},
				"collectionRelationships": []object{{"key": 0, "value": 0}}, "folders": []object{}, "folderRelationships": []object{},
			}}
		},
	},
	{
		routes: []string{"POST /api/ciphers/purge"}, slow: true, shared: true, required: []string{"masterPasswordHash"},
		given: func(w *world) given { return given{body: object{"masterPasswordHash": w.here.ada.hash}} },
	},
}

// item is a log-in of Ada's as clients send it.
func (w *world) item() object {
	return object{
		"type": 1, "name": w.secrets.text, "notes": w.secrets.text, "key": w.secrets.text, "favorite": true,
		"login": object{
			"username": w.secrets.text, "password": w.secrets.text, "uris": []object{{"uri": w.secrets.text, "match": 0}},
		},
		"fields":          []object{{"type": 0, "name": w.secrets.text, "value": w.secrets.text}},
		"passwordHistory": []object{{"password": w.secrets.text, "lastUsedDate": "2026-01-01T00:00:00Z"}},
	}
}

// acmesItem is one for Acme.
func (w *world) acmesItem() object {
	body := w.item()
	body["organizationId"] = w.here.acme
	return body
}

// ownItem makes an item of Ada's.
func (w *world) ownItem() map[string]any {
	w.Helper()
	var made struct{ ID id.ID }
	w.do(w.here.ada, "POST", "/api/ciphers", w.item(), &made)
	return map[string]any{"id": made.ID}
}

// placedItem makes an item of Acme that is in some collections.
func (w *world) placedItem(collectionIDs ...id.ID) map[string]any {
	w.Helper()
	v := id.New()
	w.here.change(w.T, `INSERT INTO cipher (id, organization_id, type, data, created_at, revised_at) VALUES ($1, $2, 1, $3, 1, 1)`,
		v, w.here.acme, `{"name":"`+w.secrets.text+`","notes":null,"login":{},"fields":null,"passwordHistory":null,"reprompt":0,"key":null}`)
	for _, collectionID := range collectionIDs {
		w.here.change(w.T, `INSERT INTO cipher_collection (cipher_id, collection_id) VALUES ($1, $2)`, v, collectionID)
	}
	return map[string]any{"id": v}
}

// editor is a member of Acme who may edit any collection.
func (w *world) editor() person {
	w.Helper()
	if w.here.editor.Client == nil {
		w.here.editor = w.join(w.here, "edith@acme.example")
		w.here.change(w.T, `INSERT INTO member (id, organization_id, account_id, status, type, encrypted_key, permissions, created_at, revised_at)
			VALUES ($1, $2, $3, 2, 4, $4, '{"editAnyCollection":true}', 0, 0)`, id.New(), w.here.acme, w.idOf(w.here.editor.email), w.secrets.wrapped)
	}
	return w.here.editor
}
