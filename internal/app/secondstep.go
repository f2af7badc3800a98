package app

import (
	"net/http"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/twostep"
	"coffre/internal/webauthn"
)

// secondSteps makes the service of two-step log-ins.
func (a *App) secondSteps(accounts *account.Service, devices *device.Service) *twostep.Service {
	steps := &twostep.Service{
		Store: twostep.NewStore(a.db), Accounts: accounts, Devices: devices, Keys: a.keys, Limits: a.limits, Site: webauthn.SiteOf(a.vault),
		Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.Send, VaultURL: a.vault, Announce: accounts.Announce, RecordOwn: accounts.RecordOwn,
		AuthRequest: devices.CheckAuthRequest,
	}
	if a.config.TwoStep.Duo {
		steps.Duo = &twostep.DuoAPI{HTTP: strangers(), Now: a.clock.Now}
	}
	if yubico := a.config.TwoStep.Yubico; yubico.ClientID != "" {
		steps.Yubico = &twostep.Yubico{ClientID: yubico.ClientID, Key: yubico.KeyBytes(), HTTP: strangers()}
		for _, address := range yubico.ValidationURLs {
			steps.Yubico.URLs = append(steps.Yubico.URLs, string(address))
		}
	}
	return steps
}

// strangers calls servers of others, for which nobody who waits has much patience
// and which may not send a secret on to somewhere else.
func strangers() *http.Client {
	const patience = 10 * time.Second
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Timeout: patience, CheckRedirect: stay}
}
