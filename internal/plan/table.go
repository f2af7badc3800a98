package plan

// What each tier allows. The Secrets Manager is bought apart and admin-given
// sponsorships are switched on for one organization at a time, so no plan
// contains them.
var (
	freeFeatures     = Features{UsePasswordManager: true}
	families2019     = Features{UsePasswordManager: true, SelfHost: true, UseTOTP: true}
	familiesFeatures = Features{UsePasswordManager: true, SelfHost: true, UseTOTP: true, UsersGetPremium: true}

	starterFeatures = Features{
		UsePasswordManager: true, UseTOTP: true, UsersGetPremium: true,
		UseGroups: true, UseDirectory: true, UseEvents: true, Use2FA: true, UseAPI: true,
	}
	teamsFeatures = Features{
		UsePasswordManager: true, UseTOTP: true, UsersGetPremium: true,
		UseGroups: true, UseDirectory: true, UseEvents: true, Use2FA: true, UseAPI: true,
		UseSCIM: true,
	}
	enterpriseFeatures = Features{
		UsePasswordManager: true, UseTOTP: true, UsersGetPremium: true,
		UseGroups: true, UseDirectory: true, UseEvents: true, Use2FA: true, UseAPI: true,
		UseSCIM: true, SelfHost: true, UsePolicies: true, UseSSO: true, UseKeyConnector: true,
		UseResetPassword: true, UseCustomPermissions: true, UseOrganizationDomains: true,
		UseMyItems: true, UseInviteLinks: true, UseRiskInsights: true,
	}
)

// plans are the price lists, in the order of their numbers.
var plans = []Plan{
	{
		Type: Free, Name: "Free", Tier: TierFree, BaseSeats: 2, MaxSeats: 2, MaxCollections: 2,
		UpgradeSortOrder: -1, Features: freeFeatures,
	},
	old(2019, families(FamiliesAnnually2019, "Families 2019", 1200, 5, families2019).withPremium(4000)),
	old(2019, teams(TeamsMonthly2019, "Teams (Monthly) 2019", 250).withBase(800, 5)),
	old(2019, teams(TeamsAnnually2019, "Teams (Annually) 2019", 2400).withBase(6000, 5).yearly()),
	old(2019, enterprise(EnterpriseMonthly2019, "Enterprise (Monthly) 2019", 400)),
	old(2019, enterprise(EnterpriseAnnually2019, "Enterprise (Annually) 2019", 3600).yearly()),
	{
		Type: Custom, Name: "Custom", Tier: TierFree, BaseStorageGB: 1, Disabled: true,
		Features: enterpriseFeatures,
	},
	old(2025, families(FamiliesAnnually2025, "Families 2025", 4000, 6, familiesFeatures)),
	old(2020, teams(TeamsMonthly2020, "Teams (Monthly) 2020", 400)),
	old(2020, teams(TeamsAnnually2020, "Teams (Annually) 2020", 3600).yearly()),
	old(2020, enterprise(EnterpriseMonthly2020, "Enterprise (Monthly) 2020", 600)),
	old(2020, enterprise(EnterpriseAnnually2020, "Enterprise (Annually) 2020", 6000).yearly()),
	old(2023, teams(TeamsMonthly2023, "Teams (Monthly) 2023", 500)),
	old(2023, teams(TeamsAnnually2023, "Teams (Annually) 2023", 4800).yearly()),
	old(2023, enterprise(EnterpriseMonthly2023, "Enterprise (Monthly) 2023", 700)),
	old(2023, enterprise(EnterpriseAnnually2023, "Enterprise (Annually) 2023", 7200).yearly()),
	old(2023, starter(TeamsStarter2023, "Teams (Starter) 2023")),
	teams(TeamsMonthly, "Teams (Monthly)", 500),
	teams(TeamsAnnually, "Teams (Annually)", 4800).yearly(),
	enterprise(EnterpriseMonthly, "Enterprise (Monthly)", 700),
	enterprise(EnterpriseAnnually, "Enterprise (Annually)", 7200).yearly(),
	old(0, starter(TeamsStarter, "Teams (Starter)")),
	families(FamiliesAnnually, "Families", 4000, 6, familiesFeatures),
}

// Storage beyond what is included has had the same price on every list.
const (
	monthlyStorage  = 50
	annualStorage   = 400
	includedStorage = 1
	trialDays       = 7
)

func families(t Type, name string, price, seats int, f Features) Plan {
	return Plan{
		Type: t, Name: name, Tier: TierFamilies, Annual: true, BasePrice: price, StoragePrice: annualStorage,
		BaseSeats: seats, MaxSeats: seats, BaseStorageGB: includedStorage, TrialDays: trialDays,
		UpgradeSortOrder: 1, Features: f,
	}
}

func starter(t Type, name string) Plan {
	return Plan{
		Type: t, Name: name, Tier: TierTeamsStarter, BasePrice: 2000, StoragePrice: monthlyStorage,
		BaseSeats: 10, MaxSeats: 10, BaseStorageGB: includedStorage, TrialDays: trialDays,
		UpgradeSortOrder: 2, Features: starterFeatures,
	}
}

func teams(t Type, name string, seatPrice int) Plan {
	return Plan{
		Type: t, Name: name, Tier: TierTeams, SeatPrice: seatPrice, StoragePrice: monthlyStorage,
		BaseStorageGB: includedStorage, TrialDays: trialDays, UpgradeSortOrder: 3, Features: teamsFeatures,
	}
}

func enterprise(t Type, name string, seatPrice int) Plan {
	return Plan{
		Type: t, Name: name, Tier: TierEnterprise, SeatPrice: seatPrice, StoragePrice: monthlyStorage,
		BaseStorageGB: includedStorage, TrialDays: trialDays, UpgradeSortOrder: 4, Features: enterpriseFeatures,
	}
}

func (p Plan) yearly() Plan {
	p.Annual, p.StoragePrice = true, annualStorage
	return p
}

func (p Plan) withBase(price, seats int) Plan {
	p.BasePrice, p.BaseSeats = price, seats
	return p
}

func (p Plan) withPremium(price int) Plan {
	p.PremiumPrice = price
	return p
}

func old(year int, p Plan) Plan {
	p.LegacyYear, p.Disabled = year, true
	return p
}
