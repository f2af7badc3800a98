package member_test

import (
	"fmt"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/policy"
)

// Scenario 90.
func TestOnlyThoseWhoHaveAcceptedAreConfirmedAndOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		invited, accepted := j.invite(t, "invited@example.com"), j.accepted(t, "accepted@example.com")
		body := object{"key": orgtest.Wrapped}
		j.bad(t, j.owner, at(invited.ID, "confirm"), body, 400, "not accepted")
		j.bad(t, j.owner, at(accepted.ID, "confirm"), object{"key": ""}, 400, `"key"`)
		j.bad(t, j.owner, at(accepted.ID, "confirm"), object{"key": orgtest.Encrypted}, 400, `"key"`)
		j.bad(t, j.owner, at(accepted.ID, "confirm"), object{"key": orgtest.Wrapped, "defaultUserCollectionName": "mine"}, 400, `"defaultUserCollectionName"`)
		j.good(t, j.owner, at(accepted.ID, "confirm"), body)
		j.bad(t, j.owner, at(accepted.ID, "confirm"), body, 400, "confirmed already")
	})
}

// Scenario 91, for those who join.
func TestMemberOfAnotherOrganizationIsAbsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		elsewhere := j.Organization(t, j.Person(t, "other@example.com"), j.org.PlanType)
		m := j.Join(t, org.Member{OrganizationID: elsewhere.ID, AccountID: j.Person(t, "zoe@example.com"), Type: org.User, Status: org.Accepted})
		j.bad(t, j.owner, at(m.ID, "confirm"), object{"key": orgtest.Wrapped}, 404, "")
		j.bad(t, j.owner, at(m.ID, "reinvite"), nil, 404, "")
		if answer := j.good(t, j.owner, "POST /public-keys", object{"ids": []id.ID{m.ID}}); !strings.Contains(answer, `"data":[]`) {
			t.Errorf("keys: %s", answer)
		}
		got := outcomes(t, j.good(t, j.owner, "POST /confirm", object{"keys": []object{{"id": m.ID, "key": orgtest.Wrapped}}}))
		if got[m.ID] == "" {
			t.Error("confirmed")
		}
	})
}

// Scenario 100.
func TestOneBadKeyKeepsNobodyElseFromBeingConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		a, b, c := j.accepted(t, "a@example.com"), j.accepted(t, "b@example.com"), j.accepted(t, "c@example.com")
		keys := []object{{"id": a.ID, "key": "4.AAAA"}, {"id": b.ID, "key": "2.AAAA|AAAA|AAAA"}, {"id": c.ID, "key": "4.BBBB"}}
		j.Said, j.Touched = nil, nil
		got := outcomes(t, j.good(t, j.owner, "POST /confirm", object{"keys": keys}))
		if len(got) != 3 || got[a.ID] != "" || got[b.ID] == "" || got[c.ID] != "" {
			t.Errorf("got %v", got)
		}
		if j.find(t, "a@example.com").Key != "4.AAAA" || j.find(t, "b@example.com").Status != org.Accepted || j.find(t, "c@example.com").Key != "4.BBBB" {
			t.Error("the wrong ones are confirmed")
		}
		if len(j.Said) != 1 || j.Said[0].Kind != notice.OrganizationKeys || len(j.Said[0].People) != 2 || len(j.Mails) != 2 || len(j.Touched) != 2 {
			t.Errorf("said %+v, mailed %+v", j.Said, j.Mails)
		}
		if types := j.RecordedTypes(t); len(types) != 2 || types[0] != event.MemberConfirmed || types[1] != event.MemberConfirmed {
			t.Errorf("recorded %v", types)
		}
	})
}

// Scenario 101, for those who join.
func TestRequestForManyNamesSomebodyAndNotTooMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		m := j.accepted(t, "zoe@example.com")
		many := func(n int) object {
			ids, keys := make([]id.ID, n), make([]object, n)
			for i := range n {
				ids[i], keys[i] = m.ID, object{"id": m.ID, "key": orgtest.Wrapped}
			}
			return object{"ids": ids, "keys": keys}
		}
		for _, route := range []string{"reinvite", "public-keys", "confirm"} {
			for _, body := range []object{many(0), {}, many(10_001)} {
				j.bad(t, j.owner, "POST /"+route, body, 400, "")
			}
			if answer := j.good(t, j.owner, "POST /"+route, many(10_000)); strings.Count(answer, m.ID.String()) != 1 {
				t.Errorf("%s: %s", route, answer)
			}
		}
	})
}

