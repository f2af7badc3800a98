package web

import "net/netip"

// Remembered counts a read from an address and returns how many networks the
// flood guard remembers.
func Remembered(r *Router, address netip.Addr) int {
	_ = r.flooded("GET", address)
	return len(r.flood.young) + len(r.flood.old)
}

// Repeats is repeats.
func Repeats(raw string) bool { return repeats([]byte(raw)) }
