package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/policy"
)

// Scenario 123, for what no password could meet, and the same for every other member
// that clients read.
func TestDataIsWhatClientsCanRead(t *testing.T) {
	tests := map[string]struct {
		policyType policy.Type
		data       string
		fault      string // the key and, of a member, its name
		want       string // the data, unless it is as it was
	}{
		"no data":                  {policy.MasterPassword, ``, "", ""},
		"fits":                     {policy.MasterPassword, `{"minComplexity":4,"minLength":12}`, "", ""},
		"length unset":             {policy.MasterPassword, `{"minLength":null}`, "", ""},
		"too short":                {policy.MasterPassword, `{"minLength":11}`, "policy.range minLength", ""},
		"too long":                 {policy.MasterPassword, `{"minLength":129}`, "policy.range minLength", ""},
		"longer than any number":   {policy.MasterPassword, `{"minLength":99999999999999999999}`, "policy.range minLength", ""},
		"too complex":              {policy.MasterPassword, `{"minComplexity":5}`, "policy.range minComplexity", ""},
		"length as text":           {policy.MasterPassword, `{"minLength":"12"}`, "malformed minLength", ""},
		"length as a fraction":     {policy.MasterPassword, `{"minLength":12.5}`, "malformed minLength", ""},
		"flag as text":             {policy.MasterPassword, `{"requireUpper":"yes"}`, "malformed requireUpper", ""},
		"older spelling":           {policy.MasterPassword, `{"MinLength":14}`, "", `{"minLength":14}`},
		"older spelling, too long": {policy.MasterPassword, `{"MinLength":129}`, "policy.range minLength", ""},
		"both spellings":           {policy.MasterPassword, `{"MINLENGTH":14,"minLength":15}`, "", `{"minLength":15}`},
		"other type":               {policy.DisableExport, `{"minLength":11}`, "", ""},
		"not an object":            {policy.ResetPassword, `[1]`, "malformed data", ""},
		"null within JSON":         {policy.ResetPassword, `null`, "malformed data", ""},
		"two objects":              {policy.ResetPassword, `{}{}`, "malformed data", ""},
		"an empty object":          {policy.ResetPassword, `{}`, "", ""},
		"enroll as a number":       {policy.ResetPassword, `{"autoEnrollEnabled":1}`, "malformed autoEnrollEnabled", ""},
		"generator":                {policy.PasswordGenerator, `{"minLength":20,"overridePasswordType":"passphrase","useUpper":true}`, "", ""},
		"generator of nothing":     {policy.PasswordGenerator, `{"overridePasswordType":"dice"}`, "malformed overridePasswordType", ""},
		"generator below zero":     {policy.PasswordGenerator, `{"minNumbers":-1}`, "policy.range minNumbers", ""},
		"generator past phones":    {policy.PasswordGenerator, `{"minLength":2147483648}`, "policy.range minLength", ""},
		"hiding as text":           {policy.SendOptions, `{"disableHideEmail":"no"}`, "malformed disableHideEmail", ""},
		"timeout":                  {policy.VaultTimeout, `{"action":"logOut","minutes":60,"type":"custom"}`, "", ""},
		"timeout without action":   {policy.VaultTimeout, `{"action":null,"minutes":60}`, "", ""},
		"timeout of another kind":  {policy.VaultTimeout, `{"action":"explode"}`, "malformed action", ""},
		"minutes as text":          {policy.VaultTimeout, `{"minutes":"60"}`, "malformed minutes", ""},
		"host as a number":         {policy.AutomaticLogIn, `{"idpHost":1}`, "malformed idpHost", ""},
		"a long host":              {policy.AutomaticLogIn, `{"idpHost":"` + strings.Repeat("a", 1_001) + `"}`, "tooLong idpHost", ""},
		"cards by default":         {policy.RestrictedItemTypes, `{}`, "", "null"},
		"cards as a list":          {policy.RestrictedItemTypes, `[3]`, "malformed data", ""},
		"match":                    {policy.URIMatchDefault, `{"uriMatchDetection":5}`, "", ""},
		"match of another kind":    {policy.URIMatchDefault, `{"uriMatchDetection":6}`, "policy.range uriMatchDetection", ""},
		"banner":                   {policy.UserNotification, `{"buttons":[{"text":"Read"}],"text":"Hello"}`, "", ""},
		"a long banner":            {policy.UserNotification, `{"text":"` + strings.Repeat("a", 20_000) + `"}`, "tooLong data", ""},
		"Sends": {policy.SendControls, `{"allowedDomains":"example.org, example.com","allowedSendTypes":[0,1],"deletionHours":24,"disableHideEmail":true,` +
			`"disableSend":false,"whoCanAccess":2}`, "", ""},
		"Sends to domains alone":     {policy.SendControls, `{"allowedDomains":"example.org","whoCanAccess":1}`, "policy.domainsForNone allowedDomains", ""},
		"Sends to no domain":         {policy.SendControls, `{"allowedDomains":"","whoCanAccess":0}`, "", ""},
		"Sends to an address":        {policy.SendControls, `{"allowedDomains":"a@example.org","whoCanAccess":2}`, "malformed allowedDomains", ""},
		"Sends to an unknown circle": {policy.SendControls, `{"whoCanAccess":3}`, "policy.range whoCanAccess", ""},
		"Sends of unknown sorts":     {policy.SendControls, `{"allowedSendTypes":[2]}`, "policy.range allowedSendTypes", ""},
		"Sends of one sort":          {policy.SendControls, `{"allowedSendTypes":1}`, "malformed allowedSendTypes", ""},
		"rules":                      {policy.FillAssist, `{"rulesUrl":"https://rules.example.org/a"}`, "", ""},
		"rules in clear":             {policy.FillAssist, `{"rulesUrl":"http://rules.example.org/a"}`, "policy.notHTTPS rulesUrl", ""},
		"rules of nobody":            {policy.FillAssist, `{"rulesUrl":"https:///a"}`, "policy.notHTTPS rulesUrl", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := policy.Policy{Type: test.policyType, Data: []byte(test.data)}.Checked()
			if got := faultOf(err); got != test.fault {
				t.Fatalf("got %q, want %q", got, test.fault)
			}
			want := test.data
			switch test.want {
			case "":
			case "null":
				want = ""
			default:
				want = test.want
			}
			if err == nil && string(p.Data) != want {
				t.Errorf("got %s, want %s", p.Data, want)
			}
		})
	}
}

