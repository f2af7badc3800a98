package app

import (
	"context"
	"encoding/hex"
	"strings"

	"coffre/internal/attachment"
	"coffre/internal/blob"
	"coffre/internal/config"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/send"
)

// newBlobs makes what keeps files, where the settings say.
func (a *App) newBlobs() (err error) {
	if a.bucket, err = a.openBucket(); err != nil {
		return err
	}
	a.rooms.blobs = &blob.Service{
		Store: blob.NewStore(a.db), Bucket: a.bucket, Keys: a.keys, Now: a.clock.Now, Queue: a.queue, Quota: a.quota,
		Abandoned: func(ctx context.Context, b blob.Blob) error {
			if err := a.rooms.attachments.Abandoned(ctx, b); err != nil {
				return err
			}
			return a.rooms.sends.Abandoned(ctx, b)
		},
	}
	a.rooms.blobs.Schedule(a.queue)
	return nil
}

func (a *App) openBucket() (blob.Bucket, error) {
	if a.config.Files.Store == config.InFolder {
		return blob.OpenFolder(a.config.Data.Attachments())
	}
	// Servers that share a bucket must not clean up after each other.
	own, err := a.keys.Derive("bucket", 8)
	if err != nil {
		return nil, err
	}
	s := a.config.Files.S3
	endpoint, plain := strings.CutPrefix(string(s.Endpoint), "http://")
	return blob.OpenS3(blob.S3{
		Endpoint: strings.TrimPrefix(endpoint, "https://"), Plain: plain, Region: s.Region, Bucket: s.Bucket, AccessKey: s.AccessKey,
		SecretKey: string(s.SecretKey), PathStyle: s.PathStyle, Prefix: config.Join(s.Prefix, hex.EncodeToString(own)),
	})
}

// quota returns how many bytes of storage somebody has: an organization by its plan,
// a person what a premium subscription of their own gives, and at home enough for
// everybody.
func (a *App) quota(ctx context.Context, o blob.Owner) (int64, error) {
	if !o.OrganizationID.IsZero() {
		of, err := a.rooms.org.Get(ctx, o.OrganizationID)
		if err != nil || of.MaxStorageGB == nil {
			return 0, err
		}
		return int64(*of.MaxStorageGB) * blob.GB, nil
	}
	if a.config.SelfHosted {
		return org.SelfHostedStorageGB * blob.GB, nil
	}
	sub, _, err := a.sales.Premium(ctx, o.AccountID)
	return int64(plan.Premium.BaseStorageGB+sub.ExtraStorageGB) * blob.GB, err
}

// newAttachments makes what keeps the files of items.
func (a *App) newAttachments() *attachment.Service {
	return &attachment.Service{
		Store: attachment.NewStore(a.db), Ciphers: a.rooms.ciphers, Accounts: a.rooms.accounts, Blobs: a.rooms.blobs, Now: a.clock.Now,
		VaultURL: a.vault,
	}
}

// closeWithFiles has the files of an organization go with it.
func (a *App) closeWithFiles() {
	others := a.rooms.org.Closing
	a.rooms.org.Closing = func(ctx context.Context, o org.Organization) error {
		if err := a.rooms.blobs.DropOf(ctx, blob.Owner{OrganizationID: o.ID}); err != nil {
			return err
		}
		return others(ctx, o)
	}
}

// newSends makes what shares texts and files.
func (a *App) newSends() *send.Service {
	return &send.Service{
		Store: send.NewStore(a.db), Accounts: a.rooms.accounts, Policies: a.rooms.policies, Blobs: a.rooms.blobs, Keys: a.keys,
		Limits: a.limits, Now: a.clock.Now, Sleep: a.sleep, Mail: a.outbox.Send, Announce: a.push.Announce,
		Record: a.rooms.events.RecordAbout, VaultURL: a.vault, Verification: a.config.MailVerification(),
	}
}
