// Package billingsync keeps a self-hosted organization in step with its
// subscription in the cloud, and is both ends of that wire.
//
// The cloud end gives an organization a billing sync key, the secret by which an
// installation, one self-hosted server, speaks for it.
// The self-hosted end keeps that key in a connection and runs: once a day, soon
// after a change, and whenever an owner asks. A run renews the license and
// exchanges sponsorships; neither part waits for the other to succeed.
package billingsync

// The scopes of an installation's tokens, one for each thing it may do.
const (
	ScopeSync    = "api.installation"
	ScopeLicense = "api.licensing"
)
