// Package config reads the settings of the server from the environment, the env
// file and the command line into one struct, of which every other package gets
// only its part.
//
// A field's tags are the setting: its name (official names keep their official
// meaning), its default, and the sentence that documents it.
package config

import (
	"encoding/base64"
	"log/slog"
	"strings"
	"time"

	"coffre/internal/id"
)

// Config is what Read returns: every value checked, every default filled in.
type Config struct {
	SelfHosted bool   `env:"globalSettings__selfHosted" envDefault:"true" doc:"Whether this server is a self-hosted one (true) or the cloud of a provider (false)."`
	Data       Folder `env:"coffre__data" envDefault:"./bwdata" doc:"The data folder, also given by the flag --data."`
	Admins     List   `env:"adminSettings__admins" doc:"Mail addresses of the operators, separated by commas: each may have a link to the operator page mailed, and creates organizations where coffre__organizations__create says admins."`
	TestClock  bool   `env:"COFFRE_TEST_CLOCK" envDefault:"false" doc:"For tests only: lets POST /demo/clock move the server's clock forward."`

	Server        Server        `group:"Server"`
	Log           Log           `group:"Log"`
	Database      Database      `group:"Database"`
	Keys          Keys          `group:"Keys"`
	Mail          Mail          `group:"Mail"`
	Cloud         Cloud         `group:"Cloud communication"`
	License       License       `group:"Licenses"`
	Files         Files         `group:"Files and icons"`
	Icons         Icons         `group:"Files and icons"`
	Accounts      Accounts      `group:"People"`
	Reports       Reports       `group:"People"`
	TwoStep       TwoStep       `group:"Two-step login"`
	Organizations Organizations `group:"Organizations"`
	Sponsorship   Sponsorship   `group:"Sponsorships and billing"`
	BillingSync   BillingSync   `group:"Sponsorships and billing"`
	Billing       Billing       `group:"Sponsorships and billing"`

	EnvFile string // the env file that was looked for; it may be absent
	Demo    bool   // whether this server is one of the two of "coffre demo"
	Given   Given  // which settings the operator gave, and where
}

// MailVerification reports whether people prove that a mail address is theirs.
// Without a way to send mail nobody can, and an unproven address is enough.
func (c Config) MailVerification() bool { return c.Mail.SMTP.Host != "" || c.Demo }

// Server is what the HTTP side needs.
type Server struct {
	Listen         HostPort `env:"coffre__listen" envDefault:"127.0.0.1:8080" doc:"The address and port to listen on, also given by the flag --listen."`
	Vault          Address  `env:"globalSettings__baseServiceUri__vault" default:"the listen address" doc:"The public address of this server, which stands in mails and in what clients are told."`
	TLSCertificate string   `env:"coffre__tls__certificate" doc:"PEM file of the certificate chain for HTTPS, also given by the flag --tls-cert; without it the server speaks plain HTTP."`
	TLSKey         string   `env:"coffre__tls__key" doc:"PEM file of the private key for HTTPS, also given by the flag --tls-key."`
	TrustedProxies Prefixes `env:"coffre__trustedProxies" doc:"Addresses or networks of the proxies whose X-Forwarded-For header is believed; behind any other proxy all people share its address and its rate limits."`
	KnownProxies   Prefixes `env:"globalSettings__knownProxies" doc:"The official name of coffre__trustedProxies; both lists count."`
	Metrics        HostPort `env:"coffre__metrics__listen" later:"yes" doc:"The address and port that serve /metrics; unset, nothing does."`
	WebVault       string   `env:"coffre__webVault__directory" doc:"A folder with a web vault to serve instead of the built-in one."`
	LimitFactor    float64  `env:"coffre__limits__factor" envDefault:"1" doc:"Multiplies every rate limit."`
}

// Log is how the server writes its log.
type Log struct {
	Level  slog.Level `env:"coffre__log__level" envDefault:"info" doc:"The least important line to write: debug, info, warn or error."`
	Format LogFormat  `env:"coffre__log__format" envDefault:"json" doc:"The form of a line: json or text."`
}

// Database says where the data is kept.
type Database struct {
	Provider Provider `env:"globalSettings__databaseProvider" envDefault:"sqlite" doc:"The database: sqlite or postgresql."`
	// SQLite is the path of the file.
	SQLite string `env:"globalSettings__sqlite__connectionString" default:"<data>/db/coffre.db" doc:"The SQLite file, as a path or as Data Source=path."`
	// PostgreSQL is a URL, whichever form was given.
	PostgreSQL Secret `env:"globalSettings__postgreSql__connectionString" doc:"The PostgreSQL database, as a URL or as Host=…;Port=…;Database=…;Username=…;Password=…;SSL Mode=…."`
}

// Keys is how the server's secrets are protected at rest.
type Keys struct {
	Root Secret `env:"coffre__keys__root" default:"keys/root.key in the data folder" doc:"The root key itself, instead of the file that the first start makes."`
}

