package org

import (
	"coffre/internal/fault"
	"coffre/internal/plan"
)

// Purchase is an order for an organization in a cloud.
type Purchase struct {
	PlanType            plan.Type
	AdditionalSeats     int // beyond those that the plan includes
	AdditionalStorageGB int
	Trial               bool // try first, pay later
	Address             Address
}

// The most that can be ordered at once.
const (
	MaxAdditionalSeats     = 1_000_000
	MaxAdditionalStorageGB = 99
)

// Terms returns what the order grants once it is placed, or the first reason for
// which it cannot be.
func (p Purchase) Terms() (Terms, error) {
	bought, ok := plan.Of(p.PlanType)
	seats := bought.BaseSeats + p.AdditionalSeats
	switch {
	case !ok || bought.Disabled:
		return Terms{}, fault.New(fault.Invalid, "org.planNotSold").On("planType")
	case p.AdditionalSeats < 0 || p.AdditionalSeats > MaxAdditionalSeats:
		return Terms{}, fault.New(fault.Invalid, "org.seatsRange").On("additionalSeats").With("max", MaxAdditionalSeats)
	case p.AdditionalSeats > 0 && bought.SeatPrice == 0:
		return Terms{}, fault.New(fault.Invalid, "org.seatsFixed").On("additionalSeats").With("seats", bought.BaseSeats)
	case seats == 0:
		return Terms{}, fault.New(fault.Invalid, "org.noSeats").On("additionalSeats")
	case p.AdditionalStorageGB < 0 || p.AdditionalStorageGB > MaxAdditionalStorageGB:
		return Terms{}, fault.New(fault.Invalid, "org.storageRange").On("additionalStorageGb").With("max", MaxAdditionalStorageGB)
	case p.AdditionalStorageGB > 0 && bought.StoragePrice == 0:
		return Terms{}, fault.New(fault.Invalid, "org.storageNotSold").On("additionalStorageGb")
	}
	return Terms{
		Plan: bought.Name, PlanType: bought.Type, Seats: &seats, MaxCollections: limit(bought.MaxCollections),
		MaxStorageGB: new(bought.BaseStorageGB + p.AdditionalStorageGB), Features: bought.Features, Enabled: true,
	}, nil
}

// limit turns the plan's spelling of no limit, 0, into nil.
func limit(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
