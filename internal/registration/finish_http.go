package registration

import (
	"cmp"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/web"
)

// finishRequest is the last step of a registration.
type finishRequest struct {
	account.FirstPasswordRequest
	Email                  string                  `json:"email"`
	UserSymmetricKey       string                  `json:"userSymmetricKey"`
	UserAsymmetricKeys     *account.KeyPairRequest `json:"userAsymmetricKeys"`
	EmailVerificationToken string                  `json:"emailVerificationToken"`
	InviteToken            string                  `json:"orgInviteToken"`
	MemberID               id.ID                   `json:"organizationUserId"`
	OfferToken             string                  `json:"orgSponsoredFreeFamilyPlanToken"`
	EmergencyToken         string                  `json:"acceptEmergencyAccessInviteToken"`
	EmergencyID            id.ID                   `json:"acceptEmergencyAccessId"`
}

func (in finishRequest) older() account.OlderKeys {
	return account.OlderKeys{KeyField: "userSymmetricKey", PairField: "userAsymmetricKeys", Key: in.UserSymmetricKey, Pair: in.UserAsymmetricKeys}
}

// Check reports the first member that is missing, unreadable, or at odds with another.
func (in finishRequest) Check() error {
	return cmp.Or(account.CheckEmail("email", in.Email), in.CheckSalts(in.Email), in.FirstPasswordRequest.Check(in.older()))
}

// finishView has a member that clients of years ago read.
type finishView struct {
	Object             string `json:"object"`
	CaptchaBypassToken string `json:"captchaBypassToken"`
}

func (h handler) finish(c *web.Call, in finishRequest) (finishView, error) {
	return finishView{Object: "registerFinish"}, h.registration.Register(c.Context(), Newcomer{
		Email: in.Email, Password: in.FirstPassword(in.older()),
		VerificationToken: in.EmailVerificationToken, InviteToken: in.InviteToken, MemberID: in.MemberID, OfferToken: in.OfferToken,
		EmergencyToken: in.EmergencyToken, EmergencyID: in.EmergencyID,
		Language: c.Language(),
	})
}

// oneStepRequest registers a person without a token, as mobile applications of
// years ago do.
type oneStepRequest struct {
	account.FirstPasswordRequest
	Email string                  `json:"email"`
	Name  string                  `json:"name"`
	Key   string                  `json:"key"`
	Keys  *account.KeyPairRequest `json:"keys"`
}

func (in oneStepRequest) older() account.OlderKeys {
	return account.OlderKeys{KeyField: "key", PairField: "keys", Key: in.Key, Pair: in.Keys}
}

// Check reports the first member that cannot be used.
func (in oneStepRequest) Check() error {
	return cmp.Or(account.CheckEmail("email", in.Email), checkName(in.Name), in.CheckSalts(in.Email), in.FirstPasswordRequest.Check(in.older()))
}

func (h handler) oneStep(c *web.Call, in oneStepRequest) (finishView, error) {
	return finishView{Object: "register"}, h.registration.RegisterAtOnce(c.Context(), Newcomer{
		Email: in.Email, Password: in.FirstPassword(in.older()), Name: in.Name, Language: c.Language(),
	})
}