// Mail is how mails leave.
type Mail struct {
	Sender  Sender `env:"coffre__mail__sender" default:"smtp with an SMTP host, folder otherwise" doc:"Where mails go: smtp, or folder for .eml files in the folder mail of the data folder."`
	ReplyTo string `env:"globalSettings__mail__replyToEmail" doc:"The address that mails come from and that answers go to."`
	SMTP    SMTP   `envPrefix:"globalSettings__mail__smtp__"`
}

// SMTP is the server that takes the mails.
type SMTP struct {
	Host     string `env:"host" doc:"The SMTP server; a cloud must have one."`
	Port     uint16 `env:"port" envDefault:"587" doc:"The port of the SMTP server."`
	SSL      bool   `env:"ssl" envDefault:"false" doc:"Whether the connection is encrypted from its first byte, as on port 465; on port 587 STARTTLS is used instead."`
	StartTLS bool   `env:"startTls" envDefault:"false" doc:"Whether to refuse a server that does not offer STARTTLS."`
	Username string `env:"username" doc:"The name to sign in to the SMTP server with; unset, the server does not sign in."`
	Password Secret `env:"password" doc:"The password to sign in to the SMTP server with."`
}

// Cloud is how a self-hosted server reaches the cloud; Addresses resolves it.
type Cloud struct {
	Communication   bool    `env:"globalSettings__enableCloudCommunication" envDefault:"false" doc:"Whether this self-hosted server may talk to its cloud."`
	URL             Address `env:"coffre__cloud__url" default:"the address in the license" doc:"The address of the provider's cloud, from which its API, identity and push relay addresses follow."`
	CAFile          string  `env:"coffre__cloud__caFile" doc:"PEM file of a private certificate authority that the cloud's certificate may come from."`
	Region          Region  `env:"globalSettings__baseServiceUri__cloudRegion" doc:"The region of the cloud: US, EU or Gov; without any address it selects those of the official service."`
	InstallationID  id.ID   `env:"globalSettings__installation__id" doc:"The installation id that the cloud gave, in the region that it gave it."`
	InstallationKey Secret  `env:"globalSettings__installation__key" doc:"The installation key that the cloud gave with the id."`
	IdentityURI     Address `env:"globalSettings__installation__identityUri" default:"from coffre__cloud__url" doc:"The cloud's identity address."`
	APIURI          Address `env:"globalSettings__installation__apiUri" default:"from coffre__cloud__url" doc:"The cloud's API address."`
	PushRelayURI    Address `env:"globalSettings__pushRelayBaseUri" default:"from coffre__cloud__url" doc:"The relay for notifications to mobile devices; REPLACE switches them off."`
	PushOff         bool    // whether the relay's address is the word REPLACE
}

// License is how license files are signed, checked and kept.
type License struct {
	Directory           string `env:"globalSettings__licenseDirectory" default:"<data>/core/licenses" doc:"The folder for copies of license files."`
	CertificatePath     string `env:"globalSettings__licenseCertificatePath" default:"made at the first start" doc:"On a cloud: the PKCS #12 file that licenses are signed with."`
	CertificatePassword Secret `env:"globalSettings__licenseCertificatePassword" doc:"The password of the PKCS #12 file."`
	TrustedCertificates string `env:"coffre__license__trustedCertificates" default:"<data>/licensing/trusted.pem" doc:"On a self-hosted server: PEM file of the license signers that it accepts."`
}

// Files is where the files are kept that people encrypt: attachments and those that
// they send.
type Files struct {
	Store FileStore `env:"coffre__files__store" envDefault:"folder" doc:"Where attachments and the files of Sends are kept: folder (core/attachments in the data folder) or s3."`
	S3    S3        `envPrefix:"coffre__files__s3__"`
}

// S3 is an S3-compatible store.
type S3 struct {
	Endpoint  Address `env:"endpoint" doc:"The address of the S3-compatible store, such as https://s3.eu-west-3.amazonaws.com."`
	Region    string  `env:"region" envDefault:"us-east-1" doc:"The region of the bucket."`
	Bucket    string  `env:"bucket" doc:"The bucket, which must exist."`
	Prefix    string  `env:"prefix" envDefault:"coffre" doc:"What stands before the name of every file, followed by a folder of this database's own; the server deletes from that what it does not know."`
	AccessKey string  `env:"accessKey" doc:"The access key id."`
	SecretKey Secret  `env:"secretKey" doc:"The secret access key."`
	PathStyle bool    `env:"pathStyle" envDefault:"false" doc:"Whether the bucket stands in the path of addresses and not in the host, as many stores besides Amazon's want it."`
}

// Icons is how clients get the icons of sites.
type Icons struct {
	Enabled bool `env:"coffre__icons__enabled" envDefault:"true" doc:"Whether this server fetches the icons of the sites in people's vaults for their clients; otherwise all sites show the same symbol."`
}

