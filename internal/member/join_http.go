package member

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// mountJoining adds the routes by which people become members.
func mountJoining(r *web.Router, h handler) {
	const users = "/api/organizations/{id}/users"
	// Mails with a text that the sender chooses must not go to the whole world.
	often := web.Rate(throttle.Rule{Name: "invite", Limit: 30, Per: time.Minute})
	daily := web.Rate(throttle.Rule{Name: "invite-day", Limit: 300, Per: 24 * time.Hour})
	web.Handle(r, "POST "+users+"/invite", h.invite, often, daily)
	web.Handle(r, "POST "+users+"/reinvite", h.reinvite, often, daily)
	web.Handle(r, "POST "+users+"/{memberId}/reinvite", h.reinviteOne, often, daily)
	web.Handle(r, "POST "+users+"/{memberId}/accept", h.accept)
	web.Handle(r, "POST "+users+"/{memberId}/accept-init", h.acceptFirst)
	web.Handle(r, "POST "+users+"/public-keys", h.publicKeys)
	web.Handle(r, "POST "+users+"/{memberId}/confirm", h.confirmOne)
	web.Handle(r, "POST "+users+"/confirm", h.confirm)
	web.Handle(r, "GET "+users+"/pending-auto-confirm", h.pendingAutoConfirm)
	web.Handle(r, "POST "+users+"/{memberId}/auto-confirm", h.autoConfirm)
	web.Handle(r, "POST "+users+"/bulk-auto-confirm", h.autoConfirm)
}

// memberOf returns the organization and the member that a path names.
func memberOf(c *web.Call) (orgID, memberID id.ID, err error) {
	if orgID, err = c.ID("id"); err != nil {
		return orgID, memberID, err
	}
	memberID, err = c.ID("memberId")
	return orgID, memberID, err
}

type inviteRequest struct {
	Emails      []string               `json:"emails"`
	Type        *org.Type              `json:"type"`
	Permissions org.Permissions        `json:"permissions"`
	Collections []collection.Selection `json:"collections"`
	Groups      []id.ID                `json:"groups"`
}

// Check reports the first member that is missing, or no address.
func (in inviteRequest) Check() error {
	switch {
	case len(in.Emails) == 0:
		return fault.Required("emails")
	case len(in.Emails) > maxInvited:
		return fault.New(fault.Invalid, "member.tooManyInvited").On("emails").With("limit", maxInvited)
	case in.Type == nil: // 0 is the owner
		return fault.Required("type")
	}
	for _, email := range in.Emails {
		if err := account.CheckEmail("emails", email); err != nil {
			return err
		}
	}
	return nil
}

func (h handler) invite(c *web.Call, in inviteRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.Invite(c.Context(), c.Caller.AccountID, orgID, Invitation{
		Emails: in.Emails, Type: *in.Type, Permissions: in.Permissions, Collections: in.Collections, Groups: in.Groups,
	})
}

