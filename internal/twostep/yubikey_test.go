package twostep_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/twostep"
)

const (
	getYubiKey = "/api/two-factor/get-yubikey"
	putYubiKey = "/api/two-factor/yubikey"
	blueKey    = "cccccccbcdef"
	redKey     = "ccccccknvvvv"
)

var yubicoKey = []byte("twenty bytes of key.")

// typed is what a key types when it is touched, in the notation of its letters.
func typed(keyID string, n int) string {
	letters := []rune("cbdefghijklnrtuv")
	return keyID + strings.Repeat("b", 28) + string([]rune{letters[n>>12&15], letters[n>>8&15], letters[n>>4&15], letters[n&15]})
}

// yubico is a validation server: it knows what its keys type, each once, and signs.
type yubico struct {
	*httptest.Server
	used   map[string]bool
	answer func(said map[string]string) // changes an answer before it is signed
	forge  func(said map[string]string) // changes it afterwards
	status string                       // instead of judging
}

func newYubico(t *testing.T) *yubico {
	t.Helper()
	y := &yubico{used: map[string]bool{}}
	y.Server = httptest.NewServer(http.HandlerFunc(y.verify))
	t.Cleanup(y.Close)
	return y
}

func (y *yubico) verify(w http.ResponseWriter, r *http.Request) {
	asked := map[string]string{}
	for name, values := range r.URL.Query() {
		asked[name] = values[0]
	}
	h := asked["h"]
	delete(asked, "h")
	said := map[string]string{"otp": asked["otp"], "nonce": asked["nonce"], "t": "2026-11-23T12:00:00Z0123", "sl": "100", "status": "OK"}
	switch {
	case asked["id"] != "12345":
		said["status"] = "NO_SUCH_CLIENT"
	case h != yubicoSign(asked):
		said["status"] = "BAD_SIGNATURE"
	case len(asked["nonce"]) < 16 || len(asked["nonce"]) > 40:
		said["status"] = "MISSING_PARAMETER"
	case !strings.HasPrefix(asked["otp"], blueKey) && !strings.HasPrefix(asked["otp"], redKey):
		said["status"] = "BAD_OTP"
	case y.used[asked["otp"]]:
		said["status"] = "REPLAYED_OTP"
	}
	y.used[asked["otp"]] = true
	if y.status != "" {
		said["status"] = y.status
	}
	if y.answer != nil {
		y.answer(said)
	}
	said["h"] = yubicoSign(said)
	if y.forge != nil {
		y.forge(said)
	}
	for name, value := range said {
		fmt.Fprintf(w, "%s=%s\r\n", name, value)
	}
}

func yubicoSign(values map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, name+"="+values[name])
	}
	mac := hmac.New(sha1.New, yubicoKey)
	mac.Write([]byte(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// withYubico lets the world ask a validation server.
func (w *world) withYubico(t *testing.T) *yubico {
	t.Helper()
	y := newYubico(t)
	w.Yubico = &twostep.Yubico{ClientID: "12345", Key: yubicoKey, URLs: []string{y.URL}, HTTP: y.Client()}
	return y
}

func TestYubiKeysAreSetUpAndUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withYubico(t)
		var got struct{ UserVerificationToken string }
		w.good(t, "POST", getYubiKey, `{`+proof+`}`, &got)
		token := fmt.Sprintf(`"userVerificationToken":%q`, got.UserVerificationToken)
		w.wants(t, "PUT", putYubiKey, fmt.Sprintf(`{"key1":%q,"nfc":true,%s}`, typed(blueKey, 1), token), 200,
			`{"yubiKey":{"enabled":true,"key1":"cccccccbcdef","key2":null,"key3":null,"key4":null,"key5":null,"nfc":true},"object":"twoFactorYubiKeyUpdate"}`)
		w.wants(t, "PUT", putYubiKey, fmt.Sprintf(`{"key1":%q,"key3":%q,"nfc":false,%s}`, blueKey, strings.ToUpper(typed(redKey, 1)), token), 200,
			`"key1":"cccccccbcdef","key2":null,"key3":"ccccccknvvvv"`)
		c, err := w.Challenge(t.Context(), w.zoe, twostep.App{})
		if err != nil || fmt.Sprint(c.Providers["3"]) != "{false}" {
			t.Errorf("the challenge is %v, %v", c.Providers, err)
		}
		otp := typed(redKey, 2)
		if got := w.try(t, twostep.YubiKey, otp); got != twostep.Passed {
			t.Errorf("got %v", got)
		}
		if got := w.try(t, twostep.YubiKey, otp); got != twostep.Wrong {
			t.Errorf("again: got %v", got)
		}
		w.wants(t, "DELETE", putYubiKey, `{`+token+`}`, 204, "")
	})
}

