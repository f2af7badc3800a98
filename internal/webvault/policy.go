package webvault

import "strings"

// ownPage is what a browser lets the built-in web vault do. The page runs no script but
// ours, none that is made while it runs, and talks to nobody but this server and those
// whose origins are given.
func ownPage(origins ...string) string {
	return policy(
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
		strings.Join(append([]string{"connect-src 'self'"}, origins...), " "), "worker-src 'self'",
		"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types coffre",
	)
}

// ownScript is the policy under which a worker lives. The one that holds the keys
// may compile Argon2, and may talk to nobody at all.
var ownScript = policy("default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'")

// otherPage is what other web vaults need, Bitwarden's among them: styles that
// scripts write, WebAssembly, workers from memory, and frames for Duo.
var otherPage = policy(
	"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: https:",
	"font-src 'self' data:", "connect-src 'self' https://api.pwnedpasswords.com", "worker-src 'self' blob:",
	"child-src 'self' blob: https://*.duosecurity.com", "frame-src 'self' https://*.duosecurity.com",
	"object-src 'self' blob:", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'self'",
)

// permissions are the abilities of a browser that a vault may use itself.
const permissions = "camera=(self), clipboard-read=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), " +
	"publickey-credentials-get=(self), publickey-credentials-create=(self), usb=()"

func policy(directives ...string) string { return strings.Join(directives, "; ") }
