package registration_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/registration"
)

// invited is a newcomer with the token of an invitation.
func invited(email string) registration.Newcomer {
	n := newcomer(email, "")
	n.MemberID = id.New()
	n.InviteToken = "invitation of " + n.MemberID.String() + " at zoe@example.com"
	return n
}

// Scenario 21.
func TestInvitationOpensClosedRegistrationAndProvesTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Open = false
		if err := w.Register(t.Context(), invited("Zoe@example.com")); err != nil {
			t.Fatal(err)
		}
		a, known, err := w.Accounts.FindByEmail(t.Context(), "zoe@example.com")
		if err != nil || !known || !a.EmailVerified || !slices.Equal(w.registered, []string{"zoe@example.com, invited: true"}) {
			t.Errorf("got %+v, %v, welcomed %q", a, err, w.registered)
		}
		refused(t, w.Register(t.Context(), invited("zoe@example.com")), "account.taken")
	})
}

func TestClientsBringTheInvitationOfTheirLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Open = false
		body := newBody("zoe@example.com", "")
		body["orgInviteToken"] = invited("zoe@example.com").InviteToken
		body["organizationUserId"] = id.New()
		if status, answer := w.post(t, finishPath, body); status != http.StatusBadRequest {
			t.Errorf("the invitation of another: %d %s", status, answer)
		}
		n := invited("zoe@example.com")
		body["orgInviteToken"], body["organizationUserId"] = n.InviteToken, n.MemberID
		if status, answer := w.post(t, finishPath, body); status != http.StatusOK {
			t.Errorf("got %d %s", status, answer)
		}
	})
}

// Scenario 21.
func TestInvitationIsForItsAddressAndMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		refused(t, w.Register(t.Context(), invited("other@example.com")), "registration.badInvitation")
		n := invited("zoe@example.com")
		n.MemberID = id.New()
		refused(t, w.Register(t.Context(), n), "registration.badInvitation")
		n.MemberID = id.ID{}
		refused(t, w.Register(t.Context(), n), "registration.noToken")
		outage := errors.New("the database is away")
		w.Invited = func(context.Context, id.ID, string, string) error { return outage }
		if err := w.Register(t.Context(), invited("zoe@example.com")); !errors.Is(err, outage) {
			t.Errorf("got %v, want the outage", err)
		}
	})
}

// Where nothing is mailed, nobody can bring the token of an invitation.
func TestWithoutMailAnInvitedAddressMayRegisterWhereOthersMayNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Open, w.Verification = false, false
		_, err := w.Start(t.Context(), "zoe@example.com", "", "en")
		refused(t, err, "registration.closed")
		token, err := w.Start(t.Context(), "awaited@example.com", "", "en")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Register(t.Context(), newcomer("awaited@example.com", token)); err != nil {
			t.Fatal(err)
		}
		a, _, err := w.Accounts.FindByEmail(t.Context(), "awaited@example.com")
		if err != nil || a.EmailVerified || !slices.Equal(w.registered, []string{"awaited@example.com, invited: false"}) {
			t.Errorf("verified %v, %v, welcomed %q", a.EmailVerified, err, w.registered)
		}
		w.Verification = true
		_, err = w.Start(t.Context(), "awaited too@example.com", "", "en")
		refused(t, err, "registration.closed")
	})
}
