package emergency

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// maxKey is the longest key, in characters.
const maxKey = 2_000

const root = "/api/emergency-access"

// Mount adds the routes of emergency access.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET "+root+"/trusted", h.trusted)
	web.Handle(r, "GET "+root+"/granted", h.granted)
	web.Handle(r, "POST "+root+"/invite", h.invite)
	web.Handle(r, "GET "+root+"/{id}", h.get)
	web.Handle(r, "PUT "+root+"/{id}", h.update)
	web.Handle(r, "POST "+root+"/{id}", h.update)
	web.Handle(r, "DELETE "+root+"/{id}", h.on(s.Delete))
	web.Handle(r, "POST "+root+"/{id}/delete", h.on(s.Delete))
	web.Handle(r, "POST "+root+"/{id}/reinvite", h.on(s.Reinvite))
	web.Handle(r, "POST "+root+"/{id}/accept", h.accept)
	web.Handle(r, "POST "+root+"/{id}/confirm", h.confirm)
	web.Handle(r, "POST "+root+"/{id}/initiate", h.on(s.Initiate))
	web.Handle(r, "POST "+root+"/{id}/approve", h.on(s.Approve))
	web.Handle(r, "POST "+root+"/{id}/reject", h.on(s.Reject))
	web.Handle(r, "GET "+root+"/{id}/policies", h.policies)
	web.Handle(r, "POST "+root+"/{id}/view", h.view)
	web.Handle(r, "GET "+root+"/{id}/{cipherId}/attachment/{attachmentId}", h.attachment)
	web.Handle(r, "POST "+root+"/{id}/takeover", h.takeOver)
	web.Handle(r, "POST "+root+"/{id}/password", h.setPassword)
}

type handler struct{ accesses *Service }

type base struct {
	ID           id.ID  `json:"id"`
	Status       Status `json:"status"`
	Type         Type   `json:"type"`
	WaitTimeDays int    `json:"waitTimeDays"`
	// WaitEndsAt is when the grantee gets in who has asked. Other servers do not say it.
	WaitEndsAt *time.Time `json:"waitEndsAt"`
}

func baseOf(a Access) base {
	v := base{ID: a.ID, Status: a.Status, Type: a.Type, WaitTimeDays: a.WaitDays}
	if a.Status == Initiated {
		v.WaitEndsAt = new(a.EndsAt())
	}
	return v
}

// personView is the other of the two.
type personView struct {
	Name        *string `json:"name"`
	Email       string  `json:"email"`
	AvatarColor *string `json:"avatarColor"`
}

func personViewOf(p Person) personView {
	return personView{optional(p.Name), p.Email, optional(p.Color)}
}

type granteeView struct {
	base
	GranteeID id.ID `json:"granteeId"`
	personView
	Object string `json:"object"`
}

func granteeViewOf(c Contact) granteeView {
	return granteeView{baseOf(c.Access), c.GranteeID, personViewOf(c.Person), "emergencyAccessGranteeDetails"}
}

type grantorView struct {
	base
	GrantorID id.ID `json:"grantorId"`
	personView
	Object string `json:"object"`
}

func grantorViewOf(c Contact) grantorView {
	return grantorView{baseOf(c.Access), c.GrantorID, personViewOf(c.Person), "emergencyAccessGrantorDetails"}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func listed[T any](list []Contact, view func(Contact) T) web.List[T] {
	views := make([]T, len(list))
	for i, c := range list {
		views[i] = view(c)
	}
	return web.ListOf(views)
}

func (h handler) trusted(c *web.Call, _ struct{}) (web.List[granteeView], error) {
	list, err := h.accesses.Trusted(c.Context(), c.Caller.AccountID)
	return listed(list, granteeViewOf), err
}

func (h handler) granted(c *web.Call, _ struct{}) (web.List[grantorView], error) {
	list, err := h.accesses.Granted(c.Context(), c.Caller.AccountID)
	return listed(list, grantorViewOf), err
}

func (h handler) get(c *web.Call, _ struct{}) (granteeView, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return granteeView{}, err
	}
	found, err := h.accesses.Get(c.Context(), c.Caller.AccountID, accessID)
	return granteeViewOf(found), err
}

// on makes a handler of an operation that needs no more than who does it to what.
func (handler) on(fn func(ctx context.Context, caller, accessID id.ID) error) func(*web.Call, struct{}) (struct{}, error) {
	return func(c *web.Call, _ struct{}) (struct{}, error) {
		accessID, err := c.ID("id")
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, fn(c.Context(), c.Caller.AccountID, accessID)
	}
}