func TestWhatNoYubiKeyOfThePersonTypedIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	y := w.withYubico(t)
	w.Limits.Factor = 100
	if err := w.SetYubiKeys(t.Context(), w.zoe.ID, [5]string{typed(blueKey, 1)}, false); err != nil {
		t.Fatal(err)
	}
	asked := len(y.used)
	for _, text := range []string{typed(redKey, 1), typed(blueKey, 2)[1:], typed(blueKey, 2) + "c", strings.Repeat("a", 44), blueKey} {
		if got := w.try(t, twostep.YubiKey, text); got != twostep.Wrong {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if len(y.used) != asked {
		t.Error("the validation server was asked about what is certainly wrong")
	}
}

func TestYubiKeysThatAreNoneAreNamed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.withYubico(t)
	stranger, twice := typed("vvvvvvvvvvvv", 1), `"key1":"`+typed(blueKey, 7)+`","key2":"`+typed(blueKey, 8)+`"`
	for body, want := range map[string]string{
		`"nfc":true`:                `"Key1":["A key is required."]`,
		`"key2":"` + blueKey + `"`:  `"Key2":["Key 2 is not`, // an id that the person does not have
		`"key3":"` + stranger + `"`: `"Key3":["Key 3 is not`,
		twice:                       `"Key2":["Key 2 is not`,
	} {
		w.wants(t, "PUT", putYubiKey, `{`+body+`,`+proof+`}`, 400, want)
	}
}

func TestAnswersThatYubicoDidNotGiveAreNoAnswers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	y := w.withYubico(t)
	if err := w.SetYubiKeys(t.Context(), w.zoe.ID, [5]string{typed(blueKey, 1)}, false); err != nil {
		t.Fatal(err)
	}
	n := 1
	check := func(what string) {
		t.Helper()
		n++
		got, err := w.Check(t.Context(), w.zoe, twostep.Attempt{Provider: twostep.YubiKey, Token: typed(blueKey, n), Device: home})
		if err == nil || got == twostep.Passed || strings.Contains(err.Error(), blueKey) {
			t.Errorf("%s: got %v, %v", what, got, err)
		}
	}
	for range 3 { // none of them counts as wrong
		y.forge = func(said map[string]string) { said["t"] = "x" }
		check("a signature of something else")
		y.forge = func(said map[string]string) { delete(said, "h") }
		check("no signature")
		y.forge, y.answer = nil, func(said map[string]string) { said["nonce"] = "another" }
		check("another question's answer")
		y.answer = func(said map[string]string) { said["otp"] = typed(redKey, 1) }
		check("another key's answer")
		y.answer, y.status = nil, "BACKEND_ERROR"
		check("an outage")
		y.status = ""
	}
	w.Yubico.Key = []byte("another key")
	check("a key that Yubico does not know")
	w.Yubico.Key = yubicoKey
	w.Yubico.URLs = []string{"http://127.0.0.1:1", y.URL}
	if got := w.try(t, twostep.YubiKey, typed(blueKey, 99)); got != twostep.Passed {
		t.Errorf("the second server: got %v", got)
	}
}

func TestYubiKeyIsNotOfferedWithoutSettingsOrPremium(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		body := fmt.Sprintf(`{"key1":%q,%s}`, typed(blueKey, 1), proof)
		w.wants(t, "POST", getYubiKey, `{`+proof+`}`, 400, "This server does not offer YubiKey OTP.")
		w.wants(t, "PUT", putYubiKey, body, 400, `"code":"two-step-not-offered"`)
		w.withYubico(t)
		w.premium = false
		w.wants(t, "POST", getYubiKey, `{`+proof+`}`, 400, "Premium status is required.")
		w.wants(t, "PUT", putYubiKey, body, 400, `"code":"premium-required"`)
		w.premium = true
		w.wants(t, "PUT", putYubiKey, body, 200, `"enabled":true`)
		w.premium = false // it keeps protecting
		if got := w.try(t, twostep.YubiKey, typed(blueKey, 2)); got != twostep.Passed {
			t.Errorf("without premium: got %v", got)
		}
		w.Yubico = nil
		w.wants(t, "GET", "/api/two-factor", "", 200, `{"enabled":false,"type":3,"object":"twoFactorProvider"}`)
		c, err := w.Challenge(t.Context(), w.zoe, twostep.App{})
		needed, err2 := w.Needed(t.Context(), w.zoe)
		if err != nil || err2 != nil || !needed || len(c.Providers) > 0 {
			t.Errorf("asked is %v, needed %v, %v, %v", c.Providers, needed, err, err2)
		}
	})
}
