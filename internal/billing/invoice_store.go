package billing

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

type invoiceRow struct{ Invoice }

func (r *invoiceRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Number, &r.Recipient,
		(*db.Time)(&r.IssuedAt), (*db.Time)(&r.DueAt), &r.TotalCents, (*db.Time)(&r.PaidAt),
	}
}

type lineRow struct {
	invoiceID id.ID
	Line
}

func (r *lineRow) Columns() []any {
	return []any{&r.invoiceID, &r.Name, &r.Quantity, &r.UnitCents, &r.AmountCents}
}

func (s sqlStore) InsertInvoice(ctx context.Context, v Invoice) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `INSERT INTO invoice (id, organization_id, number, recipient, issued_at, due_at, total_cents, paid_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			v.ID, v.OrganizationID, v.Number, v.Recipient, db.Time(v.IssuedAt), db.Time(v.DueAt), v.TotalCents, db.Time(v.PaidAt))
		for i, l := range v.Lines {
			if err != nil {
				return err
			}
			_, err = s.db.Exec(ctx, `INSERT INTO invoice_line (invoice_id, position, name, quantity, unit_cents, amount_cents)
				VALUES ($1, $2, $3, $4, $5, $6)`, v.ID, i+1, l.Name, l.Quantity, l.UnitCents, l.AmountCents)
		}
		return err
	})
}

func (s sqlStore) Invoices(ctx context.Context, orgID id.ID) ([]Invoice, error) {
	rows, err := db.All[invoiceRow](ctx, s.db, `SELECT id, organization_id, number, recipient, issued_at, due_at, total_cents, paid_at
		FROM invoice WHERE organization_id = $1 ORDER BY issued_at DESC, number DESC`, orgID)
	if err != nil {
		return nil, err
	}
	lines, err := db.All[lineRow](ctx, s.db, `SELECT l.invoice_id, l.name, l.quantity, l.unit_cents, l.amount_cents
		FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
		WHERE i.organization_id = $1 ORDER BY l.invoice_id, l.position`, orgID)
	byInvoice := map[id.ID][]Line{}
	for _, l := range lines {
		byInvoice[l.invoiceID] = append(byInvoice[l.invoiceID], l.Line)
	}
	list := make([]Invoice, len(rows))
	for i, r := range rows {
		list[i] = r.Invoice
		list[i].Lines = byInvoice[r.ID]
	}
	return list, err
}
