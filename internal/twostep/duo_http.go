package twostep

import (
	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/web"
)

func (h handler) mountDuo(r *web.Router) {
	web.Handle(r, "POST /api/two-factor/get-duo", h.duo)
	both(r, "/api/two-factor/duo", h.setDuo, codeRate("two-step-duo"))
	web.Handle(r, "DELETE /api/two-factor/duo", h.off(Duo))
}

type duoDetail struct {
	Enabled      bool    `json:"enabled"`
	Host         *string `json:"host"`
	ClientID     *string `json:"clientId"`
	ClientSecret *string `json:"clientSecret"`
}

type duoView struct {
	Inside                *duoDetail `json:"duo,omitempty"`
	*duoDetail                       // of older clients
	UserVerificationToken string     `json:"userVerificationToken,omitempty"`
	Object                string     `json:"object"`
}

func (h handler) duoView(c *web.Call, object string) (duoView, error) {
	app, enabled, err := h.steps.DuoOf(c.Context(), c.Caller.AccountID)
	view := duoView{Object: object}
	view.Inside, view.duoDetail = shaped(c, duoDetail{enabled, optional(app.Host), optional(app.ClientID), optional(app.ClientSecret)})
	return view, err
}

func (h handler) duo(c *web.Call, in account.Secret) (duoView, error) {
	token, err := h.enter(c, Duo, in)
	if err != nil {
		return duoView{}, err
	}
	view, err := h.duoView(c, "twoFactorDuo")
	view.UserVerificationToken = token
	return view, err
}

type setDuoRequest struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	Host         string `json:"host"`
	Proof
}

// Check reports what Duo never gave anybody.
func (in setDuoRequest) Check() error {
	switch {
	case in.ClientID == "":
		return fault.Required("clientId")
	case len(in.ClientID) != duoIDSize:
		return fault.Malformed("clientId")
	case in.ClientSecret == "":
		return fault.Required("clientSecret")
	case len(in.ClientSecret) != duoSecretSize:
		return fault.Malformed("clientSecret")
	case in.Host == "":
		return fault.Required("host")
	}
	return in.Proof.Check()
}

func (h handler) setDuo(c *web.Call, in setDuoRequest) (duoView, error) {
	if err := h.steps.Verify(c.Context(), c.Caller.AccountID, Duo, "", in.Proof); err != nil {
		return duoView{}, err
	}
	err := h.steps.SetDuo(c.Context(), c.Caller.AccountID, DuoApp{ClientID: in.ClientID, ClientSecret: in.ClientSecret, Host: in.Host})
	if err != nil {
		return duoView{}, err
	}
	return h.duoView(c, changed(c, "twoFactorDuo", "Update"))
}
