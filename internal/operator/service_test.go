package operator_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/operator"
	"coffre/internal/orgtest"
	"coffre/internal/throttle"
)

const admin = "root@acme.example"

// desk is the room of operators on a world, and what it has logged.
type desk struct {
	*operator.Service
	world *orgtest.World
	log   *bytes.Buffer
	sent  *letters
}

// letters is a mailbox.
type letters struct {
	mu     sync.Mutex
	list   []mail.Letter
	refuse error
}

// Send takes letters, or none.
func (l *letters) Send(_ context.Context, list []mail.Letter) []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	errs := make([]error, len(list))
	for i := range list {
		errs[i] = l.refuse
	}
	if l.refuse == nil {
		l.list = append(l.list, list...)
	}
	return errs
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	w := orgtest.New(t, d)
	k := &desk{world: w, log: &bytes.Buffer{}, sent: &letters{}}
	log := slog.New(slog.NewTextHandler(k.log, nil))
	outbox := &mail.Outbox{
		DB: d, Keys: w.Keys, Queue: &jobs.Queue{DB: d, Now: w.Now, Log: log}, Sender: k.sent, Now: w.Now, Vault: orgtest.VaultURL,
	}
	outbox.Register()
	k.Service = &operator.Service{
		Store: operator.NewStore(d), Admins: []string{"Root@Acme.example"}, Mails: true, VaultURL: orgtest.VaultURL, Now: w.Now,
		Limits: &throttle.Limits{DB: d, Now: w.Now}, Queue: &jobs.Queue{DB: d, Now: w.Now, Log: log}, Outbox: outbox, Log: log,
		Organizations: w.Orgs, Accounts: w.Accounts,
	}
	k.Schedule(k.Queue)
	return k
}

// work does what is queued until no more of a kind waits.
func (k *desk) work(t *testing.T, queue *jobs.Queue, kind string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { queue.Run(ctx) })
	for waiting := 1; waiting > 0 && ctx.Err() == nil; clock.Sleep(ctx, time.Millisecond) {
		var err error
		if waiting, err = db.Value[int](ctx, k.world.DB, `SELECT count(*) FROM job WHERE kind = $1`, kind); err != nil {
			t.Error(err)
		}
	}
	if ctx.Err() != nil {
		t.Error("not done after ten seconds")
	}
	cancel()
	wg.Wait()
}

// mailed asks for a link and returns what is behind the # of the mail, or "".
func (k *desk) mailed(t *testing.T, email string) string {
	t.Helper()
	k.sent.list = nil
	if err := k.AskForLink(t.Context(), email, "fr"); err != nil {
		t.Fatal(err)
	}
	k.work(t, k.Queue, "operator-link")
	k.work(t, k.Outbox.Queue, "mail")
	if len(k.sent.list) == 0 {
		return ""
	}
	letter := k.sent.list[0]
	if letter.To != admin || !strings.Contains(letter.Subject, "exploitant") {
		t.Errorf("the mail is %q to %s", letter.Subject, letter.To)
	}
	_, after, _ := strings.Cut(letter.Text, orgtest.VaultURL+"/admin#/admin?token=")
	token, _, _ := strings.Cut(after, "\n")
	return token
}

