package send

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/clock"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

var (
	passwordNeeded = fault.New(fault.Unauthenticated, "send.passwordNeeded")
	passwordWrong  = fault.New(fault.Invalid, "send.passwordWrong").On("password")
)

// guesses is how often one network may be wrong about the password of one Send.
var guesses = throttle.Rule{Name: "send-password", Limit: 20, Per: 10 * time.Minute}

// Admit lets a visitor in who shows what a Send asks for, and returns which Send it
// is. Anything else is answered in the words of identity.SendRefusal.
//
// [Note: Sends that never were] A stranger must not find out which Sends exist by
// trying. So an id that never was is answered like a Send of one of the three kinds,
// always like the same one: a secret of this server says which.
func (s *Service) Admit(ctx context.Context, v identity.Visit) (id.ID, error) {
	if v.SendID == "" {
		return id.ID{}, identity.NoSendID
	}
	sendID := ParseAccessID(v.SendID)
	if sendID.IsZero() {
		return id.ID{}, identity.WrongSendID
	}
	found, err := s.Store.Get(ctx, sendID)
	if fault.KindOf(err) == fault.NotFound {
		return id.ID{}, s.pretend(ctx, sendID, v)
	}
	if err != nil {
		return id.ID{}, err
	}
	if !found.IsOpen(s.Now()) || !s.arrived(ctx, found) {
		return id.ID{}, identity.WrongSendID
	}
	switch found.AuthType {
	case ByPassword:
		err = s.checkPassword(ctx, found, v.PasswordHash)
		return sendID, inOAuth(err)
	case ByEmail:
		return sendID, s.checkEmail(ctx, found, v)
	}
	return sendID, nil
}

// arrived reports whether a Send has what it is to hold.
func (s *Service) arrived(ctx context.Context, v Send) bool {
	if v.Type != File {
		return true
	}
	b, err := s.Blobs.Get(ctx, v.BlobID)
	return err == nil && b.Uploaded()
}

func inOAuth(err error) error {
	switch err {
	case passwordNeeded:
		return identity.NoSendPassword
	case passwordWrong:
		return identity.WrongSendPassword
	}
	return err
}

// pretend answers for a Send that never was.
func (s *Service) pretend(ctx context.Context, sendID id.ID, v identity.Visit) error {
	secret, err := s.Keys.Derive("send-that-never-was", 32)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(sendID[:])
	switch mac.Sum(nil)[0] % 3 {
	case 0:
		return identity.WrongSendID
	case 1:
		return inOAuth(s.checkPassword(ctx, Send{ID: sendID}, v.PasswordHash))
	}
	return s.checkEmail(ctx, Send{ID: sendID}, v)
}

// checkPassword reports what is wrong with a password. It takes as long for a Send
// that has none.
func (s *Service) checkPassword(ctx context.Context, v Send, password string) error {
	if password == "" {
		return passwordNeeded
	}
	tries := v.ID.String() + "|" + web.CallerOf(ctx).Network()
	if err := s.Limits.Take(ctx, guesses, tries); err != nil {
		return err
	}
	good, err := s.Accounts.Passwords.Check(ctx, password[:min(len(password), maxPassword+1)], v.PasswordHash)
	if err != nil {
		return err
	}
	if !good {
		s.Sleep(ctx, account.FailureDelay)
		return passwordWrong
	}
	return s.Limits.Return(ctx, guesses, tries)
}

// checkEmail reports what is missing from a visitor of a Send for named people, and
// mails them a code when that is it. Whom the Send is not for is answered alike.
func (s *Service) checkEmail(ctx context.Context, v Send, visit identity.Visit) error {
	email := account.NormalizeEmail(visit.Email)
	if email == "" {
		return identity.NoSendEmail
	}
	elapsed := clock.Stopwatch()
	if visit.OTP != "" {
		good, err := s.checkCode(ctx, v, email, visit.OTP)
		if err != nil || good {
			return err
		}
		s.Sleep(ctx, account.FailureDelay)
		return identity.NoSendCode
	}
	if v.For(email) {
		if err := s.mailCode(ctx, v, email); err != nil {
			return err
		}
	}
	s.Sleep(ctx, max(0, account.QuietTime-elapsed()))
	return identity.NoSendCode
}

// mailCode mails a code to somebody whom a Send is for, unless one went out just now.
func (s *Service) mailCode(ctx context.Context, v Send, email string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		text, issued, err := s.issueCode(ctx, v, email)
		if err != nil || !issued {
			return err
		}
		owner, err := s.Accounts.Get(ctx, v.AccountID)
		if err != nil {
			return err
		}
		language := owner.Language()
		if known, found, err := s.Accounts.FindByEmail(ctx, email); err != nil {
			return err
		} else if found {
			language = known.Language()
		}
		return s.Mail(ctx, mail.Message{
			Once: "send-code|" + id.New().String(), To: email, Template: "send-code", Language: language, Data: map[string]string{"Code": text},
		})
	})
}

