package billingsync

import (
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// partView says what became of the license. Code and message are null when it
// went through.
type partView struct {
	Result  *string `json:"result"` // null while the run is under way
	Code    *string `json:"code"`
	Message *string `json:"message"`
}

// countedView says what became of the sponsorships.
type countedView struct {
	partView
	Sent     int `json:"sent"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	Removed  int `json:"removed"`
}

func viewOfPart(p Part, language string) partView {
	v := partView{Result: present(string(p.Result))}
	if p.Err != nil {
		v.Code, v.Message = present(p.Err.Code), present(fault.Text(p.Err, language))
	}
	return v
}

// present writes "" as null.
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

type runView struct {
	ID           id.ID       `json:"id"`
	Cause        Cause       `json:"cause"`
	StartDate    time.Time   `json:"startDate"`
	EndDate      *time.Time  `json:"endDate"`
	License      partView    `json:"license"`
	Sponsorships countedView `json:"sponsorships"`
	NextRunDate  *time.Time  `json:"nextRunDate"` // when one that failed was to be tried again; else null
	Object       string      `json:"object"`
}

func viewOfRun(r Run, language string) runView {
	return runView{
		ID: r.ID, Cause: r.Cause, StartDate: r.StartedAt, EndDate: optional(r.EndedAt),
		License: viewOfPart(r.License, language), Sponsorships: viewOfSponsorships(r, language), NextRunDate: optional(r.NextRunAt), Object: "billingSyncRun",
	}
}

func viewOfSponsorships(r Run, language string) countedView {
	return countedView{
		viewOfPart(r.Sponsorships, language), r.Counts.Sent, r.Counts.Accepted, r.Counts.Refused, r.Counts.Removed,
	}
}

// SyncView is the answer to the buttons Sync license and Sync now.
type SyncView struct {
	License      partView    `json:"license"`
	Sponsorships countedView `json:"sponsorships"`
}

// sync answers 400 with the reason of the first part that failed, and what became
// of both: clients that know one result only show the message.
func (h selfHostedHandler) sync(c *web.Call, _ struct{}) (SyncView, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return SyncView{}, err
	}
	run, err := h.end.Sync(c.Context(), c.Caller.AccountID, organizationID)
	if err != nil {
		return SyncView{}, err
	}
	return Answer(run, c.Language())
}

// Answer is what those are told who asked for a run, in their language: what
// became of each part, with the fault of the first that failed.
func Answer(run Run, language string) (SyncView, error) {
	v := SyncView{viewOfPart(run.License, language), viewOfSponsorships(run, language)}
	if err := run.Err(); err != nil {
		return v, &web.DetailedError{Err: err, Members: map[string]any{"license": v.License, "sponsorships": v.Sponsorships}}
	}
	return v, nil
}

// stateView is what the subscription page shows of billing sync.
type stateView struct {
	CloudCommunication  bool            `json:"cloudCommunication"`
	Connection          *connectionView `json:"connection"`
	Running             bool            `json:"running"`
	NextRunDate         *time.Time      `json:"nextRunDate"`
	LastRun             *runView        `json:"lastRun"`
	LastSuccessDate     *time.Time      `json:"lastSuccessDate"`
	LastLicenseSyncDate *time.Time      `json:"lastLicenseSyncDate"`
	Failures            int             `json:"failures"` // since the last success
	// OverdueSince is the last success, or the first failure if there was none; null
	// unless runs have failed for a day. Then there is a banner.
	OverdueSince *time.Time `json:"overdueSince"`
	Object       string     `json:"object"`
}

func (h selfHostedHandler) state(c *web.Call, _ struct{}) (stateView, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return stateView{}, err
	}
	found, connected, err := h.end.Connection(c.Context(), c.Caller.AccountID, organizationID)
	if err != nil {
		return stateView{}, err
	}
	v := stateView{
		CloudCommunication: h.end.Cloud.Settings.Communication, Running: found.Running(h.end.Now()),
		LastSuccessDate: optional(found.SucceededAt), LastLicenseSyncDate: optional(found.LicenseSyncedAt),
		Failures: found.Failures, OverdueSince: optional(found.OverdueSince(h.end.Now())), Object: "billingSync",
	}
	if connected {
		connection, err := h.view(found)
		if err != nil {
			return stateView{}, err
		}
		v.Connection = &connection
	}
	if found.Usable() && v.CloudCommunication {
		v.NextRunDate = optional(found.NextRunAt)
	}
	runs, err := h.end.Store.Runs(c.Context(), organizationID, id.ID{}, 1)
	if len(runs) > 0 {
		v.LastRun = new(viewOfRun(runs[0], c.Language()))
	}
	return v, err
}

// runs answers the history a page at a time; the token names the oldest run told.
func (h selfHostedHandler) runs(c *web.Call, _ struct{}) (web.List[runView], error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return web.List[runView]{}, err
	}
	var before id.ID
	if token := c.Query("continuationToken"); token != "" {
		if before, err = id.Parse(token); err != nil {
			return web.List[runView]{}, fault.Malformed("continuationToken")
		}
	}
	runs, more, err := h.end.History(c.Context(), c.Caller.AccountID, organizationID, before)
	list := web.ListOf[runView](nil)
	for _, r := range runs {
		list.Data = append(list.Data, viewOfRun(r, c.Language()))
	}
	if more {
		list.ContinuationToken = present(runs[len(runs)-1].ID.String())
	}
	return list, err
}
