package push

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/web"
)

// The longest texts of a registration, in characters.
const (
	longestName  = 100
	longestToken = 5_000
	mostDevices  = 1_000
)

// MountCloud adds the relay.
func MountCloud(r *web.Router, e *RelayEnd) {
	h, scope := relayHandler{e}, web.Machine(scopePush)
	web.Handle(r, "POST /push/register", h.register, scope)
	web.Handle(r, "POST /push/delete", h.delete, scope)
	web.Handle(r, "POST /push/delete/{id}", h.deleteNamed, scope)
	web.Handle(r, "PUT /push/add-organization", h.join(true), scope)
	web.Handle(r, "PUT /push/delete-organization", h.join(false), scope)
	web.Handle(r, "POST /push/send", h.send, scope)
}

type relayHandler struct{ relay *RelayEnd }

// registerRequest leaves out the installation that servers name: what the token says
// counts.
type registerRequest struct {
	DeviceID      string   `json:"deviceId"`
	PushToken     string   `json:"pushToken"`
	UserID        string   `json:"userId"`
	Type          int      `json:"type"`
	Identifier    string   `json:"identifier"`
	Organizations []string `json:"organizationIds"`
}

func (in registerRequest) Check() error {
	for _, m := range []struct {
		name, text string
		longest    int
	}{
		{"deviceId", in.DeviceID, longestName},
		{"pushToken", in.PushToken, longestToken},
		{"userId", in.UserID, longestName},
		{"identifier", in.Identifier, longestName},
	} {
		if m.text == "" {
			return fault.Required(m.name)
		}
		if utf8.RuneCountInString(m.text) > m.longest {
			return fault.TooLong(m.name, m.longest)
		}
	}
	if !Reachable(in.Type) {
		return fault.Malformed("type")
	}
	return checkNames("organizationIds", in.Organizations)
}

func checkNames(field string, names []string) error {
	if len(names) > mostDevices {
		return fault.Malformed(field)
	}
	for _, name := range names {
		if name == "" || utf8.RuneCountInString(name) > longestName {
			return fault.Malformed(field)
		}
	}
	return nil
}

func (h relayHandler) register(c *web.Call, in registerRequest) (struct{}, error) {
	return struct{}{}, h.relay.Register(c.Context(), Phone{
		Installation: c.Caller.InstallationID, AccountID: in.UserID, DeviceID: in.DeviceID, Identifier: in.Identifier,
		Type: in.Type, Token: in.PushToken, Organizations: in.Organizations,
	})
}

type deviceRequest struct {
	ID   string `json:"id"`
	Type *int   `json:"type"`
}

func (in deviceRequest) Check() error {
	if in.ID == "" {
		return fault.Required("id")
	}
	return nil
}

func (h relayHandler) delete(c *web.Call, in deviceRequest) (struct{}, error) {
	return struct{}{}, h.relay.Delete(c.Context(), c.Caller.InstallationID, in.ID)
}

func (h relayHandler) deleteNamed(c *web.Call, _ struct{}) (struct{}, error) {
	if name := c.Param("id"); !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return struct{}{}, fault.Gone // no database knows such a name
	}
	return struct{}{}, h.relay.Delete(c.Context(), c.Caller.InstallationID, c.Param("id"))
}

type joinRequest struct {
	Devices        []deviceRequest `json:"devices"`
	OrganizationID string          `json:"organizationId"`
}

func (in joinRequest) Check() error {
	if in.OrganizationID == "" {
		return fault.Required("organizationId")
	}
	if err := checkNames("organizationId", []string{in.OrganizationID}); err != nil {
		return err
	}
	if len(in.Devices) == 0 {
		return fault.Required("devices")
	}
	return checkNames("devices", in.ids())
}

func (in joinRequest) ids() []string {
	list := make([]string, len(in.Devices))
	for i, d := range in.Devices {
		list[i] = d.ID
	}
	return list
}

func (h relayHandler) join(joins bool) func(*web.Call, joinRequest) (struct{}, error) {
	return func(c *web.Call, in joinRequest) (struct{}, error) {
		return struct{}{}, h.relay.Join(c.Context(), c.Caller.InstallationID, in.ids(), in.OrganizationID, joins)
	}
}

type sendRequest struct {
	UserID         *string         `json:"userId"`
	OrganizationID *string         `json:"organizationId"`
	InstallationID *string         `json:"installationId"`
	DeviceID       *string         `json:"deviceId"`
	Identifier     *string         `json:"identifier"`
	Type           *int            `json:"type"`
	Payload        json.RawMessage `json:"payload"`
	ClientType     *int            `json:"clientType"`
}

var oneTarget = fault.New(fault.Invalid, "push.oneTarget")

func (in sendRequest) Check() error {
	if in.Type == nil {
		return fault.Required("type")
	}
	targets := 0
	for _, target := range []*string{in.UserID, in.OrganizationID, in.InstallationID} {
		if word(target) != "" {
			targets++
		}
	}
	if targets != 1 {
		return oneTarget
	}
	return nil
}

func word(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func (h relayHandler) send(c *web.Call, in sendRequest) (struct{}, error) {
	to := Target{AccountID: word(in.UserID), Organization: word(in.OrganizationID)}
	if named := word(in.InstallationID); named != "" {
		if !strings.EqualFold(named, c.Caller.InstallationID.String()) {
			return struct{}{}, fault.Gone // another's people do not exist for it
		}
		to.Everyone = true
	}
	return struct{}{}, h.relay.Send(c.Context(), c.Caller.InstallationID, to, Message{
		Kind: *in.Type, Payload: in.Payload, DeviceID: word(in.DeviceID), Identifier: word(in.Identifier), ClientType: in.ClientType,
	})
}
