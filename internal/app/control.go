package app

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

type syncRequest struct {
	OrganizationID id.ID `json:"organizationId"`
}

func (in syncRequest) Check() error {
	if in.OrganizationID.IsZero() {
		return fault.Required("organizationId")
	}
	return nil
}

// mountControl adds what commands ask for through the local socket. Its file
// rights are the permission: only the owner of the data folder can connect.
func (a *App) mountControl() {
	nobody := func(context.Context, string) (web.Caller, error) { return web.Caller{}, fault.SignIn }
	a.control = web.NewRouter(a.log, nobody, nil)
	web.Handle(a.control, "POST /restart", func(c *web.Call, _ struct{}) (struct{}, error) {
		// The person is told what is wrong with the settings: nobody else can ask.
		if err := a.options.Restart(context.WithoutCancel(c.Context())); err != nil {
			return struct{}{}, fault.New(fault.Invalid, "app.restart").With("reason", err)
		}
		return struct{}{}, nil
	}, web.Anonymous)
	web.Handle(a.control, "POST /sync", func(c *web.Call, in syncRequest) (any, error) {
		if !a.config.SelfHosted {
			return nil, fault.New(fault.Invalid, "app.syncOnCloud")
		}
		return a.syncNow(c.Context(), in.OrganizationID, c.Language())
	}, web.Anonymous)
	web.Handle(a.control, "POST /admin/link", a.printLink, web.Anonymous)
	a.mountOrganizations()
	a.mountBackup()
	a.mountBooks()
}