func (h handler) reinvite(c *web.Call, in idsRequest) (list web.List[outcomeView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	outcomes, err := h.members.Reinvite(c.Context(), c.Caller.AccountID, orgID, in.IDs)
	return outcomeViews(c, outcomes, err)
}

func (h handler) reinviteOne(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, only(h.members.Reinvite(c.Context(), c.Caller.AccountID, orgID, []id.ID{memberID}))
}

type acceptRequest struct {
	Token            string `json:"token"`
	ResetPasswordKey string `json:"resetPasswordKey"`
}

// Check reports the first member that is missing or unreadable.
func (in acceptRequest) Check() error {
	switch {
	case in.Token == "":
		return fault.Required("token")
	case in.ResetPasswordKey == "":
		return nil
	}
	return encstring.CheckType("resetPasswordKey", in.ResetPasswordKey, maxKey, encstring.RSAOAEPSHA1)
}

func (h handler) accept(c *web.Call, in acceptRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.Accept(c.Context(), c.Caller.AccountID, orgID, memberID, in.Token, in.ResetPasswordKey)
}

// acceptFirstRequest has members that nothing here reads: the keys of an
// organization that is still to begin.
type acceptFirstRequest struct {
	Token string `json:"token"`
}

// Check refuses a request without a token.
func (in acceptFirstRequest) Check() error {
	if in.Token == "" {
		return fault.Required("token")
	}
	return nil
}

func (h handler) acceptFirst(c *web.Call, in acceptFirstRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.AcceptFirst(c.Context(), c.Caller.AccountID, orgID, memberID, in.Token)
}

type publicKeyView struct {
	Object string `json:"object"`
	ID     id.ID  `json:"id"`
	UserID id.ID  `json:"userId"`
	Key    string `json:"key"`
}

func (h handler) publicKeys(c *web.Call, in idsRequest) (list web.List[publicKeyView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	keys, err := h.members.PublicKeys(c.Context(), c.Caller.AccountID, orgID, in.IDs)
	views := make([]publicKeyView, len(keys))
	for i, k := range keys {
		views[i] = publicKeyView{"organizationUserPublicKeyResponseModel", k.MemberID, k.AccountID, k.Key}
	}
	return web.ListOf(views), err
}

type confirmOneRequest struct {
	Key            string `json:"key"`
	CollectionName string `json:"defaultUserCollectionName"`
}

// Check reports the first member that is missing or unreadable.
func (in confirmOneRequest) Check() error {
	if err := encstring.CheckType("key", in.Key, maxKey, encstring.RSAOAEPSHA1); err != nil {
		return err
	}
	return checkCollectionName(in.CollectionName)
}

func checkCollectionName(name string) error {
	if name == "" {
		return nil
	}
	return encstring.Check("defaultUserCollectionName", name, maxCollectionName)
}

func (h handler) confirmOne(c *web.Call, in confirmOneRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	keys := []Wrapped{{memberID, in.Key}}
	return struct{}{}, only(h.members.Confirm(c.Context(), c.Caller.AccountID, orgID, keys, in.CollectionName))
}

// confirmRequest confirms many. A key that nobody could open is that member's fault
// alone.
type confirmRequest struct {
	Keys []struct {
		ID  id.ID  `json:"id"`
		Key string `json:"key"`
	} `json:"keys"`
	CollectionName string `json:"defaultUserCollectionName"`
}

// Check refuses a list that names nobody, or more than one request may.
func (in confirmRequest) Check() error {
	if err := checkBulk("keys", len(in.Keys)); err != nil {
		return err
	}
	return checkCollectionName(in.CollectionName)
}

func (h handler) confirm(c *web.Call, in confirmRequest) (list web.List[outcomeView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	keys := make([]Wrapped, len(in.Keys))
	for i, k := range in.Keys {
		keys[i] = Wrapped{k.ID, k.Key}
	}
	outcomes, err := h.members.Confirm(c.Context(), c.Caller.AccountID, orgID, keys, in.CollectionName)
	return outcomeViews(c, outcomes, err)
}

// pendingAutoConfirm lists nobody: no client confirms members by itself here.
func (h handler) pendingAutoConfirm(c *web.Call, _ struct{}) (list web.List[struct{}], err error) {
	if err := h.managesMembers(c); err != nil {
		return list, err
	}
	return web.ListOf([]struct{}{}), nil
}

var noAutoConfirm = fault.New(fault.Invalid, "member.noAutoConfirm")

func (h handler) autoConfirm(c *web.Call, _ struct{}) (struct{}, error) {
	if err := h.managesMembers(c); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, noAutoConfirm
}

func (h handler) managesMembers(c *web.Call) error {
	orgID, err := c.ID("id")
	if err != nil {
		return err
	}
	_, _, err = h.members.Organizations.Within(c.Context(), c.Caller.AccountID, orgID, org.Member.MayManageUsers)
	return err
}
