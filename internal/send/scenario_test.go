package send_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/send"
)

// Scenario 127: what is sent is read, without and with a password.
func TestTextIsReadByWhoeverHasTheLink(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		open := w.sent(ann, w.text("maxAccessCount", 3))
		got := w.must(w.admitted(open.text("accessId")), "POST /api/sends/access/", nil)
		if got.text("object") != "send-access" || got.text("id") != open.text("accessId") || got.text("name") != encrypted ||
			got.body["text"].(object)["text"] != encrypted || got.text("creatorIdentifier") != "ann@example.org" {
			w.Errorf("got %s", got.Body)
		}
		if again := w.must(ann.String(), "GET /api/sends/"+open.text("id"), nil); again.body["accessCount"] != 1.0 {
			w.Errorf("counted: %s", again.Body)
		}
		locked := w.sent(ann, w.text("password", password, "authType", 1))
		if locked.body["password"] == nil || strings.Contains(locked.Body.String(), password) || locked.body["authType"] != 1.0 {
			w.Errorf("got %s", locked.Body)
		}
		w.must(w.admitted(locked.text("accessId"), "password_hash_b64", password), "POST /api/sends/access", nil)
		if all := w.must(ann.String(), "GET /api/sends", nil); len(all.body["data"].([]any)) != 2 {
			w.Errorf("list: %s", all.Body)
		}
	})
}

// Scenario 128: what is wrong is told by its name, and of an unknown id nothing.
func TestStrangersLearnNothing(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("password", password)).text("accessId")
		w.turnedAway("send_id_required", "invalid_request", "")
		w.turnedAway("send_id_invalid", "invalid_grant", "not an id")
		w.turnedAway("password_hash_b64_required", "invalid_request", s)
		w.turnedAway("password_hash_b64_invalid", "invalid_grant", s, "password_hash_b64", "another")
		named := w.sent(ann, w.text("emails", "bob@example.org")).text("accessId")
		tries := [][]string{nil, {"password_hash_b64", "guess"}, {"email", "eve@example.org"}, {"email", "eve@example.org", "otp", "123456"}}
		closed := w.sent(ann, w.text("disabled", true)).text("accessId")
		alike := map[string]string{"password_hash_b64_required": s, "email_required": named, "send_id_invalid": closed}
		kinds := map[string]int{}
		for range 40 {
			unknown := base64URL(id.New())
			first := w.visit(unknown).text("send_access_error_type")
			kinds[first]++
			for _, pairs := range tries { // a Send that is there says the same, letter by letter
				if got, want := w.visit(unknown, pairs...), w.visit(alike[first], pairs...); got.Code != want.Code || got.Body.String() != want.Body.String() {
					w.Errorf("%s %v: got %d %s, want %d %s", first, pairs, got.Code, got.Body, want.Code, want.Body)
				}
			}
			if again := w.visit(unknown).text("send_access_error_type"); again != first {
				w.Errorf("%s, then %s", first, again)
			}
			switch first {
			case "password_hash_b64_required":
				w.turnedAway("password_hash_b64_invalid", "invalid_grant", unknown, "password_hash_b64", "guess")
			case "email_required":
				w.turnedAway("email_and_otp_required", "invalid_request", unknown, "email", "a@example.org")
				w.turnedAway("email_and_otp_required", "invalid_request", unknown, "email", "a@example.org", "otp", "123456")
			}
		}
		if len(kinds) != 3 || kinds["send_id_invalid"] == 0 || kinds["password_hash_b64_required"] == 0 || kinds["email_required"] == 0 {
			w.Errorf("got %v", kinds)
		}
		w.turnedAwayFrom(ann)
	})
}

// turnedAwayFrom checks that another scope and another client get nothing.
func (w *world) turnedAwayFrom(ann id.ID) {
	w.Helper()
	s := w.sent(ann, w.text()).text("accessId")
	if a := w.visit(s, "scope", "api"); a.Code != 400 || a.text("error") != "invalid_scope" {
		w.Errorf("scope: %s", a.Body)
	}
	if a := w.visit(s, "client_id", "web"); a.Code != 400 || a.text("error") != "invalid_client" {
		w.Errorf("client: %s", a.Body)
	}
}

