package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

var (
	company = id.ID{15: 1}
	family  = id.ID{15: 2}
)

// calls are what a client asks, what it is answered, and what it must have sent.
// {company} and {family} stand for the two organizations.
var calls = map[string]struct {
	call   func(context.Context, *client.Client) error
	answer string
	route  string
	body   string
}{
	"offer": {
		func(ctx context.Context, c *client.Client) error { return c.Offer(ctx, company, "bob@example.org") }, ``,
		"POST /api/organization/sponsorship/{company}/families-for-enterprise",
		`{"friendlyName":"bob@example.org","planSponsorshipType":0,"sponsoredEmail":"bob@example.org"}`,
	},
	"offer, self-hosted": {
		func(ctx context.Context, c *client.Client) error {
			return c.OfferSelfHosted(ctx, company, "bob@example.org")
		}, ``,
		"POST /api/organization/sponsorship/self-hosted/{company}/families-for-enterprise",
		`{"friendlyName":"bob@example.org","planSponsorshipType":0,"sponsoredEmail":"bob@example.org"}`,
	},
	"validate": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.ValidateToken(ctx, "BW_a+b")
			if !got.IsTokenValid || got.IsFreeFamilyPolicyEnabled {
				return fmt.Errorf("read as %+v", got)
			}
			return err
		},
		`{"isTokenValid":true,"isFreeFamilyPolicyEnabled":false}`,
		"POST /api/organization/sponsorship/validate-token?sponsorshipToken=BW_a%2Bb", ``,
	},
	"redeem": {
		func(ctx context.Context, c *client.Client) error { return c.Redeem(ctx, "BW_a+b", family) }, ``,
		"POST /api/organization/sponsorship/redeem?sponsorshipToken=BW_a%2Bb",
		`{"planSponsorshipType":0,"sponsoredOrganizationId":"{family}"}`,
	},
	"revoke": {
		func(ctx context.Context, c *client.Client) error { return c.Revoke(ctx, company) }, ``,
		"DELETE /api/organization/sponsorship/{company}", ``,
	},
	"revoke, self-hosted": {
		func(ctx context.Context, c *client.Client) error { return c.RevokeSelfHosted(ctx, company) }, ``,
		"DELETE /api/organization/sponsorship/self-hosted/{company}", ``,
	},
	"remove": {
		func(ctx context.Context, c *client.Client) error { return c.RemoveSponsorship(ctx, family) }, ``,
		"DELETE /api/organization/sponsorship/sponsored/{family}", ``,
	},
	"sync status": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.SyncStatus(ctx, company)
			if got != nil {
				return fmt.Errorf("read as %v", got)
			}
			return err
		},
		`{"object":"syncStatus","lastSyncDate":null}`,
		"GET /api/organization/sponsorship/{company}/sync-status", ``,
	},
	"installation": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.RegisterInstallation(ctx, "ops@example.org")
			if got != (client.Installation{ID: family, Key: "k", Enabled: true}) {
				return fmt.Errorf("read as %+v", got)
			}
			return err
		},
		`{"object":"installation","id":"{family}","key":"k","enabled":true}`,
		"POST /api/installations", `{"email":"ops@example.org"}`,
	},
	"connections enabled": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.ConnectionsEnabled(ctx)
			if !got {
				return errors.New("read as false")
			}
			return err
		},
		`true`, "GET /api/organizations/connections/enabled", ``,
	},
	"connection made": {
		func(ctx context.Context, c *client.Client) error {
			_, err := c.SaveConnection(ctx, company, "key")
			return err
		},
		`{"id":null,"type":0,"organizationId":"00000000-0000-0000-0000-000000000000","enabled":false,"config":null}`,
		"POST /api/organizations/connections",
		`{"config":{"billingSyncKey":"key"},"enabled":true,"organizationId":"{company}","type":1}`,
	},
	"connection changed": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.SaveConnection(ctx, company, "key")
			if err == nil && got.Config.CloudOrganizationID != family {
				return fmt.Errorf("read as %+v", got.Config)
			}
			return err
		},
		`{"id":"{family}","type":1,"organizationId":"{company}","enabled":true,"config":{"BillingSyncKey":"old","CloudOrganizationId":"{family}"}}`,
		"PUT /api/organizations/connections/{family}",
		`{"config":{"billingSyncKey":"key"},"enabled":true,"organizationId":"{company}","type":1}`,
	},
	"license download": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.DownloadLicense(ctx, company, family)
			if string(got) != "{ \"a\" : 1 }\n" {
				return fmt.Errorf("read as %q", got)
			}
			return err
		},
		"{ \"a\" : 1 }\n", "GET /api/organizations/{company}/license?installationId={family}", ``,
	},
	"subscription": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.Subscription(ctx, company)
			if err == nil && (got.PlanType != 20 || !got.Subscription.Items[0].SponsoredSubscriptionItem) {
				return fmt.Errorf("read as %+v", got)
			}
			return err
		},
		`{"planType":20,"plan":{"name":"Enterprise"},"subscription":{"status":"active","items":[{"amount":4.5,"sponsoredSubscriptionItem":true}]}}`,
		"GET /api/organizations/{company}/subscription", ``,
	},
	"members": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.Members(ctx, company)
			if err == nil && (len(got) != 1 || got[0] != client.Member{ID: family, Email: "bob@example.org", Status: client.MemberAccepted, Type: client.RoleUser}) {
				return fmt.Errorf("read as %+v", got)
			}
			return err
		},
		`{"data":[{"id":"{family}","userId":null,"email":"bob@example.org","status":1,"type":2}]}`,
		"GET /api/organizations/{company}/users", ``,
	},
	"invite": {
		func(ctx context.Context, c *client.Client) error {
			return c.Invite(ctx, company, client.RoleUser, "bob@example.org")
		}, ``,
		"POST /api/organizations/{company}/users/invite",
		`{"accessSecretsManager":false,"collections":[],"emails":["bob@example.org"],"groups":[],"permissions":{},"type":2}`,
	},
	"accept": {
		func(ctx context.Context, c *client.Client) error {
			return c.AcceptInvitation(ctx, company, family, "token")
		}, ``,
		"POST /api/organizations/{company}/users/{family}/accept", `{"resetPasswordKey":null,"token":"token"}`,
	},
	"license sync": {
		func(ctx context.Context, c *client.Client) error {
			got, err := c.SyncLicense(ctx, company)
			if got.License.Result != "updated" {
				return fmt.Errorf("read as %+v", got)
			}
			return err
		},
		`{"license":{"result":"updated"},"sponsorships":{"result":"unchanged"}}`,
		"POST /api/organizations/licenses/self-hosted/{company}/sync", ``,
	},
}

