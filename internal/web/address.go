package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwardedFor lists whom each proxy on the way got the request from; the last one
// is what the proxy next to this server says.
const forwardedFor = "X-Forwarded-For"

// addressOf returns where a request comes from: the other end of the connection,
// or, while that is a trusted proxy, whom the proxy got it from. What stands left
// of the first address that is not trusted anybody can have written.
func (r *Router) addressOf(req *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return netip.Addr{} // the local socket's
	}
	address := at.Addr().Unmap().WithZone("")
	said := req.Header.Values(forwardedFor)
	if len(said) == 0 {
		return address
	}
	if !r.trusts(address) {
		r.warnOfProxy(req, address)
		return address
	}
	hops := strings.Split(strings.Join(said, ","), ",")
	for _, hop := range slices.Backward(hops) {
		before, ok := parseHop(hop)
		if !ok {
			return address
		}
		if address = before; !r.trusts(address) {
			return address
		}
	}
	return address
}

func (r *Router) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(r.Proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// parseHop reads an address with or without a port, as proxies write both.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone(""), err == nil
}

// warnOfProxy tells the operator, once, of what looks like a proxy that nobody
// made known: everybody behind it would share its limits.
func (r *Router) warnOfProxy(req *http.Request, address netip.Addr) {
	if address.IsLoopback() || address.IsPrivate() {
		r.warned.Do(func() {
			r.Log.LogAttrs(req.Context(), slog.LevelWarn, "a proxy that is not trusted forwards requests; name it in coffre__trustedProxies",
				slog.String("address", address.String()))
		})
	}
}

// Network is what calls without a token are counted by: the address, or of IPv6
// the /64, of which one household has every address. It is "" for no address.
func (c Caller) Network() string {
	switch {
	case !c.Address.IsValid():
		return ""
	case c.Address.Is4():
		return c.Address.String()
	}
	prefix, err := c.Address.Prefix(64)
	if err != nil {
		return c.Address.String()
	}
	return prefix.String()
}
