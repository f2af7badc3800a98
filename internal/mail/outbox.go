package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/seal"
)

const (
	kind = "mail" // of the job that sends a batch

	// perBatch is how many mails leave together: over one connection, and noted by
	// one commit. It is as many as a node that dies makes arrive twice.
	perBatch = 25

	// ahead is how much earlier than it was queued a single mail is due: a person
	// waits for it, so it goes before many.
	ahead = time.Hour

	// patience is how long a mail is tried. After it what the mail says is out of
	// date, and a server that refuses an address will not change its mind.
	patience = 4 * 24 * time.Hour
)

// Outbox queues mails and sends them.
type Outbox struct {
	DB     *db.DB
	Keys   *seal.Keys
	Queue  *jobs.Queue
	Sender Sender
	Now    func() time.Time
	Vault  string // the address of the web vault; templates show it as .Vault
	From   string // "Coffre <no-reply@example.com>" or the address alone; "" is no-reply at the host of Vault

	forms sync.Map // by template and language, once it was needed
}

// Register has the queue send what Send puts into it.
func (o *Outbox) Register() { o.Queue.Handle(kind, o.deliver) }

// Send queues a mail in the transaction of ctx; it leaves within a second of the
// commit. Once the key Once is known, nothing happens and nothing is wrong. A
// template that does not exist or lacks data is an error here, not at delivery.
func (o *Outbox) Send(ctx context.Context, m Message) error { return o.SendAll(ctx, m) }

// SendAll is Send for many mails, with few statements.
func (o *Outbox) SendAll(ctx context.Context, list ...Message) error {
	if err := o.check(list); err != nil {
		return err
	}
	return o.DB.Tx(ctx, func(ctx context.Context) error {
		for part := range slices.Chunk(list, perStatement) {
			if err := o.queue(ctx, part); err != nil {
				return err
			}
		}
		return nil
	})
}

// check renders one mail of each sort, a template with the names of its data, for
// all that are like it.
func (o *Outbox) check(list []Message) error {
	checked := map[string]bool{}
	for _, m := range list {
		sort := fmt.Sprint(m.Template, languageOf(m.Language), slices.Sorted(maps.Keys(m.Data)))
		if checked[sort] {
			continue
		}
		if _, err := o.render(m.Template, languageOf(m.Language), m.Data); err != nil {
			return fmt.Errorf("mail %s: %w", m.Template, err)
		}
		checked[sort] = true
	}
	return nil
}

// perStatement is how many mails one statement queues.
const perStatement = 250

func (o *Outbox) queue(ctx context.Context, list []Message) error {
	var args []any
	var batches []string
	for part := range slices.Chunk(list, perBatch) {
		batch := id.NewOrdered().String()
		batches = append(batches, batch)
		for _, m := range part {
			content, err := json.Marshal(m.Data)
			if err != nil {
				return err
			}
			mailID := id.NewOrdered()
			args = append(args, mailID, m.Once, batch, mailID.String()+"@"+o.host(), m.To, m.Template, languageOf(m.Language),
				o.Keys.Seal("mail", "sealed", mailID, string(content)), db.Time(o.Now()))
		}
	}
	added, err := o.DB.Exec(ctx, `INSERT INTO mail (id, once, batch, message_id, recipient, template, language, sealed, created_at)
		VALUES `+db.Rows(len(list), 9)+` ON CONFLICT (once) DO NOTHING`, args...)
	if err != nil || added == 0 {
		return err
	}
	at := o.Now()
	if len(list) == 1 {
		at = at.Add(-ahead)
	}
	return o.Queue.AddAll(ctx, kind, batches, at)
}

// host is what addresses and message identifiers of this server end in.
func (o *Outbox) host() string {
	vault, err := url.Parse(o.Vault)
	if err != nil || vault.Hostname() == "" || strings.Contains(vault.Hostname(), ":") {
		return "localhost"
	}
	return vault.Hostname()
}

func (o *Outbox) render(name, language string, data map[string]string) (Letter, error) {
	known, ok := o.forms.Load(name + "." + language)
	if !ok {
		parsed, err := parse(name, language)
		if err != nil {
			return Letter{}, err
		}
		known, _ = o.forms.LoadOrStore(name+"."+language, parsed)
	}
	shown := map[string]string{"Vault": o.Vault}
	maps.Copy(shown, data)
	return known.(form).fill(language, shown)
}

// queued is a mail that has not left.
type queued struct {
	mailID                                           id.ID
	messageID, recipient, template, language, sealed string
	createdAt                                        time.Time
}

func (q *queued) Columns() []any {
	return []any{&q.mailID, &q.messageID, &q.recipient, &q.template, &q.language, &q.sealed, (*db.Time)(&q.createdAt)}
}

// deliver sends those mails of a batch that have not left. A node that dies between
// sending and noting it sends twice, with the same identifiers and dates, so that
// mailboxes can tell.
func (o *Outbox) deliver(ctx context.Context, batch string) error {
	waiting, err := db.All[queued](ctx, o.DB, `SELECT id, message_id, recipient, template, language, sealed, created_at
		FROM mail WHERE batch = $1 AND sealed IS NOT NULL ORDER BY id`, batch)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if o.Now().After(waiting[0].createdAt.Add(patience)) {
		_, err := o.DB.Exec(ctx, `UPDATE mail SET sealed = NULL WHERE batch = $1 AND sealed IS NOT NULL`, batch)
		return err
	}
	sent, failures := o.send(ctx, waiting)
	if err := o.wipe(ctx, sent); err != nil || len(failures) == 0 {
		return err
	}
	return fmt.Errorf("%d of %d mails have not left, the first: %w", len(failures), len(waiting), failures[0])
}

// send returns the ids of the mails that have left, and why the others have not.
func (o *Outbox) send(ctx context.Context, waiting []queued) (sent []any, failures []error) {
	var letters []Letter
	var mailIDs []id.ID // of the letters
	for _, m := range waiting {
		letter, err := o.letter(m)
		if err != nil {
			failures = append(failures, fmt.Errorf("write mail %s: %w", m.mailID, err))
			continue
		}
		letters, mailIDs = append(letters, letter), append(mailIDs, m.mailID)
	}
	for i, err := range o.Sender.Send(ctx, letters) {
		if err != nil {
			failures = append(failures, fmt.Errorf("send mail %s: %w", mailIDs[i], err))
			continue
		}
		sent = append(sent, mailIDs[i])
	}
	return sent, failures
}

// wipe notes that mails have left.
func (o *Outbox) wipe(ctx context.Context, mailIDs []any) error {
	if len(mailIDs) == 0 {
		return nil
	}
	_, err := o.DB.Exec(ctx, `UPDATE mail SET sent_at = $1, sealed = NULL WHERE id IN (`+db.Placeholders(2, len(mailIDs))+`)`,
		append([]any{db.Time(o.Now())}, mailIDs...)...)
	return err
}

func (o *Outbox) letter(m queued) (Letter, error) {
	content, err := o.Keys.Open("mail", "sealed", m.mailID, m.sealed)
	if err != nil {
		return Letter{}, err
	}
	data := map[string]string{}
	if err := json.Unmarshal([]byte(content), &data); err != nil {
		return Letter{}, err
	}
	letter, err := o.render(m.template, m.language, data)
	letter.MessageID, letter.Date = m.messageID, m.createdAt
	letter.From, letter.To = cmp.Or(o.From, "Coffre <no-reply@"+o.host()+">"), m.recipient
	return letter, err
}