func (k *desk) enter(t *testing.T, link string) string {
	t.Helper()
	token, _, err := k.Enter(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// wantKind fails unless an error is a fault of a kind; Internal is none at all.
func wantKind(t *testing.T, err error, want fault.Kind) {
	t.Helper()
	if err == nil && want == fault.Internal {
		return
	}
	if got := fault.KindOf(err); err == nil || got != want {
		t.Errorf("got %v (kind %v), want kind %v", err, got, want)
	}
}

func TestMailedLinkOpensThePageOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		link := k.mailed(t, " ROOT@acme.example ")
		token := k.enter(t, link)
		caller, err := k.Authenticate(t.Context(), token)
		if err != nil || caller.Operator != admin {
			t.Errorf("the caller is %+v, %v", caller, err)
		}
		_, _, err = k.Enter(t.Context(), link)
		wantKind(t, err, fault.Invalid)
		if !strings.Contains(k.log.String(), admin) || strings.Contains(k.log.String(), link) || strings.Contains(k.log.String(), token) {
			t.Errorf("the log says %s", k.log)
		}
		for _, table := range []string{"operator_link", "operator_session"} {
			n, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM `+table+` WHERE hash = $1 OR hash = $2`, link, token)
			if err != nil || n != 0 {
				t.Errorf("%s holds a secret as it is (%v)", table, err)
			}
		}
	})
}

func TestLinkIsOverAfterAQuarterOfAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		early, late := k.mailed(t, admin), k.mailed(t, admin)
		k.world.Time = k.world.Time.Add(operator.LinkLife - time.Microsecond)
		k.enter(t, early)
		k.world.Time = k.world.Time.Add(time.Microsecond)
		_, _, err := k.Enter(t.Context(), late)
		wantKind(t, err, fault.Invalid)
	})
}

func TestWhoIsNoAdminGetsTheSameAnswerAndNoLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		if link := k.mailed(t, "eve@acme.example"); link != "" {
			t.Errorf("a link: %s", link)
		}
		k.Mails = false
		if link := k.mailed(t, admin); link != "" {
			t.Errorf("a link where no mail reaches anybody: %s", link)
		}
	})
}

func TestLinksAreCountedForEveryAddressAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		for _, email := range []string{admin, "eve@acme.example"} {
			for range 5 {
				wantKind(t, k.AskForLink(t.Context(), email, "en"), fault.Internal)
			}
			wantKind(t, k.AskForLink(t.Context(), strings.ToUpper(email), "en"), fault.TooMany)
		}
		k.world.Time = k.world.Time.Add(time.Hour)
		wantKind(t, k.AskForLink(t.Context(), admin, "en"), fault.Internal)
	})
}

func TestAddressThatLeavesTheSettingIsOutAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		token, waiting := k.enter(t, k.mailed(t, admin)), k.mailed(t, admin)
		k.Admins = []string{"other@acme.example"}
		_, err := k.Authenticate(t.Context(), token)
		wantKind(t, err, fault.Unauthenticated)
		_, _, err = k.Enter(t.Context(), waiting)
		wantKind(t, err, fault.Invalid)
	})
}

func TestSessionEndsWhenNobodyUsesItAndInAnyCaseAfterHalfADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		idle, busy := k.enter(t, k.mailed(t, admin)), k.enter(t, k.mailed(t, admin))
		for range 12 {
			k.world.Time = k.world.Time.Add(operator.Idle - time.Second)
			_, err := k.Authenticate(t.Context(), busy)
			wantKind(t, err, fault.Internal)
		}
		_, err := k.Authenticate(t.Context(), idle)
		wantKind(t, err, fault.Unauthenticated)
		k.world.Time = k.world.Time.Add(time.Minute)
		_, err = k.Authenticate(t.Context(), busy)
		wantKind(t, err, fault.Unauthenticated)
		if err := k.Store.Sweep(t.Context(), k.world.Now()); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM operator_session`); err != nil || n != 0 {
			t.Errorf("%d sessions are kept, %v", n, err)
		}
	})
}

func TestWhoLeavesIsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		token := k.enter(t, k.mailed(t, admin))
		if err := k.Leave(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		_, err := k.Authenticate(t.Context(), token)
		wantKind(t, err, fault.Unauthenticated)
	})
}

func TestPrintedLinkNeedsNoAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.Admins, k.Mails = nil, false
		address, err := k.PrintLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(address, "/admin#/admin?token=")
		caller, err := k.Authenticate(t.Context(), k.enter(t, token))
		if err != nil || caller.Operator != "console" {
			t.Errorf("the caller is %+v, %v", caller, err)
		}
	})
}

func TestRestoredDatabaseKnowsNoOperator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		token, link := k.enter(t, k.mailed(t, admin)), k.mailed(t, admin)
		if err := operator.Restored(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		_, err := k.Authenticate(t.Context(), token)
		wantKind(t, err, fault.Unauthenticated)
		_, _, err = k.Enter(t.Context(), link)
		wantKind(t, err, fault.Invalid)
	})
}
