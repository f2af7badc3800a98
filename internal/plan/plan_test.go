package plan_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"coffre/internal/plan"
)

func TestEveryNumberUpTo22IsAPlan(t *testing.T) {
	all := plan.All()
	if len(all) != 23 {
		t.Fatalf("plans: got %d, want 23", len(all))
	}
	for i, p := range all {
		if p.Type != plan.Type(i) || p.Name == "" {
			t.Errorf("plan %d: got number %d and name %q", i, p.Type, p.Name)
		}
		if got, ok := plan.Of(p.Type); !ok || !reflect.DeepEqual(got, p) {
			t.Errorf("Of(%d): got %+v", p.Type, got)
		}
		if got, ok := plan.Named(p.Type.String()); !ok || got != p.Type {
			t.Errorf("Named(%q): got %d, %v", p.Type, got, ok)
		}
	}
	for _, unknown := range []plan.Type{-1, 23} {
		if _, ok := plan.Of(unknown); ok || unknown.String() != "Unknown" || unknown.Tier() != plan.TierFree {
			t.Errorf("%d: is a plan", unknown)
		}
	}
}

func TestTableOfPlans(t *testing.T) {
	tests := map[plan.Type]struct {
		name                 string
		tier                 plan.Tier
		base, seat, storage  int
		baseSeats, maxSeats  int
		annual, sold         bool
		maxCollections, year int
	}{
		0:  {"Free", 0, 0, 0, 0, 2, 2, false, true, 2, 0},
		1:  {"Families 2019", 1, 1200, 0, 400, 5, 5, true, false, 0, 2019},
		2:  {"Teams (Monthly) 2019", 2, 800, 250, 50, 5, 0, false, false, 0, 2019},
		3:  {"Teams (Annually) 2019", 2, 6000, 2400, 400, 5, 0, true, false, 0, 2019},
		4:  {"Enterprise (Monthly) 2019", 3, 0, 400, 50, 0, 0, false, false, 0, 2019},
		5:  {"Enterprise (Annually) 2019", 3, 0, 3600, 400, 0, 0, true, false, 0, 2019},
		6:  {"Custom", 0, 0, 0, 0, 0, 0, false, false, 0, 0},
		7:  {"Families 2025", 1, 4000, 0, 400, 6, 6, true, false, 0, 2025},
		8:  {"Teams (Monthly) 2020", 2, 0, 400, 50, 0, 0, false, false, 0, 2020},
		9:  {"Teams (Annually) 2020", 2, 0, 3600, 400, 0, 0, true, false, 0, 2020},
		10: {"Enterprise (Monthly) 2020", 3, 0, 600, 50, 0, 0, false, false, 0, 2020},
		11: {"Enterprise (Annually) 2020", 3, 0, 6000, 400, 0, 0, true, false, 0, 2020},
		12: {"Teams (Monthly) 2023", 2, 0, 500, 50, 0, 0, false, false, 0, 2023},
		13: {"Teams (Annually) 2023", 2, 0, 4800, 400, 0, 0, true, false, 0, 2023},
		14: {"Enterprise (Monthly) 2023", 3, 0, 700, 50, 0, 0, false, false, 0, 2023},
		15: {"Enterprise (Annually) 2023", 3, 0, 7200, 400, 0, 0, true, false, 0, 2023},
		16: {"Teams (Starter) 2023", 4, 2000, 0, 50, 10, 10, false, false, 0, 2023},
		17: {"Teams (Monthly)", 2, 0, 500, 50, 0, 0, false, true, 0, 0},
		18: {"Teams (Annually)", 2, 0, 4800, 400, 0, 0, true, true, 0, 0},
		19: {"Enterprise (Monthly)", 3, 0, 700, 50, 0, 0, false, true, 0, 0},
		20: {"Enterprise (Annually)", 3, 0, 7200, 400, 0, 0, true, true, 0, 0},
		21: {"Teams (Starter)", 4, 2000, 0, 50, 10, 10, false, false, 0, 0},
		22: {"Families", 1, 4000, 0, 400, 6, 6, true, true, 0, 0},
	}
	for number, want := range tests {
		p, _ := plan.Of(number)
		got := want
		got.name, got.tier, got.base, got.seat, got.storage = p.Name, p.Tier, p.BasePrice, p.SeatPrice, p.StoragePrice
		got.baseSeats, got.maxSeats, got.annual, got.sold = p.BaseSeats, p.MaxSeats, p.Annual, !p.Disabled
		got.maxCollections, got.year = p.MaxCollections, p.LegacyYear
		if got != want {
			t.Errorf("plan %d: got %+v, want %+v", number, got, want)
		}
	}
}

func TestSixPlansAreSold(t *testing.T) {
	var got []plan.Type
	for _, p := range plan.Sold() {
		got = append(got, p.Type)
	}
	want := []plan.Type{0, 17, 18, 19, 20, 22}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("sold: got %v, want %v", got, want)
	}
}

