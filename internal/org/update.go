package org

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Details are what an owner may say of an organization. What is nil or "" stays as
// it is.
type Details struct {
	Name         string
	BusinessName *string
	BillingEmail string
	PublicKey    string // with PrivateKey, for an organization that has no pair yet
	PrivateKey   string
}

var namesByLicense = fault.New(fault.Invalid, "org.namesByLicense")

// apply puts d on o. A license dictates the names of its organization and would
// bring them back with its next renewal, so another name is refused there instead
// of forgotten.
func (d Details) apply(o *Organization) error {
	was := *o
	if d.Name != "" {
		o.Name = d.Name
	}
	if d.BusinessName != nil {
		o.BusinessName = *d.BusinessName
	}
	if d.BillingEmail != "" {
		o.BillingEmail = d.BillingEmail
	}
	if o.Basis != License {
		return nil
	}
	switch {
	case o.Name != was.Name:
		return namesByLicense.On("name")
	case o.BusinessName != was.BusinessName:
		return namesByLicense.On("businessName")
	case o.BillingEmail != was.BillingEmail:
		return namesByLicense.On("billingEmail")
	}
	return nil
}

// Update changes what an organization is called and where its bills go, for an
// owner, also while it is disabled: it is how a bill finds its way again. It is
// fault.Gone to everyone else.
func (s *Service) Update(ctx context.Context, caller, orgID id.ID, d Details) (Organization, error) {
	return s.change(ctx, caller, orgID, func(ctx context.Context, o *Organization) error {
		if err := d.apply(o); err != nil {
			return err
		}
		if d.PublicKey != "" && o.PublicKey == "" {
			if _, err := s.Store.SetKeys(ctx, orgID, d.PublicKey, d.PrivateKey, s.Now()); err != nil {
				return err
			}
			o.PublicKey, o.PrivateKey = d.PublicKey, d.PrivateKey
		}
		if err := s.RecordUpdate(ctx, orgID); err != nil {
			return err
		}
		return s.TellMembers(ctx, orgID)
	})
}

// ChangedSettings are the settings to change; nil stays as it is.
type ChangedSettings struct {
	LimitCollectionCreation *bool `json:"limitCollectionCreation"`
	LimitCollectionDeletion *bool `json:"limitCollectionDeletion"`
	LimitItemDeletion       *bool `json:"limitItemDeletion"`
	AdminsReachAllItems     *bool `json:"allowAdminAccessToAllCollectionItems"`
}

// apply puts c on the settings of an organization, and returns what changed.
func (c ChangedSettings) apply(settings *Settings) []event.Type {
	changed := []event.Type{}
	for _, one := range []struct {
		want *bool
		is   *bool
		on   event.Type // the number after it is off
	}{
		{c.LimitCollectionCreation, &settings.LimitCollectionCreation, event.CollectionCreationLimit},
		{c.LimitCollectionDeletion, &settings.LimitCollectionDeletion, event.CollectionDeletionLimit},
		{c.LimitItemDeletion, &settings.LimitItemDeletion, event.ItemDeletionLimit},
		{c.AdminsReachAllItems, &settings.AdminsReachAllItems, event.AdminsReachAllItems},
	} {
		if one.want == nil || *one.want == *one.is {
			continue
		}
		*one.is = *one.want
		if *one.want {
			changed = append(changed, one.on)
		} else {
			changed = append(changed, one.on+1)
		}
	}
	return changed
}

// ManageCollections changes how far members and admins may go with collections, for
// an owner; it is fault.Gone to everyone else and while the organization is disabled.
func (s *Service) ManageCollections(ctx context.Context, caller, orgID id.ID, c ChangedSettings) (Organization, error) {
	return s.change(ctx, caller, orgID, func(ctx context.Context, o *Organization) error {
		if !o.Enabled {
			return fault.Gone
		}
		changed := c.apply(&o.Settings)
		if len(changed) == 0 {
			return nil
		}
		events := make([]event.Event, len(changed))
		for i, what := range changed {
			events[i] = event.Event{OrganizationID: orgID, Type: what}
		}
		if err := s.Record(ctx, events...); err != nil {
			return err
		}
		s.Announce(ctx, settingsOf(*o))
		return s.TouchMembers(ctx, orgID)
	})
}

func settingsOf(o Organization) notice.Notice {
	return notice.Notice{
		Kind: notice.CollectionSettings, Organization: o.ID, OrganizationID: o.ID, Everywhere: true,
		Members: map[string]any{
			"LimitCollectionCreation":              o.Settings.LimitCollectionCreation,
			"LimitCollectionDeletion":              o.Settings.LimitCollectionDeletion,
			"LimitItemDeletion":                    o.Settings.LimitItemDeletion,
			"AllowAdminAccessToAllCollectionItems": o.Settings.AdminsReachAllItems,
		},
	}
}

// change lets fn change an organization for a confirmed owner, alone.
func (s *Service) change(ctx context.Context, caller, orgID id.ID, fn func(context.Context, *Organization) error) (o Organization, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Lock(ctx, orgID); err != nil {
			return err
		}
		if o, err = s.ForOwner(ctx, caller, orgID); err != nil {
			return err
		}
		if err := fn(ctx, &o); err != nil {
			return err
		}
		o.RevisedAt = s.Now()
		return s.Store.Update(ctx, o)
	})
	if err != nil {
		return Organization{}, err
	}
	return o, nil
}
