package routes_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"coffre/internal/id"
	"coffre/internal/web"
)

// operatorRows are what the operator page asks. People do not find any of it.
var operatorRows = []row{
	{routes: []string{"GET /admin/api/access"}, open: true},
	{
		routes: []string{"POST /admin/api/link"}, open: true, given: sends(object{"email": ada}),
		required: []string{"email"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"POST /admin/api/session"}, open: true, required: []string{"token"},
		given: func(w *world) given { return given{body: object{"token": w.operatorLink()}} },
	},
	{routes: []string{"GET /admin/api/session", "GET /admin/api/jobs", "GET /admin/api/settings"}, machine: web.ScopeOperator},
	{routes: []string{"DELETE /admin/api/session"}, machine: web.ScopeOperator, token: func(w *world) string { return w.operate(w.here) }},
	{
		routes: []string{"GET /admin/api/organizations", "GET /admin/api/people", "GET /admin/api/mails"}, machine: web.ScopeOperator,
		given: sought,
	},
	{
		routes: []string{"GET /admin/api/installations", "GET /admin/api/syncing"}, on: cloud, machine: web.ScopeOperator,
		given: sought,
	},
	{routes: []string{"GET /admin/api/sync-runs"}, on: home, machine: web.ScopeOperator, given: sought},
	{
		routes: []string{"POST /admin/api/organizations/{id}/disable", "POST /admin/api/organizations/{id}/enable"}, machine: web.ScopeOperator,
		given: func(w *world) given { return given{path: map[string]any{"id": w.anotherAcme()}} }, shared: true,
	},
	{
		routes: []string{"POST /admin/api/mails/{id}/retry"}, machine: web.ScopeOperator, shared: true,
		given: func(w *world) given { return given{path: map[string]any{"id": w.waitingMail()}} },
	},
	{
		routes: []string{"POST /admin/api/doctor/{part}"}, machine: web.ScopeOperator,
		given: func(*world) given { return given{path: map[string]any{"part": "mail"}} },
	},
	{
		routes: []string{"POST /admin/api/installations"}, on: cloud, machine: web.ScopeOperator, given: sends(object{"email": ada}),
		required: []string{"email"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{
			"POST /admin/api/installations/{id}/rotate-key", "POST /admin/api/installations/{id}/disable",
			"POST /admin/api/installations/{id}/enable",
		},
		on: cloud, machine: web.ScopeOperator, shared: true,
		given: func(w *world) given {
			made, err := w.cloud.ada.RegisterInstallation(w.Context(), mallory)
			if err != nil {
				w.Fatal(err)
			}
			return given{path: map[string]any{"id": made.ID}}
		},
	},
}

// sought is a search in a long list.
func sought(*world) given {
	return given{query: map[string]string{"search": "acme", "continuationToken": "50"}}
}

// makeOperators has an operator on the page of each server, for as long as the world is.
func (w *world) makeOperators() {
	w.Helper()
	w.home.machines = map[string]string{}
	for _, s := range []*server{w.cloud, w.home} {
		s.machines[web.ScopeOperator] = w.operate(s)
		s.dead["an operator who left"] = "operator." + rand.Text()
	}
	w.cloud.dead["another server's operator"] = w.home.machines[web.ScopeOperator]
	w.home.dead["another server's operator"] = w.cloud.machines[web.ScopeOperator]
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// farAway is later than any clock of these tests, in microseconds.
const farAway = int64(1) << 52

// operate returns the token of a session that does not end by itself.
func (w *world) operate(s *server) string {
	w.Helper()
	token := "operator." + rand.Text()
	s.change(w.T, `INSERT INTO operator_session (hash, created_at, expires_at) VALUES ($1, $2, $3)`, hashOf(token), farAway, farAway)
	return token
}

// operatorLink returns the secret of a link that nobody has opened.
func (w *world) operatorLink() string {
	w.Helper()
	token := rand.Text()
	w.here.change(w.T, `INSERT INTO operator_link (hash, created_at, expires_at) VALUES ($1, 0, $2)`, hashOf(token), farAway)
	return token
}

// anotherAcme returns an organization like Acme, which nobody is in.
func (w *world) anotherAcme() id.ID {
	w.Helper()
	orgID := id.New()
	w.here.change(w.T, `INSERT INTO organization (id, name, billing_email, plan, plan_type, features, settings, enabled, status, license_key, created_at, revised_at)
		SELECT $1, 'Another Acme', billing_email, plan, plan_type, features, settings, enabled, status, $2, 0, 0 FROM organization WHERE id = $3`,
		orgID, id.New().String(), w.here.acme)
	return orgID
}

// waitingMail returns a mail that is tried again in a long time.
func (w *world) waitingMail() id.ID {
	w.Helper()
	mailID, batch := id.NewOrdered(), id.New().String()
	w.here.change(w.T, `INSERT INTO mail (id, once, batch, message_id, recipient, template, language, sealed, created_at)
		VALUES ($1, $2, $3, 'x@localhost', $4, 'welcome', 'en', 'x', 0)`, mailID, batch, batch, ada)
	w.here.change(w.T, `INSERT INTO job (id, kind, args, run_at, due_at) VALUES ($1, 'mail', $2, 0, $3)`, id.NewOrdered(), batch, farAway)
	return mailID
}
