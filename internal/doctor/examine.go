package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/fault"
)

// Examine looks at everything that the settings name. Open opens the database;
// language is that of the findings' texts about the cloud.
func Examine(ctx context.Context, cfg config.Config, warnings []config.Warning, open func() (*db.DB, error), now func() time.Time, language string) []Finding {
	findings := settings(cfg, warnings)
	findings = append(findings, folder(cfg), database(ctx, open))
	if cfg.SelfHosted {
		findings = append(findings, wayToTheCloud(ctx, cfg, now, language)...)
	}
	return findings
}

func settings(cfg config.Config, warnings []config.Warning) []Finding {
	file := Finding{Name: "settings", Subject: cfg.EnvFile}
	if _, err := os.Stat(cfg.EnvFile); err != nil {
		return []Finding{file.ok("no such file: the environment and the defaults are used")}
	}
	findings := []Finding{file.ok("read")}
	for _, w := range warnings {
		findings = append(findings, Finding{Name: "setting", Subject: w.Key}.fault(w.Text, ""))
	}
	return findings
}

// folder tries the data folder, which everything else stands on, by writing to it.
func folder(cfg config.Config) Finding {
	f := Finding{Name: "data folder", Subject: string(cfg.Data)}
	if _, err := os.Stat(string(cfg.Data)); os.IsNotExist(err) {
		return f.ok("not there yet: the first start makes it")
	}
	probe, err := os.CreateTemp(string(cfg.Data), ".doctor-*")
	if err != nil {
		return f.fault(plain(err), "Give the user that runs Coffre the right to write there.")
	}
	probe.Close()
	os.Remove(probe.Name())
	return f.ok("can be written")
}

func database(ctx context.Context, open func() (*db.DB, error)) Finding {
	f := Finding{Name: "database"}
	d, err := open()
	if err != nil {
		return f.fault(plain(err), "Check the connection string and the rights on the file.")
	}
	defer d.Close()
	f.Subject = d.Engine()
	pending, err := d.Pending(ctx)
	switch {
	case err != nil && strings.Contains(err.Error(), "migration"):
		return f.ok("empty: the first start fills it")
	case err != nil:
		return f.fault(plain(err), "Check that the database server runs and that the name and password are right.")
	case len(pending) > 0:
		return f.fault(fmt.Sprintf("%d migrations are pending", len(pending)), "Make a backup, then run coffre migrate or restart the server.")
	}
	return f.ok("at this version")
}

// wayToTheCloud looks at each address, then at what the cloud says to this
// installation.
func wayToTheCloud(ctx context.Context, cfg config.Config, now func() time.Time, language string) []Finding {
	communication := Finding{Name: "cloud communication"}
	if !cfg.Cloud.Communication {
		return []Finding{communication.ok("off (globalSettings__enableCloudCommunication)")}
	}
	addresses, err := cfg.Cloud.Addresses("")
	if err != nil {
		return []Finding{communication.fault(fault.Text(err, language), "")}
	}
	cloud, err := billingsync.NewCloud(cfg.Cloud, now)
	if err != nil {
		return []Finding{communication.fault(err.Error(), "")}
	}
	findings := []Finding{
		communication.ok("on"),
		Reach(ctx, cloud.HTTP, "cloud api", config.Join(addresses.API, "config")),
		Reach(ctx, cloud.HTTP, "cloud identity", config.Join(addresses.Identity, "alive")),
	}
	if addresses.Push != "" {
		findings = append(findings, Reach(ctx, cloud.HTTP, "push relay", config.Join(addresses.Push, "alive")))
	}
	for _, f := range findings {
		if !f.OK {
			return findings // what follows would only say the same again
		}
	}
	return append(findings, region(ctx, cloud, cfg, language), installation(ctx, cloud, cfg, language))
}

func region(ctx context.Context, cloud *billingsync.Cloud, cfg config.Config, language string) Finding {
	f := Finding{Name: "region", Subject: string(cfg.Cloud.Region)}
	told, err := cloud.Region(ctx)
	if err == nil {
		err = cloud.CheckRegion(told)
	}
	if err != nil {
		return f.fault(fault.Text(err, language), "")
	}
	if told == "" {
		return f.ok("the cloud names none")
	}
	return f.ok("the cloud says " + told)
}

func installation(ctx context.Context, cloud *billingsync.Cloud, cfg config.Config, language string) Finding {
	f := Finding{Name: "installation", Subject: cfg.Cloud.InstallationID.String()}
	if _, err := cloud.Token(ctx, billingsync.ScopeSync); err != nil {
		return f.fault(fault.Text(err, language), "")
	}
	return f.ok("the cloud knows id and key")
}
