package cipher

import (
	"strconv"

	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// mountShares adds what brings items into collections.
func mountShares(r *web.Router, h handler) {
	for _, method := range []string{"PUT", "POST"} {
		web.Handle(r, method+" /api/ciphers/{id}/share", h.share)
		web.Handle(r, method+" /api/ciphers/share", h.shareMany, web.Limit(importLimit))
		web.Handle(r, method+" /api/ciphers/{id}/collections", h.setCollections)
		web.Handle(r, method+" /api/ciphers/{id}/collections_v2", h.placeAgain)
		web.Handle(r, method+" /api/ciphers/{id}/collections-admin", h.setCollectionsAsAdmin)
	}
	web.Handle(r, "POST /api/ciphers/bulk-collections", h.assign)
}

// shareRequest is an item for an organization.
type shareRequest struct{ placedRequest }

// Check reports what is missing or wrong.
func (in shareRequest) Check() error {
	if err := in.placedRequest.Check(); err != nil {
		return err
	}
	switch {
	case in.Cipher.OrganizationID.IsZero():
		return fault.Required(cipherField + "organizationId")
	case len(in.CollectionIDs) == 0:
		return fault.Required("collectionIds")
	}
	return nil
}

func (h handler) share(c *web.Call, in shareRequest) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.Share(c.Context(), c.Caller.AccountID, cipherID, draftOf(c, in.Cipher), in.CollectionIDs)
	return content.ViewOf(it, content.Whole), err
}

type shareManyRequest struct {
	Ciphers       []*content.Request `json:"ciphers"`
	CollectionIDs []id.ID            `json:"collectionIds"`
}

// Check reports what is missing or wrong.
func (in shareManyRequest) Check() error {
	switch {
	case len(in.Ciphers) == 0:
		return fault.Required("ciphers")
	case len(in.CollectionIDs) == 0:
		return fault.Required("collectionIds")
	case len(in.CollectionIDs) > maxCollections:
		return tooManyAtOnce.On("collectionIds").With("limit", maxCollections)
	}
	for i, r := range in.Ciphers {
		at := "ciphers[" + strconv.Itoa(i) + "]."
		switch {
		case r == nil || r.ID.IsZero():
			return fault.Required(at + "id")
		case r.OrganizationID.IsZero():
			return fault.Required(at + "organizationId")
		}
		if err := r.CheckAt(at); err != nil {
			return err
		}
	}
	return nil
}

func (h handler) shareMany(c *web.Call, in shareManyRequest) (web.List[content.View], error) {
	drafts := make([]Draft, len(in.Ciphers))
	for i, r := range in.Ciphers {
		drafts[i] = draftOf(c, r)
	}
	items, err := h.ciphers.ShareMany(c.Context(), c.Caller.AccountID, drafts, in.CollectionIDs)
	return viewsOf(items, content.Mini), err
}

// collectionsRequest names the collections in which an item is to be.
type collectionsRequest struct {
	CollectionIDs []id.ID `json:"collectionIds"`
}

// Check reports a list that is missing or too long; it may be empty.
func (in collectionsRequest) Check() error {
	switch {
	case in.CollectionIDs == nil:
		return fault.Required("collectionIds")
	case len(in.CollectionIDs) > maxCollections:
		return tooManyAtOnce.On("collectionIds").With("limit", maxCollections)
	}
	return nil
}

func (h handler) setCollections(c *web.Call, in collectionsRequest) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.SetCollections(c.Context(), c.Caller.AccountID, cipherID, in.CollectionIDs)
	return content.ViewOf(it, content.Details), err
}

// placedView is an item in its new collections, nothing when the caller has none of
// them.
type placedView struct {
	Object      string        `json:"object"`
	Unavailable bool          `json:"unavailable"`
	Cipher      *content.View `json:"cipher"`
}

func (h handler) placeAgain(c *web.Call, in collectionsRequest) (placedView, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return placedView{}, err
	}
	it, err := h.ciphers.SetCollections(c.Context(), c.Caller.AccountID, cipherID, in.CollectionIDs)
	v := placedView{Object: "optionalCipherDetails", Unavailable: !it.Seen}
	if it.Seen {
		v.Cipher = new(content.ViewOf(it, content.Details))
	}
	return v, err
}

func (h handler) setCollectionsAsAdmin(c *web.Call, in collectionsRequest) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.SetCollectionsAsAdmin(c.Context(), c.Caller.AccountID, cipherID, in.CollectionIDs)
	return content.ViewOf(it, content.MiniDetails), err
}

type assignRequest struct {
	OrganizationID    id.ID   `json:"organizationId"`
	CipherIDs         []id.ID `json:"cipherIds"`
	CollectionIDs     []id.ID `json:"collectionIds"`
	RemoveCollections bool    `json:"removeCollections"`
}

// Check reports what is missing.
func (in assignRequest) Check() error {
	switch {
	case in.OrganizationID.IsZero():
		return fault.Required("organizationId")
	case len(in.CipherIDs) == 0:
		return fault.Required("cipherIds")
	case len(in.CollectionIDs) == 0:
		return fault.Required("collectionIds")
	case len(in.CipherIDs)*len(in.CollectionIDs) > maxPlaced:
		return tooManyAtOnce.On("collectionIds").With("limit", max(1, maxPlaced/len(in.CipherIDs)))
	}
	return nil
}

// maxPlaced is how many items are put into how many collections at once, multiplied.
const maxPlaced = 200_000

func (h handler) assign(c *web.Call, in assignRequest) (struct{}, error) {
	return struct{}{}, h.ciphers.Assign(c.Context(), c.Caller.AccountID, in.OrganizationID, in.CipherIDs, in.CollectionIDs, in.RemoveCollections)
}
