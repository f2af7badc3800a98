package vault

import (
	"slices"
	"time"

	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// maxFolders is how many folders one request may name.
const maxFolders = 500

// Mount adds the routes of a person's vault.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/sync", h.sync)
	web.Handle(r, "GET /api/tasks", h.none)
	web.Handle(r, "GET /api/folders", h.folders)
	web.Handle(r, "POST /api/folders", h.createFolder)
	web.Handle(r, "DELETE /api/folders", h.deleteFolders)
	web.Handle(r, "DELETE /api/folders/all", h.deleteAllFolders)
	web.Handle(r, "GET /api/folders/{id}", h.folder)
	web.Handle(r, "PUT /api/folders/{id}", h.renameFolder)
	web.Handle(r, "POST /api/folders/{id}", h.renameFolder)
	web.Handle(r, "DELETE /api/folders/{id}", h.deleteFolder)
	web.Handle(r, "POST /api/folders/{id}/delete", h.deleteFolder)
}

type handler struct{ vaults *Service }

type folderRequest struct {
	Name string `json:"name"`
}

// Check reports a name that is missing or is not ciphertext.
func (in folderRequest) Check() error { return encstring.Check("name", in.Name, MaxName) }

type foldersRequest struct {
	IDs []id.ID `json:"ids"`
}

// Check reports a list that is missing, too long, or names nothing.
func (in foldersRequest) Check() error {
	switch {
	case len(in.IDs) == 0:
		return fault.Required("ids")
	case len(in.IDs) > maxFolders || slices.ContainsFunc(in.IDs, id.ID.IsZero):
		return fault.Malformed("ids")
	}
	return nil
}

type folderView struct {
	ID           id.ID     `json:"id"`
	Name         string    `json:"name"`
	RevisionDate time.Time `json:"revisionDate"`
	Object       string    `json:"object"`
}

func viewOfFolder(f Folder) folderView { return folderView{f.ID, f.Name, f.RevisedAt, "folder"} }

func viewsOfFolders(list []Folder) []folderView {
	views := make([]folderView, len(list))
	for i, f := range list {
		views[i] = viewOfFolder(f)
	}
	return views
}

func (h handler) folders(c *web.Call, _ struct{}) (web.List[folderView], error) {
	list, err := h.vaults.ListFolders(c.Context(), c.Caller.AccountID)
	return web.ListOf(viewsOfFolders(list)), err
}

func (h handler) folder(c *web.Call, _ struct{}) (folderView, error) {
	folderID, err := c.ID("id")
	if err != nil {
		return folderView{}, err
	}
	f, err := h.vaults.Folder(c.Context(), c.Caller.AccountID, folderID)
	return viewOfFolder(f), err
}

func (h handler) createFolder(c *web.Call, in folderRequest) (folderView, error) {
	f, err := h.vaults.CreateFolder(c.Context(), c.Caller.AccountID, in.Name)
	return viewOfFolder(f), err
}

func (h handler) renameFolder(c *web.Call, in folderRequest) (folderView, error) {
	folderID, err := c.ID("id")
	if err != nil {
		return folderView{}, err
	}
	f, err := h.vaults.RenameFolder(c.Context(), c.Caller.AccountID, folderID, in.Name)
	return viewOfFolder(f), err
}

func (h handler) deleteFolder(c *web.Call, _ struct{}) (struct{}, error) {
	folderID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.vaults.DeleteFolders(c.Context(), c.Caller.AccountID, folderID)
}

func (h handler) deleteFolders(c *web.Call, in foldersRequest) (struct{}, error) {
	slices.SortFunc(in.IDs, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	return struct{}{}, h.vaults.DeleteFolders(c.Context(), c.Caller.AccountID, slices.Compact(in.IDs)...)
}

func (h handler) deleteAllFolders(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.vaults.DeleteAllFolders(c.Context(), c.Caller.AccountID)
}

// none answers for security tasks. They cannot be made here, so there are none, and
// clients fail when nobody says so.
func (h handler) none(*web.Call, struct{}) (web.List[struct{}], error) {
	return web.ListOf[struct{}](nil), nil
}
