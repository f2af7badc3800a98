package twostep_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/twostep"
)

const (
	getDuo    = "/api/two-factor/get-duo"
	putDuo    = "/api/two-factor/duo"
	duoHost   = "api-1a2b3c4d.duosecurity.com"
	duoID     = "DIXXXXXXXXXXXXXXXXXX"
	duoSecret = "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"
)

var duoApp = fmt.Sprintf(`"clientId":%q,"clientSecret":%q,"host":%q`, duoID, duoSecret, duoHost)

type claims = map[string]any

// duo is the host of an application at Duo: it judges what is signed, asks the
// person, and signs what it found out.
type duo struct {
	*httptest.Server
	now      func() time.Time
	codes    map[string]claims // what was asked when a code was given
	result   string            // what the person does with their phone
	say      func(t claims)    // changes what is said before it is signed
	secret   string            // signs the answers
	sick     bool
	requests int
}

func (w *world) withDuo(t *testing.T) *duo {
	t.Helper()
	d := &duo{now: func() time.Time { return w.now }, codes: map[string]claims{}, result: "allow", secret: duoSecret}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/v1/health_check", d.health)
	mux.HandleFunc("GET /oauth/v1/authorize", d.authorize)
	mux.HandleFunc("POST /oauth/v1/token", d.token)
	d.Server = httptest.NewTLSServer(mux)
	t.Cleanup(d.Close)
	w.Duo = &twostep.DuoAPI{HTTP: d.client(), Now: d.now}
	return d
}

// client reaches the server whatever host it calls, and follows no redirect.
func (d *duo) client() *http.Client {
	transport := d.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com" // what its certificate is for
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, d.Listener.Addr().String())
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// jwt signs claims as Duo and its applications do.
func jwt(secret string, c claims) string {
	encode := base64.RawURLEncoding.EncodeToString
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err) // tests put plain JSON into it
	}
	signed := encode([]byte(`{"alg":"HS512","typ":"JWT"}`)) + "." + encode(raw)
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// read returns the claims of a token that the application signed and that is young.
func (d *duo) read(token string) (claims, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	c := claims{}
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return nil, false
	}
	mac := hmac.New(sha512.New, []byte(duoSecret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	exp, ok := c["exp"].(float64)
	good := parts[2] == base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) && ok && int64(exp) > d.now().Unix()
	return c, good && c["iss"] == duoID
}

// asserts reports whether a form proves which application sends it.
func (d *duo) asserts(r *http.Request) bool {
	d.requests++
	c, ok := d.read(r.PostFormValue("client_assertion"))
	return ok && c["sub"] == duoID && c["aud"] == "https://"+r.Host+r.URL.Path && len(fmt.Sprint(c["jti"])) >= 16
}

func (d *duo) health(w http.ResponseWriter, r *http.Request) {
	if !d.asserts(r) || r.PostFormValue("client_id") != duoID || d.sick {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"stat":"FAIL","code":40103,"message":"Invalid signature"}`)
		return
	}
	fmt.Fprint(w, `{"stat":"OK","response":{"timestamp":1763899200}}`)
}

func (d *duo) authorize(w http.ResponseWriter, r *http.Request) {
	c, ok := d.read(r.URL.Query().Get("request"))
	state := fmt.Sprint(c["state"])
	if !ok || c["aud"] != "https://"+r.Host || c["response_type"] != "code" || c["scope"] != "openid" || c["client_id"] != duoID ||
		len(state) < 22 || len(state) > 1024 || r.URL.Query().Get("client_id") != duoID || r.URL.Query().Get("response_type") != "code" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := fmt.Sprint("code-", len(d.codes))
	d.codes[code] = c
	name := "duo_code"
	if c["use_duo_code_attribute"] == false {
		name = "code"
	}
	back := fmt.Sprint(c["redirect_uri"]) + "&" + url.Values{name: {code}, "state": {state}}.Encode()
	http.Redirect(w, r, back, http.StatusFound)
}

func (d *duo) token(w http.ResponseWriter, r *http.Request) {
	proved := d.asserts(r) && r.PostFormValue("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	asked, known := d.codes[r.PostFormValue("code")]
	delete(d.codes, r.PostFormValue("code"))
	switch {
	case d.sick:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case !proved || !known || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != asked["redirect_uri"]:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"The provided authorization grant is invalid."}`)
		return
	}
	said := claims{
		"iss": "https://" + r.Host + r.URL.Path, "aud": duoID, "sub": asked["duo_uname"], "preferred_username": asked["duo_uname"], "nonce": asked["nonce"],
		"iat": d.now().Unix(), "exp": d.now().Add(time.Hour).Unix(), "auth_time": d.now().Unix(),
		"auth_result": claims{"result": d.result, "status": d.result, "status_msg": "Login"},
	}
	if d.say != nil {
		d.say(said)
	}
	fmt.Fprintf(w, `{"id_token":%q,"access_token":"x","token_type":"Bearer","expires_in":3600}`, jwt(d.secret, said))
}