// Scenario 129: the last access is given once.
func TestLastAccessIsGivenOnce(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("maxAccessCount", 1))
		token := w.admitted(s.text("accessId"))
		codes := make([]int, 6)
		var wg sync.WaitGroup
		for i := range codes {
			wg.Go(func() { codes[i] = w.call(token, "POST /api/sends/access", nil).Code })
		}
		wg.Wait()
		slices.Sort(codes)
		if want := []int{200, 404, 404, 404, 404, 404}; !slices.Equal(codes, want) {
			w.Errorf("got %v", codes)
		}
		w.turnedAway("send_id_invalid", "invalid_grant", s.text("accessId"))
	})
}

// Scenario 129, while the owner changes it and looks: nobody waits for each other, and
// each access is counted.
func TestAccessesAreCountedWhileTheOwnerChanges(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("maxAccessCount", 10))
		token := w.admitted(s.text("accessId"))
		read := make([]int, 16)
		var wg sync.WaitGroup
		for i := range read {
			wg.Go(func() { read[i] = w.call(token, "POST /api/sends/access", nil).Code })
			wg.Go(func() {
				if a := w.call(ann.String(), "PUT /api/sends/"+s.text("id"), w.text("maxAccessCount", 10, "hideEmail", i%2 == 0)); a.Code != 200 {
					w.Errorf("a change: got %d %s", a.Code, a.Body)
				}
			})
		}
		wg.Wait()
		slices.Sort(read)
		if want := append(slices.Repeat([]int{200}, 10), slices.Repeat([]int{404}, 6)...); !slices.Equal(read, want) {
			w.Errorf("got %v", read)
		}
		if got := w.must(ann.String(), "GET /api/sends/"+s.text("id"), nil); got.body["accessCount"] != 10.0 {
			w.Errorf("counted: %s", got.Body)
		}
	})
}

// Scenario 130: a Send that is closed lets nobody in, nor to its file.
func TestClosedSendIsClosed(t *testing.T) { each(t, closedSends) }

func closedSends(w *world) {
	whole := w.T
	for name, change := range map[string]func(w *world, ann id.ID, s answer){
		"expired": func(w *world, _ id.ID, _ answer) { w.Time = w.Time.Add(time.Minute) },
		"deleted": func(w *world, ann id.ID, s answer) { w.must(ann.String(), "DELETE /api/sends/"+s.text("id"), nil) },
		"disabled": func(w *world, ann id.ID, s answer) {
			w.must(ann.String(), "PUT /api/sends/"+s.text("id"), w.file(nil, "disabled", true))
		},
		"past its deletion": func(w *world, _ id.ID, _ answer) { w.Time = w.Time.Add(48 * time.Hour) },
	} {
		whole.Run(name, func(t *testing.T) {
			w.T = t
			ann := w.Person(w, id.New().String()+"@example.org")
			s := w.sent(ann, w.file(5, "expirationDate", w.Now().Add(30*time.Minute)))
			w.Time = w.Time.Add(30*time.Minute - 2*time.Second)
			token := w.admitted(s.text("accessId"))
			link := w.must(token, "POST /api/sends/access/file/"+fileOf(s), nil).text("url")
			path := strings.TrimPrefix(link, "https://vault.example.org")
			if a := w.must("", "GET "+path, nil); a.ResponseRecorder.Body.String() != "aaaaa" {
				w.Errorf("before: %q", a.ResponseRecorder.Body)
			}
			w.Time = w.Time.Add(time.Second)
			change(w, ann, s)
			w.Time = w.Time.Add(2 * time.Second)
			w.refused(404, "", "GET "+path, nil)
			if name != "deleted" { // which, for strangers, never was
				w.turnedAway("send_id_invalid", "invalid_grant", s.text("accessId"))
			}
			w.refused(404, "", "POST /api/sends/access/"+s.text("accessId"), object{"password": nil})
			w.refused(404, "", "POST /api/sends/"+s.text("id")+"/access/file/"+fileOf(s), object{"password": nil})
			status := 404 // for whoever came in before it was closed
			if name == "past its deletion" {
				status = 401 // that is long ago
			}
			w.refused(status, token, "POST /api/sends/access", nil)
			w.refused(status, token, "POST /api/sends/access/file/"+fileOf(s), nil)
		})
	}
}

