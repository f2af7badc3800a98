package license_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/plan"
)

func limits(t *rapid.T, name string) *int {
	return rapid.Ptr(rapid.IntRange(0, 32000), true).Draw(t, name)
}

// drawFacts makes facts of any value; the flags are drawn through their names, so
// that a new one is not forgotten.
func drawFacts(t *rapid.T) license.Facts {
	text := rapid.String()
	f := license.Facts{
		LicenseKey: text.Draw(t, "key"), InstallationID: id.New(), ID: id.New(), Name: text.Draw(t, "name"),
		BillingEmail: text.Draw(t, "email"), BusinessName: text.Draw(t, "business"), Plan: text.Draw(t, "plan"),
		PlanType: plan.Type(rapid.IntRange(0, 255).Draw(t, "type")), Seats: limits(t, "seats"),
		MaxCollections: limits(t, "collections"), MaxStorageGB: limits(t, "storage"),
		SMSeats: limits(t, "machine seats"), SMServiceAccounts: limits(t, "accounts"),
		Enabled: true, LimitCollectionCreationDeletion: rapid.Bool().Draw(t, "limit"),
		AllowAdminAccessToAllCollectionItems: rapid.Bool().Draw(t, "admin"),
	}
	features := reflect.ValueOf(&f.Features).Elem()
	for i := range features.NumField() {
		features.Field(i).SetBool(rapid.Bool().Draw(t, features.Type().Field(i).Name))
	}
	return f
}

func drawTerm(t *rapid.T) license.Term {
	date := func(name string) time.Time {
		if rapid.Bool().Draw(t, "has "+name) {
			return noon.Add(time.Duration(rapid.Int64Range(1, int64(400*24*time.Hour)).Draw(t, name)))
		}
		return time.Time{}
	}
	return license.Term{
		Now: noon, Subscribed: rapid.Bool().Draw(t, "subscribed"), TrialEnd: date("trial"),
		OrganizationExpires: date("end"), PeriodStart: noon, PeriodEnd: date("period"),
	}
}

func TestWhatIsIssuedIsVerifiedAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, term := drawFacts(t), drawTerm(t)
		issued, err := license.NewOrganization(signer(), f, term, rapid.IntRange(1, 16).Draw(t, "version"))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(issued)
		if err != nil {
			t.Fatal(err)
		}
		uploaded, err := license.ParseOrganization(raw)
		if err != nil {
			t.Fatal(err)
		}
		read, err := signer().Trust().Verify(uploaded, noon)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(read.Facts, f) {
			t.Errorf("got %+v, want %+v", read.Facts, f)
		}
		if read.Fingerprint() != issued.Fingerprint() {
			t.Errorf("fingerprints: got %s, want %s", read.Fingerprint(), issued.Fingerprint())
		}
	})
}

// covered returns the members that the golden line of a version names.
func covered(t *testing.T, version string) []string {
	t.Helper()
	var names []string
	for _, pair := range strings.Split(golden(t, "organization-data.txt")[version+" signed"], "|")[1:] {
		name, _, _ := strings.Cut(pair, ":")
		names = append(names, strings.ToLower(name[:1])+name[1:])
	}
	return names
}

// otherValue returns JSON that means something else than raw does.
func otherValue(raw json.RawMessage) string {
	switch text := string(raw); {
	case text == "true":
		return "false"
	case text == "false":
		return "true"
	case text == "null":
		return `"2030-01-01T00:00:00Z"` // a text and a date; numbers follow below
	case strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `Z"`) && strings.Contains(text, "T"):
		return `"2030-01-01T00:00:00Z"`
	case len(text) == 38 && strings.Count(text, "-") == 4:
		return `"00000000-0000-0000-0000-000000000001"`
	case strings.HasPrefix(text, `"`):
		return `"edited"`
	default:
		return "3"
	}
}

func TestEveryEditOfASignedMemberIsRefused(t *testing.T) {
	for _, version := range []string{"1", "7", "12", "13", "14", "15", "16"} {
		var number int
		if err := json.Unmarshal([]byte(version), &number); err != nil {
			t.Fatal(err)
		}
		l := tokenless(issue(t, number, func(f *license.Facts) { f.MaxCollections, f.SMSeats = new(40), new(41) }))
		whole := asJSON(t, l)
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(whole), &members); err != nil {
			t.Fatal(err)
		}
		want, err := signer().Trust().Verify(l, noon)
		if err != nil {
			t.Fatal(err)
		}
		signed := append(covered(t, version), "signature")
		for name, value := range members {
			if name == "token" || name == "licenseType" {
				continue
			}
			edited := reread(t, l, name, otherValue(value))
			got, err := signer().Trust().Verify(edited, noon)
			switch {
			case slices.Contains(signed, name) && err == nil:
				t.Errorf("version %s: %s edited to %s is believed", version, name, otherValue(value))
			case !slices.Contains(signed, name) && err != nil:
				t.Errorf("version %s: %s is not signed, and yet %v", version, name, err)
			case !slices.Contains(signed, name):
				wantSame(t, "version "+version+" "+name, got, want)
			}
		}
	}
}

func TestAnyTextInASignedMemberIsRefused(t *testing.T) {
	l := tokenless(issue(t, 15))
	trust := signer().Trust()
	rapid.Check(t, func(r *rapid.T) {
		edited := l
		at := rapid.SampledFrom([]*string{
			&edited.Name, &edited.BusinessName, &edited.BillingEmail, &edited.Plan, &edited.LicenseKey, &edited.Hash,
		}).Draw(r, "member")
		value := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"|Enabled:true", "x|Name:y", ":", "|"})).
			Filter(func(s string) bool { return s != *at }).Draw(r, "value")
		*at = value
		if _, err := trust.Verify(edited, noon); err == nil {
			r.Errorf("%q is believed", value)
		}
	})
}

// The tags of the types are what the description of the API is made from; the
// tables are what is written.
func TestTagsNameTheMembersThatAreWritten(t *testing.T) {
	for _, l := range []any{license.Organization{}, license.User{}} {
		var written map[string]json.RawMessage
		if err := json.Unmarshal([]byte(asJSON(t, l)), &written); err != nil {
			t.Fatal(err)
		}
		var tags []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(l)) {
			if tag := f.Tag.Get("json"); tag != "" {
				tags = append(tags, tag)
				if _, ok := written[tag]; !ok {
					t.Errorf("%T: %s has a tag and is not written", l, tag)
				}
			}
		}
		if len(tags) != len(written) {
			t.Errorf("%T: %d tags, %d members", l, len(tags), len(written))
		}
	}
}
