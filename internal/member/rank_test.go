package member_test

import (
	"testing"

	"coffre/internal/fault"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// custom manages members and groups, and nothing else.
var custom = org.Member{
	Type: org.Custom, Status: org.Confirmed, Permissions: org.Permissions{ManageUsers: true, ManageGroups: true},
}

// Scenarios 94 and 95.
func TestOwnersAndAdminsAreTouchedByTheirEquals(t *testing.T) {
	owner, admin := org.Member{Type: org.Owner, Status: org.Confirmed}, org.Member{Type: org.Admin, Status: org.Confirmed}
	user := org.Member{Type: org.User, Status: org.Confirmed}
	tests := map[string]struct {
		actor, target org.Member
		want          string
	}{
		"owner, owner":                  {owner, owner, ""},
		"owner, admin":                  {owner, admin, ""},
		"admin, owner":                  {admin, owner, "member.ownersOnly"},
		"admin, an owner who waits":     {admin, org.Member{Type: org.Owner, Status: org.Accepted}, "member.ownersOnly"},
		"admin, admin":                  {admin, admin, ""},
		"admin, custom":                 {admin, custom, ""},
		"admin, user":                   {admin, user, ""},
		"custom, owner":                 {custom, owner, "member.ownersOnly"},
		"custom, admin":                 {custom, admin, "member.adminsOnly"},
		"custom, custom":                {custom, custom, ""},
		"custom, user":                  {custom, user, ""},
		"an owner who waits, and admin": {org.Member{Type: org.Owner, Status: org.Accepted}, admin, "member.adminsOnly"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := keyOf(member.MayManage(test.actor, test.target)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Scenarios 94, 95 and 98.
func TestRolesAreGivenFromAbove(t *testing.T) {
	owner, admin := org.Member{Type: org.Owner, Status: org.Confirmed}, org.Member{Type: org.Admin, Status: org.Confirmed}
	groups, policies := org.Permissions{ManageGroups: true}, org.Permissions{ManageGroups: true, ManagePolicies: true}
	all := org.Organization{Features: plan.Features{UseCustomPermissions: true}}
	tests := map[string]struct {
		actor       org.Member
		role        org.Type
		permissions org.Permissions
		want        string
	}{
		"an owner makes an owner":            {owner, org.Owner, org.Permissions{}, ""},
		"an admin makes an owner":            {admin, org.Owner, org.Permissions{}, "member.ownersOnly"},
		"an admin makes an admin":            {admin, org.Admin, org.Permissions{}, ""},
		"an admin makes a role of any kind":  {admin, org.Custom, policies, ""},
		"custom makes an owner":              {custom, org.Owner, org.Permissions{}, "member.ownersOnly"},
		"custom makes an admin":              {custom, org.Admin, org.Permissions{}, "member.adminsOnly"},
		"custom makes a user":                {custom, org.User, policies, ""},
		"custom gives what it holds":         {custom, org.Custom, groups, ""},
		"custom gives what it does not hold": {custom, org.Custom, policies, "member.permissionNotHeld"},
		"the role that was removed":          {owner, 3, org.Permissions{}, "member.role"},
		"a role that never was":              {owner, -1, org.Permissions{}, "member.role"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := keyOf(member.MayGrant(all, test.actor, test.role, test.permissions)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := keyOf(member.MayGrant(org.Organization{}, owner, org.Custom, groups)); got != "member.noCustomRoles" {
		t.Errorf("terms without roles of their own: got %q", got)
	}
}

// keyOf names a fault; "" is none.
func keyOf(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // Faults are not wrapped here.
		return f.Key
	}
	return err.Error()
}
