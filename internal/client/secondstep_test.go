package client_test

import (
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

func TestSecondStepIsSentOnceAndWhatRemembersTheDeviceAlways(t *testing.T) {
	s := newServer(t)
	c := client.New(s.URL, nil)
	s.registered(t, c, id.New())
	steps := []struct {
		step client.SecondStep
		want string
	}{
		{client.SecondStep{Token: "123456", Remember: true}, "&twoFactorToken=123456&twoFactorProvider=0&twoFactorRemember=1"},
		{client.SecondStep{Provider: client.Remembered, Token: "t"}, "&twoFactorToken=t&twoFactorProvider=5&twoFactorRemember=0"},
	}
	for _, row := range steps {
		c.SecondStep = row.step
		if err := c.Login(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
		if got := s.last(t, "/identity/connect/token").body; !strings.HasSuffix(got, row.want) {
			t.Errorf("sent %s, want it to end in %s", got, row.want)
		}
	}
	if c.SecondStep != steps[1].step {
		t.Errorf("what remembers the device became %+v", c.SecondStep)
	}
	c.SecondStep = steps[0].step
	for range 2 {
		if err := c.Login(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.last(t, "/identity/connect/token").body; strings.Contains(got, "twoFactor") {
		t.Errorf("the second time it sent %s", got)
	}
}
