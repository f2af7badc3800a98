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
	return h.Locked(ctx, orgID, func(ctx context.Context) error {
		_, one, err := h.wish(ctx, caller, orgID, r)
		if err != nil {
			return err
		}
		return h.save(ctx, person(caller), one)
	})
}

// Revoke takes the caller's wish back. One that has never left this server is
// gone; any other waits for the cloud to know. Again changes nothing.
func (h *SelfHosted) Revoke(ctx context.Context, caller, orgID id.ID) error {
	return h.Locked(ctx, orgID, func(ctx context.Context) error {
		v, err := h.own(ctx, caller, orgID)
		if err != nil {
			return err
		}
		return h.withdraw(ctx, person(caller), v)
	})
}

// RevokeAdminInitiated does so with one that an admin has made, by its id or its
// friendly name, for whoever manages members.
func (h *SelfHosted) RevokeAdminInitiated(ctx context.Context, caller, orgID id.ID, which string) error {
	return h.Locked(ctx, orgID, func(ctx context.Context) error {
		v, err := h.adminInitiated(ctx, caller, orgID, which)
		if err != nil {
			return err
		}
		return h.withdraw(ctx, person(caller), v)
	})
}

// withdraw takes wishes of one organization back.
func (h *SelfHosted) withdraw(ctx context.Context, by Actor, list ...Sponsorship) error {
	var waiting, unheard []Step
	for _, v := range list {
		switch gone := v.Withdrawn(h.Now()); {
		case v.Wish.Revoked:
		case v.Sent == 0:
			unheard = append(unheard, Step{v, gone.Ended(CodeRevoked, h.Now())})
		default:
			waiting = append(waiting, Step{v, gone})
		}
	}
	if err := h.forget(ctx, by, unheard); err != nil {
		return err
	}
	return h.save(ctx, by, waiting...)
}

// forget deletes wishes of which nobody else has ever heard; only the log keeps them.
func (h *SelfHosted) forget(ctx context.Context, by Actor, steps []Step) error {
	if len(steps) == 0 {
		return nil
	}
	ids, list := make([]id.ID, len(steps)), make([]Sponsorship, len(steps))
	for i, one := range steps {
		ids[i], list[i] = one.Before.ID, one.Before
	}
	if err := h.Store.Delete(ctx, ids); err != nil {
		return err
	}
	if err := h.Store.Record(ctx, entries(by, h.Now(), steps)...); err != nil {
		return err
	}
	return h.touch(ctx, list...)
}

// save stores changed wishes of one organization and asks for a sync.
func (h *SelfHosted) save(ctx context.Context, by Actor, steps ...Step) error {
	if len(steps) == 0 {
		return nil
	}
	if err := h.Keep(ctx, by, steps...); err != nil {
		return err
	}
	return h.Changed(ctx, steps[0].After.OrganizationID)
}
