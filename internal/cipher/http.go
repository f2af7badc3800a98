package cipher

import (
	"coffre/internal/account"
	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// importLimit is the largest body of an import.
const importLimit = 100 << 20

// Mount adds the routes. Old clients send POST where new ones send PUT or DELETE.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/ciphers", h.list)
	web.Handle(r, "POST /api/ciphers", h.create)
	web.Handle(r, "POST /api/ciphers/create", h.createIn)
	web.Handle(r, "GET /api/ciphers/{id}", h.one(content.Whole))
	web.Handle(r, "GET /api/ciphers/{id}/details", h.one(content.Details))
	web.Handle(r, "GET /api/ciphers/{id}/full-details", h.one(content.Details))
	for _, method := range []string{"PUT", "POST"} {
		web.Handle(r, method+" /api/ciphers/{id}", h.update)
		web.Handle(r, method+" /api/ciphers/{id}/partial", h.partial)
		web.Handle(r, method+" /api/ciphers/move", h.move)
	}
	mountRemovals(r, h)
	mountShares(r, h)
	mountAdmin(r, h)
	web.Handle(r, "PUT /api/ciphers/{id}/archive", h.archiveOne(s.Archive))
	web.Handle(r, "PUT /api/ciphers/{id}/unarchive", h.archiveOne(s.Unarchive))
	web.Handle(r, "PUT /api/ciphers/archive", many(s.Archive, content.Whole))
	web.Handle(r, "PUT /api/ciphers/unarchive", many(s.Unarchive, content.Whole))
	web.Handle(r, "POST /api/ciphers/purge", h.purge)
	web.Handle(r, "POST /api/ciphers/import", h.importOwn, web.Limit(importLimit))
	web.Handle(r, "POST /api/ciphers/import-organization", h.importInto, web.Limit(importLimit))
}

type handler struct{ ciphers *Service }

// draftOf reads what an item is to be. A client from before passkeys would lose them.
func draftOf(c *web.Call, in *content.Request) Draft {
	return Draft{
		ID: in.ID, Type: in.Type, Data: in.Text(), OrganizationID: in.OrganizationID, FolderID: in.FolderID, Favorite: in.Favorite,
		Archived: in.Archived(), Known: in.Known.Time(), Files: in.Files(), For: in.EncryptedFor, KeyID: in.EncryptedByKeyID,
		NoPasskeys: content.ClientOf(c.Header.Get("Bitwarden-Client-Version")).LosesPasskeys(),
	}
}

func (h handler) list(c *web.Call, _ struct{}) (listView, error) {
	pages, err := h.ciphers.PagesFor(c)
	return listView{pages: pages}, err
}

func (h handler) one(f content.Form) func(*web.Call, struct{}) (content.View, error) {
	return func(c *web.Call, _ struct{}) (content.View, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return content.View{}, err
		}
		it, err := h.ciphers.Get(c.Context(), c.Caller.AccountID, cipherID)
		return content.ViewOf(it, f), err
	}
}

func (h handler) create(c *web.Call, in content.Request) (content.View, error) {
	it, err := h.ciphers.Create(c.Context(), c.Caller.AccountID, draftOf(c, &in), nil)
	return content.ViewOf(it, content.Whole), err
}

// cipherField is where an item stands in a request that says more of it.
const cipherField = "cipher."

// placedRequest is an item with the collections in which it is to be.
type placedRequest struct {
	CollectionIDs []id.ID          `json:"collectionIds"`
	Cipher        *content.Request `json:"cipher"`
}

// Check reports an item that is missing or wrong.
func (in placedRequest) Check() error {
	if in.Cipher == nil {
		return fault.Required("cipher")
	}
	if len(in.CollectionIDs) > maxCollections {
		return tooManyAtOnce.On("collectionIds").With("limit", maxCollections)
	}
	return in.Cipher.CheckAt(cipherField)
}

// maxCollections is how many a request may name.
const maxCollections = 10_000

func (h handler) createIn(c *web.Call, in placedRequest) (content.View, error) {
	if !in.Cipher.OrganizationID.IsZero() && len(in.CollectionIDs) == 0 {
		return content.View{}, fault.Required("collectionIds")
	}
	it, err := h.ciphers.Create(c.Context(), c.Caller.AccountID, draftOf(c, in.Cipher), in.CollectionIDs)
	return content.ViewOf(it, content.Whole), err
}

func (h handler) update(c *web.Call, in content.Request) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.Update(c.Context(), c.Caller.AccountID, cipherID, draftOf(c, &in))
	return content.ViewOf(it, content.Whole), err
}

// personalRequest is what an item is to be for the caller alone.
type personalRequest struct {
	FolderID id.ID `json:"folderId"`
	Favorite bool  `json:"favorite"`
}

func (h handler) partial(c *web.Call, in personalRequest) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.SetPersonal(c.Context(), c.Caller.AccountID, cipherID, in.FolderID, in.Favorite)
	return content.ViewOf(it, content.Whole), err
}

// idsRequest names items.
type idsRequest struct {
	IDs []id.ID `json:"ids"`
}

// Check reports a list that is missing or too long for any server.
func (in idsRequest) Check() error {
	switch {
	case len(in.IDs) == 0:
		return fault.Required("ids")
	case len(in.IDs) > HomeLimits.AtOnce:
		return tooManyAtOnce.With("limit", HomeLimits.AtOnce)
	}
	return nil
}

type moveRequest struct {
	idsRequest
	FolderID id.ID `json:"folderId"`
}

func (h handler) move(c *web.Call, in moveRequest) (struct{}, error) {
	return struct{}{}, h.ciphers.Move(c.Context(), c.Caller.AccountID, in.IDs, in.FolderID)
}

func (h handler) archiveOne(do manyReturning) func(*web.Call, struct{}) (content.View, error) {
	return func(c *web.Call, _ struct{}) (content.View, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return content.View{}, err
		}
		items, err := do(c.Context(), c.Caller.AccountID, []id.ID{cipherID})
		if err != nil {
			return content.View{}, err
		}
		return content.ViewOf(items[0], content.Whole), nil
	}
}

func (h handler) purge(c *web.Call, proof account.Secret) (struct{}, error) {
	orgID, err := organizationOf(c)
	switch {
	case c.Query("organizationId") == "":
		return struct{}{}, h.ciphers.Purge(c.Context(), c.Caller.AccountID, proof)
	case err != nil:
		return struct{}{}, fault.Gone
	}
	return struct{}{}, h.ciphers.PurgeOrganization(c.Context(), c.Caller.AccountID, orgID, proof)
}

// organizationOf reads which organization the address names; none is fault.Gone.
func organizationOf(c *web.Call) (id.ID, error) {
	orgID, err := id.Parse(c.Query("organizationId"))
	if err != nil {
		return id.ID{}, fault.Gone
	}
	return orgID, nil
}
