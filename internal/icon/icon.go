// Package icon fetches the icons of sites, so that clients need not tell each site
// that somebody keeps a log-in of it.
//
// Whoever asks names the host, and a site names further ones, so this server must
// not be talked into calling what only it can reach: each address is looked at when
// the connection to it is made, after names are resolved and for each redirect.
package icon

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Limits of what a site may cost.
const (
	patience     = 10 * time.Second // for all that one site is asked
	maxPage      = 512 << 10        // bytes of a page that are read
	maxIcon      = 50_012           // bytes of an icon
	maxRedirects = 2
	maxLinks     = 10 // that are tried

	found  = 24 * time.Hour // how long an icon is kept
	absent = 24 * time.Hour // and that there is none
)

// Kind is what an icon is, by its bytes; sites say all sorts of things.
type Kind string

// The kinds that clients show. SVG is none of them: it is a program.
const (
	PNG  Kind = "image/png"
	ICO  Kind = "image/x-icon"
	JPEG Kind = "image/jpeg"
	GIF  Kind = "image/gif"
	WebP Kind = "image/webp"
)

// KindOf returns what an icon is, or "" for what is none.
func KindOf(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(data, []byte("\x00\x00\x01\x00")):
		return ICO
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(data, []byte("GIF8")):
		return GIF
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP
	}
	return ""
}

// special are networks that are no part of the public network, besides those that
// netip knows.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("5f00::/16"),
}

// Public reports whether an address is on the public network, where anybody may call.
func Public(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	if !address.IsGlobalUnicast() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() {
		return false
	}
	for _, network := range special {
		if network.Contains(address) {
			return false
		}
	}
	return true
}

// CleanHost returns the host of a site in lower case, and whether it is one: a name
// with a full stop in it, or an address.
func CleanHost(host string) (string, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return address.String(), true
	}
	const longest = 253
	if len(host) > longest || !strings.Contains(host, ".") {
		return "", false
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		odd := func(r rune) bool {
			return r > unicode.MaxASCII || r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		}
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, odd) {
			return "", false
		}
	}
	// What ends in a number is read as an address, in whichever form.
	last := labels[len(labels)-1]
	return host, strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// allowed reports whether a page or icon may be fetched: over HTTP at its usual
// ports.
func allowed(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	return u.Port() == "" || u.Port() == "80" || u.Port() == "443"
}