// Opened is a Send as a visitor sees it.
type Opened struct {
	Send
	File    blob.Blob // of a Send with a file
	Creator string    // the address of the owner; empty when it is hidden
}

// Open shows a Send to a visitor whom Admit let in. Reading a text counts as an
// access; of a file, fetching it does. What is closed is fault.Gone.
func (s *Service) Open(ctx context.Context, sendID id.ID) (o Opened, err error) {
	if o.Send, err = s.Store.Get(ctx, sendID); err != nil {
		return o, err
	}
	if !o.IsOpen(s.Now()) || !s.arrived(ctx, o.Send) {
		return o, fault.Gone
	}
	if o.Type == Text {
		if err := s.count(ctx, o.Send); err != nil {
			return o, err
		}
	} else if o.File, err = s.Blobs.Get(ctx, o.BlobID); err != nil {
		return o, err
	}
	if !o.HideEmail {
		owner, err := s.Accounts.Get(ctx, o.AccountID)
		if err != nil {
			return o, err
		}
		o.Creator = owner.Email
	}
	return o, nil
}

// count counts an access, once for each; what is closed is fault.Gone.
func (s *Service) count(ctx context.Context, v Send) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		// The owner's row before the Send's, as in every change of the owner's: otherwise
		// the two could wait for each other.
		if err := s.Accounts.Touch(ctx, v.AccountID); err != nil {
			return err
		}
		counted, err := s.Store.Count(ctx, v.ID, s.Now())
		if err == nil && !counted {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		s.Announce(ctx, notice.Send(notice.SendUpdated, v.AccountID, v.ID, s.Now()))
		return s.record(ctx, v, event.TextSendAccessed+event.Type(v.Type))
	})
}

// Fetch returns the address from which a visitor whom Admit let in may fetch the file
// of a Send for a minute.
func (s *Service) Fetch(ctx context.Context, sendID id.ID, blobID string) (string, error) {
	v, err := s.Store.Get(ctx, sendID)
	if err == nil && (v.Type != File || v.BlobID != blobID || !s.arrived(ctx, v)) {
		err = fault.Gone
	}
	if err != nil {
		return "", err
	}
	if err := s.count(ctx, v); err != nil {
		return "", err
	}
	token, err := s.Blobs.Link(linkPurpose, v.ID.String(), v.BlobID)
	return s.VaultURL + downloads + token, err
}

// legacy lets a visitor in as clients did before they asked for a token: anybody, or
// whoever sends the password along. Who the Send is for in person cannot come in
// this way.
func (s *Service) legacy(ctx context.Context, accessID, password string) (id.ID, error) {
	v, err := s.Store.Get(ctx, ParseAccessID(accessID))
	if err == nil && (!v.IsOpen(s.Now()) || v.AuthType == ByEmail) {
		err = fault.Gone
	}
	if err == nil && v.AuthType == ByPassword {
		err = s.checkPassword(ctx, v, password)
	}
	return v.ID, err
}

// code is a one-time code as it is stored.
type code struct {
	sendID   id.ID
	email    string
	mac      string
	issuedAt time.Time
}

const (
	codeLife  = 5 * time.Minute
	codePause = 30 * time.Second // until the next one
	codeTries = 5
)

func (s *Service) issueCode(ctx context.Context, v Send, email string) (text string, issued bool, err error) {
	text = account.NewCode(6)
	mac, err := s.macOf(v, email, text)
	if err != nil {
		return "", false, err
	}
	now := s.Now()
	issued, err = s.Store.PutCode(ctx, code{v.ID, email, mac, now}, now.Add(-codePause))
	return text, issued, err
}

// checkCode reports whether a code is right. A right one is used up, and the fifth
// wrong one voids it.
func (s *Service) checkCode(ctx context.Context, v Send, email, text string) (good bool, err error) {
	want, err := s.macOf(v, email, text)
	if err != nil {
		return false, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		mac, found, err := s.Store.Guess(ctx, v.ID, email, s.Now().Add(-codeLife), codeTries)
		if err != nil || !found || !v.For(email) || !hmac.Equal([]byte(mac), []byte(want)) {
			return err
		}
		good, err = s.Store.DeleteCode(ctx, v.ID, email, mac)
		return err
	})
	return good && err == nil, err
}

// macOf is how a code is stored, which is too short for a plain hash.
func (s *Service) macOf(v Send, email, text string) (string, error) {
	secret, err := s.Keys.Derive("send-code", 32)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s|%q|%q", v.ID, email, text)
	return fmt.Sprintf("%x", mac.Sum(nil)), nil
}
