package attachment

import (
	"context"
	"net/http"

	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// The largest bodies: a file with what stands around it, and what old clients send.
const (
	uploadLimit = blob.MaxSize + 1<<20
	oldLimit    = 101<<20 + 1<<20
)

// Mount adds the routes. Old clients send POST where new ones send DELETE.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	const root = " /api/ciphers/{id}/attachment"
	const one = root + "/{attachmentId}"
	web.Handle(r, "POST"+root+"/v2", h.create)
	web.Handle(r, "POST"+root, h.add(false, content.Whole), web.Limit(oldLimit))
	web.Handle(r, "POST"+root+"-admin", h.add(true, content.Mini), web.Limit(oldLimit))
	web.Handle(r, "POST"+one, h.upload, web.Limit(uploadLimit))
	web.Handle(r, "POST"+one+"/share", h.prepare, web.Limit(oldLimit))
	web.Handle(r, "GET"+one, get(s.Get))
	web.Handle(r, "GET"+one+"/admin", get(s.GetAsAdmin))
	web.Handle(r, "GET"+one+"/renew", h.renew)
	web.Handle(r, "DELETE"+one, deletion(s.Delete))
	web.Handle(r, "POST"+one+"/delete", deletion(s.Delete))
	web.Handle(r, "DELETE"+one+"/admin", deletion(s.DeleteAsAdmin))
	web.Handle(r, "POST"+one+"/delete-admin", deletion(s.DeleteAsAdmin))
	web.Raw(r, "GET /api/ciphers/attachment/download", h.download, web.Anonymous)
}

type handler struct{ attachments *Service }

// request is a file that is to come.
type request struct {
	Key          string       `json:"key"`
	FileName     string       `json:"fileName"`
	FileSize     *web.Whole   `json:"fileSize"`
	AdminRequest bool         `json:"adminRequest"`
	Known        content.Date `json:"lastKnownRevisionDate"`
}

// Check reports the first member that cannot be used.
func (in request) Check() error {
	for _, text := range []struct{ field, text string }{{"key", in.Key}, {"fileName", in.FileName}} {
		if err := encstring.Check(text.field, text.text, content.MaxFileText); err != nil {
			return err
		}
	}
	if in.FileSize == nil {
		return fault.Required("fileSize")
	}
	return blob.CheckSize("fileSize", int64(*in.FileSize))
}

// uploadView tells a client how to send a file: in a second step, to this server.
type uploadView struct {
	AttachmentID   string        `json:"attachmentId"`
	URL            string        `json:"url"`
	FileUploadType int           `json:"fileUploadType"`
	Cipher         *content.View `json:"cipherResponse"`
	CipherMini     *content.View `json:"cipherMiniResponse"`
	Object         string        `json:"object"`
}

const direct = 0 // the upload goes to this server

func uploadViewOf(a Attachment) uploadView {
	return uploadView{
		AttachmentID: a.ID, URL: "/ciphers/" + a.CipherID.String() + "/attachment/" + a.ID, FileUploadType: direct, Object: "attachment-fileUpload",
	}
}

func (h handler) create(c *web.Call, in request) (uploadView, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return uploadView{}, err
	}
	a, it, err := h.attachments.Create(c.Context(), c.Caller.AccountID, cipherID, Draft{
		FileName: in.FileName, Key: in.Key, Size: int64(*in.FileSize), Known: in.Known.Time(), AsAdmin: in.AdminRequest,
	})
	v := uploadViewOf(a)
	if in.AdminRequest {
		v.CipherMini = new(content.ViewOf(it, content.Mini))
	} else {
		v.Cipher = new(content.ViewOf(it, content.Whole))
	}
	return v, err
}

// upload asks who may before it reads what may be half a gigabyte.
func (h handler) upload(c *web.Call, in web.Stream) (struct{}, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	attachmentID := c.Param("attachmentId")
	if _, err := h.attachments.editable(c.Context(), c.Caller.AccountID, cipherID, attachmentID); err != nil {
		return struct{}{}, err
	}
	file, err := in.File("data")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.attachments.Receive(c.Context(), c.Caller.AccountID, cipherID, attachmentID, file.Content)
}

