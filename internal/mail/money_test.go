package mail_test

import (
	"maps"
	"strings"
	"testing"

	"coffre/internal/mail"
)

// moneyMails speak of an organization or of a person's own premium.
var moneyMails = []string{
	"invoice", "payment-reminder", "payment-overdue", "subscription-disabled", "trial-ending", "payment-received",
	"subscription-canceled", "subscription-reinstated",
}

func TestMailsAboutMoneySpeakOfPremiumWhereAPersonPays(t *testing.T) {
	data := maps.Clone(sample)
	data["Organization"] = ""
	for _, name := range moneyMails {
		for _, language := range []string{"en", "fr"} {
			l, err := mail.Render(name, language, data)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.ToLower(l.Subject + l.Text); !strings.Contains(said, "premium") || strings.Contains(said, "organi") {
				t.Errorf("%s in %s: got %q\n%s", name, language, l.Subject, l.Text)
			}
		}
	}
}

func TestWhoWasCanceledIsSentToTheVaultAndNotToAnInvoice(t *testing.T) {
	data := maps.Clone(sample)
	data["Number"], data["Amount"], data["Link"] = "", "", ""
	l, err := mail.Render("subscription-disabled", "en", data)
	if err != nil || strings.Contains(l.Text, "invoice") || !strings.Contains(l.Text, sample["Vault"]) {
		t.Errorf("got %v\n%s", err, l.Text)
	}
}
