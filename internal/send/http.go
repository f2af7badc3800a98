package send

import (
	"net/http"
	"slices"
	"strings"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// uploadLimit is the largest file with what stands around it.
const uploadLimit = blob.MaxSize + 1<<20

// Mount adds the routes of Sends.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/sends", h.list)
	web.Handle(r, "POST /api/sends", h.create)
	web.Handle(r, "POST /api/sends/file/v2", h.createFile)
	web.Handle(r, "GET /api/sends/{id}", h.get)
	web.Handle(r, "PUT /api/sends/{id}", h.update)
	web.Handle(r, "DELETE /api/sends/{id}", h.delete)
	web.Handle(r, "PUT /api/sends/{id}/remove-password", h.removeAuth)
	web.Handle(r, "PUT /api/sends/{id}/remove-auth", h.removeAuth)
	web.Handle(r, "GET /api/sends/{id}/file/{fileId}", h.waiting)
	web.Handle(r, "POST /api/sends/{id}/file/{fileId}", h.upload, web.Limit(uploadLimit))
	mountAccess(r, s)
}

type handler struct{ sends *Service }

// request is a Send as its owner's client writes it.
type request struct {
	Type           *Type        `json:"type"`
	AuthType       *AuthType    `json:"authType"`
	Name           string       `json:"name"`
	Notes          string       `json:"notes"`
	Key            string       `json:"key"`
	Text           *textRequest `json:"text"`
	File           *fileRequest `json:"file"`
	FileLength     *web.Whole   `json:"fileLength"`
	MaxAccessCount *int         `json:"maxAccessCount"`
	ExpirationDate web.Time     `json:"expirationDate"`
	DeletionDate   web.Time     `json:"deletionDate"`
	Password       string       `json:"password"`
	Emails         string       `json:"emails"`
	Disabled       bool         `json:"disabled"`
	HideEmail      bool         `json:"hideEmail"`
}

type textRequest struct {
	Text   string `json:"text"`
	Hidden bool   `json:"hidden"`
}

type fileRequest struct {
	FileName string `json:"fileName"`
}

// Check reports the first member that cannot be used.
func (in request) Check() error {
	switch {
	case in.Type == nil:
		return fault.Required("type")
	case *in.Type != Text && *in.Type != File:
		return noItems
	case in.AuthType != nil && (*in.AuthType < ByEmail || *in.AuthType > Open):
		return fault.Malformed("authType")
	case in.DeletionDate.IsZero():
		return fault.Required("deletionDate")
	case in.MaxAccessCount != nil && (*in.MaxAccessCount < 1 || *in.MaxAccessCount > maxAccesses):
		return fault.New(fault.Invalid, "send.accesses").On("maxAccessCount").With("most", maxAccesses)
	case len(in.Password) > maxPassword:
		return fault.TooLong("password", maxPassword)
	}
	for _, text := range []struct{ field, text string }{{"name", in.Name}, {"key", in.Key}} {
		if err := encstring.Check(text.field, text.text, MaxText); err != nil {
			return err
		}
	}
	if in.Notes != "" {
		if err := encstring.Check("notes", in.Notes, MaxText); err != nil {
			return err
		}
	}
	if err := in.checkContent(); err != nil {
		return err
	}
	_, err := in.emails()
	return err
}

func (in request) checkContent() error {
	switch {
	case *in.Type == Text && in.Text == nil:
		return fault.Required("text")
	case *in.Type == Text:
		return encstring.Check("text.text", in.Text.Text, MaxText)
	case in.File != nil && in.File.FileName != "":
		return encstring.Check("file.fileName", in.File.FileName, MaxText)
	}
	return nil
}

// emails returns the addresses of the list, each once.
func (in request) emails() ([]string, error) {
	if len(in.Emails) > maxRaw {
		return nil, fault.TooLong("emails", maxRaw)
	}
	var list []string
	for email := range strings.SplitSeq(in.Emails, ",") {
		if email = account.NormalizeEmail(email); email == "" || slices.Contains(list, email) {
			continue
		}
		if err := account.CheckEmail("emails", email); err != nil {
			return nil, err
		}
		list = append(list, email)
	}
	if len(strings.Join(list, ",")) > maxEmails {
		return nil, fault.TooLong("emails", maxEmails)
	}
	return list, nil
}