// Scenario 116: each policy is saved in each of the three forms, reread, and told to
// members.
func TestPoliciesAreSavedInEveryForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		user := w.join(t, "user", org.Member{Type: org.User, Status: org.Confirmed})
		w.TwoStep[user] = true
		forms := map[string]struct{ path, body string }{
			"wrapped": {"%d", `{"policy":{"enabled":true,"data":{"a":"wrapped"}},"metadata":null}`},
			"vnext":   {"%d/vnext", `{"policy":{"enabled":true,"data":{"a":"vnext"}},"metadata":{"defaultUserCollectionName":"` + orgtest.Encrypted + `"}}`},
			"flat":    {"%d", `{"Type":1,"Enabled":true,"Data":{"a":"flat"}}`},
		}
		for name, form := range forms {
			data := `"data":{"a":"` + name + `"},"enabled":true`
			for policyType := range policy.Last + 1 {
				path := fmt.Sprintf("/policies/"+form.path, policyType)
				rec := w.call(w.owner, "PUT "+path, form.body)
				if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"object":"policy","id":"`) || !strings.Contains(rec.Body.String(), data) {
					t.Errorf("%s %d: got %d %s", name, policyType, rec.Code, rec.Body)
				}
				rec = w.call(w.owner, fmt.Sprintf("GET /policies/%d", policyType), "")
				if !strings.Contains(rec.Body.String(), data) || !strings.Contains(rec.Body.String(), `"canToggleState":true`) {
					t.Errorf("%s %d reread: got %s", name, policyType, rec.Body)
				}
				if told := w.told(t, user, policyType); !told.Enabled || string(told.Data) != `{"a":"`+name+`"}` {
					t.Errorf("%s %d in the vault: got %+v", name, policyType, told)
				}
			}
			w.set(t, policy.SendControls, false, "")
		}
		refused := map[string]struct {
			path, body string
			status     int
		}{
			"no state":          {"1", `{"data":null}`, 400},
			"data is a list":    {"15", `{"enabled":true,"data":[3]}`, 400},
			"unknown number":    {"23", `{"enabled":true}`, 404},
			"not a number":      {"one", `{"enabled":true}`, 404},
			"length out of use": {"1", `{"enabled":true,"data":{"minLength":11}}`, 400},
		}
		for name, test := range refused {
			if rec := w.call(w.owner, "PUT /policies/"+test.path, test.body); rec.Code != test.status {
				t.Errorf("%s: got %d %s, want %d", name, rec.Code, rec.Body, test.status)
			}
		}
		if rec := w.call(w.owner, "PUT /policies/1", `{"enabled":false,"data":null}`); !strings.Contains(rec.Body.String(), `"data":null,"enabled":false`) {
			t.Errorf("cleared: got %s", rec.Body)
		}
	})
}

// told returns a policy as it is in the vault of a member; zero when it is not there.
func (w *crew) told(t testing.TB, accountID id.ID, policyType policy.Type) policy.Policy {
	t.Helper()
	told, err := w.Policies.Of(t.Context(), accountID)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range told.Confirmed {
		if p.Type == policyType {
			return p
		}
	}
	return policy.Policy{}
}
