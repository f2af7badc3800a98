package sponsorship

import (
	"context"
	"time"

	"coffre/internal/id"
	"coffre/internal/web"
)

// What says what a Change did.
type What string

// What can become of a sponsorship. What only puts a date off or sends a mail again
// is a change too; what is acknowledged, stamped or told is none.
const (
	WasRequested  What = "requested"
	WasOffered    What = "offered"
	WasSentAgain  What = "sent-again"
	WasRedirected What = "redirected" // to another recipient
	WasRefused    What = "refused"
	WasRedeemed   What = "redeemed"
	WasRenewed    What = "renewed"
	WasRevoked    What = "revoked" // by the side of birth
	WasRemoved    What = "removed" // by the owner of the Families organization
	WasClosed     What = "closed"  // ends with its paid time, for the reason in the code
	WasEnded      What = "ended"
	// WasSelfRefused is no change of state: somebody tried to redeem what they give.
	WasSelfRefused What = "self-refused"
)

// Change is an entry of the log of an organization's sponsorships. Every change of
// state leaves exactly one, in the transaction of the change.
type Change struct {
	ID             id.ID
	SponsorshipID  id.ID
	OrganizationID id.ID // that gives; zero when it was deleted before
	// ActorID is the account that acted. It is zero when another server did, and with
	// InstallationID zero too when the time was over or the cloud has decided.
	ActorID        id.ID
	InstallationID id.ID
	What           What
	State          State // after it
	Code           string
	At             time.Time
}

// Step is a sponsorship before and after a change; Before is zero of a new one.
type Step struct{ Before, After Sponsorship }

// what returns what a step did, "" when nothing that anybody has to know.
func (s Step) what() What {
	was, is := s.Before, s.After
	switch {
	case is.Wish.Revoked && !was.Wish.Revoked:
		return WasRevoked
	case was.ID.IsZero():
		return whatOf[is.Outcome.State]
	case is.Outcome.State == Ending && is.Outcome.Code == CodeRemoved && was.Outcome.State != Ending:
		return WasRemoved
	case is.Wish.Offer != was.Wish.Offer && !is.Wish.Is(was.Wish.Email):
		return WasRedirected
	case is.Wish.Offer != was.Wish.Offer:
		return WasSentAgain
	case is.Outcome.State != was.Outcome.State:
		return whatOf[is.Outcome.State]
	case is.Outcome.State == Active && !is.Outcome.ValidUntil.Equal(was.Outcome.ValidUntil):
		return WasRenewed
	}
	return ""
}

var whatOf = map[State]What{
	Requested: WasRequested, Offered: WasOffered, Refused: WasRefused, Active: WasRedeemed, Ending: WasClosed, Ended: WasEnded,
}

// Actor is who changes a sponsorship: an account, or a server that syncs. The zero
// Actor is the cloud that decides, or the time that is over. Who is self takes what
// they give.
type Actor struct {
	Account, Installation id.ID
	self                  bool
}

var nobody Actor

func person(accountID id.ID) Actor { return Actor{Account: accountID} }

// requester is who sent the request of ctx, for what follows from other rooms.
func requester(ctx context.Context) Actor {
	caller := web.CallerOf(ctx)
	return Actor{Account: caller.AccountID, Installation: caller.InstallationID}
}

// entries returns what the log says of steps.
func entries(by Actor, at time.Time, steps []Step) []Change {
	var list []Change
	for _, s := range steps {
		what := s.what()
		if what == "" {
			continue
		}
		v := s.After
		if by.self {
			v.Outcome.Code = CodeOwn
		}
		list = append(list, Change{
			ID: id.NewOrdered(), SponsorshipID: v.ID, OrganizationID: v.OrganizationID, ActorID: by.Account, InstallationID: by.Installation,
			What: what, State: v.Outcome.State, Code: v.Outcome.Code, At: at,
		})
	}
	return list
}

// Keep stores what steps have made, with an entry for each in the log, and tells the
// devices of those who give.
func (s *Service) Keep(ctx context.Context, by Actor, steps ...Step) error {
	if len(steps) == 0 {
		return nil
	}
	list := make([]Sponsorship, len(steps))
	for i, one := range steps {
		list[i] = one.After
	}
	if err := s.Store.Save(ctx, list...); err != nil {
		return err
	}
	if err := s.Store.Record(ctx, entries(by, s.Now(), steps)...); err != nil {
		return err
	}
	return s.touch(ctx, list...)
}

// ChangesPerPage is how many entries of the log are read at once.
const ChangesPerPage = 100

// Changes returns a page of the log of an organization's sponsorships to its owner,
// the newest first, before an entry or from the newest on when that is zero; and
// whether there are more.
func (s *Service) Changes(ctx context.Context, caller, orgID, before id.ID) (list []Change, more bool, err error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return nil, false, err
	}
	list, err = s.Store.ListChanges(ctx, orgID, before, ChangesPerPage+1)
	if len(list) > ChangesPerPage {
		return list[:ChangesPerPage], true, err
	}
	return list, false, err
}