// visited sends a browser where a challenge of Zoé's says, and returns what it
// brings back.
func (w *world) visited(t *testing.T, d *duo, app twostep.App) (token string, back *url.URL) {
	t.Helper()
	c, err := w.Challenge(t.Context(), w.zoe, app)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(c.Providers["2"])
	if err != nil {
		t.Fatal(err)
	}
	var hint struct{ Host, AuthURL string }
	if err := json.Unmarshal(raw, &hint); err != nil || hint.Host != duoHost {
		t.Fatalf("the challenge is %s, %v", raw, err)
	}
	res, err := d.client().Get(hint.AuthURL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if back, err = res.Location(); err != nil {
		t.Fatalf("%s: %v", res.Status, err)
	}
	return back.Query().Get("code") + "|" + back.Query().Get("state"), back
}

func (w *world) withDuoApp(t *testing.T) *duo {
	t.Helper()
	d := w.withDuo(t)
	w.good(t, "PUT", putDuo, `{`+duoApp+`,`+proof+`}`, nil)
	return d
}

func TestDuoIsSetUpAndUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, base *db.DB) {
		w := newWorld(t, base)
		d := w.withDuo(t)
		var got struct{ UserVerificationToken string }
		w.good(t, "POST", getDuo, `{`+proof+`}`, &got)
		token := fmt.Sprintf(`"userVerificationToken":%q`, got.UserVerificationToken)
		const masked = `"clientSecret":"deadbe**********************************"`
		w.wants(t, "PUT", putDuo, `{`+duoApp+`,`+token+`}`, 200, `{"duo":{"enabled":true,"host":"`+duoHost+`","clientId":"`+duoID+`",`+masked+`},"object":"twoFactorDuoUpdate"}`)
		answer, back := w.visited(t, d, twostep.App{Name: "browser"})
		if got := back.Scheme + "://" + back.Host + back.Path; got != vault+"/duo-redirect-connector.html" || back.Query().Get("client") != "browser" {
			t.Errorf("the browser came back to %s", back)
		}
		if got := w.try(t, twostep.Duo, answer); got != twostep.Passed {
			t.Errorf("got %v", got)
		}
		if got := w.try(t, twostep.Duo, answer); got != twostep.Wrong {
			t.Errorf("again: got %v", got)
		}
		w.wants(t, "POST", putDuo, `{`+strings.Replace(duoApp, duoSecret, "deadbe"+strings.Repeat("*", 34), 1)+`,`+token+`}`, 200, masked)
		answer, _ = w.visited(t, d, twostep.App{})
		if got := w.try(t, twostep.Duo, answer); got != twostep.Passed {
			t.Errorf("with the secret as it was: got %v", got)
		}
		w.wants(t, "DELETE", putDuo, `{`+token+`}`, 204, "")
	})
}

func TestPhoneIsCalledBack(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	d := w.withDuoApp(t)
	for app, want := range map[twostep.App]string{
		{Name: "mobile", Deeplink: "bitwarden"}:          "client=mobile&deeplinkScheme=bitwarden",
		{Name: "mobile", Deeplink: "https"}:              "client=mobile&deeplinkScheme=https",
		{Name: "https://evil.example", Deeplink: "evil"}: "client=web",
	} {
		if _, back := w.visited(t, d, app); !strings.HasPrefix(back.RawQuery, want+"&code=") {
			t.Errorf("%v: the browser came back to %s", app, back)
		}
	}
}

func TestWhatDuoDidNotSayIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Limits.Factor = 100
	d := w.withDuoApp(t)
	wrong := func(what, token string) {
		t.Helper()
		if got := w.try(t, twostep.Duo, token); got != twostep.Wrong {
			t.Errorf("%s: got %v", what, got)
		}
	}
	d.result = "deny"
	token, _ := w.visited(t, d, twostep.App{})
	wrong("a person who refuses", token)
	d.result = "allow"
	for what, say := range map[string]func(claims){
		"another person":      func(c claims) { c["preferred_username"] = w.bob.Email },
		"another prompt":      func(c claims) { c["nonce"] = "another" },
		"another application": func(c claims) { c["aud"] = "DIYYYYYYYYYYYYYYYYYY" },
		"another host":        func(c claims) { c["iss"] = "https://api-other.duosecurity.com/oauth/v1/token" },
		"old":                 func(c claims) { c["exp"] = w.now.Add(-2 * time.Minute).Unix() },
		"early":               func(c claims) { c["iat"] = w.now.Add(2 * time.Minute).Unix() },
		"no result":           func(c claims) { delete(c, "auth_result") },
	} {
		token, _ := w.visited(t, d, twostep.App{})
		d.say = say
		wrong(what, token)
	}
	d.say = nil
	token, _ = w.visited(t, d, twostep.App{})
	code, state, _ := strings.Cut(token, "|")
	wrong("no state", code)
	wrong("another state", code+"|garbage")
	wrong("no code", "|"+state)
	wrong("a wrong code", "code-99|"+state)
	w.now = w.now.Add(6 * time.Minute)
	wrong("too late", token)
}

func TestStateOfAnotherPersonIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	d := w.withDuoApp(t)
	if err := w.SetDuo(t.Context(), w.bob.ID, twostep.DuoApp{}); err == nil {
		t.Fatal("a person without premium set Duo up")
	}
	token, _ := w.visited(t, d, twostep.App{})
	if _, err := w.db.Exec(t.Context(), `UPDATE two_step_provider SET account_id = $1`, w.bob.ID); err != nil {
		t.Fatal(err)
	}
	asked := d.requests
	got, err := w.Check(t.Context(), w.bob, twostep.Attempt{Provider: twostep.Duo, Token: token})
	if got != twostep.Wrong || err == nil || d.requests != asked { // what is sealed for Zoé does not even open
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAnswersThatDuoDidNotSignAreNoAnswers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	d := w.withDuoApp(t)
	check := func(what string) {
		t.Helper()
		token, _ := w.visited(t, d, twostep.App{})
		got, err := w.Check(t.Context(), w.zoe, twostep.Attempt{Provider: twostep.Duo, Token: token, Device: home})
		if got == twostep.Passed || err == nil {
			t.Errorf("%s: got %v, %v", what, got, err)
		}
	}
	for range 3 { // none of them counts as wrong
		d.secret = "another secret"
		check("another secret")
		d.secret, d.sick = duoSecret, true
		check("an outage")
		d.sick = false
	}
	token, _ := w.visited(t, d, twostep.App{})
	if got := w.try(t, twostep.Duo, token); got != twostep.Passed {
		t.Errorf("afterwards: got %v", got)
	}
}

func TestDuoKnowsTheApplicationBeforeItIsSetUp(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.wants(t, "POST", getDuo, `{`+proof+`}`, 400, "This server does not offer Duo.")
	w.wants(t, "PUT", putDuo, `{`+duoApp+`,`+proof+`}`, 400, `"code":"two-step-not-offered"`)
	d := w.withDuo(t)
	w.premium = false
	w.wants(t, "PUT", putDuo, `{`+duoApp+`,`+proof+`}`, 400, "Premium status is required.")
	w.premium = true
	w.wants(t, "PUT", putDuo, `{`+strings.Replace(duoApp, "deadbeef", "00000000", 1)+`,`+proof+`}`, 400, "Duo configuration settings are not valid.")
	for _, host := range []string{
		"duosecurity.com", "api-1.duosecurity.com.evil.example", "evil.example/api-1.duosecurity.com", "api-1.duosecurity.com:443",
		"api-1.duosecurity.com@evil.example", "api-1.duosecurity.com/", "127.0.0.1", "localhost", "duofederal.com", "api-.x.duosecurity.com\n",
	} {
		before := d.requests
		w.wants(t, "PUT", putDuo, `{`+strings.Replace(duoApp, `"`+duoHost+`"`, fmt.Sprintf("%q", host), 1)+`,`+proof+`}`, 400, `"Host":["Host is invalid.`)
		if d.requests != before {
			t.Errorf("%q was called", host)
		}
	}
	if numbers := w.numbers(t); len(numbers) > 0 {
		t.Errorf("set up are %v", numbers)
	}
}
