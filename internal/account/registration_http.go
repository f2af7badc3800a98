package account

import (
	"net/http"
	"time"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

func mountRegistration(r *web.Router, h handler) {
	asked := web.Rate(throttle.Rule{Name: "prelogin", Limit: 20, Per: time.Minute})
	started := web.Rate(throttle.Rule{Name: "register-start", Limit: 10, Per: 10 * time.Minute})
	finished := web.Rate(throttle.Rule{Name: "register-finish", Limit: 20, Per: 10 * time.Minute})
	for _, path := range []string{"/identity/accounts/prelogin", "/identity/accounts/prelogin/password", "/api/accounts/prelogin"} {
		web.Handle(r, "POST "+path, h.prelogin, web.Anonymous, asked)
	}
	web.Handle(r, "POST /identity/accounts/register/send-verification-email", h.start, web.Anonymous, started)
	web.Handle(r, "POST /identity/accounts/register/verification-email-clicked", h.clicked, web.Anonymous, finished)
	web.Handle(r, "POST /identity/accounts/register/finish", h.finish, web.Anonymous, finished)
	for _, path := range []string{"/identity/accounts/register", "/api/accounts/register"} {
		web.Handle(r, "POST "+path, h.oneStep, web.Anonymous, finished)
	}
}

type preloginRequest struct {
	Email string `json:"email"`
}

// Check reports what is no address.
func (in preloginRequest) Check() error { return CheckEmail("email", in.Email) }

// preloginView says the same twice, for clients of two generations.
type preloginView struct {
	KDF            KDFType `json:"kdf"`
	KDFIterations  int     `json:"kdfIterations"`
	KDFMemory      *int    `json:"kdfMemory"`
	KDFParallelism *int    `json:"kdfParallelism"`
	Settings       KDFView `json:"kdfSettings"`
	Salt           *string `json:"salt"`
}

func (h handler) prelogin(c *web.Call, in preloginRequest) (preloginView, error) {
	p, err := h.accounts.Prelogin(c.Context(), in.Email)
	k := p.KDF
	return preloginView{k.Type, k.Iterations, k.Memory, k.Parallelism, KDFView(k), optional(p.Salt)}, err
}

type startRequest struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Check reports the first member that cannot be used.
func (in startRequest) Check() error {
	if utf8.RuneCountInString(in.Name) > MaxName {
		return fault.TooLong("name", MaxName)
	}
	return CheckEmail("email", in.Email)
}

func (h handler) start(c *web.Call, in startRequest) (web.Reply, error) {
	token, err := h.accounts.StartRegistration(c.Context(), in.Email, in.Name, c.Language())
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
	return CheckEmail("email", in.Email)
}

func (h handler) clicked(c *web.Call, in clickedRequest) (struct{}, error) {
	return struct{}{}, h.accounts.CheckVerification(c.Context(), in.Email, in.Token)
}