func TestFeaturesOfTiers(t *testing.T) {
	tests := map[string]struct {
		has                                        func(plan.Features) bool
		free, families, teams, starter, enterprise bool
	}{
		"self-host":          {func(f plan.Features) bool { return f.SelfHost }, false, true, false, false, true},
		"codes":              {func(f plan.Features) bool { return f.UseTOTP }, false, true, true, true, true},
		"premium":            {func(f plan.Features) bool { return f.UsersGetPremium }, false, true, true, true, true},
		"groups":             {func(f plan.Features) bool { return f.UseGroups }, false, false, true, true, true},
		"scim":               {func(f plan.Features) bool { return f.UseSCIM }, false, false, true, false, true},
		"policies":           {func(f plan.Features) bool { return f.UsePolicies }, false, false, false, false, true},
		"password manager":   {func(f plan.Features) bool { return f.UsePasswordManager }, true, true, true, true, true},
		"secrets manager":    {func(f plan.Features) bool { return f.UseSecretsManager }, false, false, false, false, false},
		"admin sponsorships": {func(f plan.Features) bool { return f.UseAdminSponsoredFamilies }, false, false, false, false, false},
	}
	of := func(n plan.Type) plan.Features { p, _ := plan.Of(n); return p.Features }
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for number, want := range map[plan.Type]bool{
				plan.Free: test.free, plan.FamiliesAnnually: test.families, plan.TeamsAnnually: test.teams,
				plan.TeamsStarter: test.starter, plan.EnterpriseAnnually: test.enterprise,
			} {
				if got := test.has(of(number)); got != want {
					t.Errorf("%v: got %v, want %v", number, got, want)
				}
			}
		})
	}
	if of(plan.FamiliesAnnually2019).UsersGetPremium {
		t.Error("the Families plan of 2019 contains premium")
	}
}

func TestEnterpriseSponsorsFamilies(t *testing.T) {
	for _, p := range plan.All() {
		if got, want := p.Type.Sponsors(), p.Tier == plan.TierEnterprise; got != want {
			t.Errorf("%v sponsors: got %v, want %v", p.Type, got, want)
		}
		if got, want := p.Type.Sponsorable(), p.Tier == plan.TierFamilies; got != want {
			t.Errorf("%v is sponsorable: got %v, want %v", p.Type, got, want)
		}
	}
}

func TestOldClientsReadTheNumbersTheyKnow(t *testing.T) {
	want := map[plan.Type]plan.Type{17: 8, 18: 9, 19: 10, 20: 11, 22: 7}
	for _, p := range plan.All() {
		expected, ok := want[p.Type]
		if !ok {
			expected = p.Type
		}
		if got := plan.ForOldClient(p.Type); got != expected {
			t.Errorf("ForOldClient(%d): got %d, want %d", p.Type, got, expected)
		}
	}
}

func TestViewsOfPlans(t *testing.T) {
	tests := map[plan.Type]string{
		plan.Free:             `{"isAnnual":false,"nameLocalizationKey":"planNameFree","trialPeriodDays":null,"upgradeSortOrder":-1,"disabled":false,"canBeUsedByBusiness":false,"maxSeats":2,"maxCollections":2,"baseStorageGb":null,"basePrice":0}`,
		plan.FamiliesAnnually: `{"isAnnual":true,"nameLocalizationKey":"planNameFamilies","trialPeriodDays":7,"upgradeSortOrder":1,"disabled":false,"canBeUsedByBusiness":false,"maxSeats":6,"maxCollections":null,"baseStorageGb":1,"basePrice":40}`,
		plan.TeamsStarter2023: `{"isAnnual":false,"nameLocalizationKey":"planNameTeamsStarter","trialPeriodDays":7,"upgradeSortOrder":2,"disabled":true,"canBeUsedByBusiness":true,"maxSeats":10,"maxCollections":null,"baseStorageGb":1,"basePrice":20}`,
		plan.Custom:           `{"isAnnual":false,"nameLocalizationKey":"planNameCustom","trialPeriodDays":null,"upgradeSortOrder":0,"disabled":true,"canBeUsedByBusiness":true,"maxSeats":null,"maxCollections":null,"baseStorageGb":1,"basePrice":0}`,
		plan.TeamsMonthly2019: `{"seatPrice":2.5,"additionalStoragePricePerGb":0.5,"object":"plan","secretsManager":null,"legacyYear":2019,"productTier":2,"type":2,"hasAdditionalSeatsOption":true}`,
	}
	for number, want := range tests {
		p, _ := plan.Of(number)
		raw, err := json.Marshal(plan.ViewOf(p))
		if err != nil {
			t.Fatal(err)
		}
		var got, expected map[string]any
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &expected); err != nil {
			t.Fatal(err)
		}
		inner := got["passwordManager"].(map[string]any)
		for member, value := range expected {
			have, ok := got[member]
			if !ok {
				have, ok = inner[member]
			}
			if !ok || have != value {
				t.Errorf("%v: %s: got %v (present %v), want %v", number, member, have, ok, value)
			}
		}
	}
}
