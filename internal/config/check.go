package config

import (
	"net"
	"strings"

	"coffre/internal/fault"
)

// Names that rules and flags speak of.
const (
	keyData        = "coffre__data"
	keyListen      = "coffre__listen"
	keyCertificate = "coffre__tls__certificate"
	keyTLSKey      = "coffre__tls__key"
	keySender      = "coffre__mail__sender"
	keyBilling     = "coffre__billing__provider"
	keyCloudURL    = "coffre__cloud__url"
	keyRegion      = "globalSettings__baseServiceUri__cloudRegion"
	keyAPI         = "globalSettings__installation__apiUri"
	keyIdentity    = "globalSettings__installation__identityUri"
	keyPush        = "globalSettings__pushRelayBaseUri"
	keySMTPHost    = "globalSettings__mail__smtp__host"
	keyProvider    = "globalSettings__databaseProvider"
	keyYubicoID    = "globalSettings__yubico__clientId"
	keyYubicoKey   = "globalSettings__yubico__key"
	keyFiles       = "coffre__files__store"
	keyS3          = "coffre__files__s3__"
	keySQLite      = "globalSettings__sqlite__connectionString"
	keyPostgreSQL  = "globalSettings__postgreSql__connectionString"
)

// fill puts in the defaults that depend on other values, and reads the
// connection strings.
func (r *reader) fill(c *Config) {
	or := func(text *string, path string) {
		if *text == "" {
			*text = path
		}
	}
	or(&c.Database.SQLite, c.Data.Database())
	or(&c.License.Directory, c.Data.Licenses())
	or(&c.License.TrustedCertificates, c.Data.TrustedCertificates())
	or(&c.Billing.Seller.Email, c.Mail.ReplyTo)
	c.Server.TrustedProxies = append(c.Server.TrustedProxies, c.Server.KnownProxies...)
	if c.Mail.Sender == "" {
		c.Mail.Sender = ByFolder
		if c.Mail.SMTP.Host != "" {
			c.Mail.Sender = BySMTP
		}
	}
	if c.Accounts.Premium == "" {
		c.Accounts.Premium = PremiumByLicense
		if c.SelfHosted && c.Cloud.InstallationID.IsZero() {
			c.Accounts.Premium = PremiumForEveryone
		}
	}
	if c.Organizations.Create == "" {
		c.Organizations.Create = CreateByLicense
		if c.SelfHosted && c.Cloud.InstallationID.IsZero() {
			c.Organizations.Create = CreateByAnyone
		}
	}
	r.fillDatabase(&c.Database)
}

func (r *reader) fillDatabase(d *Database) {
	path, err := sqlitePath(d.SQLite)
	if err != nil {
		r.wrong(keySQLite, err)
	}
	d.SQLite = path
	if d.PostgreSQL == "" {
		return
	}
	address, unused, err := postgresURL(string(d.PostgreSQL))
	if err != nil {
		r.wrong(keyPostgreSQL, err)
	}
	if len(unused) > 0 {
		key := r.spelled(keyPostgreSQL)
		r.warn(key, fault.New(fault.Invalid, "config.keywordsUnused").With("keywords", strings.Join(unused, ", ")))
	}
	d.PostgreSQL = Secret(address)
}

// check reports settings that do not fit together.
func (r *reader) check(c Config) {
	if (c.Server.TLSCertificate == "") != (c.Server.TLSKey == "") {
		r.fail(fault.New(fault.Invalid, "config.together").With("first", keyCertificate).With("second", keyTLSKey))
	}
	if c.Database.Provider == PostgreSQL && c.Database.PostgreSQL == "" {
		r.fail(fault.New(fault.Invalid, "config.postgresMissing").With("key", keyPostgreSQL).With("setting", keyProvider))
	}
	if c.Database.Provider == SQLite && c.Database.PostgreSQL != "" {
		key := r.spelled(keyPostgreSQL)
		r.warn(key, fault.New(fault.Invalid, "config.notPostgres").With("provider", keyProvider))
	}
	if c.Billing.Provider == Stripe && !c.SelfHosted {
		r.fail(fault.New(fault.Invalid, "config.stripe").With("key", keyBilling))
	}
	r.checkMail(c)
	r.checkRegion(c.Cloud)
	r.checkYubico(c.TwoStep.Yubico)
	r.checkFiles(c.Files)
}

// checkFiles reports what an S3-compatible store lacks.
func (r *reader) checkFiles(f Files) {
	if f.Store != InS3 {
		return
	}
	for name, value := range map[string]string{
		keyS3 + "endpoint": string(f.S3.Endpoint), keyS3 + "bucket": f.S3.Bucket,
		keyS3 + "accessKey": f.S3.AccessKey, keyS3 + "secretKey": string(f.S3.SecretKey),
	} {
		if value == "" {
			r.fail(fault.New(fault.Invalid, "config.s3Missing").With("key", name).With("setting", keyFiles))
		}
	}
}

func (r *reader) checkYubico(y Yubico) {
	if (y.ClientID == "") != (y.Key == "") {
		r.fail(fault.New(fault.Invalid, "config.together").With("first", keyYubicoID).With("second", keyYubicoKey))
	}
	if y.Key != "" && len(y.KeyBytes()) == 0 {
		r.fail(fault.New(fault.Invalid, "config.yubicoKey").With("key", r.spelled(keyYubicoKey)))
	}
}

func (r *reader) checkMail(c Config) {
	mayLack := c.SelfHosted || c.Demo
	switch {
	case c.Mail.SMTP.Host == "" && !mayLack:
		r.fail(fault.New(fault.Invalid, "config.cloudMail").With("key", keySMTPHost))
	case c.Mail.SMTP.Host == "" && c.Mail.Sender == BySMTP:
		r.fail(fault.New(fault.Invalid, "config.smtpMissing").With("key", keySMTPHost).With("setting", keySender))
	case c.Mail.Sender == ByFolder && !mayLack:
		r.fail(fault.New(fault.Invalid, "config.cloudFolder").With("key", keySender))
	}
}

// checkRegion warns of addresses of one official region beside the name of
// another. An address of another provider contradicts no region: its cloud
// tells its own.
func (r *reader) checkRegion(c Cloud) {
	for _, given := range []struct {
		name    string
		address Address
	}{{keyCloudURL, c.URL}, {keyAPI, c.APIURI}, {keyIdentity, c.IdentityURI}, {keyPush, c.PushRelayURI}} {
		if region := officialRegion(given.address); region != "" && c.Region != "" && region != c.Region {
			key := r.spelled(given.name)
			r.warn(key, fault.New(fault.Invalid, "config.otherRegion").Coded("region-mismatch").
				With("region", region).With("setting", r.spelled(keyRegion)).With("set", c.Region))
		}
	}
}

// fail tells what stops the start.
func (r *reader) fail(said *fault.Error) { r.errs = append(r.errs, said) }

// VaultURL returns the public address of the server, without a slash at its end.
// Unset, it is where the server listens, as a browser on the same machine would
// write it; links never come from a request's Host header.
func (s Server) VaultURL() string {
	if s.Vault != "" {
		return string(s.Vault)
	}
	host, port, err := net.SplitHostPort(string(s.Listen))
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme, usual := "http", "80"
	if s.TLSCertificate != "" {
		scheme, usual = "https", "443"
	}
	switch {
	case port != usual:
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return scheme + "://" + host
}