// Accounts is what people may do.
type Accounts struct {
	DisableRegistration bool    `env:"globalSettings__disableUserRegistration" envDefault:"false" doc:"Whether only invited people may register."`
	OneStepRegistration bool    `env:"coffre__accounts__oneStepRegistration" envDefault:"false" doc:"Whether old clients may register in one step, which proves no address; a server that sends mail refuses it in any case."`
	Premium             Premium `env:"coffre__premium" default:"everyone on a self-hosted server without an installation id, license otherwise" doc:"Who has the premium features: everyone, or those with a license."`
}

// Reports is whom the reports of the web vault ask.
type Reports struct {
	ExposedPasswords Address `env:"coffre__reports__exposedPasswords" doc:"A service that knows passwords from breaches, such as https://api.pwnedpasswords.com: with it the web vault has a report of exposed passwords, for which the browser tells that service the first five digits of the SHA-1 of each, and nobody is asked without it."`
}

// TwoStep is which second steps of a log-in people may set up that need others.
type TwoStep struct {
	Duo    bool `env:"coffre__twoStep__duo" envDefault:"false" doc:"Whether people with the premium features may use Duo, whose hosts (api-….duosecurity.com) this server then calls."`
	Yubico Yubico
}

// Yubico is the server that knows whether what a YubiKey typed is good.
type Yubico struct {
	ClientID       string      `env:"globalSettings__yubico__clientId" doc:"The client id that Yubico gave, with which people with the premium features may use YubiKey OTP."`
	Key            Secret      `env:"globalSettings__yubico__key" doc:"The secret key that Yubico gave with the client id."`
	ValidationURLs AddressList `env:"globalSettings__yubico__validationUrls" envDefault:"https://api.yubico.com/wsapi/2.0/verify" doc:"The validation servers, asked in this order until one answers."`
}

// KeyBytes returns the secret key as Yubico means it; nil when it is none of theirs.
func (y Yubico) KeyBytes() []byte {
	key, err := base64.StdEncoding.DecodeString(string(y.Key))
	if err != nil {
		return nil
	}
	return key
}

// Organizations is what organizations may do.
type Organizations struct {
	InviteHours int    `env:"globalSettings__organizationInviteExpirationHours" envDefault:"120" doc:"How many hours an invitation to an organization stays valid."`
	Create      Create `env:"coffre__organizations__create" default:"anyone on a self-hosted server without an installation id, license otherwise" doc:"Who may create an organization on a self-hosted server: license (whoever has a license file), anyone, or admins (those of adminSettings__admins); a license file is enough in any case."`
}

// InviteLife is how long an invitation stays valid.
func (o Organizations) InviteLife() time.Duration { return time.Duration(o.InviteHours) * time.Hour }

// Sponsorship is how Families sponsorships behave.
type Sponsorship struct {
	OfferDays int  `env:"coffre__sponsorship__offerDays" envDefault:"30" doc:"How many days a sponsorship offer stays valid."`
	Self      bool `env:"coffre__sponsorship__self" envDefault:"true" doc:"On a cloud: whether a member may redeem their own sponsorship at another address, or for an organization that they own; the log of the organization says so."`
}

// OfferLife is how long an offer stays valid.
func (s Sponsorship) OfferLife() time.Duration { return time.Duration(s.OfferDays) * 24 * time.Hour }

// BillingSync is when a self-hosted server speaks with its cloud.
type BillingSync struct {
	OnChange bool `env:"coffre__billingSync__onChange" envDefault:"true" doc:"Whether a change is sent to the cloud as it happens; otherwise by the daily run or by hand."`
}

// Billing is how a cloud takes money.
type Billing struct {
	Provider BillingProvider `env:"coffre__billing__provider" envDefault:"ledger" doc:"On a cloud: who keeps the accounts: ledger, the server itself; stripe is refused until a later version."`
	Seller   Seller          `envPrefix:"coffre__billing__seller__"`
}

// Seller is who sells, as it stands on invoices.
type Seller struct {
	Name    string `env:"name" envDefault:"Coffre" doc:"On a cloud: the name of who sells, which heads every invoice."`
	Address string `env:"address" doc:"The address of the seller on invoices; a vertical bar begins a new line."`
	TaxID   string `env:"taxId" doc:"The tax number of the seller, which invoices show."`
	Email   string `env:"email" default:"globalSettings__mail__replyToEmail" doc:"The address for questions about an invoice."`
	IBAN    string `env:"iban" doc:"The account to which invoices ask to transfer; without it they ask to write to the seller."`
	BIC     string `env:"bic" doc:"The code of the bank at which this account is, for transfers from abroad."`
	Note    string `env:"note" doc:"A line at the foot of every invoice, such as one that the law asks for."`
}

// Lines returns the address line by line.
func (s Seller) Lines() []string {
	lines := []string{}
	for line := range strings.SplitSeq(s.Address, "|") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
