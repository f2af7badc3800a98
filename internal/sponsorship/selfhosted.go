package sponsorship

import (
	"context"

	"coffre/internal/id"
)

// SelfHosted is the side on which wishes are made by members of a self-hosted
// organization. The cloud decides what becomes of them.
type SelfHosted struct {
	Service
	// Changed asks for a sync soon, in the transaction of ctx.
	Changed func(ctx context.Context, orgID id.ID) error
}

// Offer wishes to sponsor somebody in the name of the caller; the cloud writes to
// them once it has accepted that. The wish that the caller had before becomes this
// one. It returns fault.Gone to a stranger of the organization, else the reason
// why not, as far as it is known here.
func (h *SelfHosted) Offer(ctx context.Context, caller, orgID id.ID, r Recipient) error {
	return h.locked(ctx, orgID, func(ctx context.Context) error {
		_, v, err := h.wish(ctx, caller, orgID, r)
		if err != nil {
			return err
		}
		return h.save(ctx, v)
	})
}

// Revoke takes the caller's wish back. One that has never left this server is
// gone; any other waits for the cloud to know. Again changes nothing.
func (h *SelfHosted) Revoke(ctx context.Context, caller, orgID id.ID) error {
	return h.locked(ctx, orgID, func(ctx context.Context) error {
		v, err := h.own(ctx, caller, orgID)
		if err != nil {
			return err
		}
		return h.withdraw(ctx, v)
	})
}

// RevokeAdminInitiated does so with one that an admin has made, for whoever
// manages members.
func (h *SelfHosted) RevokeAdminInitiated(ctx context.Context, caller, orgID id.ID, friendlyName string) error {
	return h.locked(ctx, orgID, func(ctx context.Context) error {
		v, err := h.adminInitiated(ctx, caller, orgID, friendlyName)
		if err != nil {
			return err
		}
		return h.withdraw(ctx, v)
	})
}

func (h *SelfHosted) withdraw(ctx context.Context, v Sponsorship) error {
	switch {
	case v.Wish.Revoked:
		return nil
	case v.Sent == 0:
		return h.Store.Delete(ctx, v.ID)
	}
	return h.save(ctx, v.withdrawn(h.Now()))
}

func (h *SelfHosted) save(ctx context.Context, v Sponsorship) error {
	if err := h.Store.Save(ctx, v); err != nil {
		return err
	}
	if err := h.touch(ctx, v); err != nil {
		return err
	}
	return h.Changed(ctx, v.OrganizationID)
}
