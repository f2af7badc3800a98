package member

import (
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// maxBulk is how many members one request may name.
const maxBulk = 10_000

// checkBulk refuses a list that names nobody, or more than one request may.
func checkBulk(field string, n int) error {
	switch {
	case n == 0:
		return fault.Required(field)
	case n > maxBulk:
		return fault.New(fault.Invalid, "member.tooManyAtOnce").On(field).With("limit", maxBulk)
	}
	return nil
}

// idsRequest names members.
type idsRequest struct {
	IDs []id.ID `json:"ids"`
}

// Check refuses a list that names nobody, or more than one request may.
func (in idsRequest) Check() error { return checkBulk("ids", len(in.IDs)) }

// Outcome is what became of one member of many. Err is nil for one to whom happened
// what was asked.
type Outcome struct {
	MemberID id.ID
	Err      error
}

// outcomesOf returns an outcome for each of the members that were named, in their
// order and each once. Whom refused does not name, it happened to.
func outcomesOf(memberIDs []id.ID, refused map[id.ID]error) []Outcome {
	list := make([]Outcome, 0, len(memberIDs))
	seen := map[id.ID]bool{}
	for _, memberID := range memberIDs {
		if !seen[memberID] {
			seen[memberID] = true
			list = append(list, Outcome{memberID, refused[memberID]})
		}
	}
	return list
}

// outcomeView says what became of one member; Error is empty for a success.
type outcomeView struct {
	Object string `json:"object"`
	ID     id.ID  `json:"id"`
	Error  string `json:"error"`
}

// outcomeViews writes what became of members in the reader's language.
func outcomeViews(c *web.Call, outcomes []Outcome, err error) (web.List[outcomeView], error) {
	views := make([]outcomeView, len(outcomes))
	for i, o := range outcomes {
		views[i] = outcomeView{Object: "OrganizationBulkConfirmResponseModel", ID: o.MemberID}
		if o.Err != nil {
			views[i].Error = fault.Text(o.Err, c.Language())
		}
	}
	return web.ListOf(views), err
}

// only returns what is wrong with the one member that a request named.
func only(outcomes []Outcome, err error) error {
	if err == nil {
		err = outcomes[0].Err
	}
	return err
}
