package sponsorship

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"time"

	"coffre/internal/id"
)

// Export returns what the admins of an organization have given away as a table for a
// spreadsheet, to whoever may list it. Notes are left out: there they could not be
// read.
func (s *Service) Export(ctx context.Context, caller, orgID id.ID) ([]byte, error) {
	list, err := s.ListAdminInitiated(ctx, caller, orgID)
	if err != nil {
		return nil, err
	}
	var table bytes.Buffer
	table.WriteString("\ufeff") // or a spreadsheet takes it for another encoding
	w := csv.NewWriter(&table)
	w.UseCRLF = true
	rows := [][]string{{"id", "recipient", "name", "state", "date", "code", "awaitingSync", "createdAt"}}
	for _, v := range list {
		state, date := v.Shown(s.Now(), s.Life())
		rows = append(rows, []string{
			v.ID.String(), harmless(v.Wish.Email), harmless(v.Wish.FriendlyName), string(state), day(date), v.why(),
			map[bool]string{true: "yes", false: "no"}[v.Waiting()], day(v.CreatedAt),
		})
	}
	err = w.WriteAll(rows)
	return table.Bytes(), err
}

// harmless keeps a spreadsheet from taking what somebody typed for a formula.
func harmless(text string) string {
	bare := []rune(strings.TrimLeft(text, " "))
	if len(bare) > 0 && strings.ContainsRune("=+-@|%'＝＋－＠\t\r\n", bare[0]) {
		return "'" + text
	}
	return text
}

func day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
