package app

import (
	"coffre/internal/icon"
	"coffre/internal/web"
)

// mountIcons adds the icons of sites, which are fetched where the settings allow it.
func (a *App) mountIcons(r *web.Router) {
	var icons *icon.Service
	if a.config.Icons.Enabled {
		icons = &icon.Service{Client: icon.NewClient(icon.Reaches), Folder: a.config.Data.Icons(), Limits: a.limits, Now: a.clock.Now}
		icons.Schedule(a.queue)
	}
	icon.Mount(r, icons)
}
