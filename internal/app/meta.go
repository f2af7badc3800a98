package app

import (
	"net/http"
	"slices"
	"time"

	"coffre/internal/config"
	"coffre/internal/web"
)

// protocolVersion is the release of the official server whose protocol Coffre
// follows; clients compare it with the releases that brought a feature.
const protocolVersion = "2026.8.0"

type configView struct {
	Version       string          `json:"version"`
	GitHash       string          `json:"gitHash"`
	Server        serverView      `json:"server"`
	Environment   environmentView `json:"environment"`
	FeatureStates map[string]bool `json:"featureStates"`
	Push          pushView        `json:"push"`
	Communication *struct{}       `json:"communication"`
	Settings      settingsView    `json:"settings"`
	TestClock     *int64          `json:"testClock,omitempty"` // how many seconds this server is ahead of the time
	Demo          *demoView       `json:"demo,omitempty"`
	SelfHosted    bool            `json:"selfHosted"` // tells our web vault which of its screens there are
	Founders      *config.Create  `json:"founders"`   // who may make an organization without a license; null on a cloud
	Object        string          `json:"object"`

	// ExposedPasswords is the service that our web vault's report asks; null is no report.
	ExposedPasswords *config.Address `json:"exposedPasswords"`
}

// demoView is what only the demo tells: there are no secrets in it.
type demoView struct {
	People []DemoPerson `json:"people"`
}

// DemoPerson is a sample person of the demo, whose password everybody may know.
type DemoPerson struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

type serverView struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type environmentView struct {
	CloudRegion   *string `json:"cloudRegion"`
	Vault         string  `json:"vault"`
	API           string  `json:"api"`
	Identity      string  `json:"identity"`
	Notifications string  `json:"notifications"`
	SSO           string  `json:"sso"`
}

type pushView struct {
	PushTechnology int     `json:"pushTechnology"` // 0: over the server's own socket
	VAPIDPublicKey *string `json:"vapidPublicKey"`
}

type settingsView struct {
	DisableUserRegistration         bool `json:"disableUserRegistration"`
	SuppressOnboardingInterstitials bool `json:"suppressOnboardingInterstitials"`
}

// clientConfig is what every client asks first (spec 02 §1.1).
func (a *App) clientConfig(*web.Call, struct{}) (configView, error) {
	view := configView{
		Version: protocolVersion,
		GitHash: a.version,
		Server:  serverView{Name: "Coffre", URL: a.vault},
		Environment: environmentView{
			Vault: a.vault, API: a.vault + "/api", Identity: a.vault + "/identity", Notifications: a.vault + "/notifications",
		},
		FeatureStates: map[string]bool{},
		Settings:      settingsView{DisableUserRegistration: a.config.Accounts.DisableRegistration},
		SelfHosted:    a.config.SelfHosted,
		Object:        "config",
	}
	if region := string(a.config.Cloud.Region); region != "" {
		view.Environment.CloudRegion = &region
	}
	if a.config.SelfHosted {
		view.Founders = &a.config.Organizations.Create
	}
	if service := a.config.Reports.ExposedPasswords; service != "" {
		view.ExposedPasswords = &service
	}
	if a.hasTestClock() {
		view.TestClock = new(int64(a.clock.Offset().Seconds()))
	}
	if a.config.Demo {
		view.Demo = &demoView{People: slices.Concat([]DemoPerson{}, a.options.People)}
	}
	return view, nil
}

func (a *App) now(*web.Call, struct{}) (time.Time, error) { return a.clock.Now(), nil }

// ready says whether the server can do its work: it asks the database.
func (a *App) ready(c *web.Call, _ struct{}) (web.Reply, error) {
	if reached := a.db.Ping(c.Context()) == nil; !reached {
		return web.Reply{Status: http.StatusServiceUnavailable}, nil
	}
	return web.Reply{Status: http.StatusOK, Body: a.clock.Now()}, nil
}

func (a *App) mountMeta(r *web.Router) {
	web.Handle(r, "GET /api/config", a.clientConfig, web.Anonymous)
	web.Handle(r, "GET /ready", a.ready, web.Anonymous)
	for _, prefix := range []string{"", "/api", "/identity"} {
		web.Handle(r, "GET "+prefix+"/alive", a.now, web.Anonymous)
		web.Handle(r, "GET "+prefix+"/now", a.now, web.Anonymous)
		web.Handle(r, "GET "+prefix+"/version", func(*web.Call, struct{}) (string, error) { return protocolVersion, nil }, web.Anonymous)
	}
}
