package billingsync

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
)

// Connection is the way of an organization of a self-hosted server to the cloud.
// It outlives its deletion without a key, so that the schedule and the history go
// on when somebody connects again.
type Connection struct {
	ID                  id.ID
	OrganizationID      id.ID
	Enabled             bool
	SealedKey           string // "" once it is deleted
	CloudOrganizationID id.ID
	Found               Found
	NextRunAt           time.Time // zero until an owner has triggered the first run
	LeasedUntil         time.Time // while a run is under way
	Failures            int       // since the last run that went through
	FailingSince        time.Time // when the first of them ended; zero without any
	ToldAt              time.Time // when the owners were told that they last; zero before
	SucceededAt         time.Time
	LicenseSyncedAt     time.Time
	CreatedAt           time.Time
	RevisedAt           time.Time
}

// Found is what the cloud said when the key was tried. It is empty when it was
// not, or when the cloud does not say.
type Found struct {
	OrganizationName string
	Plan             string
	Region           string
}

// Usable reports whether runs may use the connection.
func (c Connection) Usable() bool { return c.Enabled && c.SealedKey != "" }

// Running reports whether a run is under way.
func (c Connection) Running(now time.Time) bool { return c.LeasedUntil.After(now) }

// Minute returns the minute of the day, in UTC, at which an organization has its
// daily run: always the same for one, and spread over the day for many.
func Minute(organizationID id.ID) int {
	sum := sha256.Sum256(organizationID[:])
	return int(binary.BigEndian.Uint64(sum[:8]) % (24 * 60))
}

// Daily returns the next daily run of an organization.
func Daily(organizationID id.ID, after time.Time) time.Time {
	minute := Minute(organizationID)
	return jobs.Daily(minute/60, minute%60)(after)
}

// shown is how many characters of a key a person sees, to tell two keys apart.
const shown = 4

const hidden = "*" // not in the alphabet of keys

// Mask returns what may be shown of a key.
func Mask(key string) string {
	if len(key) <= 2*shown {
		return strings.Repeat(hidden, len(key))
	}
	return strings.Repeat(hidden, len(key)-shown) + key[len(key)-shown:]
}

// hello asks the cloud where the session stands. A cloud of another make does not
// know the question: then modern is false and the session is untried.
func (s Session) hello(ctx context.Context) (found Found, modern bool, err error) {
	var said greeting
	err = s.Post(ctx, "billing-sync/hello", helloRequest{s.CloudOrganizationID, s.Key}, &said)
	if fault.CodeOf(err) == CodeNotFound {
		return Found{}, false, nil
	}
	if fault.CodeOf(err) == CodeKeyUnknown {
		// A cloud of another region does not know the key either.
		if region, unheard := s.Cloud.Region(ctx); unheard == nil {
			err = cmp.Or(s.Cloud.CheckRegion(region), err)
		}
	}
	if err == nil {
		err = s.Cloud.CheckRegion(said.Region)
	}
	return Found{said.OrganizationName, said.Plan, said.Region}, true, err
}

// try finds out whether the cloud accepts the session. Where hello is not spoken
// it sends an exchange without sponsorships, which changes nothing.
func (s Session) try(ctx context.Context) (Found, error) {
	found, modern, err := s.hello(ctx)
	if err != nil || modern {
		return found, err
	}
	err = s.Post(ctx, "organization/sponsorship/sync", emptyBatch{s.Key, s.CloudOrganizationID, []struct{}{}}, nil)
	if fault.CodeOf(err) == CodeRefused {
		// Such a cloud has no codes; of an empty batch only the key can be wrong.
		return Found{}, keyRefused
	}
	if err != nil {
		return Found{}, err
	}
	found.Region, err = s.Cloud.Region(ctx)
	if err == nil {
		err = s.Cloud.CheckRegion(found.Region)
	}
	return found, err
}

// emptyBatch is an exchange of sponsorships without any.
type emptyBatch struct {
	BillingSyncKey                string     `json:"billingSyncKey"`
	SponsoringOrganizationCloudID id.ID      `json:"sponsoringOrganizationCloudId"`
	SponsorshipsBatch             []struct{} `json:"sponsorshipsBatch"`
}
