package identity

import "net/http"

// oauthError is an answer of the token endpoint in the words of OAuth. Clients
// compare its texts, which therefore are English in every language.
type oauthError struct {
	code        string // OAuth's error
	description string
	message     string // what clients show
}

// Error returns what clients show.
func (f *oauthError) Error() string { return f.message }

// Answer returns the body in every spelling that clients look for.
func (f *oauthError) Answer(string) (status int, body any) {
	view := oauthView{
		Error: f.code, ErrorModel: errorModel{Message: f.message, Object: "error"}, Message: f.message, Object: "error",
	}
	if f.description != "" {
		view.Description = &f.description
	}
	return http.StatusBadRequest, view
}

type errorModel struct {
	Message          string    `json:"Message"`
	ValidationErrors *struct{} `json:"ValidationErrors"`
	Object           string    `json:"Object"`
}

type oauthView struct {
	Error                 string     `json:"error"`
	Description           *string    `json:"error_description,omitempty"`
	ErrorModel            errorModel `json:"ErrorModel"`
	Message               string     `json:"message"`
	ValidationErrors      *struct{}  `json:"validationErrors"`
	ExceptionMessage      *struct{}  `json:"exceptionMessage"`
	ExceptionStackTrace   *struct{}  `json:"exceptionStackTrace"`
	InnerExceptionMessage *struct{}  `json:"innerExceptionMessage"`
	Object                string     `json:"object"`
}

var (
	wrongPassword = &oauthError{"invalid_grant", "invalid_username_or_password", "Username or password is incorrect. Try again."}
	legacyAccount = &oauthError{
		"invalid_grant", "invalid_username_or_password",
		"Legacy encryption without a userkey is no longer supported. To recover your account, please contact support",
	}
	wrongSecondStep = &oauthError{"invalid_grant", "invalid_username_or_password", "Two-step token is invalid. Try again."}
	noSecondStep    = &oauthError{"invalid_grant", "invalid_username_or_password", "No two-step providers enabled."}
	noDevice        = &oauthError{"device_error", "No device information provided", "no device information provided"}
	strangeDevice   = &oauthError{"device_error", "Auth requests are not supported on unknown devices", "auth request flow unsupported on unknown device"}
	newDevice       = &oauthError{"device_error", "New device verification required", "new device verification required"}
	wrongDeviceCode = &oauthError{"device_error", "Invalid New Device OTP", "invalid new device otp"}
	sessionOver     = &oauthError{"invalid_grant", "", "The session is over. Log in again."}
	wrongClient     = &oauthError{"invalid_client", "", "The client id or the client secret is incorrect. Try again."}
	wrongScope      = &oauthError{"invalid_scope", "", "This client may not ask for this scope."}
	wrongGrant      = &oauthError{"unsupported_grant_type", "", "This server does not know this grant type."}
)
