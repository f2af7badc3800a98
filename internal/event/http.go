package event

import (
	"bytes"
	"encoding/json"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Mount adds the routes.
func Mount(r *web.Router, l *Log) {
	h := handler{l}
	web.Handle(r, "GET /api/events", h.own)
	web.Handle(r, "GET /api/organizations/{id}/events", h.organization)
	web.Handle(r, "GET /api/organizations/{id}/users/{memberId}/events", h.member)
	web.Handle(r, "GET /api/organizations/{id}/sends/{sendId}/events", h.send)
	web.Handle(r, "GET /api/ciphers/{id}/events", h.item)
	web.Handle(r, "POST /events/collect", h.collect)
}

type handler struct{ events *Log }

// view is the "event" object. This server has no providers, no domains and no
// Secrets Manager, whose members are null.
type view struct {
	Object                  string      `json:"object"`
	Type                    Type        `json:"type"`
	UserID                  id.ID       `json:"userId"`
	OrganizationID          id.ID       `json:"organizationId"`
	ProviderID              *id.ID      `json:"providerId"`
	CipherID                id.ID       `json:"cipherId"`
	CollectionID            id.ID       `json:"collectionId"`
	GroupID                 id.ID       `json:"groupId"`
	PolicyID                id.ID       `json:"policyId"`
	OrganizationUserID      id.ID       `json:"organizationUserId"`
	ProviderUserID          *id.ID      `json:"providerUserId"`
	ProviderOrganizationID  *id.ID      `json:"providerOrganizationId"`
	ActingUserID            id.ID       `json:"actingUserId"`
	InstallationID          id.ID       `json:"installationId"`
	Date                    time.Time   `json:"date"`
	DeviceType              *int        `json:"deviceType"`
	IPAddress               *string     `json:"ipAddress"`
	SystemUser              *SystemUser `json:"systemUser"`
	DomainName              *string     `json:"domainName"`
	SecretID                *id.ID      `json:"secretId"`
	ProjectID               *id.ID      `json:"projectId"`
	ServiceAccountID        *id.ID      `json:"serviceAccountId"`
	GrantedServiceAccountID *id.ID      `json:"grantedServiceAccountId"`
	SendID                  id.ID       `json:"sendId"`
}

func viewOf(e Event) view {
	v := view{
		Object: "event", Type: e.Type, UserID: e.AccountID, OrganizationID: e.OrganizationID, CipherID: e.CipherID, CollectionID: e.CollectionID,
		GroupID: e.GroupID, PolicyID: e.PolicyID, OrganizationUserID: e.MemberID, ActingUserID: e.ActorID, InstallationID: e.InstallationID,
		Date: e.At, DeviceType: e.DeviceType, SendID: e.SendID,
	}
	if e.SystemUser != 0 {
		v.SystemUser = &e.SystemUser
	}
	if address := text(e.Address); address != "" {
		v.IPAddress = &address
	}
	return v
}

// page answers one page of a list that fn finds for a span.
func (h handler) page(c *web.Call, fn func(Span) (Page, error)) (web.List[view], error) {
	span, err := SpanOf(c.Query("start"), c.Query("end"), h.events.Now())
	if err != nil {
		return web.List[view]{}, err
	}
	if span.After, err = ReadCursor(c.Query("continuationToken")); err != nil {
		return web.List[view]{}, err
	}
	page, err := fn(span)
	views := make([]view, len(page.Events))
	for i, e := range page.Events {
		views[i] = viewOf(e)
	}
	list := web.ListOf(views)
	if page.Next != nil {
		list.ContinuationToken = new(page.Next.String())
	}
	return list, err
}

func (h handler) own(c *web.Call, _ struct{}) (web.List[view], error) {
	return h.page(c, func(s Span) (Page, error) { return h.events.ListOwn(c.Context(), c.Caller.AccountID, s) })
}

func (h handler) organization(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	return h.page(c, func(s Span) (Page, error) { return h.events.ListOf(c.Context(), c.Caller.AccountID, orgID, s) })
}

func (h handler) member(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, memberID, err := within(c, "memberId")
	if err != nil {
		return list, err
	}
	return h.page(c, func(s Span) (Page, error) {
		return h.events.ListByMember(c.Context(), c.Caller.AccountID, orgID, memberID, s)
	})
}

func (h handler) send(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, sendID, err := within(c, "sendId")
	if err != nil {
		return list, err
	}
	return h.page(c, func(s Span) (Page, error) {
		return h.events.ListOfSend(c.Context(), c.Caller.AccountID, orgID, sendID, s)
	})
}

func (h handler) item(c *web.Call, _ struct{}) (list web.List[view], err error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	return h.page(c, func(s Span) (Page, error) { return h.events.ListOfItem(c.Context(), c.Caller.AccountID, cipherID, s) })
}

func within(c *web.Call, name string) (orgID, other id.ID, err error) {
	if orgID, err = c.ID("id"); err == nil {
		other, err = c.ID(name)
	}
	return orgID, other, err
}

// collected is one element of what clients tell.
type collected struct {
	Type           Type      `json:"type"`
	Date           time.Time `json:"date"`
	CipherID       id.ID     `json:"cipherId"`
	OrganizationID id.ID     `json:"organizationId"`
}

// collectRequest is a bare array.
type collectRequest struct{ told []collected }

// UnmarshalJSON reads the array.
func (r *collectRequest) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return json.Unmarshal(raw, &r.told)
}

// Check refuses a client that has nothing to tell.
func (r collectRequest) Check() error {
	if len(r.told) == 0 {
		return fault.New(fault.Invalid, "event.nothingTold")
	}
	return nil
}

func (h handler) collect(c *web.Call, in collectRequest) (struct{}, error) {
	told := make([]Told, len(in.told))
	for i, t := range in.told {
		told[i] = Told{t.Type, t.Date, t.CipherID, t.OrganizationID}
	}
	return struct{}{}, h.events.Collect(c.Context(), c.Caller.AccountID, told)
}
