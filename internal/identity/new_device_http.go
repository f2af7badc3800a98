package identity

import (
	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/web"
)

type resendRequest struct {
	Email string `json:"email"`
	account.Secret
}

// Check reports the first member that is missing.
func (in resendRequest) Check() error {
	switch {
	case in.Email == "":
		return fault.Required("email")
	case len(in.Email) > account.MaxEmail:
		return fault.TooLong("email", account.MaxEmail)
	}
	return in.Secret.Check()
}

func (h handler) resendDeviceCode(c *web.Call, in resendRequest) (struct{}, error) {
	return struct{}{}, h.identity.ResendDeviceCode(c.Context(), in.Email, in.MasterPasswordHash)
}