func TestCallsUseTheRoutesOfTheProtocol(t *testing.T) {
	names := strings.NewReplacer("{company}", company.String(), "{family}", family.String())
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.answer("/", 200, names.Replace(test.answer))
			if err := test.call(t.Context(), client.New(s.URL, nil).WithToken("t")); err != nil {
				t.Fatal(err)
			}
			got := s.calls[len(s.calls)-1]
			if route := got.Method + " " + got.URL.String(); route != names.Replace(test.route) {
				t.Errorf("route %s, want %s", route, names.Replace(test.route))
			}
			if got.body != names.Replace(test.body) {
				t.Errorf("body %s, want %s", got.body, names.Replace(test.body))
			}
			if got.Header.Get("Authorization") != "Bearer t" {
				t.Errorf("authorization %q", got.Header.Get("Authorization"))
			}
		})
	}
}

func TestBillingSyncKeyIsProvedByThePassword(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	hash, err := c.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	asks := map[string]func(context.Context, id.ID, string) (client.APIKey, error){
		"api-key": c.BillingSyncKey, "rotate-api-key": c.RotateBillingSyncKey,
	}
	for route, ask := range asks {
		t.Run(route, func(t *testing.T) {
			path := "/api/organizations/" + company.String() + "/" + route
			s.answer("POST "+path, 200, `{"object":"apiKey","apiKey":"secret","revisionDate":"2026-11-22T12:00:00Z"}`)
			if got, err := ask(t.Context(), company, password); err != nil || got.APIKey != "secret" {
				t.Fatalf("%+v, %v", got, err)
			}
			body := s.last(t, path).members(t)
			if body["type"] != 1.0 || body["masterPasswordHash"] != hash {
				t.Errorf("body %v", body)
			}
		})
	}
}

func TestFailedSyncStillTellsBothParts(t *testing.T) {
	s := newServer(t)
	s.answer("/", 400, `{"object":"error","message":"No.","code":"cloud-unreachable",
		"license":{"result":"failed","code":"cloud-unreachable"},"sponsorships":{"result":"skipped","code":""}}`)
	got, err := client.New(s.URL, nil).WithToken("t").SyncLicense(t.Context(), company)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != "cloud-unreachable" {
		t.Errorf("SyncLicense: %v", err)
	}
	if got.License.Code != "cloud-unreachable" || got.Sponsorships.Result != "skipped" {
		t.Errorf("SyncLicense: %+v", got)
	}
}