// Scenario 131: a token is good for one Send, and for nothing else.
func TestTokenOfAVisitIsNarrow(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		first, second := w.sent(ann, w.file(5)), w.sent(ann, w.file(6))
		token := w.admitted(first.text("accessId"))
		w.refused(404, token, "POST /api/sends/access/file/"+fileOf(second), nil)
		if got := w.must(token, "POST /api/sends/access", nil); got.text("id") != first.text("accessId") {
			w.Errorf("got %s", got.Body)
		}
		w.refused(403, token, "GET /api/sync", nil)
		w.refused(403, token, "GET /api/sends", nil)
		w.refused(404, ann.String(), "POST /api/sends/access", nil)
		w.refused(404, ann.String(), "POST /api/sends/access/file/"+fileOf(first), nil)
		w.refused(401, "", "POST /api/sends/access", nil)
		w.Time = w.Time.Add(5 * time.Minute)
		w.refused(401, token, "POST /api/sends/access", nil)
	})
}

// Scenario 132: a file of another size ends its Send; it comes once; its address is
// short-lived.
func TestFileComesOnceAndAsAnnounced(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		created := w.must(ann.String(), "POST /api/sends/file/v2", w.file("7"))
		if created.text("object") != "send-fileUpload" || created.body["fileUploadType"] != 0.0 {
			w.Errorf("got %s", created.Body)
		}
		s := created.body["sendResponse"].(object)
		w.turnedAway("send_id_invalid", "invalid_grant", s["accessId"].(string)) // there is nothing to read yet
		w.must(ann.String(), "GET /api"+created.text("url"), nil)
		if a := w.upload(ann.String(), "/api"+created.text("url"), strings.Repeat("a", 1<<20+8)); a.Code != 400 {
			w.Errorf("larger: got %d %s", a.Code, a.Body)
		}
		w.refused(404, ann.String(), "GET /api/sends/"+s["id"].(string), nil)
		if n := w.contents(); n != 0 {
			w.Errorf("%d files are left", n)
		}
		sent := w.sent(ann, w.file(7))
		path := "/api/sends/" + sent.text("id") + "/file/" + fileOf(sent)
		if a := w.upload(ann.String(), path, "another"); a.Code != 400 {
			w.Errorf("twice: got %d %s", a.Code, a.Body)
		}
		w.refused(404, ann.String(), "GET "+path, nil)
		link := w.must(w.admitted(sent.text("accessId")), "POST /api/sends/access/file/"+fileOf(sent), nil).text("url")
		link = strings.TrimPrefix(link, "https://vault.example.org")
		a := w.must("", "GET "+link, nil)
		if h := a.Header(); a.ResponseRecorder.Body.String() != "aaaaaaa" || h.Get("Content-Type") != "application/octet-stream" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			w.Errorf("got %q %v", a.ResponseRecorder.Body, h)
		}
		w.refused(404, "", "GET "+link+"A", nil)
		w.Time = w.Time.Add(blob.LinkLife)
		w.refused(404, "", "GET "+link, nil)
		if got := w.must(ann.String(), "GET /api/sends/"+sent.text("id"), nil); got.body["accessCount"] != 1.0 || got.body["file"].(object)["size"] != "7" {
			w.Errorf("got %s", got.Body)
		}
	})
}

// Scenario 133: nobody but the owner has a Send.
func TestSendsOfOthersAreNotThere(t *testing.T) {
	each(t, func(w *world) {
		ann, bob := w.Person(w, "ann@example.org"), w.Person(w, "bob@example.org")
		s := w.sent(ann, w.file(5, "password", password))
		path := "/api/sends/" + s.text("id")
		for _, target := range []string{
			"GET " + path, "DELETE " + path, "PUT " + path + "/remove-password", "PUT " + path + "/remove-auth", "GET " + path + "/file/" + fileOf(s),
		} {
			w.refused(404, bob.String(), target, nil)
		}
		w.refused(404, bob.String(), "PUT "+path, w.file(nil))
		if a := w.upload(bob.String(), path+"/file/"+fileOf(s), "bbbbb"); a.Code != 404 {
			w.Errorf("upload: got %d %s", a.Code, a.Body)
		}
		w.admitted(s.text("accessId"), "password_hash_b64", password)
	})
}

