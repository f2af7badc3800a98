package sponsorship_test

import (
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// families buys a Families organization, paid for a year, with storage.
func (c *cloud) families(t testing.TB, owner id.ID) org.Organization {
	t.Helper()
	o, err := c.orgs.Buy(t.Context(), owner, org.New{Name: "Family", BillingEmail: "bills@family.example", Key: "4.AAAA"},
		org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 2})
	must(t, err)
	return o
}

// subscription returns what an organization pays for.
func (c *cloud) subscription(t testing.TB, orgID id.ID) billing.Subscription {
	t.Helper()
	s, found, err := c.money.Find(t.Context(), orgID)
	must(t, err)
	if !found {
		t.Fatal("no subscription")
	}
	return s
}

// sponsored reports whether a subscription is free.
func (c *cloud) sponsored(t testing.TB, orgID id.ID) bool {
	t.Helper()
	return c.subscription(t, orgID).Sponsored
}

func (c *cloud) paidUntil(t testing.TB, orgID id.ID) time.Time {
	t.Helper()
	return c.subscription(t, orgID).PeriodEnd
}

// taken is an offer that somebody may take up, or has redeemed.
type taken struct {
	caller id.ID
	email  string
	org    org.Organization
	token  string
}
