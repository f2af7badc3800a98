package kill_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// Plans that people buy.
const (
	enterprise = 20
	families   = 22
)

// walker is a company's owner and a friend, who walk through the page once. What
// the servers have acknowledged is what the fields hold.
type walker struct {
	*town
	name        string
	owner       person // in the cloud
	home        person // the owner on the self-hosted server
	friend      person // in the cloud
	company     id.ID
	companyHome id.ID
	family      id.ID
	key         string // the billing sync token
	saved       bool   // the connection
	offered     bool
	token       string // of the mail
	redeemed    bool
	revoked     bool
	synced      bool // after the end was asked for
}

// person is somebody on one server. Signed is set once the account is acknowledged.
type person struct {
	*client.Client
	email  string
	signed bool
}

func newWalker(o *town, name string) *walker {
	company, home := "owner-"+name+"@acme.example", "friend-"+name+"@home.example"
	return &walker{
		town: o, name: name,
		owner:  person{Client: o.client(o.Cloud), email: company},
		home:   person{Client: o.client(o.SelfHosted), email: company},
		friend: person{Client: o.client(o.Cloud), email: home},
	}
}

// client returns a client whose changes are announced.
func (o *town) client(s *harness.Server) *client.Client {
	plain := s.HTTP()
	c := client.New(s.URL, &http.Client{Timeout: plain.Timeout, Transport: announcer{plain.Transport, o.changes}})
	c.NewKDF = &s.NewKDF
	return c
}

// announcer tells whoever listens that a change begins.
type announcer struct {
	http.RoundTripper
	changes chan<- struct{}
}

// RoundTrip announces a request unless it only asks for something or signs in.
func (a announcer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && !strings.HasSuffix(req.URL.Path, "/token") && !strings.Contains(req.URL.Path, "/prelogin") {
		select {
		case a.changes <- struct{}{}:
		default:
		}
	}
	return a.RoundTripper.RoundTrip(req)
}

// walk does each step until a server has acknowledged it.
func (w *walker) walk(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"register the owner", func(ctx context.Context) error { return w.register(ctx, &w.owner) }},
		{"buy Enterprise", func(ctx context.Context) (err error) {
			w.company, err = w.buy(ctx, w.owner, "Company "+w.name, enterprise)
			return err
		}},
		{"register at home", w.registerAtHome},
		{"make the organization at home", w.bringHome},
		{"register the friend", func(ctx context.Context) error { return w.register(ctx, &w.friend) }},
		{"buy Families", func(ctx context.Context) (err error) {
			w.family, err = w.buy(ctx, w.friend, "Family "+w.name, families)
			return err
		}},
		{"generate and save the token", w.connect},
		{"offer", w.offer},
		{"sync the offer", w.sync},
		{"read the mail", w.read},
		{"redeem", w.redeem},
		{"sync the redemption", w.sync},
		{"ask for the end", w.revoke},
		{"sync the end", func(ctx context.Context) error {
			err := w.sync(ctx)
			w.synced = err == nil
			return err
		}},
	} {
		ctx, cancel := context.WithTimeout(ctx, patience)
		err := step.do(ctx)
		cancel()
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// passing are the codes of refusals that a kill explains: the other server is down, the
// run of a killed server still holds its lease, or the clock moved past that of a run
// under way.
var passing = []string{"cloud-unreachable", "sync-running", "interrupted"}

// insist repeats an act until it is acknowledged. A server that does not answer is
// asked again, and so is one whose refusal will pass. Any other refusal may mean that
// an earlier try went through, and only its answer was lost: done finds that out.
func insist(ctx context.Context, act func() error, done func() (bool, error)) error {
	return harness.Until(ctx, func(context.Context) (bool, error) {
		err := act()
		if err == nil {
			return true, nil
		}
		refusal, ok := errors.AsType[*client.Error](err)
		if !ok || slices.Contains(passing, refusal.Code) {
			return false, nil
		}
		if refusal.Status == http.StatusUnauthorized {
			return false, nil // A server that was started again gave a token out before its clock was moved on.
		}
		if refusal.Status >= http.StatusInternalServerError {
			return false, err
		}
		was, lookErr := done()
		if _, refusedToo := errors.AsType[*client.Error](lookErr); refusedToo {
			return false, errors.Join(err, lookErr)
		}
		if lookErr != nil {
			return false, nil // It was killed meanwhile: act again, and look again.
		}
		if !was {
			return false, err
		}
		return true, nil
	})
}

// never is for acts that can be repeated: no refusal of theirs is right.
func never() (bool, error) { return false, nil }

// register makes an account in the cloud with the link of a mail, and signs in. The
// link may be out of date before it is used, because each kill moves the clock on.
func (w *walker) register(ctx context.Context, p *person) error {
	for {
		err := w.tryToRegister(ctx, p)
		if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Start the registration again") {
			return err
		}
	}
}

func (w *walker) tryToRegister(ctx context.Context, p *person) error {
	if err := insist(ctx, func() error {
		_, err := p.SendVerificationEmail(ctx, p.email, p.email)
		return err
	}, never); err != nil {
		return err
	}
	mail, err := w.Mail.Take(ctx, p.email, "Confirm")
	if err != nil {
		return err
	}
	proof := client.Proof{EmailVerificationToken: tokenOf(mail)}
	return w.enter(ctx, p, func() error { return p.FinishRegistration(ctx, p.email, harness.Password, proof) })
}