// Scenario 134: who hides their address is not named.
func TestAddressIsHidden(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("hideEmail", true))
		file := w.sent(ann, w.file(5, "hideEmail", true))
		for _, got := range []answer{
			w.must(w.admitted(s.text("accessId")), "POST /api/sends/access", nil), w.must("", "POST /api/sends/access/"+s.text("accessId"), object{}),
			w.must(w.admitted(file.text("accessId")), "POST /api/sends/access", nil), w.must("", "POST /api/sends/access/"+file.text("accessId"), object{}),
		} {
			if got.body["creatorIdentifier"] != nil || strings.Contains(got.Body.String(), "ann@example.org") {
				w.Errorf("got %s", got.Body)
			}
		}
		w.must(ann.String(), "PUT /api/sends/"+s.text("id"), w.text())
		if got := w.must(w.admitted(s.text("accessId")), "POST /api/sends/access", nil); got.text("creatorIdentifier") != "ann@example.org" {
			w.Errorf("shown: got %s", got.Body)
		}
	})
}

// Scenario 135: dates that cannot be, and other members that cannot.
func TestWhatCannotBeIsNamed(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		now := w.Now()
		for field, in := range map[string]object{
			"deletionDate":   w.text("deletionDate", now.Add(31*24*time.Hour+2*time.Minute)),
			"deletionDate ":  w.text("deletionDate", now.Add(-time.Hour)),
			"deletionDate  ": w.text("deletionDate", now.Add(time.Minute)),
			"expirationDate": w.text("expirationDate", now.Add(49*time.Hour)), "expirationDate ": w.text("expirationDate", now),
			"maxAccessCount": w.text("maxAccessCount", 0), "password": w.text("authType", 1), "emails": w.text("authType", 0),
			"emails ": w.text("emails", "nobody"), "emails  ": w.text("emails", strings.Repeat("a@example.org,", 300)), "type": w.text("type", 2),
			"type ": w.text("type", 1), "text": w.text("text", nil), "text.text": w.text("text", object{"text": "plain"}), "key": w.text("key", ""),
			"name": w.text("name", strings.Repeat("a", 1001)), "authType": w.text("authType", 3),
		} {
			a := w.refused(400, ann.String(), "POST /api/sends", in)
			if errors, _ := a.body["validationErrors"].(object); errors[strings.TrimSpace(field)] == nil {
				w.Errorf("%s: got %s", field, a.Body)
			}
		}
		for _, size := range []any{0, -1, blob.MaxSize + 1, "many", nil} {
			w.refused(400, ann.String(), "POST /api/sends/file/v2", w.file(size))
		}
		w.quota = 10
		w.refused(400, ann.String(), "POST /api/sends/file/v2", w.file(11))
		s := w.sent(ann, w.text())
		path := "PUT /api/sends/" + s.text("id")
		w.refused(400, ann.String(), path, w.file(nil))
		for _, in := range []object{
			w.text("deletionDate", now.Add(31*24*time.Hour+2*time.Minute)), w.text("deletionDate", now.Add(-time.Hour)),
			w.text("expirationDate", now.Add(49*time.Hour)), w.text("deletionDate", nil), w.text("maxAccessCount", 0),
		} {
			w.refused(400, ann.String(), path, in)
		}
		w.must(ann.String(), "POST /api/sends", w.text("deletionDate", now.Add(31*24*time.Hour)))
	})
}

// Scenario 136: a password stays until it is taken away or replaced.
func TestPasswordStays(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("password", password))
		path := "/api/sends/" + s.text("id")
		for _, in := range []object{w.text("authType", 1), w.text("authType", 1, "password", s.text("password")), w.text()} {
			w.must(ann.String(), "PUT "+path, in)
			w.admitted(s.text("accessId"), "password_hash_b64", password)
		}
		w.must(ann.String(), "PUT "+path, w.text("password", "another"))
		w.turnedAway("password_hash_b64_invalid", "invalid_grant", s.text("accessId"), "password_hash_b64", password)
		w.admitted(s.text("accessId"), "password_hash_b64", "another")
		got := w.must(ann.String(), "PUT "+path+"/remove-password", nil)
		if got.body["authType"] != 2.0 || got.body["password"] != nil || got.body["emails"] != nil {
			w.Errorf("got %s", got.Body)
		}
		w.admitted(s.text("accessId"))
	})
}

