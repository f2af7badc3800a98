package cipher

import (
	"context"
	"encoding/json"
	"io"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/id"
	"coffre/internal/web"
)

// viewsOf returns items in a form.
func viewsOf(items []Item, f content.Form) web.List[content.View] {
	views := make([]content.View, len(items))
	for i, it := range items {
		views[i] = content.ViewOf(it, f)
	}
	return web.ListOf(views)
}

// listView is a list of many items.
type listView struct {
	web.List[content.View]
	pages content.Pages
}

// StreamJSON implements [web.Streamer].
func (v listView) StreamJSON(w io.Writer) error {
	return v.pages.Stream(w, `{"object":"list","data":[`, `],"continuationToken":null}`)
}

// exportView is all that somebody takes out of an organization.
type exportView struct {
	Object      string            `json:"object"`
	Collections []collection.View `json:"collections"`
	Ciphers     []content.View    `json:"ciphers"`

	pages content.Pages
}

// StreamJSON implements [web.Streamer].
func (v exportView) StreamJSON(w io.Writer) error {
	raw, err := json.Marshal(v.Collections)
	if err != nil {
		return err
	}
	return v.pages.Stream(w, `{"object":"organizationExport","collections":`+string(raw)+`,"ciphers":[`, `]}`)
}

// PagesFor returns the items that a caller has and whose types their client knows.
func (s *Service) PagesFor(c *web.Call) (content.Pages, error) {
	var p content.Pages
	v := content.ClientOf(c.Header.Get("Bitwarden-Client-Version"))
	err := s.Each(c.Context(), c.Caller.AccountID, func(it Item) error {
		if v.Reads(it.Type, s.NewTypes) {
			p.Add(it, content.Details)
		}
		return nil
	})
	return p, err
}

// OwnViews returns what a person's own items say, for somebody who may read them in
// an emergency. The trash is not shown.
func (s *Service) OwnViews(ctx context.Context, accountID id.ID) ([]content.View, error) {
	views := []content.View{}
	files, err := s.Files.Of(ctx, []id.ID{accountID})
	if err != nil {
		return nil, err
	}
	personal, err := s.Store.Personal(ctx, accountID)
	if err != nil {
		return nil, err
	}
	r := reach{caller: accountID, files: files, personal: personal}
	err = s.Store.OwnOf(ctx, accountID, func(c Cipher) error {
		if c.DeletedAt.IsZero() {
			views = append(views, content.ViewOf(r.seeListed(c, nil), content.Whole))
		}
		return nil
	})
	return views, err
}