func (w *walker) registerAtHome(ctx context.Context) error {
	return w.enter(ctx, &w.home, func() error { return w.home.Register(ctx, w.home.email, w.name, harness.Password, nil) })
}

// enter registers and signs in.
func (w *walker) enter(ctx context.Context, p *person, register func() error) error {
	signIn := func() error { return p.Login(ctx, p.email, harness.Password) }
	err := insist(ctx, register, func() (bool, error) { err := signIn(); return err == nil, err })
	if err != nil {
		return err
	}
	p.signed = true
	return insist(ctx, signIn, never)
}

func tokenOf(mail harness.Mail) string {
	for _, link := range mail.Links {
		_, query, _ := strings.Cut(link, "?")
		if values, err := url.ParseQuery(query); err == nil && values.Get("token") != "" {
			return values.Get("token")
		}
	}
	return ""
}

// named looks for an organization in the profile of a person.
func named(ctx context.Context, p person, name string) (found id.ID, err error) {
	vault, err := p.Sync(ctx)
	if err != nil {
		return id.ID{}, err
	}
	for _, org := range vault.Profile.Organizations {
		if org.Name == name {
			found = org.ID
		}
	}
	return found, nil
}

// buy makes an organization, once: a try whose answer was lost may have made it.
func (w *walker) buy(ctx context.Context, p person, name string, plan int) (orgID id.ID, err error) {
	n := client.NewOrganization{
		Name: name, BillingEmail: p.email, PlanType: plan, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	}
	if plan == enterprise {
		n.AdditionalSeats = 5
	}
	err = insist(ctx, func() error {
		if orgID, err = named(ctx, p, name); err != nil || !orgID.IsZero() {
			return err
		}
		made, err := p.CreateOrganization(ctx, n)
		orgID = made.ID
		return err
	}, never)
	return orgID, err
}

// bringHome makes the organization on the self-hosted server from its license.
func (w *walker) bringHome(ctx context.Context) error {
	var file []byte
	if err := insist(ctx, func() (err error) {
		file, err = w.owner.DownloadLicense(ctx, w.company, w.installation.ID)
		return err
	}, never); err != nil {
		return err
	}
	made := id.ID{}
	err := insist(ctx, func() error {
		org, err := w.home.CreateFromLicense(ctx, file, "Everyone")
		made = org.ID
		return err
	}, func() (bool, error) {
		var err error
		made, err = named(ctx, w.home, "Company "+w.name)
		return !made.IsZero(), err
	})
	w.companyHome = made
	return err
}

func (w *walker) connect(ctx context.Context) error {
	var key client.APIKey
	if err := insist(ctx, func() (err error) {
		key, err = w.owner.BillingSyncKey(ctx, w.company, harness.Password)
		return err
	}, never); err != nil {
		return err
	}
	w.key = key.APIKey
	err := insist(ctx, func() error {
		_, err := w.home.SaveConnection(ctx, w.companyHome, w.key)
		return err
	}, never)
	w.saved = err == nil
	return err
}

func (w *walker) offer(ctx context.Context) error {
	err := insist(ctx, func() error { return w.home.OfferSelfHosted(ctx, w.companyHome, w.friend.email) }, never)
	w.offered = err == nil
	return err
}

// sync presses the button until both parts have gone through.
func (w *walker) sync(ctx context.Context) error {
	return insist(ctx, func() error {
		_, err := w.home.SyncLicense(ctx, w.companyHome)
		return err
	}, never)
}

func (w *walker) read(ctx context.Context) error {
	mail, err := w.Mail.Take(ctx, w.friend.email, offerSubject)
	w.token = tokenOf(mail)
	return err
}

// offerSubject is in the subject of every offer.
const offerSubject = "Families"

func (w *walker) redeem(ctx context.Context) error {
	err := insist(ctx, func() error { return w.friend.Redeem(ctx, w.token, w.family) }, func() (bool, error) { return w.enjoyed(ctx) })
	w.redeemed = err == nil
	return err
}

// enjoyed reports whether the friend's organization is sponsored.
func (w *walker) enjoyed(ctx context.Context) (bool, error) {
	page, err := w.friend.Subscription(ctx, w.family)
	if err != nil || page.Subscription == nil {
		return false, err
	}
	for _, item := range page.Subscription.Items {
		if item.SponsoredSubscriptionItem {
			return true, nil
		}
	}
	return false, nil
}

func (w *walker) revoke(ctx context.Context) error {
	err := insist(ctx, func() error { return w.home.RevokeSelfHosted(ctx, w.companyHome) }, func() (bool, error) {
		at, err := w.given(ctx)
		return at.FamilySponsorshipToDelete != nil && *at.FamilySponsorshipToDelete, err
	})
	w.revoked = err == nil
	return err
}

// given returns what the owner's profile says at home.
func (w *walker) given(ctx context.Context) (client.ProfileOrganization, error) {
	vault, err := w.home.Sync(ctx)
	if err != nil {
		return client.ProfileOrganization{}, err
	}
	org, ok := vault.Organization(w.companyHome)
	if !ok {
		return org, fmt.Errorf("%s is not in the profile", w.companyHome)
	}
	return org, nil
}
