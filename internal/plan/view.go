package plan

// View is a plan as clients read it: the "plan" object. Prices are in whole
// currency units there.
type View struct {
	Object                     string       `json:"object"`
	Type                       Type         `json:"type"`
	ProductTier                Tier         `json:"productTier"`
	Name                       string       `json:"name"`
	IsAnnual                   bool         `json:"isAnnual"`
	NameLocalizationKey        string       `json:"nameLocalizationKey"`
	DescriptionLocalizationKey string       `json:"descriptionLocalizationKey"`
	CanBeUsedByBusiness        bool         `json:"canBeUsedByBusiness"`
	TrialPeriodDays            *int         `json:"trialPeriodDays"`
	HasSelfHost                bool         `json:"hasSelfHost"`
	HasPolicies                bool         `json:"hasPolicies"`
	HasGroups                  bool         `json:"hasGroups"`
	HasDirectory               bool         `json:"hasDirectory"`
	HasEvents                  bool         `json:"hasEvents"`
	HasTOTP                    bool         `json:"hasTotp"`
	Has2FA                     bool         `json:"has2fa"`
	HasAPI                     bool         `json:"hasApi"`
	HasSSO                     bool         `json:"hasSso"`
	HasKeyConnector            bool         `json:"hasKeyConnector"`
	HasSCIM                    bool         `json:"hasScim"`
	HasOrganizationDomains     bool         `json:"hasOrganizationDomains"`
	HasResetPassword           bool         `json:"hasResetPassword"`
	HasCustomPermissions       bool         `json:"hasCustomPermissions"`
	UsersGetPremium            bool         `json:"usersGetPremium"`
	HasMyItems                 bool         `json:"hasMyItems"`
	HasInviteLinks             bool         `json:"hasInviteLinks"`
	UpgradeSortOrder           int          `json:"upgradeSortOrder"`
	DisplaySortOrder           int          `json:"displaySortOrder"`
	LegacyYear                 *int         `json:"legacyYear"`
	Disabled                   bool         `json:"disabled"`
	PasswordManager            ManagerView  `json:"passwordManager"`
	SecretsManager             *ManagerView `json:"secretsManager"` // null: it is not sold here
}

// ManagerView is the price of the password manager within a plan. The ids of a
// payment provider stay null: no client needs them to show a price.
type ManagerView struct {
	StripePlanID                   *string `json:"stripePlanId"`
	StripeSeatPlanID               *string `json:"stripeSeatPlanId"`
	StripeProviderPortalSeatPlanID *string `json:"stripeProviderPortalSeatPlanId"`
	StripePremiumAccessPlanID      *string `json:"stripePremiumAccessPlanId"`
	StripeStoragePlanID            *string `json:"stripeStoragePlanId"`
	BasePrice                      float64 `json:"basePrice"`
	SeatPrice                      float64 `json:"seatPrice"`
	ProviderPortalSeatPrice        float64 `json:"providerPortalSeatPrice"`
	AllowSeatAutoscale             bool    `json:"allowSeatAutoscale"`
	HasAdditionalSeatsOption       bool    `json:"hasAdditionalSeatsOption"`
	MaxAdditionalSeats             *int    `json:"maxAdditionalSeats"`
	BaseSeats                      int     `json:"baseSeats"`
	MaxSeats                       *int    `json:"maxSeats"`
	HasPremiumAccessOption         bool    `json:"hasPremiumAccessOption"`
	PremiumAccessOptionPrice       float64 `json:"premiumAccessOptionPrice"`
	BaseStorageGB                  *int    `json:"baseStorageGb"`
	HasAdditionalStorageOption     bool    `json:"hasAdditionalStorageOption"`
	AdditionalStoragePricePerGB    float64 `json:"additionalStoragePricePerGb"`
	MaxAdditionalStorage           *int    `json:"maxAdditionalStorage"`
	MaxCollections                 *int    `json:"maxCollections"`
}

// ViewOf returns p as clients read it.
func ViewOf(p Plan) View {
	f, word := p.Features, p.word()
	return View{
		Object: "plan", Type: p.Type, ProductTier: p.Tier, Name: p.Name, IsAnnual: p.Annual,
		NameLocalizationKey: "planName" + word, DescriptionLocalizationKey: "planDesc" + word,
		CanBeUsedByBusiness: p.Tier != TierFree && p.Tier != TierFamilies || p.Type == Custom,
		TrialPeriodDays:     limit(p.TrialDays),
		HasSelfHost:         f.SelfHost, HasPolicies: f.UsePolicies, HasGroups: f.UseGroups,
		HasDirectory: f.UseDirectory, HasEvents: f.UseEvents, HasTOTP: f.UseTOTP, Has2FA: f.Use2FA,
		HasAPI: f.UseAPI, HasSSO: f.UseSSO, HasKeyConnector: f.UseKeyConnector, HasSCIM: f.UseSCIM,
		HasOrganizationDomains: f.UseOrganizationDomains, HasResetPassword: f.UseResetPassword,
		HasCustomPermissions: f.UseCustomPermissions, UsersGetPremium: f.UsersGetPremium,
		HasMyItems: f.UseMyItems, HasInviteLinks: f.UseInviteLinks,
		UpgradeSortOrder: p.UpgradeSortOrder, DisplaySortOrder: p.UpgradeSortOrder,
		LegacyYear: limit(p.LegacyYear), Disabled: p.Disabled,
		PasswordManager: managerOf(p),
	}
}

func managerOf(p Plan) ManagerView {
	return ManagerView{
		BasePrice: units(p.BasePrice), SeatPrice: units(p.SeatPrice),
		AllowSeatAutoscale: p.SeatPrice > 0, HasAdditionalSeatsOption: p.SeatPrice > 0,
		BaseSeats: p.BaseSeats, MaxSeats: limit(p.MaxSeats),
		HasPremiumAccessOption: p.PremiumPrice > 0, PremiumAccessOptionPrice: units(p.PremiumPrice),
		BaseStorageGB:              limit(p.BaseStorageGB),
		HasAdditionalStorageOption: p.StoragePrice > 0, AdditionalStoragePricePerGB: units(p.StoragePrice),
		MaxCollections: limit(p.MaxCollections),
	}
}

// word is the part of the localization keys that names the tier.
func (p Plan) word() string {
	if p.Type == Custom {
		return "Custom"
	}
	return [...]string{"Free", "Families", "Teams", "Enterprise", "TeamsStarter"}[p.Tier]
}

func units(cents int) float64 { return float64(cents) / 100 }

// limit writes what a Plan spells as 0 the way clients do, as null.
func limit(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
