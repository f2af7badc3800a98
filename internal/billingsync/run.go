package billingsync

import (
	"cmp"
	"errors"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
)

// Cause is what made a run begin.
type Cause string

// The causes.
const (
	ByDay    Cause = "daily" // also what is made up for, or tried again
	ByChange Cause = "change"
	ByPerson Cause = "person"
)

// Result is how a part of a run ended, "" while it is under way.
type Result string

// The results.
const (
	Updated   Result = "updated"
	Unchanged Result = "unchanged"
	Failed    Result = "failed"
)

// Part is what became of the license or of the sponsorships in a run.
type Part struct {
	Result Result
	Err    *fault.Error // why it failed; it always has a code
	// wait is how long the cloud asked to be left alone when it failed.
	wait time.Duration
}

// Run is one sync of an organization with the cloud.
type Run struct {
	ID             id.ID
	OrganizationID id.ID
	Cause          Cause
	StartedAt      time.Time
	EndedAt        time.Time // zero while it is under way
	License        Part
	Sponsorships   Part
	Counts         Counts
	NextRunAt      time.Time // when one that failed was to be tried again, unless asked for sooner
}

// pause returns how long to wait after a run that failed, given the failures before
// it: never shorter than the cloud asked for. See jobs.Pause for random.
func (r Run) pause(failures int, random float64) time.Duration {
	return max(jobs.Pause(failures, random), r.License.wait, r.Sponsorships.wait)
}

// Err returns why the first part that failed did, or nil when both went through.
func (r Run) Err() error {
	if err := cmp.Or(r.License.Err, r.Sponsorships.Err); err != nil {
		return err
	}
	return nil
}

// interrupted is said of a run whose server stopped, or lost it to another.
var interrupted = fault.New(fault.Invalid, "billingsync.interrupted").Coded("interrupted")

// failed returns the part that an error ended. What is kept of a fault is what
// can be told again later, to another reader: text and code.
func failed(err error) Part {
	told := fault.New(fault.Invalid, "internal").Coded("internal")
	if e, ok := errors.AsType[*fault.Error](err); ok {
		c := *e
		c.Kind, c.Field, c.Code = fault.Invalid, "", cmp.Or(e.Code, "failed")
		told = &c
	}
	return Part{Failed, told, waitOf(err)}
}

// done returns the part that went through.
func done(changed bool) Part {
	if changed {
		return Part{Result: Updated}
	}
	return Part{Result: Unchanged}
}
