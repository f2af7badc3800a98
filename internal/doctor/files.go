package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"coffre/internal/config"
	"coffre/internal/seal"
)

const day = 24 * time.Hour

// settings tells of the env file and of what was read.
func (d Doctor) settings() []Finding {
	file := Finding{Check: Settings, Subject: d.Config.EnvFile}
	info, err := os.Stat(d.Config.EnvFile)
	switch {
	case err != nil:
		file = file.ok(fine("doctor.noEnvFile"))
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0:
		file = file.warning(wrong("doctor.envFileOpen", "env-file-open").With("file", d.Config.EnvFile))
	default:
		file = file.ok(fine("doctor.envFileRead"))
	}
	findings := []Finding{file}
	for _, w := range d.Warnings {
		findings = append(findings, Finding{Check: Settings, Subject: w.Key}.warning(w.Said))
	}
	return findings
}

// files looks at what lies on the disk of this machine.
func (d Doctor) files(ctx context.Context) []Finding {
	findings := []Finding{d.running(ctx), d.folder()}
	if f, measured := d.disk(); measured {
		findings = append(findings, f)
	}
	findings = append(findings, d.rootKey())
	if d.Config.Server.TLSCertificate != "" {
		findings = append(findings, d.certificate())
	}
	return findings
}

// running tells whether a server runs on the data folder. Either is well.
func (d Doctor) running(ctx context.Context) Finding {
	f := Finding{Check: Server}
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", d.Config.Data.Socket())
	if err != nil {
		return f.ok(fine("doctor.notRunning"))
	}
	conn.Close()
	return f.ok(fine("doctor.running"))
}

// folder tries the data folder, which everything else stands on, and those in it
// by writing to them.
func (d Doctor) folder() Finding {
	data := d.Config.Data
	f := Finding{Check: DataFolder, Subject: string(data)}
	if _, err := os.Stat(string(data)); errors.Is(err, os.ErrNotExist) {
		return f.ok(fine("doctor.noFolder"))
	}
	for _, folder := range []string{string(data), filepath.Dir(data.RootKey()), data.Licensing(), d.Config.License.Directory, data.Mail()} {
		if err := writable(folder); err != nil {
			return f.fault(wrong("doctor.folderClosed", "folder-not-writable").With("folder", folder).With("reason", reason(err)))
		}
	}
	return f.ok(fine("doctor.folderWritable"))
}

// writable makes a file in a folder and removes it. A folder that is absent is
// made by the server when it is needed.
func writable(folder string) error {
	probe, err := os.CreateTemp(folder, ".doctor-*")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Free space on the disk, in megabytes.
const (
	tight  = 1_000 // is told
	scarce = 100   // is a fault: a database that cannot grow stops
)

func (d Doctor) disk() (f Finding, measured bool) {
	f = Finding{Check: Disk, Subject: string(d.Config.Data)}
	bytes, err := free(string(d.Config.Data))
	if err != nil {
		return f, false
	}
	megabytes := bytes / 1_000_000
	switch {
	case megabytes < scarce:
		return f.fault(wrong("doctor.diskFull", "disk-full").With("free", megabytes)), true
	case megabytes < tight:
		return f.warning(wrong("doctor.diskFull", "disk-low").With("free", megabytes)), true
	}
	return f.ok(fine("doctor.diskFree").With("free", megabytes)), true
}

// rootKey looks at the key under which the server's own secrets are sealed.
// Whether it is the one of the database, stored says.
func (d Doctor) rootKey() Finding {
	file := d.Config.Data.RootKey()
	f := Finding{Check: RootKey, Subject: file}
	if d.Config.Keys.Root != "" {
		f.Subject = "coffre__keys__root"
	}
	_, found, err := seal.FindRoot(string(d.Config.Keys.Root), file)
	switch {
	case err != nil:
		return f.fault(wrong("doctor.rootKeyUnreadable", "root-key-unreadable").With("reason", err))
	case !found:
		return f.ok(fine("doctor.noRootKey"))
	case d.Config.Keys.Root != "":
		return f.ok(fine("doctor.rootKeySet"))
	}
	if info, err := os.Stat(file); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return f.fault(wrong("doctor.rootKeyOpen", "root-key-open").With("file", file))
	}
	return f.ok(fine("doctor.rootKeyKept"))
}

// certificate looks at the server's own, without which no client connects.
func (d Doctor) certificate() Finding {
	s := d.Config.Server
	f := Finding{Check: Certificate, Subject: s.TLSCertificate}
	pair, err := tls.LoadX509KeyPair(s.TLSCertificate, s.TLSKey)
	if err != nil {
		return f.fault(wrong("doctor.certificateUnreadable", "certificate-unreadable").With("reason", reason(err)))
	}
	end := pair.Leaf.NotAfter
	date := end.UTC().Format(time.DateOnly)
	switch left := end.Sub(d.Now()); {
	case left <= 0:
		return f.fault(wrong("doctor.certificateEnded", "certificate-expired").With("date", date))
	case left < 14*day:
		return f.warning(wrong("doctor.certificateEnds", "certificate-ends-soon").With("date", date))
	}
	return f.ok(fine("doctor.certificateHolds").With("date", date))
}

// exists reports whether opening the database of the settings makes no new one.
func exists(c config.Database) bool {
	if c.Provider == config.PostgreSQL {
		return true
	}
	_, err := os.Stat(c.SQLite)
	return !errors.Is(err, os.ErrNotExist)
}
