package doctor_test

import (
	"encoding/json"
	"testing"
	"time"

	"coffre/internal/doctor"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/plan"
)

func TestLicenseIsJudgedAsIfItWereUploadedNow(t *testing.T) {
	issued := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	paid := issued.AddDate(0, 0, 300) // the license holds sixty days longer
	signer, err := license.NewSigner("Test cloud", issued)
	if err != nil {
		t.Fatal(err)
	}
	here := id.New()
	l, err := license.NewOrganization(signer, license.Facts{
		LicenseKey: "k3yk3yk3yk3yk3yk3yk3", InstallationID: here, ID: id.New(), Name: "Acme", Enabled: true,
		Plan: "Enterprise (Annually)", PlanType: plan.EnterpriseAnnually, Features: plan.Features{SelfHost: true},
	}, license.Term{Now: issued, Subscribed: true, PeriodStart: issued, PeriodEnd: paid}, license.Version)
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	ours := license.Gate{Trust: signer.Trust(), Installation: here}
	tests := map[string]struct {
		gate     license.Gate
		document string
		now      time.Time
		state    doctor.State
		code     string
	}{
		"it is good":                {ours, string(document), issued, doctor.OK, ""},
		"it outlives what is paid":  {ours, string(document), paid.AddDate(0, 0, 1), doctor.Warning, "license-in-grace"},
		"it is over":                {ours, string(document), paid.AddDate(0, 0, 61), doctor.Fault, "license-expired"},
		"it is of tomorrow":         {ours, string(document), issued.AddDate(0, 0, -1), doctor.Fault, "license-not-issued-yet"},
		"its signer is a stranger":  {license.Gate{Installation: here}, string(document), issued, doctor.Fault, "license-signer-unknown"},
		"it is for another server":  {license.Gate{Trust: signer.Trust(), Installation: id.New()}, string(document), issued, doctor.Fault, "license-installation-mismatch"},
		"this server is nobody yet": {license.Gate{Trust: signer.Trust()}, string(document), issued, doctor.Fault, "license-installation-missing"},
		"it is broken":              {ours, "{", issued, doctor.Fault, "license-unreadable"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			held := license.Held{OrganizationID: id.New(), Document: test.document}
			if f := doctor.Judged(test.gate, held, test.now); f.State != test.state || f.Code != test.code || f.Text == "" {
				t.Errorf("got %+v, want %s %q", f, test.state, test.code)
			}
		})
	}
}
