package operator

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// How often one network may ask for links, and open some.
var (
	asking  = throttle.Rule{Name: "operator-links", Limit: 10, Per: 15 * time.Minute}
	opening = throttle.Rule{Name: "operator-sessions", Limit: 30, Per: 15 * time.Minute}
)

// Mount adds what the operator page asks in both roles.
func Mount(r *web.Router, s *Service, role, version string) {
	h := handler{s, role, version}
	web.Handle(r, "GET /admin/api/access", h.access, web.Anonymous)
	web.Handle(r, "POST /admin/api/link", h.link, web.Anonymous, web.Rate(asking))
	web.Handle(r, "POST /admin/api/session", h.enter, web.Anonymous, web.Rate(opening))
	web.Handle(r, "GET /admin/api/session", h.session, web.Operator)
	web.Handle(r, "DELETE /admin/api/session", h.leave, web.Operator)
	h.mountOrganizations(r)
	h.mountPeople(r)
	h.mountServer(r)
}

// MountCloud adds what it asks of a cloud.
func MountCloud(r *web.Router, s *Service) { handler{service: s}.mountCloud(r) }

// MountSelfHosted adds what it asks of a self-hosted server.
func MountSelfHosted(r *web.Router, s *Service) {
	web.Handle(r, "GET /admin/api/sync-runs", handler{service: s}.runs, web.Operator)
}

type handler struct {
	service       *Service
	role, version string
}

// accessView says how one becomes an operator here.
type accessView struct {
	Mail   bool   `json:"mail"` // whether links are mailed
	Object string `json:"object"`
}

func (h handler) access(*web.Call, struct{}) (accessView, error) {
	return accessView{h.service.MailsLinks(), "operatorAccess"}, nil
}

type linkRequest struct {
	Email string `json:"email"`
}

func (in linkRequest) Check() error { return account.CheckEmail("email", in.Email) }

func (h handler) link(c *web.Call, in linkRequest) (struct{}, error) {
	return struct{}{}, h.service.AskForLink(c.Context(), in.Email, c.Language())
}

type enterRequest struct {
	Token string `json:"token"` // of a link
}

func (in enterRequest) Check() error {
	if in.Token == "" {
		return fault.Required("token")
	}
	return nil
}

// sessionView is who is on the page, and where. Only the answer to the link has the
// token.
type sessionView struct {
	Token          *string   `json:"token"`
	Email          *string   `json:"email"` // null for whoever came with a printed link
	Role           string    `json:"role"`  // cloud or selfHosted
	Version        string    `json:"version"`
	ExpirationDate time.Time `json:"expirationDate"`
	Object         string    `json:"object"`
}

func (h handler) view(v Session) sessionView {
	return sessionView{
		Email: present(v.Email), Role: h.role, Version: h.version, ExpirationDate: v.ExpiresAt, Object: "operatorSession",
	}
}

func (h handler) enter(c *web.Call, in enterRequest) (sessionView, error) {
	token, v, err := h.service.Enter(c.Context(), in.Token)
	if err != nil {
		return sessionView{}, err
	}
	view := h.view(v)
	view.Token = &token
	return view, nil
}

func bearer(c *web.Call) string { return strings.TrimPrefix(c.Header.Get("Authorization"), "Bearer ") }

func (h handler) session(c *web.Call, _ struct{}) (sessionView, error) {
	v, err := h.service.Find(c.Context(), bearer(c))
	return h.view(v), err
}

func (h handler) leave(c *web.Call, _ struct{}) (web.Reply, error) {
	return web.Reply{Status: http.StatusOK}, h.service.Leave(c.Context(), bearer(c))
}

// slice reads which part of a list is asked for; the token is how many rows come
// before it.
func slice(c *web.Call) (Slice, error) {
	p := Slice{Search: strings.TrimSpace(c.Query("search"))}
	if token := c.Query("continuationToken"); token != "" {
		n, err := strconv.ParseUint(token, 10, 31)
		if err != nil || n > math.MaxInt32-2*PerSlice {
			return Slice{}, fault.Malformed("continuationToken")
		}
		p.Offset = int(n)
	}
	return p, p.Check()
}

// part answers one part of a list.
func part[Row, View any](c *web.Call, ask func(Slice) ([]Row, bool, error), view func(Row) View) (web.List[View], error) {
	p, err := slice(c)
	if err != nil {
		return web.List[View]{}, err
	}
	rows, more, err := ask(p)
	list := web.ListOf[View](nil)
	for _, row := range rows {
		list.Data = append(list.Data, view(row))
	}
	if more {
		list.ContinuationToken = new(strconv.Itoa(p.Offset + PerSlice))
	}
	return list, err
}

// present writes "" as null.
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
