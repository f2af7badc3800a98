package device

import (
	"time"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

func mountRequests(r *web.Router, h handler) {
	web.Handle(r, "GET /api/auth-requests", h.listRequests)
	web.Handle(r, "POST /api/auth-requests", h.createRequest, web.Anonymous, web.Limit(64<<10), web.Rate(perNetwork))
	web.Handle(r, "POST /api/auth-requests/admin-request", h.createAdminRequest)
	web.Handle(r, "GET /api/auth-requests/pending", h.pendingRequests)
	web.Handle(r, "GET /api/auth-requests/{id}", h.getRequest)
	web.Handle(r, "PUT /api/auth-requests/{id}", h.answerRequest)
	web.Handle(r, "GET /api/auth-requests/{id}/response", h.poll, web.Anonymous)
}

type requestView struct {
	ID                     id.ID      `json:"id"`
	PublicKey              string     `json:"publicKey"`
	DeviceIdentifier       string     `json:"requestDeviceIdentifier"`
	RequestDeviceTypeValue int        `json:"requestDeviceTypeValue"`
	RequestDeviceType      string     `json:"requestDeviceType"`
	RequestIPAddress       string     `json:"requestIpAddress"`
	RequestCountryName     *string    `json:"requestCountryName"`
	Key                    *string    `json:"key"`
	MasterPasswordHash     *string    `json:"masterPasswordHash"`
	CreationDate           time.Time  `json:"creationDate"`
	ResponseDate           *time.Time `json:"responseDate"`
	RequestApproved        bool       `json:"requestApproved"`
	Origin                 string     `json:"origin"`
	Object                 string     `json:"object"`
}

// waitingView is a request in the list of those that wait.
type waitingView struct {
	requestView
	RequestDeviceID id.ID `json:"requestDeviceId"`
}

func (h handler) requestView(c *web.Call, r AuthRequest) requestView {
	v := requestView{
		ID: r.ID, PublicKey: r.PublicKey, DeviceIdentifier: r.Device.Identifier,
		RequestDeviceTypeValue: r.Device.Type, RequestDeviceType: r.Device.Kind(c.Language()), RequestIPAddress: r.Address,
		Key: optional(r.Key), MasterPasswordHash: optional(r.Password), CreationDate: r.CreatedAt,
		RequestApproved: r.Approved, Origin: h.devices.Host, Object: "auth-request",
	}
	if !r.AnsweredAt.IsZero() {
		v.ResponseDate = &r.AnsweredAt
	}
	return v
}

func (h handler) listRequests(c *web.Call, _ struct{}) (web.List[requestView], error) {
	requests, err := h.devices.ListRequests(c.Context(), c.Caller.AccountID)
	views := make([]requestView, len(requests))
	for i, r := range requests {
		views[i] = h.requestView(c, r)
	}
	return web.ListOf(views), err
}

func (h handler) pendingRequests(c *web.Call, _ struct{}) (web.List[waitingView], error) {
	requests, err := h.devices.PendingRequests(c.Context(), c.Caller.AccountID)
	views := make([]waitingView, len(requests))
	for i, r := range requests {
		views[i] = waitingView{h.requestView(c, r), r.Device.ID}
	}
	return web.ListOf(views), err
}

func (h handler) getRequest(c *web.Call, _ struct{}) (requestView, error) {
	requestID, err := c.ID("id")
	if err != nil {
		return requestView{}, err
	}
	r, err := h.devices.GetRequest(c.Context(), c.Caller.AccountID, requestID)
	return h.requestView(c, r), err
}

// wishRequest is what a client sends that asks to be logged in.
type wishRequest struct {
	Email            string       `json:"email"`
	PublicKey        string       `json:"publicKey"`
	DeviceIdentifier string       `json:"deviceIdentifier"`
	AccessCode       string       `json:"accessCode"`
	Type             *RequestKind `json:"type"`
}

// Check reports the first member of a request that nobody could answer.
func (in wishRequest) Check() error {
	if err := account.CheckEmail("email", in.Email); err != nil {
		return err
	}
	if err := checkPublicKey("publicKey", in.PublicKey); err != nil {
		return err
	}
	if err := checkIdentifier("deviceIdentifier", in.DeviceIdentifier); err != nil {
		return err
	}
	switch {
	case in.AccessCode == "":
		return fault.Required("accessCode")
	case utf8.RuneCountInString(in.AccessCode) > maxCode:
		return fault.TooLong("accessCode", maxCode)
	case in.Type == nil:
		return fault.Required("type")
	}
	return nil
}

var (
	signInFirst      = fault.New(fault.Invalid, "device.signInFirst").On("type")
	notAdminApproval = fault.New(fault.Invalid, "device.notAdminApproval").On("type")
)

func (h handler) createRequest(c *web.Call, in wishRequest) (requestView, error) {
	switch *in.Type {
	case LogIn, Unlock:
	case AdminApproval:
		return requestView{}, signInFirst
	default:
		return requestView{}, fault.Malformed("type")
	}
	r, err := h.devices.CreateRequest(c.Context(), Wish{
		Email: in.Email, Identifier: in.DeviceIdentifier, Kind: *in.Type, PublicKey: in.PublicKey, Code: in.AccessCode,
	})
	return h.requestView(c, r), err
}

func (h handler) createAdminRequest(c *web.Call, in wishRequest) (requestView, error) {
	if *in.Type != AdminApproval {
		return requestView{}, notAdminApproval
	}
	r, err := h.devices.CreateAdminRequest(c.Context(), c.Caller.AccountID)
	return h.requestView(c, r), err
}

// poll serves the client that asked, which is not signed in.
func (h handler) poll(c *web.Call, _ struct{}) (requestView, error) {
	requestID, err := c.ID("id")
	if err != nil {
		return requestView{}, err
	}
	r, err := h.devices.Poll(c.Context(), requestID, c.Query("code"))
	return h.requestView(c, r), err
}

type answerRequest struct {
	Key                string `json:"key"`
	MasterPasswordHash string `json:"masterPasswordHash"`
	DeviceIdentifier   string `json:"deviceIdentifier"`
	RequestApproved    *bool  `json:"requestApproved"`
}

// Check reports the first member that the asking client could not use. A denial
// needs no key.
func (in answerRequest) Check() error {
	if in.RequestApproved == nil {
		return fault.Required("requestApproved")
	}
	if err := checkIdentifier("deviceIdentifier", in.DeviceIdentifier); err != nil || !*in.RequestApproved {
		return err
	}
	if err := checkKey("key", in.Key, maxWrapped, encstring.RSAOAEPSHA1); err != nil || in.MasterPasswordHash == "" {
		return err
	}
	return checkKey("masterPasswordHash", in.MasterPasswordHash, maxWrapped, encstring.RSAOAEPSHA1)
}

func (h handler) answerRequest(c *web.Call, in answerRequest) (requestView, error) {
	requestID, err := c.ID("id")
	if err != nil {
		return requestView{}, err
	}
	r, err := h.devices.AnswerRequest(c.Context(), c.Caller.AccountID, requestID, Answer{
		Identifier: in.DeviceIdentifier, Approved: *in.RequestApproved, Key: in.Key, Password: in.MasterPasswordHash,
	})
	return h.requestView(c, r), err
}