// racing does something once after a Send is read for a change.
type racing struct {
	send.Store
	meanwhile func()
}

func (r *racing) Own(ctx contextOf, accountID, sendID id.ID) (send.Send, error) {
	v, err := r.Store.Own(ctx, accountID, sendID)
	if do := r.meanwhile; do != nil {
		r.meanwhile = nil
		do()
	}
	return v, err
}

// Scenario 136, for two devices at once: what one says is not undone by what the other
// has read before.
func TestNothingOfASendIsUndone(t *testing.T) {
	each(t, func(w *world) {
		ann, store := w.Person(w, "ann@example.org"), w.sends.Store
		for name, test := range map[string]struct {
			slow, fast func(path string)
			disabled   bool
		}{
			"a new password while another is kept": {
				func(path string) { w.must(ann.String(), "PUT "+path, w.text("authType", 1)) },
				func(path string) { w.must(ann.String(), "PUT "+path, w.text("password", "another")) }, false,
			},
			"it is switched off while its password is taken away": {
				func(path string) { w.must(ann.String(), "PUT "+path+"/remove-password", nil) },
				func(path string) {
					w.must(ann.String(), "PUT "+path, w.text("authType", 1, "password", "another", "disabled", true))
				}, true,
			},
		} {
			s := w.sent(ann, w.text("password", password))
			path := "/api/sends/" + s.text("id")
			w.sends.Store = &racing{store, func() { test.fast(path) }}
			test.slow(path)
			w.sends.Store = store
			if got := w.must(ann.String(), "GET "+path, nil); got.body["disabled"] != test.disabled {
				w.Errorf("%s: got %s", name, got.Body)
			}
			if !test.disabled {
				w.turnedAway("password_hash_b64_invalid", "invalid_grant", s.text("accessId"), "password_hash_b64", password)
				w.admitted(s.text("accessId"), "password_hash_b64", "another")
			}
		}
	})
}

// Scenario 137: a code goes to those alone whom a Send is for.
func TestCodeGoesToNamedPeople(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.text("emails", " Bob@Example.org,carl@example.org,bob@example.org"))
		if s.text("emails") != "bob@example.org,carl@example.org" || s.body["authType"] != 0.0 {
			w.Errorf("got %s", s.Body)
		}
		link, bob := s.text("accessId"), "bob@example.org"
		w.turnedAway("email_required", "invalid_request", link)
		stranger := w.visit(link, "email", "eve@example.org")
		if len(w.Mails) != 0 {
			w.Error("a stranger was mailed")
		}
		if known := w.visit(link, "email", bob); known.Code != stranger.Code || known.Body.String() != stranger.Body.String() {
			w.Errorf("got %s and %s", known.Body, stranger.Body)
		}
		if len(w.Mails) != 1 || w.Mails[0].To != bob || len(w.Mails[0].Data["Code"]) != 6 {
			w.Fatalf("mails: %+v", w.Mails)
		}
		code := w.Mails[0].Data["Code"]
		w.turnedAway("email_and_otp_required", "invalid_request", link, "email", "carl@example.org", "otp", code)
		w.turnedAway("email_and_otp_required", "invalid_request", link, "email", bob, "otp", wrongCode(code))
		tokens := make([]string, 4) // of which one is given
		var wg sync.WaitGroup
		for i := range tokens {
			wg.Go(func() { tokens[i] = w.visit(link, "email", bob, "otp", code).text("access_token") })
		}
		wg.Wait()
		tokens = slices.DeleteFunc(tokens, func(token string) bool { return token == "" })
		if len(tokens) != 1 {
			w.Fatalf("%d were let in by one code", len(tokens))
		}
		w.must(tokens[0], "POST /api/sends/access", nil)
		w.turnedAway("email_and_otp_required", "invalid_request", link, "email", bob, "otp", code)
		w.visit(link, "email", bob)
		w.visit(link, "email", bob) // within half a minute: no second one
		if len(w.Mails) != 2 {
			w.Errorf("%d mails", len(w.Mails))
		}
		w.Time = w.Time.Add(5 * time.Minute)
		w.turnedAway("email_and_otp_required", "invalid_request", link, "email", bob, "otp", w.Mails[1].Data["Code"])
		w.visit(link, "email", bob)
		code = w.Mails[2].Data["Code"]
		for range 5 {
			w.turnedAway("email_and_otp_required", "invalid_request", link, "email", bob, "otp", wrongCode(code))
		}
		w.turnedAway("email_and_otp_required", "invalid_request", link, "email", bob, "otp", code)
		w.refused(404, "", "POST /api/sends/access/"+link, object{"password": nil})
	})
}

