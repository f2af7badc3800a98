package registration

import (
	"net/http"
	"time"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Mount adds the routes of people who register.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	started := web.Rate(throttle.Rule{Name: "register-start", Limit: 10, Per: 10 * time.Minute})
	finished := web.Rate(throttle.Rule{Name: "register-finish", Limit: 20, Per: 10 * time.Minute})
	web.Handle(r, "POST /identity/accounts/register/send-verification-email", h.start, web.Anonymous, started)
	web.Handle(r, "POST /identity/accounts/register/verification-email-clicked", h.clicked, web.Anonymous, finished)
	web.Handle(r, "POST /identity/accounts/register/finish", h.finish, web.Anonymous, finished)
	for _, path := range []string{"/identity/accounts/register", "/api/accounts/register"} {
		web.Handle(r, "POST "+path, h.oneStep, web.Anonymous, finished)
	}
}

type handler struct{ registration *Service }

type startRequest struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Check reports the first member that cannot be used.
func (in startRequest) Check() error {
	if err := checkName(in.Name); err != nil {
		return err
	}
	return account.CheckEmail("email", in.Email)
}

func checkName(name string) error {
	if utf8.RuneCountInString(name) > account.MaxName {
		return fault.TooLong("name", account.MaxName)
	}
	return nil
}

func (h handler) start(c *web.Call, in startRequest) (web.Reply, error) {
	token, err := h.registration.Start(c.Context(), in.Email, in.Name, c.Language())
	if token == "" {
		return web.Reply{Status: http.StatusNoContent}, err
	}
	return web.Reply{Status: http.StatusOK, Body: token}, err
}

type clickedRequest struct {
	Email string `json:"email"`
	Token string `json:"emailVerificationToken"`
}

// Check reports the first member that is missing or is no address.
func (in clickedRequest) Check() error {
	if in.Token == "" {
		return fault.Required("emailVerificationToken")
	}
	return account.CheckEmail("email", in.Email)
}

func (h handler) clicked(c *web.Call, in clickedRequest) (struct{}, error) {
	return struct{}{}, h.registration.CheckToken(c.Context(), in.Email, in.Token)
}
