package sponsorship

import "coffre/internal/fault"

// The codes of a row, with which a server answers another and which stay with a
// sponsorship; and why one has ended.
const (
	CodePlanTooLow           = "plan-too-low"
	CodeOrganizationDisabled = "organization-disabled"
	CodeDisabledByPolicy     = "disabled-by-policy"
	CodeOwnEmail             = "own-email"
	CodeEmailInvalid         = "email-invalid"
	CodeMemberSponsors       = "member-already-sponsors"
	CodeAlreadyRedeemed      = "already-redeemed"
	CodeAdminNotAllowed      = "admin-sponsorship-not-allowed"
	CodeTooManyMails         = "too-many-mails"
	CodeTrialLimit           = "trial-limit"
	CodeRowInvalid           = "row-invalid" // a member or a type that means nothing

	CodeRevoked    = "revoked"     // by the side of birth
	CodeRemoved    = "removed"     // by the owner of the Families organization
	CodeSyncLapsed = "sync-lapsed" // the server that asked for it has been silent for too long
	CodePeriodOver = "period-over"
	CodeTargetGone = "target-gone" // the Families organization was deleted

	CodeSponsorLeft   = "sponsor-left"      // the member was removed, has left or is deleted
	CodeSponsorGone   = "organization-gone" // the organization that gives was deleted
	CodeTargetOutgrew = "target-upgraded"   // the Families organization is on a higher plan
	CodeOwn           = "own-sponsorship"   // redeemed by whoever gives it
	CodeNoFreeSeat    = "no-free-seat"

	// CodeStaysHome is why one that an admin has made waits on a self-hosted server: the
	// dialect v1 knows only those of members.
	CodeStaysHome = "not-in-this-dialect"
)

// Why nothing can be offered.
var (
	disabledByPolicy     = fault.New(fault.Invalid, "sponsorship.disabledByPolicy").Coded(CodeDisabledByPolicy)
	planTooLow           = fault.New(fault.Invalid, "sponsorship.planTooLow").Coded(CodePlanTooLow)
	organizationDisabled = fault.New(fault.Invalid, "sponsorship.organizationDisabled").Coded(CodeOrganizationDisabled)
	notConfirmed         = fault.New(fault.Invalid, "sponsorship.notConfirmed").Coded("member-not-confirmed")
	ownEmail             = fault.New(fault.Invalid, "sponsorship.ownEmail").On("sponsoredEmail").Coded(CodeOwnEmail)
	alreadySponsors      = fault.New(fault.Invalid, "sponsorship.alreadySponsors").Coded(CodeMemberSponsors)
	withdrawalWaits      = fault.New(fault.Invalid, "sponsorship.withdrawalWaits").Coded("withdrawal-waits")
	adminNotAllowed      = fault.New(fault.Invalid, "sponsorship.adminNotAllowed").Coded(CodeAdminNotAllowed)
	noFreeSeat           = fault.New(fault.Invalid, "sponsorship.noFreeSeat").Coded(CodeNoFreeSeat)
	alreadyGiven         = fault.New(fault.Invalid, "sponsorship.alreadyGiven").On("sponsoredEmail").Coded(CodeAlreadyRedeemed)
	notesTooLong         = fault.New(fault.Invalid, "sponsorship.notesTooLong").On("notes")
	trialLimit           = fault.New(fault.Invalid, "sponsorship.trialLimit").Coded(CodeTrialLimit)
	tooManyMails         = fault.New(fault.TooMany, "sponsorship.tooManyMails").Coded(CodeTooManyMails)
)

// Why nothing can be sent again, revoked or removed.
var (
	notGiven     = fault.New(fault.Invalid, "sponsorship.notGiven").Coded("no-sponsorship")
	notSponsored = fault.New(fault.Invalid, "sponsorship.notSponsored").Coded("not-sponsored")
	isRedeemed   = fault.New(fault.Invalid, "sponsorship.isRedeemed").Coded(CodeAlreadyRedeemed)
)

// Why an offer cannot be redeemed. offerInvalid says nothing of the offer: it
// answers whoever is not the recipient.
var (
	offerInvalid      = fault.New(fault.Invalid, "sponsorship.offerInvalid").Coded("offer-invalid")
	offerWithdrawn    = fault.New(fault.Invalid, "sponsorship.offerWithdrawn").Coded("offer-withdrawn")
	offerReplaced     = fault.New(fault.Invalid, "sponsorship.offerReplaced").Coded("offer-replaced")
	offerRedeemed     = fault.New(fault.Invalid, "sponsorship.offerRedeemed").Coded(CodeAlreadyRedeemed)
	offerExpired      = fault.New(fault.Invalid, "sponsorship.offerExpired").Coded("offer-expired")
	offerLapsed       = fault.New(fault.Invalid, "sponsorship.offerLapsed").Coded(CodeSyncLapsed)
	sponsorLeft       = fault.New(fault.Invalid, "sponsorship.sponsorLeft").Coded(CodeSponsorLeft)
	sponsorGone       = fault.New(fault.Invalid, "sponsorship.sponsorGone").Coded(CodeSponsorGone)
	sponsorDisabled   = fault.New(fault.Invalid, "sponsorship.sponsorDisabled").Coded(CodeOrganizationDisabled)
	sponsorPlanTooLow = fault.New(fault.Invalid, "sponsorship.sponsorPlanTooLow").Coded(CodePlanTooLow)
	sponsorBarred     = fault.New(fault.Invalid, "sponsorship.sponsorBarred").Coded(CodeDisabledByPolicy)
	adminsMayNotGive  = fault.New(fault.Invalid, "sponsorship.adminsMayNotGive").Coded(CodeAdminNotAllowed)
	sponsorsSelf      = fault.New(fault.Invalid, "sponsorship.sponsorsSelf").Coded(CodeOwn)
	targetNotOwned    = fault.New(fault.Invalid, "sponsorship.targetNotOwned").Coded("target-not-owned")
	targetNotFamilies = fault.New(fault.Invalid, "sponsorship.targetNotFamilies").Coded("target-not-families")
	targetHasSponsor  = fault.New(fault.Invalid, "sponsorship.targetHasSponsor").Coded("target-already-sponsored")
)

// whyEnded is what the recipient of an offer is told that has ended for a reason.
var whyEnded = map[string]error{
	CodeSponsorLeft: sponsorLeft, CodeSponsorGone: sponsorGone, CodeSyncLapsed: offerLapsed,
}

// codeTargetSubscription says that a subscription cannot be made free; billing has
// the text.
const codeTargetSubscription = "target-subscription"

// What is asked of the wrong role.
var (
	onlyInCloud    = fault.New(fault.Invalid, "sponsorship.onlyInCloud").Coded("cloud-only")
	onlySelfHosted = fault.New(fault.Invalid, "sponsorship.onlySelfHosted").Coded("self-hosted-only")
)
