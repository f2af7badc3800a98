package doctor

import (
	"context"
	"strings"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/license"
	"coffre/internal/plan"
	"coffre/internal/seal"
)

// tokens tries the billing sync token of each organization that is connected.
func (d Doctor) tokens(ctx context.Context, cloud *billingsync.Cloud) []Finding {
	ctx, cancel := context.WithTimeout(ctx, 12*d.Patience)
	defer cancel()
	none := Finding{Check: Token}
	if !exists(d.Config.Database) {
		return []Finding{none.ok(fine("doctor.noToken"))}
	}
	opened, err := d.open(ctx)
	if err != nil {
		return nil // stored says so
	}
	defer opened.Close()
	if pending, err := opened.Pending(ctx); err != nil || len(pending) > 0 {
		return nil // stored says so
	}
	end, connections, err := d.connected(ctx, opened, cloud)
	switch {
	case err != nil:
		return []Finding{none.fault(asFault(err))}
	case len(connections) == 0:
		return []Finding{none.ok(fine("doctor.noToken"))}
	}
	findings := []Finding{}
	for _, c := range connections {
		findings = append(findings, d.token(ctx, end, c)...)
	}
	return findings
}

// connected returns the connections of a database, and what tries them.
func (d Doctor) connected(ctx context.Context, opened *db.DB, cloud *billingsync.Cloud) (*billingsync.SelfHostedEnd, []billingsync.Connection, error) {
	store := billingsync.NewSelfHostedStore(opened)
	connections, err := store.Connections(ctx)
	if err != nil || len(connections) == 0 {
		return nil, nil, err
	}
	root, found, err := seal.FindRoot(string(d.Config.Keys.Root), d.Config.Data.RootKey())
	if err != nil || !found {
		return nil, nil, err // rootKey says so
	}
	keys, err := seal.Open(ctx, opened, root, d.Now)
	if err != nil {
		return nil, nil, err
	}
	licenses := &license.SelfHostedEnd{Store: license.NewStore(opened)}
	return &billingsync.SelfHostedEnd{Store: store, Keys: keys, Licenses: licenses, Cloud: cloud, Now: d.Now}, connections, nil
}

func (d Doctor) token(ctx context.Context, end *billingsync.SelfHostedEnd, c billingsync.Connection) []Finding {
	held, err := end.Licenses.Current(ctx, c.OrganizationID)
	f := Finding{Check: Token, Subject: strings.TrimSpace(held.Name + " (" + c.OrganizationID.String() + ")")}
	if err != nil {
		return []Finding{f.fault(asFault(err))}
	}
	found, err := end.Try(ctx, c)
	if err != nil {
		return []Finding{f.fault(asFault(err))}
	}
	accepted := fine("doctor.tokenNeverUsed")
	if !c.SucceededAt.IsZero() {
		accepted = fine("doctor.tokenAccepted").With("date", c.SucceededAt.UTC().Format(time.DateTime))
	}
	return []Finding{f.ok(accepted), planOf(f.Subject, held, found)}
}

// planOf compares the plan in the cloud with the one of the license here. A cloud of
// another make does not say which plan it is.
func planOf(subject string, held license.Organization, found billingsync.Found) Finding {
	f := Finding{Check: Plan, Subject: subject}
	name, sponsors := held.Plan, held.PlanType.Sponsors()
	if found.Plan != "" {
		name = found.Plan
		for _, p := range plan.All() {
			if p.Name == name {
				sponsors = p.Type.Sponsors()
			}
		}
	}
	switch {
	case !sponsors:
		return f.warning(wrong("doctor.planTooLow", "plan-too-low").With("plan", name))
	case name != held.Plan:
		return f.warning(wrong("doctor.planChanged", "plan-changed").With("plan", name).With("licensed", held.Plan))
	}
	return f.ok(fine("doctor.planSponsors").With("plan", name))
}
