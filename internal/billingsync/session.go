package billingsync

import (
	"context"
	"net/http"

	"coffre/internal/id"
)

// CheckKey is how other rooms ask CloudEnd.CheckKey whether an installation may
// speak for an organization.
type CheckKey func(ctx context.Context, installationID, organizationID id.ID, key string) error

// Session is the way of one organization to its counterpart in the cloud, for the
// length of one run.
type Session struct {
	Cloud               *Cloud
	OrganizationID      id.ID // of this server
	CloudOrganizationID id.ID
	Key                 string // the billing sync key; the cloud wants it in each body
	// Hold prolongs the run's hold on the organization in the transaction of ctx, and
	// fails when the run has lost it to another. It is nil outside of a run.
	Hold func(ctx context.Context) error
}

// Guard is called in each transaction that writes for the session: it fails when the
// run does not count any more, and nobody takes it over before the transaction ends.
func (s Session) Guard(ctx context.Context) error {
	if s.Hold == nil {
		return nil
	}
	return s.Hold(ctx)
}

// Post sends in as JSON to a path of the cloud's API, such as
// "organization/sponsorship/sync", and reads the answer into out. Its faults are
// those of Cloud.Call.
func (s Session) Post(ctx context.Context, path string, in, out any) error {
	return s.Cloud.Call(ctx, ScopeSync, http.MethodPost, path, in, out)
}

// Counts is what an exchange of sponsorships did.
type Counts struct {
	Sent     int // rows that the cloud was told of
	Accepted int
	Refused  int
	Removed  int // rows that are gone from this server now
}
