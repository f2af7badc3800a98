package send

import (
	"time"

	"coffre/internal/fault"
	"coffre/internal/identity"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// visits is how often one network may read Sends, or try to.
var visits = throttle.Rule{Name: "send-access", Limit: 300, Per: time.Minute}

// mountAccess adds what visitors call: with the token of a Send, and as clients did
// before there was one.
func mountAccess(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "POST /api/sends/access", h.access, web.Machine(identity.SendScope), web.Rate(visits))
	web.Handle(r, "POST /api/sends/access/file/{fileId}", h.fetch, web.Machine(identity.SendScope), web.Rate(visits))
	web.Handle(r, "POST /api/sends/access/{accessId}", h.accessByPassword, web.Anonymous, web.Rate(visits))
	web.Handle(r, "POST /api/sends/{accessId}/access/file/{fileId}", h.fetchByPassword, web.Anonymous, web.Rate(visits))
	web.Raw(r, "GET "+downloads+"{token}", h.download, web.Anonymous)
}

// accessView is a Send as a visitor sees it.
type accessView struct {
	ID                string     `json:"id"`
	Type              Type       `json:"type"`
	AuthType          AuthType   `json:"authType"`
	Name              string     `json:"name"`
	File              *fileView  `json:"file"`
	Text              *textView  `json:"text"`
	Data              *struct{}  `json:"data"`
	ExpirationDate    *time.Time `json:"expirationDate"`
	CreatorIdentifier *string    `json:"creatorIdentifier"`
	Object            string     `json:"object"`
}

func accessViewOf(o Opened) accessView {
	return accessView{
		ID: o.AccessID(), Type: o.Type, AuthType: o.AuthType, Name: o.Name, File: fileViewOf(o.Send, o.File), Text: textViewOf(o.Send),
		ExpirationDate: instant(o.ExpiresAt), CreatorIdentifier: optional(o.Creator), Object: "send-access",
	}
}

// downloadView is where a file can be fetched, for a minute.
type downloadView struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Object string `json:"object"`
}

// passwordRequest is what older clients send along.
type passwordRequest struct {
	Password string `json:"password"`
}

// Check reports a password that is too long.
func (in passwordRequest) Check() error {
	if len(in.Password) > maxPassword {
		return fault.TooLong("password", maxPassword)
	}
	return nil
}

func (h handler) access(c *web.Call, _ struct{}) (accessView, error) {
	o, err := h.sends.Open(c.Context(), c.Caller.SendID)
	return accessViewOf(o), err
}

func (h handler) fetch(c *web.Call, _ struct{}) (downloadView, error) {
	fileID := c.Param("fileId")
	url, err := h.sends.Fetch(c.Context(), c.Caller.SendID, fileID)
	return downloadView{fileID, url, "send-fileDownload"}, err
}

func (h handler) accessByPassword(c *web.Call, in passwordRequest) (accessView, error) {
	sendID, err := h.sends.legacy(c.Context(), c.Param("accessId"), in.Password)
	if err != nil {
		return accessView{}, err
	}
	o, err := h.sends.Open(c.Context(), sendID)
	return accessViewOf(o), err
}

func (h handler) fetchByPassword(c *web.Call, in passwordRequest) (downloadView, error) {
	sendID, err := h.sends.legacy(c.Context(), c.Param("accessId"), in.Password)
	if err != nil {
		return downloadView{}, err
	}
	fileID := c.Param("fileId")
	url, err := h.sends.Fetch(c.Context(), sendID, fileID)
	return downloadView{fileID, url, "send-fileDownload"}, err
}
