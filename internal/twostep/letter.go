package twostep

import (
	"context"
	"maps"
	"time"

	"coffre/internal/account"
	"coffre/internal/mail"
	"coffre/internal/web"
)

// names is what the providers are called in mails.
var names = map[string]map[int]string{
	"en": {
		Authenticator: "Authenticator app", Email: "Email", Duo: "Duo", YubiKey: "YubiKey OTP", WebAuthn: "Security key", RecoveryCode: "Recovery code",
	},
	"fr": {
		Authenticator: "Application d'authentification", Email: "E-mail", Duo: "Duo", YubiKey: "YubiKey OTP", WebAuthn: "Clé de sécurité", RecoveryCode: "Code de récupération",
	},
}

// brands is what the providers that a server may lack are called in every language.
var brands = map[int]string{Duo: "Duo", YubiKey: "YubiKey OTP", WebAuthn: "WebAuthn"}

// about is what a mail on a provider says.
func (s *Service) about(a account.Account, number int) map[string]string {
	return map[string]string{"Provider": names[a.Language()][number]}
}

// tell mails a person what happened, when, and from where it was asked for.
func (s *Service) tell(ctx context.Context, a account.Account, template, once string, data map[string]string) error {
	address := "-"
	if from := web.CallerOf(ctx).Address; from.IsValid() {
		address = from.String()
	}
	all := map[string]string{"At": s.Now().UTC().Format(time.RFC3339), "Address": address}
	maps.Copy(all, data)
	return s.Mail(ctx, mail.Message{Once: template + "|" + once, To: a.Email, Template: template, Language: a.Language(), Data: all})
}

// warnEvery is how much time passes between two warnings at least, whatever
// somebody tries.
const warnEvery = 20 * time.Minute

// warn mails a person that somebody with their master password failed at the
// second step.
func (s *Service) warn(ctx context.Context, a account.Account, number int) error {
	once := a.ID.String() + "|" + s.Now().UTC().Truncate(warnEvery).Format(time.RFC3339)
	return s.tell(ctx, a, "two-step-failed", once, s.about(a, number))
}