func TestPublicKeysAreOfThoseWhoHaveAccepted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.Person(t, "invited@example.com")
		invited, accepted := j.invite(t, "invited@example.com"), j.accepted(t, "accepted@example.com")
		answer := j.good(t, j.owner, "POST /public-keys", object{"ids": []id.ID{invited.ID, accepted.ID, j.find(t, "owner@example.com").ID}})
		want := fmt.Sprintf(`{"object":"organizationUserPublicKeyResponseModel","id":"%s","userId":"%s","key":"AAAA"}`, accepted.ID, accepted.AccountID)
		if !strings.Contains(answer, want) || strings.Contains(answer, invited.ID.String()) || !strings.Contains(answer, j.owner.String()) {
			t.Errorf("got %s", answer)
		}
	})
}

func TestConfirmedMembersGetACollectionOfTheirOwnWhereThatIsTheRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		user, admin := j.accepted(t, "user@example.com"), j.accepted(t, "admin@example.com")
		if _, err := d.Exec(t.Context(), `UPDATE member SET type = 1 WHERE id = $1`, admin.ID); err != nil {
			t.Fatal(err)
		}
		j.set(t, policy.Policy{Type: 5, Enabled: true})
		body := object{
			"keys":                      []object{{"id": user.ID, "key": orgtest.Wrapped}, {"id": admin.ID, "key": orgtest.Wrapped}},
			"defaultUserCollectionName": "2.BBBB|BBBB|BBBB",
		}
		j.good(t, j.owner, "POST /confirm", body)
		for accountID, want := range map[id.ID]int{user.AccountID: 1, admin.AccountID: 0} {
			assigned, err := j.Collections.AssignmentsOf(t.Context(), accountID)
			if err != nil || len(assigned) != want {
				t.Errorf("got %+v, %v, want %d", assigned, err, want)
				continue
			}
			if want == 1 && (assigned[0].Collection.Name != "2.BBBB|BBBB|BBBB" || assigned[0].Collection.Type != 1 || !assigned[0].Access.Manage) {
				t.Errorf("got %+v", assigned[0])
			}
		}
	})
}

func TestNobodyIsConfirmedByAClientAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		m := j.accepted(t, "zoe@example.com")
		if answer := j.good(t, j.owner, "GET /pending-auto-confirm", nil); !strings.Contains(answer, `"data":[]`) {
			t.Errorf("got %s", answer)
		}
		j.bad(t, j.owner, at(m.ID, "auto-confirm"), object{"key": orgtest.Wrapped}, 400, "automatically")
		j.bad(t, j.owner, "POST /bulk-auto-confirm", object{"keys": []object{}}, 400, "automatically")
		j.bad(t, m.AccountID, at(m.ID, "auto-confirm"), object{"key": orgtest.Wrapped}, 404, "")
	})
}

// A hundred times the members take the same statements.
func TestConfirmationOfManyNeedsNoStatementPerMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.set(t, policy.Policy{Type: 5, Enabled: true})
		j.confirmed(t, "x", 1) // what is done once is done
		few, many := j.confirmed(t, "a", 5), j.confirmed(t, "b", 500)
		if many > few {
			t.Errorf("500 members take %d statements, and 5 take %d", many, few)
		}
		few, many = j.invited(t, "c", 5), j.invited(t, "d", 500)
		if many > few {
			t.Errorf("500 invitations take %d statements, and 5 take %d", many, few)
		}
	})
}

// confirmed returns how many statements the confirmation of n members takes.
func (j *joining) confirmed(t *testing.T, name string, n int) int64 {
	t.Helper()
	keys := make([]member.Wrapped, n)
	for i := range keys {
		keys[i] = member.Wrapped{MemberID: j.accepted(t, fmt.Sprintf("%s%d@example.com", name, i)).ID, Key: orgtest.Wrapped}
	}
	before := j.DB.Statements()
	got, err := j.Members.Confirm(t.Context(), j.owner, j.org.ID, keys, orgtest.Encrypted)
	statements := j.DB.Statements() - before
	for _, o := range got {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	if err != nil || len(got) != n {
		t.Fatalf("%d outcomes, %v", len(got), err)
	}
	return statements
}

// invited returns how many statements the invitation of n people takes.
func (j *joining) invited(t *testing.T, name string, n int) int64 {
	t.Helper()
	j.seats(t, 2_000)
	all, err := j.Collections.List(t.Context(), j.owner, j.org.ID)
	if err != nil {
		t.Fatal(err)
	}
	inv := member.Invitation{Type: org.User, Collections: selections(all)}
	for i := range n {
		inv.Emails = append(inv.Emails, fmt.Sprintf("%s%d@example.com", name, i))
	}
	before := j.DB.Statements()
	if err := j.Members.Invite(t.Context(), j.owner, j.org.ID, inv); err != nil {
		t.Fatal(err)
	}
	return j.DB.Statements() - before
}
