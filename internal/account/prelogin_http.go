package account

import (
	"time"

	"coffre/internal/throttle"
	"coffre/internal/web"
)

func mountPrelogin(r *web.Router, h handler) {
	asked := web.Rate(throttle.Rule{Name: "prelogin", Limit: 20, Per: time.Minute})
	for _, path := range []string{"/identity/accounts/prelogin", "/identity/accounts/prelogin/password", "/api/accounts/prelogin"} {
		web.Handle(r, "POST "+path, h.prelogin, web.Anonymous, asked)
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
