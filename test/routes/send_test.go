package routes_test

import (
	"net/url"
	"reflect"
	"time"

	"coffre/internal/id"
	"coffre/internal/web"
)

const (
	sendPath  = "/api/sends/{id}"
	sendFile  = sendPath + "/file/{fileId}"
	scopeSend = "api.send.access"
)

var sendLongest = map[string]int{"name": 1_000, "notes": 1_000, "key": 1_000, "password": 300, "emails": 4_000}

var sendRows = []row{
	{routes: []string{"GET /api/sends"}},
	{
		routes: []string{"POST /api/sends"}, slow: true,
		given:    func(w *world) given { return given{body: w.textSend()} },
		required: []string{"type", "name", "key", "text", "deletionDate"}, longest: sendLongest,
	},
	{
		routes: []string{"POST /api/sends/file/v2"}, slow: true,
		given:    func(w *world) given { return given{body: w.fileSend()} },
		required: []string{"type", "name", "key", "fileLength", "deletionDate", "file.fileName"}, longest: sendLongest,
	},
	{
		routes: []string{"PUT " + sendPath}, slow: true,
		given: func(w *world) given {
			return given{path: map[string]any{"id": parsed(w, w.send(w.textSend(), "/api/sends").ID)}, body: w.textSend()}
		},
		required: []string{"type", "name", "key", "text", "deletionDate"}, longest: sendLongest,
	},
	{
		routes: []string{"GET " + sendPath, "DELETE " + sendPath, "PUT " + sendPath + "/remove-password", "PUT " + sendPath + "/remove-auth"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": parsed(w, w.send(w.textSend(), "/api/sends").ID)}}
		},
	},
	{routes: []string{"GET " + sendFile}, given: func(w *world) given { return given{path: w.waitingFile()} }},
	{
		routes: []string{"POST " + sendFile},
		given: func(w *world) given {
			return given{path: w.waitingFile(), body: upload{name: "data", file: []byte("12345")}}
		},
	},
	{routes: []string{"POST /api/sends/access"}, machine: scopeSend},
	{
		routes: []string{"POST /api/sends/access/file/{fileId}"}, machine: scopeSend,
		given: func(w *world) given { return given{path: map[string]any{"fileId": w.sentFile().fileID}} },
	},
	{
		routes: []string{"POST /api/sends/access/{accessId}"}, open: true, slow: true, longest: map[string]int{"password": 300},
		given: func(w *world) given {
			return given{path: map[string]any{"accessId": w.sentFile().accessID}, body: object{"password": nil}}
		},
	},
	{
		routes: []string{"POST /api/sends/{accessId}/access/file/{fileId}"}, open: true, slow: true, longest: map[string]int{"password": 300},
		given: func(w *world) given {
			s := w.sentFile()
			return given{path: map[string]any{"accessId": s.accessID, "fileId": s.fileID}, body: object{"password": nil}}
		},
	},
	{
		routes: []string{"GET /api/sends/download/{token}"}, open: true,
		given: func(w *world) given { return given{path: map[string]any{"token": w.downloadToken()}} },
	},
}

// textSend is a Send with a text, as a client makes it.
func (w *world) textSend() object {
	return object{
		"type": 0, "authType": 2, "name": w.secrets.text, "notes": w.secrets.text, "key": w.secrets.text,
		"text": object{"text": w.secrets.text, "hidden": false}, "maxAccessCount": 100_000, "expirationDate": nil,
		"deletionDate": w.here.clock.Now().Add(7 * 24 * time.Hour).Format(time.RFC3339), "password": nil, "emails": nil, "disabled": false, "hideEmail": false,
	}
}

// fileSend is a Send with a file of five bytes.
func (w *world) fileSend() object {
	s := w.textSend()
	delete(s, "text")
	s["type"], s["file"], s["fileLength"] = 1, object{"fileName": w.secrets.text}, 5
	return s
}

// sent is what a test must know of a Send.
type sent struct {
	ID       string
	AccessID string
	File     struct{ ID string }
	Response *sent `json:"sendResponse"`

	accessID, fileID string
}

// send makes a Send of Ada's.
func (w *world) send(body object, path string) sent {
	w.Helper()
	var s sent
	w.do(w.here.ada, "POST", path, body, &s)
	return s
}

// waitingFile returns the path of a file that is to come.
func (w *world) waitingFile() map[string]any {
	w.Helper()
	s := w.send(w.fileSend(), "/api/sends/file/v2")
	return map[string]any{"id": parsed(w, s.Response.ID), "fileId": s.Response.File.ID}
}

// sentFile returns the Send with a file that visitors read.
func (w *world) sentFile() *sent {
	w.Helper()
	if w.here.shared != nil {
		return w.here.shared
	}
	s := w.send(w.fileSend(), "/api/sends/file/v2").Response
	s.accessID, s.fileID = s.AccessID, s.File.ID
	c := call{method: "POST", path: "/api/sends/" + s.ID + "/file/" + s.fileID, body: upload{name: "data", file: []byte("12345")}, header: map[string][]string{}}
	c.bear(w.here.ada.access)
	if got := w.here.send(w.T, c); got.status != 200 {
		w.Fatal(got)
	}
	w.here.shared = s
	return s
}

// visitor returns the token of a visitor of that Send, which lives five minutes.
func (w *world) visitor() string {
	w.Helper()
	access, _ := w.token(w.here.App, url.Values{
		"grant_type": {"send_access"}, "scope": {scopeSend}, "client_id": {"send"}, "send_id": {w.sentFile().accessID},
	})
	return access
}

func (w *world) downloadToken() string {
	w.Helper()
	s := w.sentFile()
	var got struct{ URL string }
	w.do(w.here.ada, "POST", "/api/sends/"+s.accessID+"/access/file/"+s.fileID, object{}, &got)
	return got.URL[len(w.here.url+"/api/sends/download/"):]
}

// streams tries files that do not come as they should.
func streams(g given) []trial {
	name := g.body.(upload).name
	var trials []trial
	for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "multipart/mixed", ";"} {
		trials = append(trials, trial{"upload: of the type " + kind, func(c *call) { c.kind = kind }, naming(name)})
	}
	return append(trials,
		trial{"upload: no file", func(c *call) { c.body = upload{name: name} }, naming(name)},
		trial{"upload: broken off", func(c *call) {
			whole, kind, _ := c.encode()
			c.whole, c.kind = whole[:len(whole)-10], kind
		}, status(400)},
		trial{"upload: a value that does not end", func(c *call) {
			c.body = upload{name: name, values: map[string]string{"key": string(make([]byte, 1<<20))}}
		}, status(400)},
	)
}

func isStream(route web.Route) bool { return route.In == reflect.TypeFor[web.Stream]() }

func parsed(w *world, text string) id.ID {
	w.Helper()
	v, err := id.Parse(text)
	if err != nil {
		w.Fatal(err)
	}
	return v
}
