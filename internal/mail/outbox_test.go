package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/seal"
)

// recorder is a mail server that remembers, and refuses as long as it is told to:
// everybody, or one address.
type recorder struct {
	mu      sync.Mutex
	refuse  error
	only    string
	letters []mail.Letter
}

func (r *recorder) Send(_ context.Context, letters []mail.Letter) []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	failures := make([]error, len(letters))
	for i, l := range letters {
		if r.only == "" || r.only == l.To {
			failures[i] = r.refuse
		}
		if failures[i] == nil {
			r.letters = append(r.letters, l)
		}
	}
	return failures
}

func (r *recorder) all() []mail.Letter {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]mail.Letter{}, r.letters...)
}

func newOutbox(t *testing.T, d *db.DB, sender mail.Sender) (*mail.Outbox, *clock.Clock) {
	t.Helper()
	c := &clock.Clock{}
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), c.Now)
	if err != nil {
		t.Fatal(err)
	}
	o := &mail.Outbox{
		DB: d, Keys: keys, Queue: &jobs.Queue{DB: d, Now: c.Now, Log: slog.New(slog.DiscardHandler)},
		Sender: sender, Now: c.Now, Vault: "https://vault.example",
	}
	o.Register()
	return o, c
}

// deliver runs the queue until done says so, and fails after ten seconds.
func deliver(t *testing.T, o *mail.Outbox, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { o.Queue.Run(ctx) })
	defer func() { cancel(); wg.Wait() }()
	for end := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Fatal("not done after ten seconds")
		}
		clock.Sleep(ctx, 5*time.Millisecond)
	}
}

func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), d, query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var offer = mail.Message{
	Once: "offer|1", To: "zoé@vault.example", Template: "offer", Language: "fr-FR",
	Data: map[string]string{"Organization": "Été", "Link": "https://vault.example/#/secret-token", "Until": "2026-12-01T10:00:00Z"},
}

func TestMailLeavesOnceItIsCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sender := &recorder{}
		o, _ := newOutbox(t, d, sender)
		broken := errors.New("broken")
		err := d.Tx(t.Context(), func(ctx context.Context) error {
			lost := offer
			lost.Once = "lost"
			return errors.Join(o.Send(ctx, lost), broken)
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if err := o.SendAll(t.Context(), offer, offer); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d, `SELECT count(*) FROM mail WHERE sealed LIKE '%secret-token%'`); n != 0 {
			t.Error("what stands in a waiting mail can be read")
		}
		deliver(t, o, func() bool { return count(t, d, `SELECT count(*) FROM mail WHERE sent_at IS NOT NULL`) == 1 })
		letters := sender.all()
		if len(letters) != 1 {
			t.Fatalf("sent %d letters, want 1", len(letters))
		}
		l := letters[0]
		if l.To != offer.To || l.From != "Coffre <no-reply@vault.example>" || l.Language != "fr" || !strings.Contains(l.Text, "secret-token") || !strings.HasSuffix(l.MessageID, "@vault.example") {
			t.Errorf("got %+v", l)
		}
		if n := count(t, d, `SELECT count(*) FROM mail WHERE sealed IS NOT NULL`); n != 0 {
			t.Error("the content outlives the sending")
		}
	})
}

func TestMailIsTriedAgainAsTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sender := &recorder{refuse: errors.New("451 later")}
		o, c := newOutbox(t, d, sender)
		if err := o.Send(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		deliver(t, o, func() bool {
			return count(t, d, `SELECT count(*) FROM job WHERE attempts = 1 AND error IS NOT NULL`) == 1
		})
		sender.mu.Lock()
		sender.refuse = nil
		sender.mu.Unlock()
		queued, err := db.Value[string](t.Context(), d, `SELECT message_id FROM mail`)
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Hour)
		deliver(t, o, func() bool { return len(sender.all()) == 1 })
		if got := sender.all()[0].MessageID; got != queued {
			t.Errorf("sent as %q, queued as %q", got, queued)
		}
	})
}

func TestRefusedMailKeepsNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sender := &recorder{refuse: errors.New("550 no such person"), only: "b@vault.example"}
		o, c := newOutbox(t, d, sender)
		var list []mail.Message
		for _, to := range []string{"a@vault.example", sender.only, "c@vault.example"} {
			m := offer
			m.Once, m.To = to, to
			list = append(list, m)
		}
		if err := o.SendAll(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
		deliver(t, o, func() bool { return count(t, d, `SELECT count(*) FROM job WHERE attempts = 1`) == 1 })
		if sent, waiting := len(sender.all()), count(t, d, `SELECT count(*) FROM mail WHERE sealed IS NOT NULL`); sent != 2 || waiting != 1 {
			t.Fatalf("%d are sent and %d wait, want 2 and 1", sent, waiting)
		}
		sender.mu.Lock()
		sender.refuse = nil
		sender.mu.Unlock()
		c.Advance(time.Hour)
		deliver(t, o, func() bool { return count(t, d, `SELECT count(*) FROM job`) == 0 })
		if letters := sender.all(); len(letters) != 3 || letters[2].To != sender.only {
			t.Errorf("sent %d letters, want the one that waited as the third", len(letters))
		}
	})
}

func TestMailIsGivenUpAfterFourDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sender := &recorder{refuse: errors.New("550 no such person")}
		o, c := newOutbox(t, d, sender)
		if err := o.Send(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		c.Advance(4*24*time.Hour + time.Second)
		deliver(t, o, func() bool { return count(t, d, `SELECT count(*) FROM job`) == 0 })
		if n := count(t, d, `SELECT count(*) FROM mail WHERE sealed IS NULL AND sent_at IS NULL`); n != 1 {
			t.Error("the mail still waits, or counts as sent")
		}
	})
}

func TestMailThatCannotBeWrittenIsRefusedAtOnce(t *testing.T) {
	o, _ := newOutbox(t, dbtest.SQLite(t), &recorder{})
	tests := map[string]mail.Message{
		"no such template": {Once: "a", To: "a@b.example", Template: "no-such", Data: offer.Data},
		"data missing":     {Once: "b", To: "a@b.example", Template: "offer", Data: map[string]string{"Link": "https://x.example"}},
	}
	for name, m := range tests {
		t.Run(name, func(t *testing.T) {
			if err := o.Send(t.Context(), m); err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestOneMailGoesBeforeMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, c := newOutbox(t, d, &recorder{})
		list := make([]mail.Message, 100)
		for i := range list {
			list[i] = offer
			list[i].Once = fmt.Sprint("offer|", i)
		}
		if err := o.SendAll(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Minute)
		if err := o.Send(t.Context(), offer); err != nil {
			t.Fatal(err)
		}
		job, err := o.Queue.Claim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		batch, err := db.Value[string](t.Context(), d, `SELECT batch FROM mail WHERE once = $1`, offer.Once)
		if err != nil || job.Args != batch {
			t.Errorf("first is %q, %v, want %q", job.Args, err, batch)
		}
	})
}

func TestManyMailsAreQueuedTogetherAndEachOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, _ := newOutbox(t, d, &recorder{})
		list := make([]mail.Message, 100)
		for i := range list {
			list[i] = offer
			list[i].Once = fmt.Sprint("offer|", i)
		}
		for range 2 {
			if err := o.SendAll(t.Context(), list...); err != nil {
				t.Fatal(err)
			}
		}
		mails, waiting := count(t, d, `SELECT count(*) FROM mail`), count(t, d, `SELECT count(*) FROM job`)
		if mails != 100 || waiting != 4 {
			t.Errorf("%d mails and %d jobs, want 100 mails that leave by 4", mails, waiting)
		}
	})
}
