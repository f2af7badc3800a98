package config

import "path/filepath"

// Folder is the data folder; its methods name what lies in it.
type Folder string

func (f Folder) path(parts ...string) string {
	return filepath.Join(append([]string{string(f)}, parts...)...)
}

// EnvFile is where the env file is unless --env-file says otherwise.
func (f Folder) EnvFile() string { return f.path("env", "global.override.env") }

// Database is where the SQLite file is unless its setting says otherwise.
func (f Folder) Database() string { return f.path("db", "coffre.db") }

// Attachments is the folder of encrypted attachments.
func (f Folder) Attachments() string { return f.path("core", "attachments") }

// Icons is the folder of icons that were fetched, which no backup takes.
func (f Folder) Icons() string { return f.path("cache", "icons") }

// Licenses is the folder for copies of licenses unless its setting says otherwise.
func (f Folder) Licenses() string { return f.path("core", "licenses") }

// Licensing is the folder of certificates that licenses are checked against.
func (f Folder) Licensing() string { return f.path("licensing") }

// SignerCertificate is where a cloud writes its license-signing certificate.
func (f Folder) SignerCertificate() string { return f.path("licensing", "licensing.pem") }

// TrustedCertificates is where a self-hosted server keeps the certificates of
// the license signers it accepts, unless its setting says otherwise.
func (f Folder) TrustedCertificates() string { return f.path("licensing", "trusted.pem") }

// RootKey is the file of the root key, unless its setting holds the key.
func (f Folder) RootKey() string { return f.path("keys", "root.key") }

// Socket is what commands speak to the running server through.
func (f Folder) Socket() string { return f.path("run", "coffre.sock") }

// Mail is the folder that mails are written to when no SMTP host is set.
func (f Folder) Mail() string { return f.path("mail") }

// Logs is the folder of logs.
func (f Folder) Logs() string { return f.path("logs") }
