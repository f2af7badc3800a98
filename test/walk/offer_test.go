package walk_test

import (
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// What the subjects of offers say.
const (
	offerEnglish = "offers you a Families plan"
	offerFrench  = "vous offre un abonnement Familles"
)

// r1 walks through the ways of an offer that is born in the cloud.
func (w *walk) r1(t *testing.T) {
	t.Run("withdrawn before it is redeemed", w.offerThatIsWithdrawn)
	t.Run("with an account, an existing organization", w.offerToAnAccount)
	t.Run("without an account, a new organization", w.offerToAStranger)
}

func (w *walk) offerThatIsWithdrawn(t *testing.T) {
	ctx := t.Context()
	eve := w.Join(t, "eve@home.example", "Eve", "en")
	home := w.buy(t, eve, "Eve's family", families)
	if err := w.ada.Offer(ctx, w.acme, eve.Email); err != nil {
		t.Fatal(err)
	}
	token := w.offerToken(t, w.Mail.Wait(t, eve.Email, offerEnglish), eve.Email, false)
	if err := w.ada.Revoke(ctx, w.acme); err != nil {
		t.Fatal(err)
	}
	if valid, err := eve.ValidateToken(ctx, token); err != nil || valid.IsTokenValid {
		t.Errorf("the token of an offer that is withdrawn: %+v, %v", valid, err)
	}
	refused(t, eve.Redeem(ctx, token, home), 400, "offer-withdrawn")
	w.sponsored(t, eve, home, false)
}

func (w *walk) offerToAnAccount(t *testing.T) {
	ctx := t.Context()
	bea := w.Join(t, "bea@famille.example", "Béa", "fr")
	home := w.buy(t, bea, "Famille de Béa", families)
	if got := profile(t, w.ada, w.acme); !got.FamilySponsorshipAvailable || got.FamilySponsorshipFriendlyName != nil {
		t.Fatalf("before the offer: %+v", got)
	}
	if err := w.ada.Offer(ctx, w.acme, bea.Email); err != nil {
		t.Fatal(err)
	}
	mail := w.Mail.Wait(t, bea.Email, offerFrench)
	token := w.offerToken(t, mail, bea.Email, false)
	if valid, err := w.ada.ValidateToken(ctx, token); err != nil || valid.IsTokenValid {
		t.Errorf("the token in another's hands: %+v, %v", valid, err)
	}
	if valid, err := bea.ValidateToken(ctx, token); err != nil || !valid.IsTokenValid {
		t.Errorf("the token in the hands of the recipient: %+v, %v", valid, err)
	}
	if err := bea.Redeem(ctx, token, home); err != nil {
		t.Fatal(err)
	}
	w.sponsored(t, bea, home, true)
	got := profile(t, w.ada, w.acme)
	if got.FamilySponsorshipValidUntil == nil || got.FamilySponsorshipAvailable {
		t.Errorf("after the redemption: %+v", got)
	}
	if err := bea.Redeem(ctx, token, home); err == nil {
		t.Error("the token is redeemed twice")
	}
	if err := w.ada.Revoke(ctx, w.acme); err != nil {
		t.Fatal(err)
	}
	got = profile(t, w.ada, w.acme)
	if got.FamilySponsorshipToDelete == nil || !*got.FamilySponsorshipToDelete || got.FamilySponsorshipValidUntil == nil {
		t.Errorf("after the end was asked for, the sponsorship ends at a date: %+v", got)
	}
	w.sponsored(t, bea, home, true)
}

func (w *walk) offerToAStranger(t *testing.T) {
	ctx := t.Context()
	camille := w.Join(t, "camille@bois.example", "Camille", "fr")
	bois := w.buy(t, camille, "Bois", enterprise)
	const stranger = "dan@home.example"
	if err := camille.Offer(ctx, bois, stranger); err != nil {
		t.Fatal(err)
	}
	mail := w.Mail.Wait(t, stranger, offerFrench)
	token := w.offerToken(t, mail, stranger, true)
	dan := harness.Person{Client: w.Cloud.Client(), Email: stranger}
	if err := dan.RegisterWithOfferToken(ctx, stranger, harness.Password, token); err != nil {
		t.Fatal(err)
	}
	if err := dan.Login(ctx, stranger, harness.Password); err != nil {
		t.Fatal(err)
	}
	home := w.buy(t, dan, "Dan's family", families)
	if err := dan.Redeem(ctx, token, home); err != nil {
		t.Fatal(err)
	}
	w.sponsored(t, dan, home, true)
	if err := dan.RemoveSponsorship(ctx, home); err != nil {
		t.Fatal(err)
	}
	got := profile(t, camille, bois)
	if got.FamilySponsorshipToDelete == nil || !*got.FamilySponsorshipToDelete {
		t.Errorf("after the family left: %+v", got)
	}
}

// offerToken follows the link of an offer as the web vault does.
func (w *walk) offerToken(t *testing.T, mail harness.Mail, email string, stranger bool) string {
	t.Helper()
	route, values := mail.Link(t, w.Cloud.URL)
	if route != "accept-families-for-enterprise" || values.Get("email") != email {
		t.Errorf("the link leads to %s for %s", route, values.Get("email"))
	}
	if got := values.Get("register") == "true"; got != stranger {
		t.Errorf("the link asks to register: %v, want %v", got, stranger)
	}
	return values.Get("token")
}

// sponsored checks what the owner of a Families organization sees on its page.
func (w *walk) sponsored(t *testing.T, owner harness.Person, org id.ID, want bool) {
	t.Helper()
	page, err := owner.Subscription(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	if page.Subscription == nil {
		t.Fatalf("no subscription: %s", page.Raw)
	}
	if got := sponsors(page); got != want {
		t.Errorf("sponsored at no cost: %v, want %v; %s", got, want, page.Raw)
	}
}

// sponsors reports whether a subscription costs nothing because somebody sponsors it.
func sponsors(page client.Subscription) bool {
	for _, item := range page.Subscription.Items {
		if item.SponsoredSubscriptionItem {
			return item.Amount == 0
		}
	}
	return false
}
