package ledger

import (
	"context"
	"fmt"

	"coffre/internal/billing"
	"coffre/internal/db"
)

// Books returns the accounts and what does not add up, as billing.Provider says. It
// reads everything there is.
func (b *Book) Books(ctx context.Context) (billing.Books, error) {
	books, err := b.Store.Sums(ctx)
	if err != nil {
		return books, err
	}
	var total int64
	for _, cents := range books.Accounts {
		total += cents
	}
	if total != 0 {
		books.Faults = append(books.Faults, fmt.Sprintf("all accounts together come to %d", total))
	}
	for _, account := range []string{receivable, cash, writeoff, goodwill} {
		if books.Accounts[account] < 0 {
			books.Faults = append(books.Faults, fmt.Sprintf("%s is %d", account, books.Accounts[account]))
		}
	}
	for _, account := range []string{revenue, credit} {
		if books.Accounts[account] > 0 {
			books.Faults = append(books.Faults, fmt.Sprintf("%s is %d", account, books.Accounts[account]))
		}
	}
	faults, err := b.Store.Faults(ctx)
	books.Faults = append(books.Faults, faults...)
	return books, err
}

type sumRow struct {
	account string
	cents   int64
	entries int
}

func (r *sumRow) Columns() []any { return []any{&r.account, &r.cents, &r.entries} }

func (s sqlStore) Sums(ctx context.Context) (billing.Books, error) {
	books := billing.Books{Accounts: map[string]int64{}, Faults: []string{}}
	rows, err := db.All[sumRow](ctx, s.db, `SELECT account, CAST(sum(cents) AS BIGINT), count(*) FROM ledger_entry GROUP BY account ORDER BY account`)
	if err != nil {
		return books, err
	}
	for _, r := range rows {
		books.Accounts[r.account] = r.cents
		books.Entries += r.entries
	}
	books.Invoices, err = db.Value[int](ctx, s.db, `SELECT count(*) FROM invoice`)
	return books, err
}

// checks name, each, what breaks one rule of the books.
var checks = []struct{ rule, query string }{
	{"the entries of a transaction do not come to nothing", `SELECT transaction_id FROM ledger_entry GROUP BY transaction_id HAVING sum(cents) <> 0`},
	{"a transaction has no entries", `SELECT id FROM ledger_transaction t
		WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.transaction_id = t.id)`},
	{"the lines of an invoice do not come to its total", `SELECT number FROM invoice i
		WHERE total_cents <> COALESCE((SELECT sum(amount_cents) FROM invoice_line l WHERE l.invoice_id = i.id), 0)`},
	{"a line does not explain its amount", `SELECT i.number FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
		WHERE l.amount_cents <> CASE WHEN l.whole = 0 THEN l.unit_cents * l.quantity ELSE l.unit_cents * l.quantity * l.part / l.whole END`},
	{"an invoice is open for less than nothing or more than its total", `SELECT number FROM invoice WHERE open_cents < 0 OR open_cents > total_cents`},
	{"what is open of an invoice is not what its account says", `SELECT number FROM invoice i
		WHERE open_cents <> COALESCE((SELECT sum(e.cents) FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
			WHERE t.invoice_id = i.id AND e.account = 'receivable'), 0)`},
	{"a closed invoice does not say when, or an open one does", `SELECT number FROM invoice
		WHERE (open_cents = 0) <> (paid_at IS NOT NULL OR written_off_at IS NOT NULL)`},
	{"the credit of a subscription is not what its account says", `SELECT id FROM subscription s
		WHERE credit_cents < 0 OR credit_cents <> -COALESCE((SELECT sum(e.cents) FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
			WHERE t.subscription_id = s.id AND e.account = 'credit'), 0)`},
	{"numbers of invoices are missing in a year", `SELECT CAST(year AS TEXT) FROM invoice_sequence q
		WHERE value <> (SELECT count(*) FROM invoice i WHERE i.number LIKE CAST(q.year AS TEXT) || '-%')`},
}

// An index makes the joins of the checks fast enough for a look in between.
func (s sqlStore) Faults(ctx context.Context) ([]string, error) {
	faults := []string{}
	for _, check := range checks {
		broken, err := db.Values[string](ctx, s.db, check.query)
		if err != nil {
			return faults, err
		}
		for _, what := range broken {
			faults = append(faults, check.rule+": "+what)
		}
	}
	return faults, nil
}
