package license_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"coffre/internal/license"
	"coffre/internal/plan"
)

// replaceMember gives one member of a JSON object another value; "" removes it.
func replaceMember(t testing.TB, object, name, value string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		t.Fatal(err)
	}
	if delete(members, name); value != "" {
		members[name] = json.RawMessage(value)
	}
	return asJSON(t, members)
}

func TestDownloadAndCopyHaveTheirSpelling(t *testing.T) {
	l := issue(t, 15)
	l.Hash, l.Signature, l.Token = "hash", "signature", "token"
	kept, err := l.Copy()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/organization.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, want) {
		t.Errorf("copy: got\n%s\nwant\n%s", kept, want)
	}
	var copied, downloaded map[string]json.RawMessage
	if err := json.Unmarshal(kept, &copied); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(asJSON(t, l)), &downloaded); err != nil {
		t.Fatal(err)
	}
	if len(copied) != len(downloaded) {
		t.Errorf("copy has %d members, download has %d", len(copied), len(downloaded))
	}
	for name, value := range copied {
		camel := strings.ToLower(name[:1]) + name[1:]
		if !bytes.Equal(downloaded[camel], value) {
			t.Errorf("%s: got %s, want %s", camel, downloaded[camel], value)
		}
	}
}

func TestAnyCaseOfMembersIsRead(t *testing.T) {
	l := issue(t, 15)
	camel := asJSON(t, l)
	kept, err := l.Copy()
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(camel), &members); err != nil {
		t.Fatal(err)
	}
	upper := map[string]json.RawMessage{"somethingElse": json.RawMessage(`{"deep":[1,2]}`)}
	for name, value := range members {
		upper[strings.ToUpper(name)] = value
	}
	for name, raw := range map[string]string{
		"camel": camel, "pascal": string(kept), "upper": asJSON(t, upper), "with mark": "\xef\xbb\xbf" + camel,
	} {
		read, err := license.ParseOrganization([]byte(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wantSame(t, name, read, l)
	}
}

func TestAbsentIsNotFalse(t *testing.T) {
	silent, err := license.ParseOrganization([]byte(`{"limitCollectionCreationDeletion":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if !silent.LimitCollectionCreationDeletion || !silent.AllowAdminAccessToAllCollectionItems || !silent.UsePasswordManager {
		t.Errorf("silence: got %+v", silent.Facts)
	}
	if silent.States("UsePam") || silent.States("UseSso") || silent.Kind != license.Unstated {
		t.Error("silence states something")
	}
	if got := asJSON(t, silent); got != "{}" {
		t.Errorf("silence is written %s", got)
	}
	frank, err := license.ParseOrganization([]byte(
		`{"UsePam":false,"LimitCollectionCreationDeletion":false,"AllowAdminAccessToAllCollectionItems":false}`))
	if err != nil {
		t.Fatal(err)
	}
	if frank.LimitCollectionCreationDeletion || frank.AllowAdminAccessToAllCollectionItems || !frank.States("UsePam") {
		t.Errorf("false: got %+v", frank.Facts)
	}
	user, err := license.ParseUser([]byte(`{"premium":false}`))
	if err != nil || !user.States("Premium") || user.States("Trial") || user.States("NoSuchMember") {
		t.Errorf("user: got %+v, %v", user, err)
	}
}

func TestEnumsAreReadAsNumbersAndNames(t *testing.T) {
	for raw, want := range map[string]license.Kind{
		`{"licenseType":1}`: license.ForOrganization, `{"licenseType":"organization"}`: license.ForOrganization,
		`{"licenseType":0}`: license.ForUser, `{"licenseType":"User"}`: license.ForUser, `{"licenseType":null}`: license.Unstated,
	} {
		if l, err := license.ParseOrganization([]byte(raw)); err != nil || l.Kind != want {
			t.Errorf("%s: got %v, %v", raw, l.Kind, err)
		}
	}
	for raw, want := range map[string]plan.Type{
		`{"planType":20}`: 20, `{"planType":"FamiliesAnnually"}`: 22, `{"planType":99}`: 99, `{"planType":"11"}`: 11,
	} {
		if l, err := license.ParseOrganization([]byte(raw)); err != nil || l.PlanType != want {
			t.Errorf("%s: got %v, %v", raw, l.PlanType, err)
		}
	}
}

func TestWhatIsNotOneWholeLicenseIsUnreadable(t *testing.T) {
	whole := asJSON(t, issue(t, 15))
	for name, raw := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "a text": `"license"`, "words": "not a license",
		"truncated": whole[:len(whole)/2], "no end": whole[:len(whole)-1], "tail of an older file": whole + `"}`,
		"two licenses": whole + whole, "seats as text": `{"seats":"10"}`, "half a seat": `{"seats":1.5}`,
		"no date": `{"expires":"soon"}`, "year 10000": `{"expires":"9999-12-31T23:59:59-10:00"}`,
		"no id": `{"id":"1234"}`, "flag as text": `{"enabled":"true"}`, "unknown type": `{"licenseType":2}`,
		"plan over a byte": `{"planType":256}`, "negative plan": `{"planType":-1}`,
	} {
		t.Run(name, func(t *testing.T) {
			l, err := license.ParseOrganization([]byte(raw))
			wantCode(t, err, "license-unreadable")
			if got := asJSON(t, license.Organization{Facts: l.Facts}); strings.Contains(got, "k3y") {
				t.Errorf("parts of an unreadable license are returned: %s", got)
			}
		})
	}
}

func TestLaterSpellingOfAMemberCounts(t *testing.T) {
	for range 20 {
		l, err := license.ParseOrganization([]byte(`{"seats":5,"Seats":9,"SEATS":7}`))
		if err != nil || *l.Seats != 7 {
			t.Fatalf("got %v, %v", l.Seats, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	l, err := license.NewOrganization(signer(), facts(), term(), 15)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(asJSON(f, l)))
	f.Add([]byte(`{"seats":null,"Expires":"0001-01-01T00:00:00","PLANTYPE":"Custom","licenseType":0}`))
	f.Add([]byte(`{"issued":"2026-01-01T00:00:00.1234567Z","token":"a.b.c","version":17}`))
	f.Add([]byte(`{}`))
	trust := signer().Trust()
	f.Fuzz(func(t *testing.T, raw []byte) {
		organization, err := license.ParseOrganization(raw)
		if err == nil {
			once := asJSON(t, organization)
			again, err := license.ParseOrganization([]byte(once))
			if err != nil {
				t.Fatalf("read %s again: %v", once, err)
			}
			wantSame(t, "read again", again, organization)
			if read, err := trust.Verify(organization, noon); err == nil && asJSON(t, read.Facts) != asJSON(t, facts()) {
				t.Errorf("believed: %s", asJSON(t, read))
			}
		}
		if user, err := license.ParseUser(raw); err == nil {
			if _, err := trust.VerifyUser(user, noon); err == nil {
				t.Errorf("believed: %s", asJSON(t, user))
			}
		}
	})
}
