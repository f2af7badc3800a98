package billing_test

import (
	"reflect"
	"testing"

	"coffre/internal/billing"
	"coffre/internal/plan"
)

func TestItemsAddUpToThePrice(t *testing.T) {
	tests := map[string]struct {
		sub   billing.Subscription
		items []billing.Item
		cents int64
	}{
		"families": {
			billing.Subscription{PlanType: plan.FamiliesAnnually},
			[]billing.Item{{Name: "Families", UnitCents: 4000, Quantity: 1}},
			4000,
		},
		"families with storage": {
			billing.Subscription{PlanType: plan.FamiliesAnnually, ExtraStorageGB: 3},
			[]billing.Item{
				{Name: "Families", UnitCents: 4000, Quantity: 1},
				{Name: "Families, storage in GB", UnitCents: 400, Quantity: 3, AddOn: true},
			},
			5200,
		},
		// Scenario 28 of the sponsorships: storage stays to be paid.
		"sponsored with storage": {
			billing.Subscription{PlanType: plan.FamiliesAnnually, ExtraStorageGB: 3, Sponsored: true},
			[]billing.Item{
				{Name: "Families, sponsored", Quantity: 1, Sponsored: true},
				{Name: "Families, storage in GB", UnitCents: 400, Quantity: 3, AddOn: true},
			},
			1200,
		},
		"enterprise by the month": {
			billing.Subscription{PlanType: plan.EnterpriseMonthly, Seats: 7},
			[]billing.Item{{Name: "Enterprise (Monthly), seats", UnitCents: 700, Quantity: 7}},
			4900,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.sub.Items(); !reflect.DeepEqual(got, test.items) {
				t.Errorf("items: got %+v, want %+v", got, test.items)
			}
			if got := test.sub.Cents(); got != test.cents {
				t.Errorf("price: got %d, want %d", got, test.cents)
			}
		})
	}
}

func TestNextInvoiceIsLowerByTheCredit(t *testing.T) {
	tests := map[string]struct {
		sub  billing.Subscription
		want int64
	}{
		"no credit":      {billing.Subscription{PlanType: plan.FamiliesAnnually}, 4000},
		"some":           {billing.Subscription{PlanType: plan.FamiliesAnnually, CreditCents: 1500}, 2500},
		"more than that": {billing.Subscription{PlanType: plan.FamiliesAnnually, CreditCents: 5000}, 0},
		"canceled":       {billing.Subscription{PlanType: plan.FamiliesAnnually, Status: billing.Canceled}, 0},
	}
	for name, test := range tests {
		if got := test.sub.Due(); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}
