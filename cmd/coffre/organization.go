package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"coffre/internal/app"
	"coffre/internal/id"
)

type organizationCommand struct {
	List         organizationList         `cmd:"" help:"List all organizations, with their ids."`
	Show         organizationShow         `cmd:"" help:"Show an organization."`
	Disable      organizationDisable      `cmd:"" help:"Disable an organization until it is enabled here again, whatever is paid or licensed."`
	Enable       organizationEnable       `cmd:"" help:"Let an organization be enabled again, as far as its subscription or license goes."`
	AdminGifts   organizationAdminGifts   `cmd:"" name:"admin-sponsorships" help:"Let the admins of an Enterprise organization sponsor people who are no members, each for a seat."`
	MailDeletion organizationMailDeletion `cmd:"" help:"Mail the owners of an organization a link with which it can be deleted without logging in."`
}

// organization names one on the command line.
type organization struct {
	place
	ID string `arg:"" help:"Id of the organization."`
}

// ask has the running server do something with the organization.
func (o organization) ask(ctx context.Context, what string, out any) error {
	organizationID, err := id.Parse(o.ID)
	if err != nil {
		return usageError(o.ID + " is no id of an organization: coffre organization list shows them")
	}
	return o.place.ask(ctx, "/organization/"+what, app.OrganizationWanted{ID: organizationID}, out)
}

type organizationList struct{ place }

// Run prints a line for each organization.
func (c organizationList) Run(ctx context.Context, t terminal) error {
	var list []app.OrganizationStory
	if err := c.ask(ctx, "/organization/list", struct{}{}, &list); err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(t.out, "There is none.")
	}
	for _, o := range list {
		fmt.Fprintf(t.out, "%s  %-24s  %-8s  %4d members  %s\n", o.ID, o.Plan, stateOfOrganization(o), o.Members, o.Name)
	}
	return nil
}

// stateOfOrganization says in a word whether people can work in an organization.
func stateOfOrganization(o app.OrganizationStory) string {
	if o.Enabled {
		return "enabled"
	}
	return "disabled"
}

type organizationShow struct{ organization }

// Run prints all of an organization.
func (c organizationShow) Run(ctx context.Context, t terminal) error {
	var o app.OrganizationStory
	if err := c.ask(ctx, "show", &o); err != nil {
		return err
	}
	seats := "no limit"
	if o.Seats != nil {
		seats = fmt.Sprint(*o.Seats)
	}
	for _, line := range [][2]string{
		{"name", o.Name},
		{"id", o.ID.String()},
		{"state", stateOfOrganization(o) + whyDisabled(o)},
		{"plan", o.Plan + standsOn(o)},
		{"created", o.CreatedAt.Format(time.DateOnly)},
		{"owners", strings.Join(o.Owners, ", ")},
		{"billing", o.BillingEmail},
		{"members", fmt.Sprint(o.Members)},
		{"seats", fmt.Sprintf("%d taken of %s", o.SeatsTaken, seats)},
		{"collections", fmt.Sprint(o.Collections)},
		{"groups", fmt.Sprint(o.Groups)},
	} {
		fmt.Fprintf(t.out, "%-12s %s\n", line[0]+":", line[1])
	}
	return nil
}

func whyDisabled(o app.OrganizationStory) string {
	switch {
	case o.Suspended:
		return " by the operator"
	case !o.Enabled:
		return " by its " + o.Basis
	}
	return ""
}

func standsOn(o app.OrganizationStory) string {
	if o.Basis == "own" {
		return ", of this server alone"
	}
	end := ""
	if o.ExpiresAt != nil {
		end = " until " + o.ExpiresAt.Format(time.DateOnly)
	}
	return ", by " + o.Basis + end
}

type organizationDisable struct{ organization }

// Run disables the organization.
func (c organizationDisable) Run(ctx context.Context, t terminal) error {
	var o app.OrganizationStory
	if err := c.ask(ctx, "disable", &o); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "%s is disabled. Its members' clients show nothing of its vault until you enable it.\n", o.Name)
	return err
}

type organizationEnable struct{ organization }

// Run enables the organization, if nothing else keeps it disabled.
func (c organizationEnable) Run(ctx context.Context, t terminal) error {
	var o app.OrganizationStory
	if err := c.ask(ctx, "enable", &o); err != nil {
		return err
	}
	if !o.Enabled {
		_, err := fmt.Fprintf(t.out, "%s is not disabled by you any more, but still by its %s.\n", o.Name, o.Basis)
		return err
	}
	_, err := fmt.Fprintf(t.out, "%s is enabled.\n", o.Name)
	return err
}

type organizationAdminGifts struct {
	organization
	Off bool `help:"No longer; what was given goes on until its paid time is over."`
}

// Run switches sponsorships by admins on or off.
func (c organizationAdminGifts) Run(ctx context.Context, t terminal) error {
	var o app.OrganizationStory
	what, text := "admin-sponsorships/on", "The admins of %s may sponsor people who are no members. A new license tells its own server so.\n"
	if c.Off {
		what, text = "admin-sponsorships/off", "The admins of %s may sponsor nobody any more. A new license tells its own server so.\n"
	}
	if err := c.ask(ctx, what, &o); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, text, o.Name)
	return err
}

type organizationMailDeletion struct{ organization }

// Run mails the links.
func (c organizationMailDeletion) Run(ctx context.Context, t terminal) error {
	var mailed app.LinksMailed
	if err := c.ask(ctx, "mail-deletion", &mailed); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "A link that works for one day is mailed to %s. Nothing is deleted before somebody opens it and agrees.\n",
		strings.Join(mailed.Addresses, ", "))
	return err
}