// Scenario 138: clients of before send the password along.
func TestOlderClientsReadToo(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.file(5, "password", password))
		for _, target := range []string{"POST /api/sends/access/" + s.text("accessId"), "POST /api/sends/" + s.text("id") + "/access/file/" + fileOf(s)} {
			w.refused(401, "", target, object{"password": nil})
			w.refused(400, "", target, object{"password": "wrong"})
			w.must("", target, object{"password": password})
		}
		w.refused(404, "", "POST /api/sends/access/"+base64URL(id.New()), object{"password": nil})
		open := w.sent(ann, w.text("maxAccessCount", 1))
		w.must("", "POST /api/sends/access/"+open.text("accessId"), object{})
		w.refused(404, "", "POST /api/sends/access/"+open.text("accessId"), object{})
	})
}

// Of two uploads at once, one that is too large does not take the other's Send along.
func TestFileThatHasComeStays(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		created := w.must(ann.String(), "POST /api/sends/file/v2", w.file(7))
		path, s := "/api"+created.text("url"), created.body["sendResponse"].(object)
		sendID, err := id.Parse(s["id"].(string))
		if err != nil {
			w.Fatal(err)
		}
		w.kinds()
		large := &meanwhile{r: strings.NewReader(strings.Repeat("a", 1<<20+8)), do: func() {
			if a := w.upload(ann.String(), path, "content"); a.Code != 200 {
				w.Errorf("got %d %s", a.Code, a.Body)
			}
		}}
		if err := w.sends.Receive(w.Context(), ann, sendID, path[strings.LastIndex(path, "/")+1:], large); !blob.IsWrongSize(err) {
			w.Errorf("got %v", err)
		}
		if got := w.kinds(); slices.Contains(got, notice.SendDeleted) {
			w.Errorf("told: %v", got)
		}
		w.must(ann.String(), "GET /api/sends/"+s["id"].(string), nil)
		if n := w.contents(); n != 1 {
			w.Errorf("%d files are there", n)
		}
	})
}

// meanwhile does something before what it yields is read.
type meanwhile struct {
	r  io.Reader
	do func()
}

// Read reads on.
func (m *meanwhile) Read(p []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.r.Read(p)
}

// Scenario 139: what is over goes, with its files.
func TestSendsGoWhenTheirTimeComes(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		w.sent(ann, w.text("deletionDate", w.Now().Add(time.Hour)))
		w.sent(ann, w.file(5, "deletionDate", w.Now().Add(time.Hour)))
		stays := w.sent(ann, w.file(6))
		waits := w.must(ann.String(), "POST /api/sends/file/v2", w.file(7))
		before := w.revision(ann)
		w.kinds()
		w.Time = w.Time.Add(time.Hour)
		if err := w.sends.DeleteDue(w.Context()); err != nil {
			w.Fatal(err)
		}
		if got := w.kinds(); !slices.Equal(got, []notice.Kind{notice.SendDeleted, notice.SendDeleted}) {
			w.Errorf("told: %v", got)
		}
		if !w.revision(ann).After(before) {
			w.Error("other devices do not notice")
		}
		if list := w.must(ann.String(), "GET /api/sends", nil).body["data"].([]any); len(list) != 2 || w.contents() != 1 {
			w.Errorf("%d are left, and %d files", len(list), w.contents())
		}
		w.Time = w.Time.Add(23 * time.Hour)
		if err := w.blobs.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.refused(404, ann.String(), "GET /api"+strings.Split(waits.text("url"), "/file/")[0], nil)
		w.must(ann.String(), "GET /api/sends/"+stays.text("id"), nil)
	})
}

