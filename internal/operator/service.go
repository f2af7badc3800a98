package operator

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/doctor"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Service is what operators may know and do. Who calls its methods is an operator:
// the routes ask for the token of one.
type Service struct {
	Store    Store
	Admins   []string // addresses that may have a link
	Mails    bool     // whether mails reach anybody
	Limits   *throttle.Limits
	Queue    *jobs.Queue
	Outbox   *mail.Outbox
	VaultURL string
	Log      *slog.Logger
	Now      func() time.Time

	Organizations *org.Service
	Accounts      *account.Service
	// TwoStep and LastActive tell of people whether they log in in two steps, and when
	// they were seen last.
	TwoStep    func(ctx context.Context, accountIDs ...id.ID) (map[id.ID]bool, error)
	LastActive func(ctx context.Context, accountIDs ...id.ID) (map[id.ID]time.Time, error)

	Settings []config.InForce
	// Examine has the doctor look at one part of the server.
	Examine func(ctx context.Context, part doctor.Part, language string) []doctor.Finding

	// What only a cloud has.
	Subscriptions func(ctx context.Context, orgIDs []id.ID) (map[id.ID]billing.Subscription, error)
	Installations *installation.Service
	SyncKeys      *billingsync.CloudEnd
	Tally         func(ctx context.Context, orgIDs ...id.ID) (map[id.ID]sponsorship.Tally, error)
	// What only a self-hosted server has.
	Syncs *billingsync.SelfHostedEnd
}

var linkOver = fault.New(fault.Invalid, "operator.linkOver").Coded("link-over")

// linkKind is the job that mails a link.
const linkKind = "operator-link"

// Schedule has the queue mail links and forget what has expired. It comes before the
// queue runs.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Handle(linkKind, s.mailLink)
	q.Every("forget-operators", jobs.Interval(time.Hour), func(ctx context.Context) error { return s.Store.Sweep(ctx, s.Now()) })
}

// MailsLinks reports whether there is anybody to whom a link could be mailed.
func (s *Service) MailsLinks() bool { return s.Mails && len(s.Admins) > 0 }

// AskForLink mails a link to an address if the settings name it. Nothing of the answer
// depends on that, nor the time that it takes: a job looks.
func (s *Service) AskForLink(ctx context.Context, email, language string) error {
	email = account.NormalizeEmail(email)
	if err := s.Limits.Take(ctx, mailing, email); err != nil {
		return err
	}
	if !s.MailsLinks() {
		return nil
	}
	return s.Queue.Add(ctx, linkKind, language+" "+email, s.Now())
}

func (s *Service) mailLink(ctx context.Context, args string) error {
	language, email, _ := strings.Cut(args, " ")
	if !s.Mails || !isAdmin(s.Admins, email) {
		return nil
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		address, l, err := s.makeLink(ctx, email)
		if err != nil {
			return err
		}
		return s.Outbox.Send(ctx, mail.Message{
			Once: linkKind + ":" + l.Hash, To: email, Template: "operator-link", Language: language, Data: map[string]string{"Link": address},
		})
	})
}

// PrintLink returns a link for whoever reads what the server prints.
func (s *Service) PrintLink(ctx context.Context) (address string, err error) {
	address, _, err = s.makeLink(ctx, "")
	return address, err
}

// makeLink returns a link. Its secret stands behind the #, which browsers keep to
// themselves.
func (s *Service) makeLink(ctx context.Context, email string) (address string, l Link, err error) {
	token, now := secret(), s.Now()
	l = Link{Hash: hash(token), Email: email, CreatedAt: now, ExpiresAt: now.Add(LinkLife)}
	return s.VaultURL + "/admin#/admin?token=" + token, l, s.Store.InsertLink(ctx, l)
}

// Enter takes the secret of a link, once, and returns the token of a session.
func (s *Service) Enter(ctx context.Context, linkToken string) (token string, v Session, err error) {
	token = prefix + secret()
	now := s.Now()
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		l, found, err := s.Store.Redeem(ctx, hash(linkToken), now)
		if err != nil {
			return err
		}
		if !found || !s.admits(l.Email) {
			return linkOver
		}
		v = Session{Hash: hash(token), Email: l.Email, CreatedAt: now}
		v.ExpiresAt = v.until(now)
		return s.Store.InsertSession(ctx, v)
	})
	if err != nil {
		return "", Session{}, err
	}
	s.note(ctx, v.Name(), "entered the operator page")
	return token, v, nil
}

// admits reports whether somebody with a link still is an operator.
func (s *Service) admits(email string) bool { return email == "" || isAdmin(s.Admins, email) }

// Find returns the session of a token, and moves its end. One that is over, and one
// whose address has left the settings, is fault.SignIn.
func (s *Service) Find(ctx context.Context, token string) (Session, error) {
	now := s.Now()
	v, found, err := s.Store.FindSession(ctx, hash(token), now)
	switch {
	case err != nil:
		return Session{}, err
	case !found || !s.admits(v.Email):
		return Session{}, fault.SignIn
	}
	if until := v.until(now); until.Sub(v.ExpiresAt) > renewal {
		v.ExpiresAt = until
		err = s.Store.Extend(ctx, v, now)
	}
	return v, err
}

// Authenticate returns who calls with an operator's token.
func (s *Service) Authenticate(ctx context.Context, token string) (web.Caller, error) {
	v, err := s.Find(ctx, token)
	if err != nil {
		return web.Caller{}, err
	}
	return web.Caller{Scope: web.ScopeOperator, Operator: v.Name()}, nil
}

// Leave ends a session.
func (s *Service) Leave(ctx context.Context, token string) error {
	return s.Store.EndSession(ctx, hash(token))
}

// note writes into the log what an operator did.
func (s *Service) note(ctx context.Context, by, did string, to ...slog.Attr) {
	s.Log.LogAttrs(ctx, slog.LevelInfo, "operator", append([]slog.Attr{
		slog.String("by", by), slog.String("did", did), slog.String("request", web.RequestID(ctx)),
	}, to...)...)
}
