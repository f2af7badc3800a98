package org

import (
	"strconv"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

func mountKeys(r *web.Router, h handler) {
	web.Handle(r, "POST /api/organizations/{id}/api-key", h.viewKey)
	web.Handle(r, "POST /api/organizations/{id}/rotate-api-key", h.rotateKey)
	web.Handle(r, "GET /api/organizations/{id}/api-key-information", h.listKeys)
	web.Handle(r, "GET /api/organizations/{id}/api-key-information/{type}", h.listKeys)
	web.Handle(r, "GET /api/organizations/{id}/private-key", h.privateKey)
}

type keyRequest struct {
	Type KeySort `json:"type"`
	account.Secret
}

// Check refuses numbers that stand for no sort of keys.
func (r keyRequest) Check() error {
	if r.Type < ProgramKey || r.Type > SCIMKey {
		return fault.Malformed("type")
	}
	return nil
}

type keyView struct {
	APIKey       string    `json:"apiKey"`
	RevisionDate time.Time `json:"revisionDate"`
	Object       string    `json:"object"`
}

func (h handler) viewKey(c *web.Call, in keyRequest) (keyView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return keyView{}, err
	}
	k, err := h.orgs.ViewKey(c.Context(), c.Caller.AccountID, orgID, in.Type, in.Secret)
	return keyView{k.Key, k.RevisedAt, "apiKey"}, err
}

func (h handler) rotateKey(c *web.Call, in keyRequest) (keyView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return keyView{}, err
	}
	k, err := h.orgs.RotateKey(c.Context(), c.Caller.AccountID, orgID, in.Type, in.Secret)
	return keyView{k.Key, k.RevisedAt, "apiKey"}, err
}

// informationView has, beside what clients know, what our own page shows about
// the billing sync key.
type informationView struct {
	KeyType        KeySort    `json:"keyType"`
	RevisionDate   time.Time  `json:"revisionDate"`
	InstallationID id.ID      `json:"installationId"`
	CreatedBy      id.ID      `json:"createdBy"`
	LastUseDate    *time.Time `json:"lastUseDate"`
	Object         string     `json:"object"`
}

func (h handler) listKeys(c *web.Call, _ struct{}) (web.List[informationView], error) {
	orgID, err := c.ID("id")
	if err != nil {
		return web.List[informationView]{}, err
	}
	sorts := []KeySort{ProgramKey, SyncKey, SCIMKey}
	if wanted := c.Param("type"); wanted != "" {
		number, err := strconv.Atoi(wanted)
		if err != nil || number < int(ProgramKey) || number > int(SCIMKey) {
			return web.List[informationView]{}, fault.Malformed("type")
		}
		sorts = []KeySort{KeySort(number)}
	}
	keys, err := h.orgs.ListKeys(c.Context(), c.Caller.AccountID, orgID, sorts...)
	views := make([]informationView, len(keys))
	for i, k := range keys {
		views[i] = informationView{k.Sort, k.RevisedAt, k.InstallationID, k.CreatedBy, timeOrNull(k.UsedAt), "keyInformation"}
	}
	return web.ListOf(views), err
}

type privateKeyView struct {
	Object     string  `json:"object"`
	PrivateKey *string `json:"privateKey"`
}

func (h handler) privateKey(c *web.Call, _ struct{}) (privateKeyView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return privateKeyView{}, err
	}
	key, err := h.orgs.PrivateKey(c.Context(), c.Caller.AccountID, orgID)
	return privateKeyView{"organizationPrivateKey", orNull(key)}, err
}
