package identity

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"coffre/internal/event"
	"coffre/internal/twostep"
)

// SecondStep is what a client sends beside the password of a person who logs in in
// two steps.
type SecondStep struct {
	Provider string // a number
	Token    string
	Remember bool   // whether the device wants to be asked for no second step for a while
	Deeplink string // how a mobile client is called back
}

// checkSecondStep asks for the second step of a person who has one, and judges it.
// A provider without a token, an unknown provider and a device that is remembered
// no more are asked again, so that the client forgets what it sent.
func (s *Service) checkSecondStep(ctx context.Context, a *attempt) error {
	needed, err := s.TwoStep.Needed(ctx, a.account)
	if err != nil || !needed {
		return err
	}
	a.twoSteps = true
	provider, err := strconv.Atoi(a.SecondStep.Provider)
	if err != nil {
		return s.challenge(ctx, a)
	}
	outcome, err := s.TwoStep.Check(ctx, a.account, twostep.Attempt{Provider: provider, Token: a.SecondStep.Token, Device: a.device.Identifier})
	switch {
	case err != nil:
		return err
	case outcome == twostep.Wrong:
		return s.refuseOf(ctx, a.account.ID, event.TwoStepFailed, wrongSecondStep)
	case outcome == twostep.Again:
		return s.challenge(ctx, a)
	}
	// A recovery code leaves no second step that a device could be spared.
	a.remember = a.SecondStep.Remember && provider != twostep.Remember && provider != twostep.RecoveryCode
	return nil
}

// challenge ends an attempt with the question for the second step.
func (s *Service) challenge(ctx context.Context, a *attempt) error {
	c, err := s.TwoStep.Challenge(ctx, a.account, twostep.App{Name: a.ClientID, Deeplink: a.SecondStep.Deeplink})
	switch {
	case err != nil:
		return err
	case len(c.Providers) == 0:
		return s.refuse(ctx, noSecondStep)
	}
	return &challengeError{c}
}

// challengeError asks the client for a second step.
type challengeError struct{ twostep.Challenge }

func (c *challengeError) Error() string { return "Two factor required." }

// Answer returns the body that clients tell from other refusals by the member
// TwoFactorProviders2.
func (c *challengeError) Answer(string) (status int, body any) {
	return http.StatusBadRequest, challengeView{
		Error: "invalid_grant", Description: c.Error(),
		Providers: slices.Sorted(maps.Keys(c.Providers)), Providers2: c.Providers,
		SessionToken: c.SessionToken, Email: c.Email, Policy: policyName{"masterPasswordPolicy"},
		Message: c.Error(), Object: "error",
	}
}

type challengeView struct {
	Error            string         `json:"error"`
	Description      string         `json:"error_description"`
	Providers        []string       `json:"TwoFactorProviders"`
	Providers2       map[string]any `json:"TwoFactorProviders2"`
	SessionToken     string         `json:"SsoEmail2faSessionToken,omitempty"`
	Email            string         `json:"Email,omitempty"`
	Policy           policyName     `json:"MasterPasswordPolicy"`
	Message          string         `json:"message"`
	ValidationErrors *struct{}      `json:"validationErrors"`
	Object           string         `json:"object"`
}

// policyName is a policy that demands nothing, as short as clients accept it.
type policyName struct {
	Object string `json:"Object"`
}
