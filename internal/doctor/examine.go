package doctor

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/fault"
)

// Doctor is what an examination needs.
type Doctor struct {
	Config   config.Config
	Warnings []config.Warning
	Open     func() (*db.DB, error) // opens the database; it is not called where that would make one
	// Ahead tells how far the test clock of a database is ahead.
	Ahead    func(ctx context.Context, d *db.DB) (time.Duration, error)
	Now      func() time.Time // of this machine
	Language string           // "en" or "fr"
	Patience time.Duration    // with one step of a way; zero means five seconds
}

// Unreadable returns the findings for settings that cannot be read, which no
// server starts with. The error is that of config.Read.
func Unreadable(err error, language string) []Finding {
	errs := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // The list itself is wanted.
		errs = several.Unwrap()
	}
	d := Doctor{Language: language}
	findings := []Finding{}
	for _, err := range errs {
		findings = append(findings, Finding{Check: Settings}.fault(wrong("doctor.settingWrong", "setting-invalid").With("reason", err)))
	}
	return d.told(findings)
}

// Part is a share of the examination that can be had alone.
type Part string

// The parts. They wait for different things.
const (
	Machine Part = "server"
	Letters Part = "mail"
	Stored  Part = "database"
	Beyond  Part = "cloud"
)

// Parts lists the parts in the order in which they are told.
var Parts = []Part{Machine, Letters, Stored, Beyond}

// Examine looks at everything that the settings name. What it waits for, it waits
// for at the same time.
func (d Doctor) Examine(ctx context.Context) []Finding {
	findings := together(
		func() []Finding { return d.part(ctx, Machine) },
		func() []Finding { return d.part(ctx, Letters) },
		func() []Finding { return d.part(ctx, Stored) },
	)
	return d.told(append(findings, d.part(ctx, Beyond)...))
}

// ExaminePart looks at one part; an unknown one has no findings.
func (d Doctor) ExaminePart(ctx context.Context, part Part) []Finding {
	return d.told(d.part(ctx, part))
}

func (d Doctor) part(ctx context.Context, part Part) []Finding {
	if d.Patience == 0 {
		d.Patience = 5 * time.Second
	}
	switch part {
	case Machine:
		return append(d.settings(), d.files(ctx)...)
	case Letters:
		return []Finding{d.mail(ctx)}
	case Stored:
		return d.stored(ctx)
	case Beyond:
		return d.cloud(ctx)
	}
	return []Finding{}
}

// together runs parts of the examination at the same time; the findings keep
// the order of the parts.
func together(parts ...func() []Finding) []Finding {
	found := make([][]Finding, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		wg.Go(func() { found[i] = part() })
	}
	wg.Wait()
	all := []Finding{}
	for _, findings := range found {
		all = append(all, findings...)
	}
	return all
}

// told writes the texts, in one line each and without any secret.
func (d Doctor) told(findings []Finding) []Finding {
	conceal := d.concealer()
	for i, f := range findings {
		text := fault.Text(f.said, d.Language)
		if _, isFault := errors.AsType[*fault.Error](f.said); !isFault {
			text = fault.Sentence("doctor.unexpected", map[string]any{"reason": f.said}, d.Language)
		}
		findings[i].Text = conceal.Replace(strings.Join(strings.Fields(text), " "))
		findings[i].Subject = conceal.Replace(f.Subject)
		if f.State != OK {
			findings[i].Code = codeOf(f.said)
		}
	}
	return findings
}

func codeOf(said error) string {
	if code := fault.CodeOf(said); code != "" {
		return code
	}
	return "unexpected"
}

// concealer takes the secrets of the settings out of what other programs say,
// should they repeat one.
func (d Doctor) concealer() *strings.Replacer {
	secrets := []config.Secret{
		d.Config.Database.PostgreSQL, d.Config.Keys.Root, d.Config.Mail.SMTP.Password, d.Config.Cloud.InstallationKey,
		d.Config.License.CertificatePassword, d.Config.TwoStep.Yubico.Key,
	}
	if u, err := url.Parse(string(d.Config.Database.PostgreSQL)); err == nil && u.User != nil {
		password, _ := u.User.Password()
		secrets = append(secrets, config.Secret(password))
	}
	pairs := []string{}
	for _, s := range secrets {
		if len(s) > 3 { // a shorter one would take letters out of words
			pairs = append(pairs, string(s), "***")
		}
	}
	return strings.NewReplacer(pairs...)
}

// reason takes the addresses and the call off the front of a network error.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return err.Error()
}
