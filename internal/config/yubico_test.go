package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	yubicoID  = "globalSettings__yubico__clientId=12345"
	yubicoKey = "globalSettings__yubico__key=dHdlbnR5IGJ5dGVzIG9mIGtleS4="
)

func TestYubicoIsAnIDAndAKey(t *testing.T) {
	c := mustRead(t, yubicoID, yubicoKey).TwoStep.Yubico
	if c.ClientID != "12345" || string(c.KeyBytes()) != "twenty bytes of key." || fmt.Sprint(c.ValidationURLs) != "[https://api.yubico.com/wsapi/2.0/verify]" {
		t.Errorf("got %+v", c)
	}
	for name, given := range map[string][]string{
		"globalSettings__yubico__clientId and":   {yubicoID},
		"globalSettings__yubico__key is not":     {yubicoID, "globalSettings__yubico__key=no base64"},
		"globalSettings__yubico__validationUrls": {yubicoID, yubicoKey, "globalSettings__yubico__validationUrls=https://a.example,b"},
	} {
		_, _, err := read(t, given...)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: got %v", given, err)
		}
	}
}

func TestValidationServersAreAListInEitherForm(t *testing.T) {
	want := []string{"https://a.example/verify", "https://b.example/verify"}
	for _, given := range [][]string{
		{"globalSettings__yubico__validationUrls=https://a.example/verify, https://b.example/verify/"},
		{"globalSettings__yubico__validationUrls__0=https://a.example/verify", "globalSettings__yubico__validationUrls__1=https://b.example/verify"},
	} {
		var got []string
		for _, address := range mustRead(t, append(given, yubicoID, yubicoKey)...).TwoStep.Yubico.ValidationURLs {
			got = append(got, string(address))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: got %v", given, got)
		}
	}
}
