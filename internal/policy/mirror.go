package policy

import (
	"bytes"
	"encoding/json"
)

// The members by which the newest policy about Sends says what two older ones say.
const (
	disableSend      = "disableSend"
	disableHideEmail = "disableHideEmail"
)

// mirrored returns the policies that change along with p, beside those that there
// are: whatever a client knows of the three policies about Sends, it hears the same.
func mirrored(p Policy, had map[Type]Policy) ([]Policy, error) {
	var echoes []Policy
	var err error
	switch p.Type {
	case SendControls:
		echoes, err = fromControls(p, had)
	case DisableSend:
		echoes, err = toControls(had, p.Enabled, had[SendOptions].says(disableHideEmail))
	case SendOptions:
		echoes, err = toControls(had, had[DisableSend].Enabled, p.says(disableHideEmail))
	}
	for i := range echoes {
		echoes[i].OrganizationID = p.OrganizationID
	}
	return echoes, err
}

func fromControls(p Policy, had map[Type]Policy) ([]Policy, error) {
	var echoes []Policy
	if old, on := had[DisableSend], p.says(disableSend); old.Enabled != on {
		old.Type, old.Enabled = DisableSend, on
		echoes = append(echoes, old)
	}
	old, on := had[SendOptions], p.says(disableHideEmail)
	if old.says(disableHideEmail) == on && (on || !old.Enabled) {
		return echoes, nil
	}
	data, err := with(old.Data, map[string]any{disableHideEmail: on})
	old.Type, old.Enabled, old.Data = SendOptions, on, data
	return append(echoes, old), err
}

// toControls keeps the rules that only the newest policy knows while it is on. One
// that was off comes on with no more than is asked for now.
func toControls(had map[Type]Policy, noSend, noHiding bool) ([]Policy, error) {
	old := had[SendControls]
	changed := old
	changed.Type = SendControls
	if !old.Enabled {
		changed.Data = nil
	}
	data, err := with(changed.Data, map[string]any{disableSend: noSend, disableHideEmail: noHiding})
	if err != nil {
		return nil, err
	}
	changed.Enabled, changed.Data = demandsAny(data), data
	if changed.Enabled == old.Enabled && (!old.Enabled || bytes.Equal(old.Data, data)) {
		return nil, nil
	}
	return []Policy{changed}, nil
}

// with returns data with members set.
func with(data json.RawMessage, members map[string]any) (json.RawMessage, error) {
	object, err := objectOf(data)
	if err != nil {
		return nil, err
	}
	if object == nil {
		object = map[string]any{}
	}
	for name, v := range members {
		object[name] = v
	}
	return json.Marshal(object)
}

func demandsAny(data json.RawMessage) bool {
	object, err := objectOf(data)
	for _, v := range object {
		if demands(v) {
			return true
		}
	}
	return err != nil
}
