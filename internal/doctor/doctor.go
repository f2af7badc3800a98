// Package doctor looks a server over from the outside of its program: settings,
// files, database, mail, licenses, and the way to the cloud. It changes nothing,
// sends no mail, and never waits for long. Each finding says what is so and, for a
// fault, what to do next.
package doctor

import (
	"fmt"
	"io"
	"strings"

	"coffre/internal/fault"
)

// State is how a check ended.
type State string

// The states. Only a Fault makes the examination fail.
const (
	OK      State = "ok"
	Warning State = "warning"
	Fault   State = "fault"
)

// Check is the name of what was looked at, the same in every language and version.
type Check string

// The checks, in the order in which they are told.
const (
	Settings     Check = "settings"
	Server       Check = "server"
	DataFolder   Check = "data-folder"
	Disk         Check = "disk"
	RootKey      Check = "root-key"
	Certificate  Check = "certificate"
	Mail         Check = "mail"
	Database     Check = "database"
	Schema       Check = "schema"
	License      Check = "license"
	Cloud        Check = "cloud-communication"
	API          Check = "cloud-api"
	Identity     Check = "cloud-identity"
	Push         Check = "push-relay"
	Region       Check = "region"
	Clock        Check = "clock"
	Installation Check = "installation"
	Token        Check = "billing-sync-token" //nolint:gosec // The name of a check.
	Plan         Check = "plan"
)

// labels are what people read for a check.
var labels = map[Check]string{
	Settings: "doctor.nameSettings", Server: "doctor.nameServer", DataFolder: "doctor.nameFolder", Disk: "doctor.nameDisk",
	RootKey: "doctor.nameRootKey", Certificate: "doctor.nameCertificate", Database: "doctor.nameDatabase", Schema: "doctor.nameSchema",
	Mail: "doctor.nameMail", License: "doctor.nameLicense", Cloud: "doctor.nameCloud", API: "doctor.nameAPI",
	Identity: "doctor.nameIdentity", Push: "doctor.namePush", Region: "doctor.nameRegion", Clock: "doctor.nameClock",
	Installation: "doctor.nameInstallation", Token: "doctor.nameToken", Plan: "doctor.namePlan",
}

// Name returns what people read for a check.
func (c Check) Name(language string) string { return fault.Sentence(labels[c], nil, language) }

// marks are the words that lines begin with, of one width.
var marks = map[State]string{OK: "doctor.markOk", Warning: "doctor.markWarning", Fault: "doctor.markFault"}

// Finding is one line of the examination.
type Finding struct {
	Check   Check  `json:"check"`
	Subject string `json:"subject"` // its address, file or name; often empty
	State   State  `json:"state"`
	Code    string `json:"code"` // what is so, in a word for programs; empty when all is well
	Text    string `json:"text"` // for people, with what to do about a fault
	Host    string `json:"host"` // what a firewall must let through; empty where nothing is reached
	Port    string `json:"port"`

	said error // what Text becomes
}

func (f Finding) ok(said error) Finding {
	f.State, f.said = OK, said
	return f
}

func (f Finding) warning(said error) Finding {
	f.State, f.said = Warning, said
	return f
}

func (f Finding) fault(said error) Finding {
	f.State, f.said = Fault, said
	return f
}

// fine says something good.
func fine(key string) *fault.Error { return fault.New(fault.Invalid, key) }

// wrong says something bad, with the code of the finding.
func wrong(key, code string) *fault.Error { return fine(key).Coded(code) }

// Print writes one line for each finding in the language of the reader.
func Print(w io.Writer, findings []Finding, language string) error {
	out := &strings.Builder{}
	for _, f := range findings {
		check := f.Check.Name(language)
		if f.Subject != "" && !strings.HasPrefix(f.Text, f.Subject) {
			check += " " + f.Subject
		}
		line := fault.Sentence("doctor.line", map[string]any{"check": check, "text": f.Text}, language)
		fmt.Fprintf(out, "%-7s%s\n", fault.Sentence(marks[f.State], nil, language), line)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// Healthy reports whether no finding is a fault.
func Healthy(findings []Finding) bool {
	for _, f := range findings {
		if f.State == Fault {
			return false
		}
	}
	return true
}
