package member

import (
	"coffre/internal/fault"
	"coffre/internal/org"
)

var (
	noSuchRole    = fault.New(fault.Invalid, "member.role").On("type")
	ownersOnly    = fault.New(fault.Invalid, "member.ownersOnly")
	adminsOnly    = fault.New(fault.Invalid, "member.adminsOnly")
	noCustomRoles = fault.New(fault.Invalid, "member.noCustomRoles").On("type")
	notHeld       = fault.New(fault.Invalid, "member.permissionNotHeld").On("permissions")
)

// mayManage reports why actor, who manages members, may not touch target: owners
// belong to owners, and admins to owners and admins.
func mayManage(actor, target org.Member) error { return outranks(actor, target.Type) }

// mayGrant reports why actor, who manages members, may not give somebody a role.
// One with permissions of its own needs terms that include it, and whoever has such
// a role gives away only what it holds. p counts for no other role.
func mayGrant(o org.Organization, actor org.Member, role org.Type, p org.Permissions) error {
	switch role {
	case org.Owner, org.Admin, org.User:
		return outranks(actor, role)
	case org.Custom:
		if !o.Features.UseCustomPermissions {
			return noCustomRoles
		}
		if !actor.Administers() && !actor.Granted().Include(p) {
			return notHeld
		}
		return nil
	}
	return noSuchRole
}

func outranks(actor org.Member, role org.Type) error {
	switch {
	case actor.Outranks(role):
		return nil
	case role == org.Owner:
		return ownersOnly
	}
	return adminsOnly
}
