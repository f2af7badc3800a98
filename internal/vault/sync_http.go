package vault

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/domain"
	"coffre/internal/fault"
	"coffre/internal/passkey"
	"coffre/internal/policy"
	"coffre/internal/send"
	"coffre/internal/web"
)

// syncView is everything that a client keeps. Mobile clients refuse the whole of
// it when one member is missing.
type syncView struct {
	syncHead
	Ciphers []content.View `json:"ciphers"`
	syncTail

	pages content.Pages
}

// StreamJSON implements [web.Streamer].
func (v syncView) StreamJSON(w io.Writer) error {
	head, err := json.Marshal(v.syncHead)
	if err != nil {
		return err
	}
	tail, err := json.Marshal(v.syncTail)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(bytes.TrimSuffix(head, []byte("}")), `,"ciphers":[`...)); err != nil {
		return err
	}
	if _, err := v.pages.WriteTo(w); err != nil {
		return err
	}
	_, err = w.Write(append([]byte("],"), bytes.TrimPrefix(tail, []byte("{"))...))
	return err
}

// syncHead is what comes before the items.
type syncHead struct {
	Object      string                      `json:"object"`
	Profile     account.Profile             `json:"profile"`
	Folders     []folderView                `json:"folders"`
	Collections []collection.AssignmentView `json:"collections"`
}

// syncTail is what comes after them.
type syncTail struct {
	Domains        *domain.View   `json:"domains"`
	Policies       []policy.View  `json:"policies"`
	PoliciesNew    []policy.View  `json:"policiesNew"` // with those of organizations that have yet to confirm the person
	Sends          []send.View    `json:"sends"`
	UserDecryption decryptionView `json:"userDecryption"`
}

// decryptionView is how a vault opens: with the master password, and with passkeys
// when there are some.
type decryptionView struct {
	account.UserDecryption
	Passkeys []passkey.UnlockView `json:"webAuthnPrfOptions,omitempty"`
}

func (h handler) sync(c *web.Call, _ struct{}) (syncView, error) {
	v, err := h.vaults.sync(c)
	if err != nil || strings.EqualFold(c.Query("excludeDomains"), "true") {
		return v, err
	}
	domains, err := h.vaults.Domains(c.Context(), c.Caller.AccountID)
	v.Domains = new(domain.ViewOf(domains))
	return v, err
}

// sync puts the answer together, each part with one question to the database.
func (s *Service) sync(c *web.Call) (v syncView, err error) {
	ctx, caller := c.Context(), c.Caller.AccountID
	v.Object = "sync"
	a, err := s.Accounts.Get(ctx, caller)
	if fault.KindOf(err) == fault.NotFound {
		return v, fault.SignIn
	}
	if err != nil {
		return v, err
	}
	if v.Profile, err = s.Accounts.ProfileOf(ctx, a); err != nil {
		return v, err
	}
	folders, err := s.Store.Folders(ctx, caller)
	if err != nil {
		return v, err
	}
	assignments, err := s.Collections.AssignmentsOf(ctx, caller)
	if err != nil {
		return v, err
	}
	told, err := s.Policies.Of(ctx, caller)
	if err != nil {
		return v, err
	}
	if v.Sends, err = s.Sends(ctx, caller); err != nil {
		return v, err
	}
	passkeys, err := s.Passkeys(ctx, caller)
	if err != nil {
		return v, err
	}
	v.pages, err = s.Ciphers.PagesFor(c)
	v.Folders, v.Collections = viewsOfFolders(folders), collection.AssignmentViews(assignments)
	v.Policies, v.PoliciesNew = policy.Views(told.Confirmed), policy.Views(told.All)
	v.UserDecryption = decryptionView{account.UserDecryptionOf(a), passkey.UnlockViews(passkeys)}
	return v, err
}
