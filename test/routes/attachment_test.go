package routes_test

import (
	"strings"

	"coffre/internal/id"
)

const (
	filesPath = itemPath + "/attachment"
	filePath  = filesPath + "/{attachmentId}"
)

// attachmentRows are about the files of items.
var attachmentRows = []row{
	{
		routes: []string{"POST " + filesPath + "/v2"}, required: []string{"key", "fileName", "fileSize"},
		longest: map[string]int{"key": 1_000, "fileName": 1_000},
		given:   func(w *world) given { return given{path: w.ownItem(), body: w.announced()} },
	},
	{
		routes: []string{"POST " + filePath},
		given: func(w *world) given {
			return given{path: w.awaitedFile(w.ownItem(), false), body: upload{name: "data", file: []byte("12345")}}
		},
	},
	{routes: []string{"GET " + filePath + "/renew"}, given: func(w *world) given { return given{path: w.awaitedFile(w.ownItem(), false)} }},
	{
		routes: []string{"GET " + filePath, "DELETE " + filePath, "POST " + filePath + "/delete"},
		given:  func(w *world) given { return given{path: w.heldFile(w.ownItem(), false)} },
	},
	{
		routes: []string{"GET " + filePath + "/admin", "DELETE " + filePath + "/admin", "POST " + filePath + "/delete-admin"},
		given:  func(w *world) given { return given{path: w.heldFile(w.placedItem(), true)} },
	},
	{
		routes: []string{"POST " + filesPath},
		given:  func(w *world) given { return given{path: w.ownItem(), body: w.oldUpload()} },
	},
	{
		routes: []string{"POST " + filesPath + "-admin"},
		given:  func(w *world) given { return given{path: w.placedItem(), body: w.oldUpload()} },
	},
	{
		routes: []string{"POST " + filePath + "/share"},
		given: func(w *world) given {
			return given{path: w.oldFile(w.ownItem()), query: map[string]string{"organizationId": w.here.acme.String()}, body: w.oldUpload()}
		},
	},
	{
		routes: []string{"GET /api/ciphers/attachment/download"}, open: true,
		given: func(w *world) given {
			file := w.heldFile(w.ownItem(), false)
			var got struct{ URL string }
			w.do(w.here.ada, "GET", "/api/ciphers/"+file["id"].(id.ID).String()+"/attachment/"+file["attachmentId"].(string), nil, &got)
			_, token, _ := strings.Cut(got.URL, "?token=")
			return given{query: map[string]string{"token": token}}
		},
	},
}

// announced is a file of five bytes that is to come.
func (w *world) announced() object {
	return object{"key": w.secrets.text, "fileName": w.secrets.text, "fileSize": 5, "adminRequest": false}
}

// oldUpload is a file as old clients send it.
func (w *world) oldUpload() upload {
	return upload{name: "data", title: w.secrets.text, file: []byte("12345"), values: map[string]string{"key": w.secrets.text}}
}

// oldFile returns the path of a file without a key of its own.
func (w *world) oldFile(item map[string]any) map[string]any {
	w.Helper()
	without := w.oldUpload()
	without.values = nil
	c := call{method: "POST", path: "/api/ciphers/" + item["id"].(id.ID).String() + "/attachment", body: without, header: map[string][]string{}}
	c.bear(w.here.ada.access)
	got := w.here.send(w.T, c)
	var made struct{ Attachments []struct{ ID string } }
	if err := got.read(&made); err != nil || len(made.Attachments) != 1 {
		w.Fatal(got)
	}
	return map[string]any{"id": item["id"], "attachmentId": made.Attachments[0].ID}
}

// awaitedFile returns the path of a file of an item that is to come.
func (w *world) awaitedFile(item map[string]any, asAdmin bool) map[string]any {
	w.Helper()
	var made struct{ AttachmentID string }
	body := w.announced()
	body["adminRequest"] = asAdmin
	w.do(w.here.ada, "POST", "/api/ciphers/"+item["id"].(id.ID).String()+"/attachment/v2", body, &made)
	return map[string]any{"id": item["id"], "attachmentId": made.AttachmentID}
}

// heldFile returns the path of a file of an item that is there.
func (w *world) heldFile(item map[string]any, asAdmin bool) map[string]any {
	w.Helper()
	path := w.awaitedFile(item, asAdmin)
	c := call{
		method: "POST", path: "/api/ciphers/" + item["id"].(id.ID).String() + "/attachment/" + path["attachmentId"].(string),
		body: upload{name: "data", file: []byte("12345")}, header: map[string][]string{},
	}
	c.bear(w.here.ada.access)
	if got := w.here.send(w.T, c); got.status != 200 {
		w.Fatal(got)
	}
	return path
}
