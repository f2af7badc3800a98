package content

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"coffre/internal/encstring"
	"coffre/internal/fault"
)

// maxData is how long the one text may be that is all of an item.
const maxData = 500_000

// check brings the content of an item of a type into the one form that is kept, and
// returns what is wrong with it. At is where it stands in the request, with a full
// stop at its end.
func (c *Body) check(at string, t Type) error {
	if t < Login || t > Passport {
		return fault.Malformed(at + "type")
	}
	if c.Reprompt != c.Reprompt.or(0, 1, unknown) {
		return fault.Malformed(at + "reprompt")
	}
	if c.Name == nil {
		return fault.Required(at + "name")
	}
	if err := c.checkData(at); err != nil {
		return err
	}
	if t == SecureNote && c.SecureNote == nil {
		c.SecureNote = &SecureNoteParts{}
	}
	if !c.only(t) && c.Data == nil {
		return fault.Required(at + parts[t])
	}
	if isBlob(c.Data) {
		c.only(0)
	}
	if err := c.tidy(at); err != nil {
		return err
	}
	return checkTexts(at, reflect.ValueOf(c).Elem())
}

func (c *Body) checkData(at string) error {
	switch {
	case c.Data == nil:
	case strings.TrimSpace(*c.Data) == "":
		c.Data = nil
	case len(*c.Data) > maxData:
		return fault.TooLong(at+"data", maxData)
	case strings.ContainsRune(*c.Data, '\uFFFD'): // half a letter, which would not come back as it was
		return fault.Malformed(at + "data")
	}
	return nil
}

// tidy repairs what clients are known to write wrongly.
func (c *Body) tidy(at string) error {
	c.PasswordHistory = slices.DeleteFunc(c.PasswordHistory, func(p FormerPassword) bool { return p.Password == nil })
	for i := range c.PasswordHistory {
		c.PasswordHistory[i].LastUsedDate = c.PasswordHistory[i].LastUsedDate.orEpoch()
	}
	for i, f := range c.Fields {
		const text, hidden, linked = 0, 1, 3
		kind := Number(text)
		if f.Type != nil {
			kind = f.Type.or(text, linked, hidden)
		}
		c.Fields[i].Type = &kind
		if f.LinkedID != nil && *f.LinkedID == unknown {
			c.Fields[i].LinkedID = nil
		}
	}
	if c.SecureNote != nil {
		c.SecureNote.Type = 0
	}
	if c.Login != nil {
		c.Login.tidy()
		return c.Login.check(at + parts[Login] + ".")
	}
	if c.SSHKey != nil {
		return c.SSHKey.check(at + parts[SSHKey] + ".")
	}
	return nil
}

func (l *LoginParts) tidy() {
	if len(l.URIs) == 0 && l.URI != nil {
		l.URIs = []URI{{URI: l.URI}}
	}
	l.URI = nil
	if len(l.URIs) > 0 {
		l.URI = l.URIs[0].URI
	}
	for i, u := range l.URIs {
		const domain, never = 0, 5
		if u.Match != nil && u.Match.or(domain, never, unknown) == unknown {
			l.URIs[i].Match = nil
		}
	}
	if l.PasswordRevisionDate != nil && *l.PasswordRevisionDate == "" {
		l.PasswordRevisionDate = nil
	}
	for i := range l.Fido2Credentials {
		l.Fido2Credentials[i].CreationDate = l.Fido2Credentials[i].CreationDate.orEpoch()
	}
}

// check reports a passkey without a member for which phones refuse the whole vault.
func (l LoginParts) check(at string) error {
	for i, p := range l.Fido2Credentials {
		needed := map[string]*string{
			"credentialId": p.CredentialID, "keyType": p.KeyType, "keyAlgorithm": p.KeyAlgorithm, "keyCurve": p.KeyCurve,
			"keyValue": p.KeyValue, "rpId": p.RPID, "counter": p.Counter, "discoverable": p.Discoverable,
		}
		for name, text := range needed {
			if text == nil {
				return fault.Required(at + "fido2Credentials[" + strconv.Itoa(i) + "]." + name)
			}
		}
	}
	return nil
}

func (k SSHKeyParts) check(at string) error {
	switch {
	case k.PrivateKey == nil:
		return fault.Required(at + "privateKey")
	case k.PublicKey == nil:
		return fault.Required(at + "publicKey")
	case k.KeyFingerprint == nil:
		return fault.Required(at + "keyFingerprint")
	}
	return nil
}

// checkTexts checks every text that a struct holds, however deep. What is nil may be.
func checkTexts(at string, v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if err := checkMember(at+name, v.Field(i), field.Tag.Get("max")); err != nil {
			return err
		}
	}
	return nil
}

func checkMember(at string, v reflect.Value, limit string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if text, ok := v.Interface().(*string); ok {
			return checkText(at, *text, limit)
		}
		return checkMember(at, v.Elem(), limit)
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkMember(at+"["+strconv.Itoa(i)+"]", v.Index(i), limit); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return checkTexts(at+".", v)
	}
	return nil
}

func checkText(at, text, limit string) error {
	switch limit {
	case "-":
		return nil
	case "":
		limit = "1000"
	}
	most, err := strconv.Atoi(limit)
	if err != nil {
		return err
	}
	return encstring.Check(at, text, most)
}
