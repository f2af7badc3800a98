package app

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"coffre/internal/mail"
	"coffre/internal/web"
	"coffre/internal/webvault"
	"coffre/ui"
)

//go:embed page
var pages embed.FS

// pageData is what a page may show.
type pageData struct {
	Language, Role, Version, Address, Region string
	Clock                                    string // the time, under the test clock only
	Demo                                     bool
	Text                                     map[string]string
	Mails                                    []mail.Stored
}

// site renders the few pages that the server has of its own.
type site struct {
	templates *template.Template
	texts     map[string]map[string]string
}

func newSite() (*site, error) {
	templates, err := template.ParseFS(pages, "page/*.html")
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(pages, "page/text.json")
	if err != nil {
		return nil, err
	}
	s := &site{templates: templates}
	return s, json.Unmarshal(raw, &s.texts)
}

func (s *site) render(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
	return nil
}

// data is what every page shows.
func (a *App) pageData(c *web.Call) pageData {
	language := c.Language()
	text := a.site.texts[language]
	d := pageData{
		Language: language, Version: a.version, Address: a.vault, Region: string(a.config.Cloud.Region),
		Demo: a.config.Demo, Text: text, Role: text["cloud"],
	}
	if a.config.SelfHosted {
		d.Role = text["selfHosted"]
	}
	if a.hasTestClock() {
		d.Clock = a.clock.Now().Format(time.DateTime) + " UTC"
	}
	return d
}

// webVault returns the web vault of the settings, else the built-in one, else nil. The
// built-in one is there in any case, for the operator page.
func (a *App) webVault() (http.Handler, error) {
	files, built := ui.Files()
	if built {
		own, err := webvault.Built(files, a.servicesOfReports()...)
		if err != nil {
			return nil, err
		}
		a.own = own
	}
	if folder := a.config.Server.WebVault; folder != "" {
		other, err := webvault.In(folder)
		if err == nil && a.own != nil {
			other.Else = a.own
		}
		return other, err
	}
	if a.own == nil {
		return nil, nil
	}
	return a.own, nil
}

// servicesOfReports are the origins that the reports of the web vault ask.
func (a *App) servicesOfReports() []string {
	if service := a.config.Reports.ExposedPasswords; service != "" {
		return []string{service.Origin()}
	}
	return nil
}

func (a *App) mountPages(r *web.Router) {
	web.Raw(r, "GET /", func(w http.ResponseWriter, c *web.Call) error {
		if a.page != nil {
			a.page.ServeHTTP(w, c.Request)
			return nil
		}
		return a.site.render(w, http.StatusOK, "home.html", a.pageData(c))
	}, web.Anonymous)
	web.Raw(r, "GET /admin", func(w http.ResponseWriter, c *web.Call) error {
		if a.own != nil {
			a.own.ServePage(w, c.Request)
			return nil
		}
		return a.site.render(w, http.StatusOK, "home.html", a.pageData(c))
	}, web.Anonymous)
	web.Raw(r, "GET /style.css", func(w http.ResponseWriter, _ *web.Call) error {
		raw, err := fs.ReadFile(pages, "page/style.css")
		if err == nil {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			w.Write(raw)
		}
		return err
	}, web.Anonymous)
	if !a.config.Demo {
		return
	}
	web.Raw(r, "GET /demo/mail", func(w http.ResponseWriter, c *web.Call) error {
		mails, err := mail.ReadFolder(a.config.Data.Mail())
		if err != nil {
			return err
		}
		d := a.pageData(c)
		d.Mails = mails
		return a.site.render(w, http.StatusOK, "mailbox.html", d)
	}, web.Anonymous)
}
