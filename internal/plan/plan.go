// Package plan knows what can be bought and what each plan allows. It is tables
// and pure functions; nothing in it asks a database or a clock.
//
// A plan is named by a number that clients know too. Numbers are never reused:
// a plan that is no longer sold keeps its row, because organizations and
// licenses still carry its number.
package plan

import "strings"

// Type is the number of a plan, on the wire and in the database.
type Type int

// The plans. A year in a name is the price list that the plan belongs to; the
// names without a year are the current list.
const (
	Free                   Type = 0
	FamiliesAnnually2019   Type = 1
	TeamsMonthly2019       Type = 2
	TeamsAnnually2019      Type = 3
	EnterpriseMonthly2019  Type = 4
	EnterpriseAnnually2019 Type = 5
	Custom                 Type = 6
	FamiliesAnnually2025   Type = 7
	TeamsMonthly2020       Type = 8
	TeamsAnnually2020      Type = 9
	EnterpriseMonthly2020  Type = 10
	EnterpriseAnnually2020 Type = 11
	TeamsMonthly2023       Type = 12
	TeamsAnnually2023      Type = 13
	EnterpriseMonthly2023  Type = 14
	EnterpriseAnnually2023 Type = 15
	TeamsStarter2023       Type = 16
	TeamsMonthly           Type = 17
	TeamsAnnually          Type = 18
	EnterpriseMonthly      Type = 19
	EnterpriseAnnually     Type = 20
	TeamsStarter           Type = 21
	FamiliesAnnually       Type = 22
)

// typeNames are the words for the numbers, in their order.
var typeNames = [...]string{
	"Free", "FamiliesAnnually2019", "TeamsMonthly2019", "TeamsAnnually2019", "EnterpriseMonthly2019",
	"EnterpriseAnnually2019", "Custom", "FamiliesAnnually2025", "TeamsMonthly2020", "TeamsAnnually2020",
	"EnterpriseMonthly2020", "EnterpriseAnnually2020", "TeamsMonthly2023", "TeamsAnnually2023",
	"EnterpriseMonthly2023", "EnterpriseAnnually2023", "TeamsStarter2023", "TeamsMonthly", "TeamsAnnually",
	"EnterpriseMonthly", "EnterpriseAnnually", "TeamsStarter", "FamiliesAnnually",
}

// String returns the name of the plan's number, or "Unknown".
func (t Type) String() string {
	if t < 0 || int(t) >= len(typeNames) {
		return "Unknown"
	}
	return typeNames[t]
}

// Named finds the number that a name stands for, in any case.
func Named(name string) (Type, bool) {
	for i, n := range typeNames {
		if strings.EqualFold(n, name) {
			return Type(i), true
		}
	}
	return 0, false
}

// Tier is the family of a plan: what it allows, whatever its price list.
type Tier int

// The tiers, by the numbers that clients know.
const (
	TierFree         Tier = 0
	TierFamilies     Tier = 1
	TierTeams        Tier = 2
	TierEnterprise   Tier = 3
	TierTeamsStarter Tier = 4
)

// The tiers of a sponsorship: an organization of the first gives its members one
// of the second.
const (
	SponsoringTier = TierEnterprise
	SponsoredTier  = TierFamilies
)

// Features are the capabilities of an organization. The tags are the names that
// clients and licenses use.
type Features struct {
	SelfHost                     bool `json:"selfHost"` // a license for one's own server may be downloaded
	UsersGetPremium              bool `json:"usersGetPremium"`
	UsePolicies                  bool `json:"usePolicies"`
	UseSSO                       bool `json:"useSso"`
	UseKeyConnector              bool `json:"useKeyConnector"`
	UseSCIM                      bool `json:"useScim"`
	UseGroups                    bool `json:"useGroups"`
	UseDirectory                 bool `json:"useDirectory"`
	UseEvents                    bool `json:"useEvents"`
	UseTOTP                      bool `json:"useTotp"`
	Use2FA                       bool `json:"use2fa"`
	UseAPI                       bool `json:"useApi"`
	UseResetPassword             bool `json:"useResetPassword"`
	UseCustomPermissions         bool `json:"useCustomPermissions"`
	UsePasswordManager           bool `json:"usePasswordManager"`
	UseSecretsManager            bool `json:"useSecretsManager"`
	UseRiskInsights              bool `json:"useRiskInsights"`
	UseOrganizationDomains       bool `json:"useOrganizationDomains"`
	UseAdminSponsoredFamilies    bool `json:"useAdminSponsoredFamilies"`
	UseAutomaticUserConfirmation bool `json:"useAutomaticUserConfirmation"`
	UseDisableSMAdsForUsers      bool `json:"useDisableSmAdsForUsers"`
	UsePhishingBlocker           bool `json:"usePhishingBlocker"`
	UseMyItems                   bool `json:"useMyItems"`
	UseInviteLinks               bool `json:"useInviteLinks"`
	UsePAM                       bool `json:"usePam"`
}

// Plan is one row of the price lists. Prices are in cents for one period, a year
// when Annual and else a month; a limit of 0 is no limit.
type Plan struct {
	Type         Type
	Name         string // as people read it, "Enterprise (Annually)"
	Tier         Tier
	Annual       bool
	BasePrice    int // for the organization and its BaseSeats
	SeatPrice    int // for each further seat; 0 when seats are not sold
	StoragePrice int // for each further GB; 0 when storage is not sold
	PremiumPrice int // for premium of all members, where the plan sells it apart
	BaseSeats    int
	MaxSeats     int
	// BaseStorageGB is what the plan includes. An organization without storage
	// has no attachments.
	BaseStorageGB    int
	MaxCollections   int
	TrialDays        int
	UpgradeSortOrder int  // an upgrade goes strictly up
	LegacyYear       int  // the year of a former price list; 0 for the current one
	Disabled         bool // no longer sold
	Features         Features
}

// Of returns the plan of a number, and whether there is one.
func Of(t Type) (Plan, bool) {
	for _, p := range plans {
		if p.Type == t {
			return p, true
		}
	}
	return Plan{}, false
}

// All returns every plan in the order of their numbers, sold or not.
func All() []Plan { return append([]Plan{}, plans...) }

// Sold returns the plans that can be bought today, in the order of their numbers.
func Sold() []Plan {
	sold := []Plan{}
	for _, p := range plans {
		if !p.Disabled {
			sold = append(sold, p)
		}
	}
	return sold
}

// Tier returns the tier of a plan; that of a number which names none is free.
func (t Type) Tier() Tier {
	p, _ := Of(t)
	return p.Tier
}

// Sponsors reports whether members of an organization with this plan may give a
// Families organization.
func (t Type) Sponsors() bool { return t.Tier() == SponsoringTier }

// Sponsorable reports whether an organization with this plan may be given.
func (t Type) Sponsorable() bool { return t.Tier() == SponsoredTier }

// ForOldClient returns the number under which clients older than 2023 know a
// current plan: their list ended at 11, and 7 to 11 were its newest plans.
func ForOldClient(t Type) Type {
	switch t {
	case TeamsMonthly:
		return TeamsMonthly2020
	case TeamsAnnually:
		return TeamsAnnually2020
	case EnterpriseMonthly:
		return EnterpriseMonthly2020
	case EnterpriseAnnually:
		return EnterpriseAnnually2020
	case FamiliesAnnually:
		return FamiliesAnnually2025
	default:
		return t
	}
}
