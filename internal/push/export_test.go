package push

import (
	"context"

	"coffre/internal/notice"
)

// CatchUp is what happens when the bus says that something may be missing.
func (s *Service) CatchUp(ctx context.Context) { s.catchUp(ctx) }

// Handshake reads what a client sends first, and reports whether it is good.
func Handshake(raw []byte) bool { _, err := handshake(raw); return err == nil }

// Framed puts the length before a message.
func Framed(body []byte) []byte { return framed(body) }

// Payload returns the names and values that clients are told.
func Payload(n notice.Notice) map[string]any {
	all := map[string]any{}
	a := announcement{Notice: n}
	for _, m := range a.payload(n.People[0]) {
		all[m.name] = m.value
	}
	return all
}

// Run has the couriers work until ctx ends.
func (p *Phones) Run(ctx context.Context) { p.run(ctx) }