// add takes a file in one step. How large it is follows from the length of the request.
func (h handler) add(asAdmin bool, f content.Form) func(*web.Call, web.Stream) (content.View, error) {
	return func(c *web.Call, in web.Stream) (content.View, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return content.View{}, err
		}
		if _, err := h.attachments.Ciphers.Editable(c.Context(), c.Caller.AccountID, cipherID); err != nil {
			return content.View{}, err
		}
		file, k, err := oldFile(c, in)
		if err != nil {
			return content.View{}, err
		}
		known := content.Date(file.Values["lastKnownRevisionDate"])
		it, err := h.attachments.Add(c.Context(), c.Caller.AccountID, cipherID, Draft{
			FileName: k.FileName, Key: k.Key, Size: c.ContentLength, Known: known.Time(), AsAdmin: asAdmin,
		}, file.Content)
		return content.ViewOf(it, f), err
	}
}

// oldFile reads a file whose name is that of the part, and whose key comes before it.
func oldFile(c *web.Call, in web.Stream) (web.File, content.FileKey, error) {
	if c.ContentLength < 1 {
		return web.File{}, content.FileKey{}, noLength
	}
	file, err := in.File("data")
	k := content.FileKey{FileName: file.Name, Key: file.Values["key"]}
	if err == nil && k.FileName == "" {
		err = fault.Required("data")
	}
	if err == nil {
		err = k.Check("")
	}
	return file, k, err
}

func (h handler) prepare(c *web.Call, in web.Stream) (struct{}, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	orgID, err := id.Parse(c.Query("organizationId"))
	if err != nil {
		return struct{}{}, fault.Gone
	}
	caller, attachmentID := c.Caller.AccountID, c.Param("attachmentId")
	if _, err := h.attachments.editable(c.Context(), caller, cipherID, attachmentID); err != nil {
		return struct{}{}, err
	}
	file, k, err := oldFile(c, in)
	if err == nil && k.Key == "" {
		err = fault.Required("key")
	}
	if err != nil {
		return struct{}{}, err
	}
	n := Next{OrganizationID: orgID, FileName: k.FileName, Key: k.Key}
	return struct{}{}, h.attachments.Prepare(c.Context(), caller, cipherID, orgID, attachmentID, n, c.ContentLength, file.Content)
}

func (h handler) renew(c *web.Call, _ struct{}) (uploadView, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return uploadView{}, err
	}
	a, err := h.attachments.Waiting(c.Context(), c.Caller.AccountID, cipherID, c.Param("attachmentId"))
	return uploadViewOf(a), err
}

func get(do func(ctx context.Context, caller, cipherID id.ID, attachmentID string) (content.Attachment, error)) func(*web.Call, struct{}) (content.AttachmentView, error) {
	return func(c *web.Call, _ struct{}) (content.AttachmentView, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return content.AttachmentView{}, err
		}
		a, err := do(c.Context(), c.Caller.AccountID, cipherID, c.Param("attachmentId"))
		return content.AttachmentViewOf(a), err
	}
}

// deletedView is an item without a file that it had.
type deletedView struct {
	Cipher content.View `json:"cipher"`
	Object string       `json:"object"`
}

func deletion(do func(ctx context.Context, caller, cipherID id.ID, attachmentID string) (cipher.Item, error)) func(*web.Call, struct{}) (deletedView, error) {
	return func(c *web.Call, _ struct{}) (deletedView, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return deletedView{}, err
		}
		it, err := do(c.Context(), c.Caller.AccountID, cipherID, c.Param("attachmentId"))
		return deletedView{content.ViewOf(it, content.Mini), "deleteAttachment"}, err
	}
}

func (h handler) download(w http.ResponseWriter, c *web.Call) error {
	return h.attachments.serve(w, c.Request, c.Query("token"))
}