type termsRequest struct {
	Type         *Type `json:"type"`
	WaitTimeDays int   `json:"waitTimeDays"`
}

func (in termsRequest) terms() Terms { return Terms{*in.Type, in.WaitTimeDays} }

// Check reports the first member that cannot be used.
func (in termsRequest) Check() error {
	if in.Type == nil {
		return fault.Required("type")
	}
	return in.terms().check()
}

type inviteRequest struct {
	termsRequest
	Email string `json:"email"`
}

// Check reports the first member that cannot be used.
func (in inviteRequest) Check() error {
	if err := account.CheckEmail("email", in.Email); err != nil {
		return err
	}
	return in.termsRequest.Check()
}

func (h handler) invite(c *web.Call, in inviteRequest) (struct{}, error) {
	return struct{}{}, h.accesses.Invite(c.Context(), c.Caller.AccountID, in.Email, in.terms())
}

type updateRequest struct {
	termsRequest
	KeyEncrypted string `json:"keyEncrypted"`
}

// Check reports the first member that cannot be used.
func (in updateRequest) Check() error {
	if in.KeyEncrypted != "" {
		if err := encstring.CheckType("keyEncrypted", in.KeyEncrypted, maxKey, encstring.RSAOAEPSHA1); err != nil {
			return err
		}
	}
	return in.termsRequest.Check()
}

func (h handler) update(c *web.Call, in updateRequest) (struct{}, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.accesses.Update(c.Context(), c.Caller.AccountID, accessID, in.terms(), in.KeyEncrypted)
}

type acceptRequest struct {
	Token string `json:"token"`
}

// Check reports a token that is missing.
func (in acceptRequest) Check() error {
	if in.Token == "" {
		return fault.Required("token")
	}
	return nil
}

func (h handler) accept(c *web.Call, in acceptRequest) (struct{}, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.accesses.Accept(c.Context(), c.Caller.AccountID, accessID, in.Token)
}

type confirmRequest struct {
	Key string `json:"key"`
}

// Check reports a key that no grantee could open.
func (in confirmRequest) Check() error {
	return encstring.CheckType("key", in.Key, maxKey, encstring.RSAOAEPSHA1)
}

func (h handler) confirm(c *web.Call, in confirmRequest) (struct{}, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.accesses.Confirm(c.Context(), c.Caller.AccountID, accessID, in.Key)
}

func (h handler) policies(c *web.Call, _ struct{}) (web.List[policy.View], error) {
	accessID, err := c.ID("id")
	if err != nil {
		return web.List[policy.View]{}, err
	}
	list, err := h.accesses.PoliciesOf(c.Context(), c.Caller.AccountID, accessID)
	return web.ListOf(policy.Views(list)), err
}

type viewView struct {
	KeyEncrypted string `json:"keyEncrypted"`
	Ciphers      any    `json:"ciphers"`
	Object       string `json:"object"`
}

func (h handler) view(c *web.Call, _ struct{}) (viewView, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return viewView{}, err
	}
	key, items, err := h.accesses.Read(c.Context(), c.Caller.AccountID, accessID)
	return viewView{key, items, "emergencyAccessView"}, err
}

func (h handler) attachment(c *web.Call, _ struct{}) (web.Reply, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	cipherID, err := c.ID("cipherId")
	if err != nil {
		return web.Reply{}, err
	}
	found, err := h.accesses.ReadAttachment(c.Context(), c.Caller.AccountID, accessID, cipherID, c.Param("attachmentId"))
	return web.Reply{Status: 200, Body: found}, err
}

type takeOverView struct {
	KeyEncrypted   string          `json:"keyEncrypted"`
	KDF            account.KDFType `json:"kdf"`
	KDFIterations  int             `json:"kdfIterations"`
	KDFMemory      *int            `json:"kdfMemory"`
	KDFParallelism *int            `json:"kdfParallelism"`
	Salt           string          `json:"salt"`
	Object         string          `json:"object"`
}

func (h handler) takeOver(c *web.Call, _ struct{}) (takeOverView, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return takeOverView{}, err
	}
	key, a, err := h.accesses.TakeOver(c.Context(), c.Caller.AccountID, accessID)
	return takeOverView{key, a.KDF.Type, a.KDF.Iterations, a.KDF.Memory, a.KDF.Parallelism, a.Salt, "emergencyAccessTakeover"}, err
}

func (h handler) setPassword(c *web.Call, in account.NewPasswordRequest) (struct{}, error) {
	accessID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.accesses.SetPassword(c.Context(), c.Caller.AccountID, accessID, in.Credentials())
}
