package member_test

import (
	"context"
	"log/slog"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// TestAcceptanceUnderAnOldUserKeyEnrollsNobody is of a request that was under way when
// its session ended, because the key of the person became another.
func TestAcceptanceUnderAnOldUserKeyEnrollsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.set(t, policy.Policy{Type: policy.ResetPassword, Enabled: true, Data: []byte(`{"autoEnrollEnabled":true}`)})
		zoe, m := j.Person(t, "zoe@example.com"), j.invite(t, "zoe@example.com")
		stamp := "of a session that has ended"
		j.router = web.NewRouter(slog.New(slog.DiscardHandler), func(context.Context, string) (web.Caller, error) {
			return web.Caller{AccountID: zoe, Scope: web.ScopePerson, Stamp: stamp}, nil
		}, nil)
		member.Mount(j.router, j.Members)
		accepting := object{"token": j.link(t, "zoe@example.com").Get("token"), "resetPasswordKey": orgtest.Wrapped}
		j.bad(t, zoe, at(m.ID, "accept"), accepting, 401, "")
		if m := j.find(t, "zoe@example.com"); m.Status != org.Invited || m.ResetPasswordKey != "" {
			t.Errorf("got %+v", m)
		}
		stamp = "stamp"
		j.good(t, zoe, at(m.ID, "accept"), accepting)
	})
}

// TestKeysForRecoveryAreWrittenTogether is of what a rotation writes.
func TestKeysForRecoveryAreWrittenTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		keys, kept := map[id.ID]string{}, j.accepted(t, "kim@example.com")
		if err := j.Members.Rewrap(t.Context(), map[id.ID]string{kept.ID: orgtest.Wrapped}); err != nil {
			t.Fatal(err)
		}
		for email, key := range map[string]string{"zoe@example.com": "4.BBBB", "yan@example.com": "4.CCCC", "bob@example.com": ""} {
			keys[j.accepted(t, email).ID] = key
		}
		for _, wanted := range []map[id.ID]string{keys, {}} {
			if err := j.Members.Rewrap(t.Context(), wanted); err != nil {
				t.Fatal(err)
			}
		}
		keys[kept.ID] = orgtest.Wrapped
		for memberID, key := range keys {
			if m, err := j.Orgs.MemberByID(t.Context(), memberID); err != nil || m.ResetPasswordKey != key {
				t.Errorf("got %q, %v, want %q", m.ResetPasswordKey, err, key)
			}
		}
	})
}
