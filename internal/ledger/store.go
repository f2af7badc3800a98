package ledger

import (
	"context"
	"slices"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps invoices and the accounts. What is written here is never removed, and
// of an invoice only what became of it changes.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error

	// NextNumber takes the next n numbers of a year and returns the last. They belong
	// to the transaction: one that fails leaves no gap, and another one waits for it.
	NextNumber(ctx context.Context, year, n int) (int64, error)
	InsertInvoices(ctx context.Context, list []*billing.Invoice) error
	// UpdateInvoices writes what became of invoices: what is open, and the reminders.
	UpdateInvoices(ctx context.Context, list []billing.Invoice) error
	InsertTransactions(ctx context.Context, list []transaction) error

	// Invoices returns those that a column names, with their lines, the newest first.
	Invoices(ctx context.Context, column invoiceColumn, value any) ([]billing.Invoice, error)
	// DueInvoices returns those whose next reminder is due, without lines, the longest
	// waiting first; with ids only those of them.
	DueInvoices(ctx context.Context, now time.Time, limit int, ids []id.ID) ([]billing.Invoice, error)
	// ListInvoices returns all without lines, the newest first, or only the open ones,
	// by the day they are due.
	ListInvoices(ctx context.Context, open bool) ([]billing.Invoice, error)
	Movements(ctx context.Context, o billing.Owner) ([]billing.Movement, error)
	// Sums returns the accounts, and how many invoices and entries there are.
	Sums(ctx context.Context) (billing.Books, error)
	// Faults returns what does not add up, a line each.
	Faults(ctx context.Context) ([]string, error)
}

// invoiceColumn is what invoices are looked up by.
type invoiceColumn string

const (
	byNumber       invoiceColumn = "number"
	byOrganization invoiceColumn = "organization_id"
	byAccount      invoiceColumn = "account_id"
)

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

// perStatement is how many rows one statement writes.
const perStatement = 200

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) NextNumber(ctx context.Context, year, n int) (int64, error) {
	return db.Value[int64](ctx, s.db, `INSERT INTO invoice_sequence (year, value) VALUES ($1, $2)
		ON CONFLICT (year) DO UPDATE SET value = invoice_sequence.value + excluded.value RETURNING value`, year, n)
}

const invoiceColumns = `id, subscription_id, organization_id, account_id, number, recipient, issued_at, due_at, total_cents, open_cents,
	paid_at, written_off_at, reminders, postponed_at`

type invoiceRow struct{ billing.Invoice }

func (r *invoiceRow) Columns() []any {
	return []any{
		&r.ID, &r.SubscriptionID, &r.OrganizationID, &r.AccountID, &r.Number, &r.Recipient, (*db.Time)(&r.IssuedAt), (*db.Time)(&r.DueAt),
		&r.TotalCents, &r.OpenCents, (*db.Time)(&r.PaidAt), (*db.Time)(&r.WrittenOffAt), &r.Reminders, (*db.Time)(&r.Postponed),
	}
}

type lineRow struct {
	invoiceID id.ID
	billing.Line
}

func (r *lineRow) Columns() []any {
	return []any{
		&r.invoiceID, &r.Name, &r.Quantity, &r.UnitCents, &r.AmountCents, (*db.Time)(&r.From), (*db.Time)(&r.Until), &r.Part, &r.Whole,
	}
}

func (s sqlStore) InsertInvoices(ctx context.Context, list []*billing.Invoice) error {
	invoices, lines := [][]any{}, [][]any{}
	for _, v := range list {
		invoices = append(invoices, []any{
			v.ID, v.SubscriptionID, v.OrganizationID, v.AccountID, v.Number, v.Recipient, db.Time(v.IssuedAt), db.Time(v.DueAt),
			v.TotalCents, v.OpenCents, db.Time(v.PaidAt), db.Time(v.WrittenOffAt), v.Reminders, db.Time(v.Postponed), db.Time(v.NextAt()),
		})
		for i, l := range v.Lines {
			lines = append(lines, []any{
				v.ID, i + 1, l.Name, l.Quantity, l.UnitCents, l.AmountCents, db.Time(l.From), db.Time(l.Until), l.Part, l.Whole,
			})
		}
	}
	if err := s.insert(ctx, `invoice (`+invoiceColumns+`, next_at)`, invoices); err != nil {
		return err
	}
	return s.insert(ctx, `invoice_line (invoice_id, position, name, quantity, unit_cents, amount_cents, from_at, until_at, part, whole)`, lines)
}

func (s sqlStore) InsertTransactions(ctx context.Context, list []transaction) error {
	transactions, entries := [][]any{}, [][]any{}
	for _, t := range list {
		transactions = append(transactions, []any{t.id, t.subscriptionID, t.invoiceID, t.kind, t.text, db.Optional(t.reference), db.Time(t.at)})
		for _, e := range t.entries {
			entries = append(entries, []any{t.id, e.account, e.cents})
		}
	}
	err := s.insert(ctx, `ledger_transaction (id, subscription_id, invoice_id, kind, text, reference, at)`, transactions)
	if err != nil {
		return err
	}
	return s.insert(ctx, `ledger_entry (transaction_id, account, cents)`, entries)
}

