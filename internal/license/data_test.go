package license_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"coffre/internal/license"
)

// golden returns the lines of a file of testdata by "version word".
func golden(t *testing.T, name string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		lines[parts[0]+" "+parts[1]] = parts[2]
	}
	return lines
}

func checkProof(t *testing.T, lines map[string]string, s license.Stamp) {
	t.Helper()
	version := strconv.Itoa(s.Version)
	sum := sha256.Sum256([]byte(lines[version+" hash"]))
	if want := base64.StdEncoding.EncodeToString(sum[:]); s.Hash != want {
		t.Errorf("hash: got %s, want %s", s.Hash, want)
	}
	signature, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil {
		t.Fatal(err)
	}
	if !signer().Trust().Signed([]byte(lines[version+" signed"]), signature) {
		t.Errorf("the signature does not cover %s", lines[version+" signed"])
	}
}

// The golden lines were written from the description of the format, not by this
// package. The signature of a license is right when it covers exactly that line.
func TestEveryVersionSignsItsMembers(t *testing.T) {
	lines := golden(t, "organization-data.txt")
	for version := license.MinVersion; version <= license.MaxVersion; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			checkProof(t, lines, issue(t, version).Stamp)
		})
	}
}

func TestPremiumLicenseSignsItsMembers(t *testing.T) {
	checkProof(t, golden(t, "user-data.txt"), issueUser(t).Stamp)
}

// sign gives a license the signature of a data line, as a cloud of another make
// would.
func sign(t *testing.T, l license.Organization, data string) license.Organization {
	t.Helper()
	signature, err := signer().Sign([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	l.Signature = base64.StdEncoding.EncodeToString(signature)
	return l
}

func TestSignedValuesHaveTheirSpelling(t *testing.T) {
	base := golden(t, "organization-data.txt")["15 signed"]
	tests := map[string]struct{ member, from, to, value string }{
		"fraction rounds up":   {"expires", "Expires:1803945600", "Expires:1803945601", `"2027-03-02T00:00:00.5000001Z"`},
		"half rounds to even":  {"expires", "Expires:1803945600", "Expires:1803945600", `"2027-03-02T00:00:00.5Z"`},
		"odd half rounds up":   {"expires", "Expires:1803945600", "Expires:1803945602", `"2027-03-02T00:00:01.5"`},
		"other zone":           {"expires", "Expires:1803945600", "Expires:1803945600", `"2027-03-02T01:00:00+01:00"`},
		"no refresh":           {"refresh", "Refresh:1774958400", "Refresh:", `null`},
		"no seats limit":       {"seats", "Seats:25", "Seats:", `null`},
		"old plan has a name":  {"planType", "PlanType:20", "PlanType:FamiliesAnnually", `1`},
		"custom has a name":    {"planType", "PlanType:20", "PlanType:Custom", `6`},
		"later plan is number": {"planType", "PlanType:20", "PlanType:7", `7`},
		"plan given by name":   {"planType", "PlanType:20", "PlanType:20", `"enterpriseannually"`},
		"upper-case id":        {"id", "Id:1f0c5a3e", "Id:1f0c5a3e", `"1F0C5A3E-7D1B-4A57-9B8E-2A1C3D4E5F60"`},
		"text is taken as is":  {"businessName", "BusinessName:", `BusinessName:A | "B" ✓`, `"A | \"B\" ✓"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			raw := replaceMember(t, asJSON(t, tokenless(issue(t, 15))), test.member, test.value)
			l, err := license.ParseOrganization([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			l = sign(t, l, strings.Replace(base, test.from, test.to, 1))
			if _, err := signer().Trust().Verify(l, noon); err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPairWithinAValueIsRefusedWithoutToken(t *testing.T) {
	// Both licenses have the same signed data: an organization that may choose its
	// name could have the first one signed and bring the second.
	granted := issue(t, 1, func(f *license.Facts) {
		f.BusinessName = "A|Enabled:true|Expires:9999999999|Hash:x"
		f.Enabled = false
	})
	data := strings.Replace(golden(t, "organization-data.txt")["1 signed"], "BusinessName:|Enabled:true",
		"BusinessName:"+granted.BusinessName+"|Enabled:false", 1)
	if _, err := signer().Trust().Verify(sign(t, tokenless(granted), data), noon); err == nil {
		t.Error("a value with a pair was believed")
	}
	read, err := signer().Trust().Verify(granted, noon)
	if err != nil || read.Enabled || read.BusinessName != granted.BusinessName {
		t.Errorf("with token: got %+v, %v", read.Facts, err)
	}
}