func TestOrganizationIsBoughtWithItsKeys(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	n := client.NewOrganization{Name: "Acme", BillingEmail: "pay@example.org", PlanType: 20, AdditionalSeats: 10, CollectionName: "Général", Country: "FR", PostalCode: "75001"}
	tests := map[string]struct {
		create func(context.Context, client.NewOrganization) (client.Organization, error)
		path   string
		method any
	}{
		"purchase": {c.CreateOrganization, "/api/organizations", 8.0},
		"trial":    {c.CreateWithoutPayment, "/api/organizations/create-without-payment", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s.answer("POST "+test.path, 200, `{"object":"organization","id":"`+company.String()+`","name":"Acme","planType":20}`)
			made, err := test.create(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			body := s.last(t, test.path).members(t)
			if body["planType"] != 20.0 || body["paymentMethodType"] != test.method || (body["skipTrial"] == true) != (test.method != nil) {
				t.Errorf("body %v", body)
			}
			key, ok := c.OrganizationKey(made.ID)
			if !ok {
				t.Fatal("the key is forgotten")
			}
			if got, err := key.Decrypt(body["collectionName"].(string)); err != nil || string(got) != "Général" {
				t.Errorf("collection %q, %v", got, err)
			}
			keys := body["keys"].(map[string]any)
			if _, err := client.OpenKeyPair(keys["encryptedPrivateKey"].(string), key); err != nil {
				t.Errorf("key pair: %v", err)
			}
		})
	}
}

func TestLicenseTravelsAsAFile(t *testing.T) {
	const file = `{"license":"as the cloud wrote it"}`
	s := newServer(t)
	c := s.signedIn(t)
	s.answer("/api/organizations/licenses/", 200, `{"object":"organization","id":"`+company.String()+`"}`)
	if _, err := c.CreateFromLicense(t.Context(), []byte(file), "Général"); err != nil {
		t.Fatal(err)
	}
	created := form(t, s.last(t, "/api/organizations/licenses/self-hosted"))
	if created["license"] != file {
		t.Errorf("license %q, want %q", created["license"], file)
	}
	for _, name := range []string{"key", "collectionName", "keys.publicKey", "keys.encryptedPrivateKey"} {
		if created[name] == "" {
			t.Errorf("%s is missing from %v", name, created)
		}
	}
	if err := c.UpdateLicense(t.Context(), company, []byte(file)); err != nil {
		t.Fatal(err)
	}
	updated := form(t, s.last(t, "/api/organizations/licenses/self-hosted/"+company.String()))
	if len(updated) != 1 || updated["license"] != file {
		t.Errorf("update %v, want only the license", updated)
	}
}

func TestSyncOpensTheKeysOfOrganizations(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	keys := s.last(t, "/identity/accounts/register/finish").members(t)["userAsymmetricKeys"].(map[string]any)
	want := client.NewKey()
	wrapped, err := client.WrapFor(keys["publicKey"].(string), want)
	if err != nil {
		t.Fatal(err)
	}
	s.answer("GET /api/sync", 200, `{"object":"sync","profile":{"email":"alice@example.org","organizations":[{"id":"`+
		company.String()+`","name":"Acme","key":"`+wrapped+`","familySponsorshipFriendlyName":"bob@example.org"}]},
		"userDecryption":{"userKeyId":"`+c.Key().ID()+`"}}`)
	vault, err := c.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := c.OrganizationKey(company); !ok || got != want {
		t.Errorf("organization key %x, %v", got, ok)
	}
	org, ok := vault.Organization(company)
	if !ok || *org.FamilySponsorshipFriendlyName != "bob@example.org" || vault.UserKeyID != c.Key().ID() {
		t.Errorf("vault %+v", vault)
	}
}

func TestUserKeyIDIsTold(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	const path = "/api/accounts/key-management/user-key-id"
	s.answer("POST "+path, 200, ``)
	if err := c.SetUserKeyID(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := s.last(t, path).body, `{"userKeyId":"`+c.Key().ID()+`"}`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
}

// form reads a multipart body, which must say its length.
func form(t *testing.T, r recorded) map[string]string {
	t.Helper()
	if r.ContentLength != int64(len(r.body)) {
		t.Errorf("content length %d, want %d", r.ContentLength, len(r.body))
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	reader := multipart.NewReader(strings.NewReader(r.body), params["boundary"])
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		found[part.FormName()] = string(content)
	}
}