// insert writes rows into a table and its columns, many with each statement.
func (s sqlStore) insert(ctx context.Context, into string, rows [][]any) error {
	for part := range slices.Chunk(rows, perStatement) {
		_, err := s.db.Exec(ctx, `INSERT INTO `+into+` VALUES `+db.Rows(len(part), len(part[0])), slices.Concat(part...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) UpdateInvoices(ctx context.Context, list []billing.Invoice) error {
	for part := range slices.Chunk(list, perStatement) {
		var args []any
		part = db.Padded(part)
		for _, v := range part {
			args = append(args, v.ID, v.OpenCents, db.Time(v.PaidAt), db.Time(v.WrittenOffAt), v.Reminders, db.Time(v.Postponed), db.Time(v.NextAt()))
		}
		_, err := s.db.Exec(ctx, `UPDATE invoice SET open_cents = v.column2, paid_at = v.column3, written_off_at = v.column4,
				reminders = v.column5, postponed_at = v.column6, next_at = v.column7
			FROM (VALUES `+db.Typed(len(part), "TEXT", "BIGINT", "BIGINT", "BIGINT", "INTEGER", "BIGINT", "BIGINT")+`) AS v
			WHERE invoice.id = v.column1`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Invoices(ctx context.Context, column invoiceColumn, value any) ([]billing.Invoice, error) {
	list, err := s.invoices(ctx, `WHERE `+string(column)+` = $1 ORDER BY issued_at DESC, number DESC`, value)
	if err != nil || len(list) == 0 {
		return list, err
	}
	lines, err := db.All[lineRow](ctx, s.db, `SELECT l.invoice_id, l.name, l.quantity, l.unit_cents, l.amount_cents, l.from_at, l.until_at,
			l.part, l.whole
		FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
		WHERE i.`+string(column)+` = $1 ORDER BY l.invoice_id, l.position`, value)
	byInvoice := map[id.ID][]billing.Line{}
	for _, l := range lines {
		byInvoice[l.invoiceID] = append(byInvoice[l.invoiceID], l.Line)
	}
	for i, v := range list {
		list[i].Lines = byInvoice[v.ID]
	}
	return list, err
}

func (s sqlStore) ListInvoices(ctx context.Context, open bool) ([]billing.Invoice, error) {
	if open {
		return s.invoices(ctx, `WHERE open_cents > 0 ORDER BY due_at, number`)
	}
	return s.invoices(ctx, `ORDER BY issued_at DESC, number DESC`)
}

func (s sqlStore) DueInvoices(ctx context.Context, now time.Time, limit int, ids []id.ID) ([]billing.Invoice, error) {
	args := []any{db.Time(now), limit}
	where := `WHERE next_at <= $1`
	if len(ids) > 0 {
		for _, invoiceID := range ids {
			args = append(args, invoiceID)
		}
		where += ` AND id IN (` + db.Placeholders(3, len(ids)) + `)`
	}
	return s.invoices(ctx, where+` ORDER BY next_at, id LIMIT $2`, args...)
}

func (s sqlStore) invoices(ctx context.Context, where string, args ...any) ([]billing.Invoice, error) {
	rows, err := db.All[invoiceRow](ctx, s.db, `SELECT `+invoiceColumns+` FROM invoice `+where, args...)
	list := make([]billing.Invoice, len(rows))
	for i, r := range rows {
		list[i] = r.Invoice
	}
	return list, err
}

type movementRow struct{ billing.Movement }

func (r *movementRow) Columns() []any {
	return []any{
		&r.ID, &r.Kind, (*db.Optional)(&r.Number), &r.Text, (*db.Optional)(&r.Reference), (*db.Time)(&r.At), &r.Cents,
	}
}

func (s sqlStore) Movements(ctx context.Context, o billing.Owner) ([]billing.Movement, error) {
	rows, err := db.All[movementRow](ctx, s.db, `SELECT t.id, t.kind, i.number, t.text, t.reference, t.at,
			CAST((SELECT sum(e.cents) FROM ledger_entry e WHERE e.transaction_id = t.id AND e.cents > 0) AS BIGINT)
		FROM ledger_transaction t LEFT JOIN invoice i ON i.id = t.invoice_id
		WHERE t.subscription_id = (SELECT id FROM subscription WHERE organization_id = $1 OR account_id = $2)
		ORDER BY t.at DESC, t.id DESC`, o.OrganizationID, o.AccountID)
	list := make([]billing.Movement, len(rows))
	for i, r := range rows {
		list[i] = r.Movement
	}
	return list, err
}
