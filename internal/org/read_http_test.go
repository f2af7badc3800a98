package org_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// number returns an id that golden files can name.
func number(n int) id.ID {
	v, err := id.Parse(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n))
	if err != nil {
		panic(err)
	}
	return v
}

// fixed makes an organization in which nothing is random: 1 is the organization,
// 2 its owner's account, 3 the owner, 4 a collection, 5 a policy.
func fixed(t *testing.T, w *world) (org.Organization, id.ID) {
	t.Helper()
	o := full()
	o.ID, o.LicenseKey = number(1), "key"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.DB.Exec(t.Context(), `UPDATE account SET id = $1 WHERE id = $2`, number(2), w.person(t, "alice@example.org"))
	must(err)
	must(w.store.Insert(t.Context(), o))
	must(w.store.InsertMember(t.Context(), org.Member{
		ID: number(3), OrganizationID: o.ID, AccountID: number(2), Status: org.Confirmed, Type: org.Owner, Key: wrapped, CreatedAt: noon, RevisedAt: noon,
		Permissions: org.Permissions{ManageUsers: true}, // left over from another role: it is not shown
	}))
	must(w.Collections.Store.Insert(t.Context(), collection.Collection{ID: number(4), OrganizationID: o.ID, Name: encrypted, CreatedAt: noon, RevisedAt: noon}))
	must(w.Collections.Store.PutGrants(t.Context(), collection.ByMember, []collection.Grant{{CollectionID: number(4), HolderID: number(3), Access: collection.Access{Manage: true}}}))
	_, err = w.Policies.Store.Put(t.Context(), policy.Policy{
		ID: number(5), OrganizationID: o.ID, Type: policy.MasterPassword, Enabled: true, Data: []byte(`{"minLength": 14}`), CreatedAt: noon, RevisedAt: noon,
	})
	must(err)
	w.Sponsored = 1
	w.Given = map[id.ID]org.FamilySponsorship{number(3): {
		FriendlyName: "carol@example.org", LastSyncDate: noon.Add(-time.Hour), ValidUntil: noon.AddDate(1, 0, 0), ToDelete: true,
	}}
	return o, number(2)
}

// Scenario 3: every member that strict clients ask for is there.
func TestAnswersAreComplete(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o, alice := fixed(t, w)
	r := server(w, org.MountCloud)
	base := "/api/organizations/" + o.ID.String()
	for name, path := range map[string]string{
		"organization":  base,
		"organizations": "/api/organizations",
		"public-key":    base + "/public-key",
		"auto-enroll":   base + "/auto-enroll-status",
		"metadata":      base + "/billing/vnext/metadata",
		"members":       base + "/users?includeCollections=true",
		"fellows":       base + "/users/mini-details",
		"assigned":      "/api/collections",
		"collections":   base + "/collections",
		"shares":        base + "/collections/details",
		"policies":      base + "/policies",
		"policy":        base + "/policies/1",
		"policy-unset":  base + "/policies/13",
	} {
		t.Run(name, func(t *testing.T) {
			rec := call(r, alice, "GET "+path, "")
			if rec.Code != 200 {
				t.Fatalf("got %d %s", rec.Code, rec.Body)
			}
			golden(t, name, rec.Body.Bytes())
		})
	}
}

// What strict clients need of a profile's organization, from the mobile
// applications' own models.
func TestProfileOrganizationHasWhatPhonesNeed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	_, alice := fixed(t, w)
	confirmed, joined, err := w.Profile(t.Context(), alice)
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []any{confirmed, joined} {
		raw, err := json.Marshal(profile)
		if err != nil {
			t.Fatal(err)
		}
		var list []map[string]any
		if err := json.Unmarshal(raw, &list); err != nil || len(list) != 1 {
			t.Fatalf("%s: %v", raw, err)
		}
		for name := range strings.FieldsSeq(`id usePolicies keyConnectorEnabled type enabled selfHost permissions useGroups
			useDirectory usersGetPremium use2fa useEvents useTotp useApi status accessSecretsManager familySponsorshipAvailable
			hasPublicAndPrivateKeys resetPasswordEnrolled ssoBound useActivateAutofillPolicy useCustomPermissions useKeyConnector
			useResetPassword useScim useSecretsManager useSso key`) {
			if list[0][name] == nil {
				t.Errorf("%s is missing or null", name)
			}
		}
		permissions, _ := list[0]["permissions"].(map[string]any)
		for _, name := range []string{"manageResetPassword", "managePolicies"} {
			if _, ok := permissions[name].(bool); !ok {
				t.Errorf("permissions.%s is not a boolean", name)
			}
		}
	}
}

// Scenario 15: denial is 404 on every route, as for an organization that is not
// there.
func TestStrangersFindNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, _ := fixed(t, w)
		stranger := w.person(t, "eve@example.org")
		r := w.Router(func(r *web.Router) { org.MountSelfHosted(r, w.Service) })
		const proof = `{"type":0,"masterPasswordHash":"` + orgtest.Password + `"}`
		bodies := map[string]string{"POST /api/organizations/{id}/keys": `{"publicKey":"AAAA","encryptedPrivateKey":"` + encrypted + `"}`}
		for _, route := range r.Routes {
			if !strings.Contains(route.Path, "{id}") || route.Scope == "" {
				continue
			}
			for name, orgID := range map[string]string{"known": o.ID.String(), "unknown": id.New().String(), "no id": "x"} {
				path := strings.NewReplacer("{id}", orgID, "{type}", "1").Replace(route.Path)
				rec := call(r, stranger, route.Method+" "+path, cmp.Or(bodies[route.Method+" "+route.Path], proof))
				if rec.Code != 404 || !strings.Contains(rec.Body.String(), "Resource not found.") {
					t.Errorf("%s %s, %s: got %d %s", route.Method, route.Path, name, rec.Code, rec.Body)
				}
			}
			rec := call(r, id.ID{}, route.Method+" "+strings.NewReplacer("{id}", o.ID.String(), "{type}", "1").Replace(route.Path), "")
			if rec.Code != 401 {
				t.Errorf("%s %s without a token: got %d", route.Method, route.Path, rec.Code)
			}
		}
	})
}
