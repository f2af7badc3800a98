package member

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/throttle"
)

// Service is what the rest of the server may do with members.
type Service struct {
	Store         Store
	Accounts      *account.Service
	Keys          *seal.Keys
	Organizations *org.Service
	Collections   *collection.Service
	Policies      *policy.Service
	Limits        *throttle.Limits
	Now           func() time.Time
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
	// Mail queues mails in the transaction of ctx.
	Mail     func(ctx context.Context, list ...mail.Message) error
	VaultURL string // the web vault, without a slash at the end
	// Verification says that people prove their address by a mailed link. Where they
	// do not, an invitation is accepted for those who have an account.
	Verification bool
	InviteLife   time.Duration // how long an invitation can be accepted
	// AddSeats buys seats for an organization, in the transaction of ctx. It is nil
	// where none are sold.
	AddSeats func(ctx context.Context, orgID id.ID, n int) error
	// Departing ends what another room keeps for members who are about to go, in the
	// transaction of ctx. It is nil where nothing is kept.
	Departing func(ctx context.Context, orgID id.ID, memberIDs []id.ID) error
	// MailCodes sets up two-step login by mailed codes for somebody who has just
	// proved their address.
	MailCodes func(ctx context.Context, a account.Account) error
	// HasTwoStep reports which of some accounts log in in two steps.
	HasTwoStep func(ctx context.Context, accountIDs ...id.ID) (map[id.ID]bool, error)
}
