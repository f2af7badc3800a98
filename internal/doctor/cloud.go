package doctor

import (
	"context"
	"errors"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/fault"
)

// cloud looks at the way of a self-hosted server to its cloud, and at what the
// cloud says to its installation. A cloud itself needs a way to a relay at most.
func (d Doctor) cloud(ctx context.Context) []Finding {
	settings := d.Config.Cloud
	f := Finding{Check: Cloud}
	if !d.Config.SelfHosted {
		return d.relay(ctx)
	}
	if !settings.Communication {
		return []Finding{f.ok(fine("doctor.cloudOff"))}
	}
	to, err := settings.Addresses("")
	if err != nil {
		return []Finding{f.fault(err)}
	}
	cloud, err := billingsync.NewCloud(settings, d.Now)
	if err != nil {
		return []Finding{f.fault(wrong("doctor.authorityUnreadable", "authority-unreadable").With("reason", err))}
	}
	findings := []Finding{f.ok(fine("doctor.cloudOn"))}
	api, reached, date := d.ways(ctx, cloud, to)
	findings = append(findings, reached...)
	if api {
		findings = append(findings, d.region(ctx, cloud), d.clock(date))
	}
	if !Healthy(findings) {
		return findings // what follows would only say the same again
	}
	admitted := d.installation(ctx, cloud)
	findings = append(findings, admitted)
	if admitted.State == OK {
		findings = append(findings, d.tokens(ctx, cloud)...)
	}
	return findings
}

// relay looks at the way of a cloud to the relay that it passes on to.
func (d Doctor) relay(ctx context.Context) []Finding {
	settings := d.Config.Cloud
	if settings.PushRelayURI == "" || settings.PushOff {
		return nil
	}
	cloud, err := billingsync.NewCloud(settings, d.Now)
	if err != nil {
		return []Finding{Finding{Check: Push}.fault(wrong("doctor.authorityUnreadable", "authority-unreadable").With("reason", err))}
	}
	f, _ := Way{cloud.HTTP, d.Patience}.Reach(ctx, Push, config.Join(string(settings.PushRelayURI), "alive"))
	return []Finding{f}
}

// ways walks to each address of the cloud, and tells whether its API was reached
// and what time it is there.
func (d Doctor) ways(ctx context.Context, cloud *billingsync.Cloud, to config.Addresses) (api bool, findings []Finding, date time.Time) {
	way := Way{cloud.HTTP, d.Patience}
	walk := func(check Check, address string) func() []Finding {
		return func() []Finding {
			f, _ := way.Reach(ctx, check, address)
			return []Finding{f}
		}
	}
	parts := []func() []Finding{
		func() []Finding {
			f, said := way.Reach(ctx, API, config.Join(to.API, "config"))
			api, date = f.State == OK, said
			return []Finding{f}
		},
		walk(Identity, config.Join(to.Identity, "alive")),
	}
	if to.Push != "" {
		parts = append(parts, walk(Push, config.Join(to.Push, "alive")))
	}
	findings = together(parts...)
	return api, findings, date
}

func (d Doctor) region(ctx context.Context, cloud *billingsync.Cloud) Finding {
	ctx, cancel := context.WithTimeout(ctx, 2*d.Patience)
	defer cancel()
	f := Finding{Check: Region, Subject: string(d.Config.Cloud.Region)}
	told, err := cloud.Region(ctx)
	if err == nil {
		err = cloud.CheckRegion(told)
	}
	switch {
	case err != nil:
		return f.fault(err)
	case told == "":
		return f.ok(fine("doctor.regionNone"))
	}
	return f.ok(fine("doctor.regionSame").With("region", told))
}

// apart is how far two clocks may be from each other before it is told.
const apart = time.Minute

// clock compares the clock of this machine with that of the cloud. Nothing depends
// on it but licenses and codes of authenticator apps, so it is a warning at most.
func (d Doctor) clock(cloud time.Time) Finding {
	f := Finding{Check: Clock}
	if cloud.IsZero() {
		return f.ok(fine("doctor.clockUnknown"))
	}
	now := d.Now()
	off := now.Sub(cloud).Round(time.Second)
	if off.Abs() <= apart {
		return f.ok(fine("doctor.clockRight"))
	}
	return f.warning(wrong("doctor.clockOff", "clock-off").With("off", off.Abs()).
		With("here", now.UTC().Format(time.DateTime)).With("there", cloud.UTC().Format(time.DateTime)))
}

func (d Doctor) installation(ctx context.Context, cloud *billingsync.Cloud) Finding {
	ctx, cancel := context.WithTimeout(ctx, 2*d.Patience)
	defer cancel()
	f := Finding{Check: Installation, Subject: d.Config.Cloud.InstallationID.String()}
	if d.Config.Cloud.InstallationID.IsZero() {
		f.Subject = ""
	}
	_, err := cloud.Token(ctx, billingsync.ScopeSync)
	if err != nil {
		return f.fault(asFault(err))
	}
	return f.ok(fine("doctor.installationKnown"))
}

// asFault keeps what a fault says and wraps everything else.
func asFault(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return wrong("doctor.unexpected", "unexpected").With("reason", err)
}
