package twostep

import (
	"context"
	"crypto/rand"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// What Duo's ids and secrets look like.
const (
	duoIDSize     = 20
	duoSecretSize = 40
	duoShown      = 6 // letters of a secret that are shown again
)

// duoHosts are the only ones that this server calls for a person, who types them.
var duoHosts = regexp.MustCompile(`^(api-[a-z0-9-]+\.duosecurity\.com|([a-z0-9-]+\.)+duofederal\.com)$`)

var (
	wrongDuoHost = fault.New(fault.Invalid, "twostep.duoHost").On("Host")
	wrongDuo     = fault.New(fault.Invalid, "twostep.duo")
)

// duoHint tells a client where its browser goes.
type duoHint struct {
	Host    string `json:"Host"`
	AuthURL string `json:"AuthUrl"`
}

const duoPurpose = "two-step-duo"

// duoState comes back with the browser, and says which question it answers.
type duoState struct {
	AccountID id.ID     `json:"accountId"`
	Nonce     string    `json:"nonce"`
	Redirect  string    `json:"redirect"`
	Until     time.Time `json:"until"`
}

func (s *Service) askDuo(a account.Account, p provider, app App) (duoHint, error) {
	var data DuoApp
	if err := s.open(a.ID, p, &data); err != nil {
		return duoHint{}, err
	}
	state := duoState{a.ID, rand.Text(), s.duoRedirect(app), s.Now().Add(pendingLife)}
	sealed, err := s.Keys.Token(duoPurpose, state)
	if err != nil {
		return duoHint{}, err
	}
	address, err := s.Duo.AuthorizeURL(data, prompt{User: a.Email, Redirect: state.Redirect, State: sealed, Nonce: state.Nonce})
	return duoHint{data.Host, address}, err
}

// duoRedirect is the page of the web vault that hands the answer to a client.
func (s *Service) duoRedirect(app App) string {
	query := url.Values{"client": {"web"}}
	if slices.Contains([]string{"browser", "desktop", "mobile", "cli"}, app.Name) {
		query.Set("client", app.Name)
	}
	if app.Deeplink == "bitwarden" || app.Deeplink == "https" {
		query.Set("deeplinkScheme", app.Deeplink)
	}
	return s.VaultURL + "/duo-redirect-connector.html?" + query.Encode()
}

// checkDuo accepts what the browser brought back: "<code>|<state>".
func (s *Service) checkDuo(ctx context.Context, a account.Account, p provider, token string) (bool, error) {
	var data DuoApp
	if err := s.open(a.ID, p, &data); err != nil {
		return false, err
	}
	code, sealed, _ := strings.Cut(token, "|")
	var state duoState
	err := s.Keys.ReadToken(duoPurpose, sealed, &state)
	if err != nil || code == "" || state.AccountID != a.ID || !s.Now().Before(state.Until) {
		return false, nil //nolint:nilerr // a state that does not open is none of ours
	}
	return s.Duo.Allowed(ctx, data, prompt{User: a.Email, Redirect: state.Redirect, State: sealed, Nonce: state.Nonce}, code)
}

// masked hides all of a secret but its beginning.
func (a DuoApp) masked() DuoApp {
	shown := min(duoShown, len(a.ClientSecret))
	a.ClientSecret = a.ClientSecret[:shown] + strings.Repeat("*", len(a.ClientSecret)-shown)
	return a
}

// DuoOf returns what a person made at Duo, with the secret masked.
func (s *Service) DuoOf(ctx context.Context, accountID id.ID) (app DuoApp, enabled bool, err error) {
	enabled, err = s.show(ctx, accountID, Duo, &app)
	return app.masked(), enabled, err
}

// SetDuo turns Duo on once Duo knows the application. The masked secret stands for
// the one that is stored.
func (s *Service) SetDuo(ctx context.Context, accountID id.ID, app DuoApp) error {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if err := s.allow(ctx, a, Duo); err != nil {
		return err
	}
	app.Host = strings.ToLower(strings.TrimSpace(app.Host))
	if !duoHosts.MatchString(app.Host) {
		return wrongDuoHost
	}
	var before DuoApp
	enabled, err := s.find(ctx, accountID, Duo, &before)
	if err != nil {
		return err
	}
	if enabled && app.ClientSecret == before.masked().ClientSecret {
		app.ClientSecret = before.ClientSecret
	}
	if s.Duo.Healthy(ctx, app) != nil {
		return wrongDuo
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		return s.turnOn(ctx, a, Duo, app, 0)
	})
}
