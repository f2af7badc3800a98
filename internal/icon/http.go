package icon

import (
	"net/http"
	"net/url"
	"time"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// symbol stands for a site without an icon: a globe of 19 pixels, as PNG.
var symbol = globe()

var noHost = fault.New(fault.Invalid, "icon.host").On("host")

// Mount adds the routes of icons. Without a service every site has the same symbol.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Raw(r, "GET /icons/{host}/icon.png", h.icon, web.Anonymous)
	web.Handle(r, "GET /icons/config", h.config, web.Anonymous)
	web.Handle(r, "GET /icons/change-password-uri", h.changePassword, web.Anonymous)
}

type handler struct{ icons *Service }

// icon always shows a picture, because clients put the address into pages.
func (h handler) icon(w http.ResponseWriter, c *web.Call) error {
	host, good := CleanHost(c.Param("host"))
	if !good {
		return noHost
	}
	var data []byte
	if h.icons != nil {
		var err error
		if data, err = h.icons.Get(c.Context(), host); err != nil {
			return err
		}
	}
	keep := "public, max-age=604800"
	if len(data) == 0 {
		data, keep = symbol, "public, max-age=3600"
	}
	header := w.Header()
	header.Set("Content-Type", string(KindOf(data)))
	header.Set("Cache-Control", keep)
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(data) // to a client that may have gone
	return nil
}

type configView struct {
	CacheEnabled   bool `json:"cacheEnabled"`
	CacheHours     int  `json:"cacheHours"`
	CacheSizeLimit *int `json:"cacheSizeLimit"`
}

func (h handler) config(*web.Call, struct{}) (configView, error) {
	return configView{h.icons != nil, int(found / time.Hour), nil}, nil
}

type changePasswordView struct {
	URI *string `json:"uri"`
}

// changePassword returns where a site lets people change a password, null for one that
// does not say.
func (h handler) changePassword(c *web.Call, _ struct{}) (changePasswordView, error) {
	u, err := url.Parse(c.Query("uri"))
	if err != nil || u.Scheme != "https" || !allowed(u) {
		return changePasswordView{}, nil //nolint:nilerr // Nobody changes a password there.
	}
	host, good := CleanHost(u.Hostname())
	if !good || h.icons == nil {
		return changePasswordView{}, nil
	}
	address, err := h.icons.ChangePassword(c.Context(), host)
	if address == "" {
		return changePasswordView{}, err
	}
	return changePasswordView{&address}, err
}