// draft translates.
func (in request) draft() Draft {
	d := Draft{
		Type: *in.Type, AuthType: in.AuthType, Name: in.Name, Notes: in.Notes, Key: in.Key, Password: in.Password,
		MaxAccesses: in.MaxAccessCount, Disabled: in.Disabled, HideEmail: in.HideEmail, ExpiresAt: in.ExpirationDate.Time, DeleteAt: in.DeletionDate.Time,
	}
	d.Emails, _ = in.emails() // checked
	if in.Text != nil {
		d.Text, d.TextHidden = in.Text.Text, in.Text.Hidden
	}
	if in.File != nil {
		d.FileName = in.File.FileName
	}
	if in.FileLength != nil {
		d.FileSize = int64(*in.FileLength)
	}
	return d
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[View], error) {
	views, err := h.sends.Views(c.Context(), c.Caller.AccountID)
	return web.ListOf(views), err
}

func (h handler) get(c *web.Call, _ struct{}) (View, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	v, err := h.sends.Get(c.Context(), c.Caller.AccountID, sendID)
	return h.shown(c, v, err)
}

// shown returns a Send with what is known of its file.
func (h handler) shown(c *web.Call, v Send, err error) (View, error) {
	if err != nil || v.BlobID == "" {
		return viewOf(v, blob.Blob{}), err
	}
	b, err := h.sends.Blobs.Get(c.Context(), v.BlobID)
	return viewOf(v, b), err
}

func (h handler) create(c *web.Call, in request) (View, error) {
	if *in.Type == File {
		return View{}, fault.New(fault.Invalid, "send.fileByItself").On("type")
	}
	v, err := h.sends.Create(c.Context(), c.Caller.AccountID, in.draft())
	return h.shown(c, v, err)
}

// uploadView tells a client how to send a file: in a second step, to this server.
type uploadView struct {
	URL            string `json:"url"`
	FileUploadType int    `json:"fileUploadType"`
	Send           View   `json:"sendResponse"`
	Object         string `json:"object"`
}

const direct = 0 // the upload goes to this server

// fileCreation is a request with a file.
type fileCreation struct{ request }

// Check reports the first member that cannot be used.
func (in fileCreation) Check() error {
	if err := in.request.Check(); err != nil {
		return err
	}
	switch {
	case *in.Type != File:
		return fault.Malformed("type")
	case in.File == nil || in.File.FileName == "":
		return fault.Required("file.fileName")
	case in.FileLength == nil:
		return fault.Required("fileLength")
	}
	return blob.CheckSize("fileLength", int64(*in.FileLength))
}

func (h handler) createFile(c *web.Call, in fileCreation) (uploadView, error) {
	v, err := h.sends.Create(c.Context(), c.Caller.AccountID, in.draft())
	return h.toUpload(c, v, err)
}

func (h handler) waiting(c *web.Call, _ struct{}) (uploadView, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return uploadView{}, err
	}
	v, err := h.sends.Waiting(c.Context(), c.Caller.AccountID, sendID, c.Param("fileId"))
	return h.toUpload(c, v, err)
}

func (h handler) toUpload(c *web.Call, v Send, err error) (uploadView, error) {
	view, err := h.shown(c, v, err)
	return uploadView{"/sends/" + v.ID.String() + "/file/" + v.BlobID, direct, view, "send-fileUpload"}, err
}

// upload asks whose Send it is before it reads what may be half a gigabyte.
func (h handler) upload(c *web.Call, in web.Stream) (struct{}, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	fileID := c.Param("fileId")
	if _, err := h.sends.ofFile(c.Context(), c.Caller.AccountID, sendID, fileID); err != nil {
		return struct{}{}, err
	}
	file, err := in.File("data")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.sends.Receive(c.Context(), c.Caller.AccountID, sendID, fileID, file.Content)
}

func (h handler) update(c *web.Call, in request) (View, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	v, err := h.sends.Update(c.Context(), c.Caller.AccountID, sendID, in.draft())
	return h.shown(c, v, err)
}

func (h handler) removeAuth(c *web.Call, _ struct{}) (View, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	v, err := h.sends.RemoveAuth(c.Context(), c.Caller.AccountID, sendID)
	return h.shown(c, v, err)
}

func (h handler) delete(c *web.Call, _ struct{}) (struct{}, error) {
	sendID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.sends.Delete(c.Context(), c.Caller.AccountID, sendID)
}

func (h handler) download(w http.ResponseWriter, c *web.Call) error {
	return h.sends.serve(w, c.Request, c.Param("token"))
}
