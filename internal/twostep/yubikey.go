package twostep

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// A one-time password of a YubiKey is the key's public id and 32 letters that
// change, in an alphabet that keyboards of all countries share.
const (
	yubiKeySlots = 5
	yubiKeyID    = 12
	yubiKeyOTP   = 44
	modhex       = "cbdefghijklnrtuv"
)

// yubiKeys are the keys of a person, by slot; an empty slot has no key.
type yubiKeys struct {
	IDs [yubiKeySlots]string `json:"ids"`
	NFC bool                 `json:"nfc"`
}

// nfcHint tells mobile clients to offer the touch of a key.
type nfcHint struct {
	NFC bool `json:"Nfc"`
}

func (s *Service) askYubiKey(accountID id.ID, p provider) (nfcHint, error) {
	var data yubiKeys
	err := s.open(accountID, p, &data)
	return nfcHint{data.NFC}, err
}

// typedByKey returns what a key typed, and whether it looks like that.
func typedByKey(text string) (string, bool) {
	text = strings.ToLower(squeeze(text))
	return text, len(text) == yubiKeyOTP && strings.Trim(text, modhex) == ""
}

func (s *Service) checkYubiKey(ctx context.Context, a account.Account, p provider, token string) (bool, error) {
	var data yubiKeys
	if err := s.open(a.ID, p, &data); err != nil {
		return false, err
	}
	otp, ok := typedByKey(token)
	if !ok || !slices.Contains(data.IDs[:], otp[:yubiKeyID]) {
		return false, nil
	}
	return s.Yubico.Verify(ctx, otp)
}

// YubiKeys returns the ids of a person's keys by slot, whether they are touched to
// a phone, and whether there are any.
func (s *Service) YubiKeys(ctx context.Context, accountID id.ID) (ids [yubiKeySlots]string, nfc, enabled bool, err error) {
	var data yubiKeys
	enabled, err = s.show(ctx, accountID, YubiKey, &data)
	return data.IDs, data.NFC, enabled, err
}

// SetYubiKeys replaces a person's keys. A slot holds the id of a key that they
// have, which stays, or what a new key typed.
func (s *Service) SetYubiKeys(ctx context.Context, accountID id.ID, typed [yubiKeySlots]string, nfc bool) error {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if err := s.allow(ctx, a, YubiKey); err != nil {
		return err
	}
	var before yubiKeys
	if _, err := s.find(ctx, accountID, YubiKey, &before); err != nil {
		return err
	}
	data := yubiKeys{NFC: nfc}
	for slot, text := range typed {
		keyID, err := s.yubiKeyOf(ctx, before, text)
		if err != nil {
			return err
		}
		if text != "" && (keyID == "" || slices.Contains(data.IDs[:], keyID)) {
			return fault.New(fault.Invalid, "twostep.yubiKey").On(slotName(slot)).With("slot", slot+1)
		}
		data.IDs[slot] = keyID
	}
	if data.IDs == [yubiKeySlots]string{} {
		return fault.New(fault.Invalid, "twostep.noYubiKey").On(slotName(0))
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		return s.turnOn(ctx, a, YubiKey, data, 0)
	})
}

// yubiKeyOf returns the id of the key in a slot; "" for an empty slot, and for
// what no key typed.
func (s *Service) yubiKeyOf(ctx context.Context, before yubiKeys, text string) (string, error) {
	if keyID := strings.ToLower(text); text != "" && slices.Contains(before.IDs[:], keyID) {
		return keyID, nil
	}
	otp, ok := typedByKey(text)
	if !ok {
		return "", nil
	}
	good, err := s.Yubico.Verify(ctx, otp)
	if err != nil || !good {
		return "", err
	}
	return otp[:yubiKeyID], nil
}

// slotName is what clients call a slot.
func slotName(slot int) string { return "Key" + strconv.Itoa(slot+1) }
