package operator

import (
	"slices"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/doctor"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/web"
)

func (h handler) mountServer(r *web.Router) {
	web.Handle(r, "GET /admin/api/mails", h.mails, web.Operator)
	web.Handle(r, "POST /admin/api/mails/{id}/retry", h.retryMail, web.Operator)
	web.Handle(r, "GET /admin/api/jobs", h.jobs, web.Operator)
	web.Handle(r, "GET /admin/api/settings", h.settings, web.Operator)
	web.Handle(r, "POST /admin/api/doctor/{part}", h.examine, web.Operator)
}

// mailView is a letter that has not left. What stands in it is nobody's business.
type mailView struct {
	ID           id.ID      `json:"id"`
	To           string     `json:"to"`
	Template     string     `json:"template"`
	Subject      *string    `json:"subject"` // null once it is given up
	GivenUp      bool       `json:"givenUp"`
	Attempts     int        `json:"attempts"`
	Error        *string    `json:"error"`
	CreationDate time.Time  `json:"creationDate"`
	NextDate     *time.Time `json:"nextDate"`
	Object       string     `json:"object"`
}

func viewOfMail(m mail.Waiting) mailView {
	return mailView{
		m.ID, m.To, m.Template, present(m.Subject), m.GivenUp, m.Attempts, present(m.Error), m.CreatedAt, optional(m.NextAt), "operatorMail",
	}
}

func (h handler) mails(c *web.Call, _ struct{}) (web.List[mailView], error) {
	ask := func(p Slice) ([]mail.Waiting, bool, error) { return h.service.ListMails(c.Context(), p) }
	return part(c, ask, viewOfMail)
}

func (h handler) retryMail(c *web.Call, _ struct{}) (struct{}, error) {
	mailID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.service.RetryMail(c.Context(), c.Caller.Operator, mailID)
}

type jobView struct {
	Name     string     `json:"name"`
	Periodic bool       `json:"periodic"`
	Waiting  int        `json:"waiting"`
	Running  int        `json:"running"`
	Failing  int        `json:"failing"`
	Attempts int        `json:"attempts"`
	Error    *string    `json:"error"`
	LastDate *time.Time `json:"lastDate"`
	NextDate *time.Time `json:"nextDate"`
	Object   string     `json:"object"`
}

func (h handler) jobs(c *web.Call, _ struct{}) (web.List[jobView], error) {
	reports, err := h.service.ListJobs(c.Context())
	views := make([]jobView, len(reports))
	for i, r := range reports {
		views[i] = viewOfJob(r)
	}
	return web.ListOf(views), err
}

func viewOfJob(r jobs.Report) jobView {
	return jobView{
		r.Kind, r.Periodic, r.Waiting, r.Running, r.Failing, r.Attempts, present(r.Error), optional(r.RanAt), optional(r.NextAt), "operatorJob",
	}
}

type settingView struct {
	Name        string  `json:"name"`
	Group       string  `json:"group"`
	Description string  `json:"description"` // in the language of the caller, as far as there is a text in it
	Value       *string `json:"value"`       // null when there is none, and for a secret
	Secret      bool    `json:"secret"`
	Set         bool    `json:"set"`
	Source      string  `json:"source"` // default, file, environment or flag
	Object      string  `json:"object"`
}

func viewOfSetting(f config.InForce, language string) settingView {
	return settingView{f.Name, f.Group, f.DocIn(language), present(f.Value), f.Secret, f.Set, string(f.Source), "operatorSetting"}
}

func (h handler) settings(c *web.Call, _ struct{}) (web.List[settingView], error) {
	views := make([]settingView, len(h.service.Settings))
	for i, f := range h.service.Settings {
		views[i] = viewOfSetting(f, c.Language())
	}
	return web.ListOf(views), nil
}

type findingView struct {
	Check   string  `json:"check"`
	Name    string  `json:"name"` // of the check, for people
	Subject *string `json:"subject"`
	State   string  `json:"state"` // ok, warning or fault
	Code    *string `json:"code"`
	Text    string  `json:"text"`
	Object  string  `json:"object"`
}

// examine answers what the doctor finds in one part, so that the page can tell how
// far the examination is.
func (h handler) examine(c *web.Call, _ struct{}) (web.List[findingView], error) {
	part := doctor.Part(c.Param("part"))
	if !slices.Contains(doctor.Parts, part) {
		return web.List[findingView]{}, fault.Gone
	}
	found := h.service.Examine(c.Context(), part, c.Language())
	views := make([]findingView, len(found))
	for i, f := range found {
		views[i] = findingView{
			string(f.Check), f.Check.Name(c.Language()), present(f.Subject), string(f.State), present(f.Code), f.Text, "operatorFinding",
		}
	}
	return web.ListOf(views), nil
}

// runView is one sync of an organization with its cloud.
type runView struct {
	ID             id.ID      `json:"id"`
	OrganizationID id.ID      `json:"organizationId"`
	Organization   string     `json:"organization"`
	Cause          string     `json:"cause"` // daily, change or person
	StartDate      time.Time  `json:"startDate"`
	EndDate        *time.Time `json:"endDate"`
	Result         *string    `json:"result"` // updated, unchanged or failed; null while it is under way
	Code           *string    `json:"code"`
	Message        *string    `json:"message"` // why it failed
	Sent           int        `json:"sent"`
	Accepted       int        `json:"accepted"`
	Refused        int        `json:"refused"`
	Removed        int        `json:"removed"`
	Object         string     `json:"object"`
}

func viewOfRun(r Run, language string) runView {
	v := runView{
		ID: r.ID, OrganizationID: r.OrganizationID, Organization: r.Organization, Cause: string(r.Cause),
		StartDate: r.StartedAt, EndDate: optional(r.EndedAt),
		Sent: r.Counts.Sent, Accepted: r.Counts.Accepted, Refused: r.Counts.Refused, Removed: r.Counts.Removed, Object: "operatorSyncRun",
	}
	if err := r.Err(); err != nil {
		v.Code, v.Message = present(fault.CodeOf(err)), present(fault.Text(err, language))
	}
	if !r.EndedAt.IsZero() {
		v.Result = present(string(resultOf(r.Run)))
	}
	return v
}

// resultOf is one word for both parts of a run that has ended.
func resultOf(r billingsync.Run) billingsync.Result {
	for _, worst := range []billingsync.Result{billingsync.Failed, billingsync.Updated} {
		if r.License.Result == worst || r.Sponsorships.Result == worst {
			return worst
		}
	}
	return billingsync.Unchanged
}

func (h handler) runs(c *web.Call, _ struct{}) (web.List[runView], error) {
	ask := func(p Slice) ([]Run, bool, error) { return h.service.ListRuns(c.Context(), p) }
	return part(c, ask, func(r Run) runView { return viewOfRun(r, c.Language()) })
}