// Scenario 172, for Sends: who goes takes everything along.
func TestSendsGoWithTheirOwner(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		s := w.sent(ann, w.file(5))
		err := w.blobs.Store.Tx(w.Context(), func(ctx contextOf) error {
			if err := w.blobs.DropOf(ctx, blob.Owner{AccountID: ann}); err != nil {
				return err
			}
			_, err := w.Accounts.Store.Delete(ctx, ann)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		sendID, _ := id.Parse(s.text("id"))
		if _, err := w.sends.Store.Get(w.Context(), sendID); err != fault.Gone || w.contents() != 0 {
			w.Errorf("left: %v, %d files", err, w.contents())
		}
	})
}

// Scenarios 121 and 122: policies 6, 7 and 21, for a member whom they bind.
func TestOrganizationsLimitSends(t *testing.T) { each(t, limitsOfOrganizations) }

func limitsOfOrganizations(w *world) {
	whole := w.T
	tests := map[string]struct {
		policy    policy.Type
		data      string
		good, bad func(w *world) object
	}{
		"none at all":  {policy.DisableSend, "", nil, func(w *world) object { return w.text() }},
		"address":      {policy.SendOptions, `{"disableHideEmail":true}`, func(w *world) object { return w.text() }, func(w *world) object { return w.text("hideEmail", true) }},
		"off, newest":  {policy.SendControls, `{"disableSend":true}`, nil, func(w *world) object { return w.text() }},
		"password":     {policy.SendControls, `{"whoCanAccess":1}`, func(w *world) object { return w.text("password", password) }, func(w *world) object { return w.text() }},
		"people":       {policy.SendControls, `{"whoCanAccess":2}`, func(w *world) object { return w.text("emails", "a@b.org") }, func(w *world) object { return w.text("password", password) }},
		"domains":      {policy.SendControls, `{"whoCanAccess":2,"allowedDomains":"Acme.org, b.org"}`, func(w *world) object { return w.text("emails", "a@b.org,c@acme.org") }, func(w *world) object { return w.text("emails", "a@b.org,c@d.org") }},
		"hours":        {policy.SendControls, `{"deletionHours":24}`, func(w *world) object { return w.text("deletionDate", w.Now().Add(24*time.Hour+time.Minute)) }, func(w *world) object { return w.text() }},
		"types":        {policy.SendControls, `{"allowedSendTypes":[1]}`, nil, func(w *world) object { return w.text() }},
		"hide, newest": {policy.SendControls, `{"disableHideEmail":true}`, func(w *world) object { return w.text() }, func(w *world) object { return w.text("hideEmail", true) }},
	}
	for name, test := range tests {
		whole.Run(name, func(t *testing.T) {
			w.T = t
			ann := w.Person(w, id.New().String()+"@example.org")
			before := w.sent(ann, test.bad(w))
			w.rule(ann, test.policy, test.data)
			w.refused(400, ann.String(), "POST /api/sends", test.bad(w))
			w.refused(400, ann.String(), "PUT /api/sends/"+before.text("id"), test.bad(w))
			if name != "types" { // which is about texts
				bad := test.bad(w)
				maps.Copy(bad, object{"type": 1, "text": nil, "file": object{"fileName": encrypted}, "fileLength": 5})
				w.refused(400, ann.String(), "POST /api/sends/file/v2", bad)
			}
			if test.good != nil {
				s := w.must(ann.String(), "POST /api/sends", test.good(w))
				if s.body["authType"] != 2.0 && test.policy == policy.SendControls && name != "hide, newest" {
					for _, remove := range []string{"/remove-password", "/remove-auth"} { // which opens it to everybody
						w.refused(400, ann.String(), "PUT /api/sends/"+s.text("id")+remove, nil)
					}
				}
			}
			w.must(ann.String(), "DELETE /api/sends/"+before.text("id"), nil)
		})
	}
}

// Files and named people are premium features, and files need a verified address.
func TestPremiumIsNeeded(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		w.free = true
		w.refused(400, ann.String(), "POST /api/sends/file/v2", w.file(5))
		w.refused(400, ann.String(), "POST /api/sends", w.text("emails", "a@b.org"))
		w.sent(ann, w.text("password", password))
		w.free = false
		if _, err := w.DB.Exec(w.Context(), `UPDATE account SET email_verified = FALSE`); err != nil {
			w.Fatal(err)
		}
		w.refused(400, ann.String(), "POST /api/sends/file/v2", w.file(5))
		w.sends.Verification = false
		w.sent(ann, w.file(5))
	})
}

// Scenario 150, for Sends: each change is told to clients and logged, once.
func TestEachChangeIsToldAndLogged(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		var s answer
		steps := []struct {
			do   func()
			kind notice.Kind
			log  event.Type
		}{
			{func() { s = w.sent(ann, w.text()) }, notice.SendCreated, event.TextSendCreated},
			{func() { s = w.sent(ann, w.text("emails", "a@b.org")) }, notice.SendCreated, event.TextSendForPeopleCreated},
			{func() { s = w.sent(ann, w.text("password", password)) }, notice.SendCreated, event.TextSendByPasswordCreated},
			{func() { w.must(ann.String(), "PUT /api/sends/"+s.text("id")+"/remove-auth", nil) }, notice.SendUpdated, event.TextSendEdited},
			{func() { w.must("", "POST /api/sends/access/"+s.text("accessId"), nil) }, notice.SendUpdated, event.TextSendAccessed},
			{func() { w.must(ann.String(), "DELETE /api/sends/"+s.text("id"), nil) }, notice.SendDeleted, event.TextSendDeleted},
			{func() { s = w.sent(ann, w.file(5)) }, notice.SendCreated, event.FileSendCreated},
			{func() { w.must(ann.String(), "PUT /api/sends/"+s.text("id"), w.file(nil)) }, notice.SendUpdated, event.FileSendEdited},
			{func() { w.must(ann.String(), "DELETE /api/sends/"+s.text("id"), nil) }, notice.SendDeleted, event.FileSendDeleted},
		}
		w.kinds()
		for i, step := range steps {
			before, logged := w.revision(ann), len(w.Recorded(w))
			w.Time = w.Time.Add(time.Second)
			step.do()
			if got := w.kinds(); !slices.Equal(got, []notice.Kind{step.kind}) || !w.revision(ann).After(before) {
				w.Errorf("step %d: told %v", i, got)
			}
			events := w.Recorded(w)[logged:]
			if len(events) != 1 || events[0].Type != step.log || events[0].SendID.String() != s.text("id") {
				w.Errorf("step %d: logged %+v", i, events)
			}
		}
	})
}

func wrongCode(code string) string {
	last := code[len(code)-1]
	return fmt.Sprintf("%s%d", code[:len(code)-1], (last-'0'+1)%10)
}

// Scenario 80, while a member sends something of their own, which is in the log of the
// organization as well.
func TestSendsGoOnWhileAnOrganizationEnds(t *testing.T) {
	each(t, func(w *world) {
		ann, owner := w.Person(w, "ann@example.org"), w.Person(w, "owner@example.org")
		for range 5 {
			o := w.Organization(w, owner, plan.EnterpriseAnnually)
			w.Join(w, org.Member{OrganizationID: o.ID, AccountID: ann, Status: org.Confirmed, Type: org.User})
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if a := w.call(ann.String(), "POST /api/sends", w.text()); a.Code != 200 {
						w.Errorf("got %d %s", a.Code, a.Body)
					}
				})
			}
			wg.Go(func() {
				if err := w.Orgs.Delete(w.Context(), owner, o.ID, account.Secret{MasterPasswordHash: orgtest.Password}); err != nil {
					w.Error(err)
				}
			})
			wg.Wait()
		}
	})
}

// Whoever signs in on a new device meanwhile, which refers to the person, is in nobody's
// way.
func TestSendsChangeWhileTheirOwnerSignsIn(t *testing.T) {
	each(t, func(w *world) {
		ann := w.Person(w, "ann@example.org")
		path, devices := "/api/sends/"+w.sent(ann, w.text()).text("id"), device.NewStore(w.DB)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { w.refused(200, ann.String(), "PUT "+path, w.text()) })
			wg.Go(func() {
				err := w.DB.Tx(w.Context(), func(ctx contextOf) error {
					_, err := devices.Save(ctx, device.Device{ID: id.New(), AccountID: ann, Identifier: id.New().String(), CreatedAt: w.Now(), ActiveAt: w.Now()})
					return err
				})
				if err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
	})
}
