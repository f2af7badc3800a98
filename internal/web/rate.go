package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"coffre/internal/throttle"
)

// take counts a call by each rule of its route.
func (r *Router) take(call *Call, route Route) error {
	if r.Limits == nil {
		return nil
	}
	for _, rule := range route.Rates {
		if err := r.Limits.Take(call.Context(), rule, call.Caller.counted()); err != nil {
			return err
		}
	}
	return nil
}

// counted is whose calls are counted together.
func (c Caller) counted() string {
	switch {
	case !c.AccountID.IsZero():
		return c.AccountID.String()
	case !c.InstallationID.IsZero():
		return c.InstallationID.String()
	case !c.OrganizationID.IsZero():
		return c.OrganizationID.String()
	}
	return c.Network()
}

// The flood guard keeps one network from taking the server away from all others.
// Nobody at work comes near it, not even a big company behind one address: what
// protects secrets are the rates of routes. It is in memory, so that reading costs
// no write.
const (
	readsPerSecond, readsAtOnce   = 200, 4000
	writesPerSecond, writesAtOnce = 50, 1000
	// networks is how many are remembered at most, in two generations.
	networks = 1 << 16
)

// flood has a bucket for each network that called lately. When the younger
// generation is full the older one is forgotten, so memory is bounded.
type flood struct {
	mu         sync.Mutex
	young, old map[string]*buckets // by network
}

type buckets struct{ reads, writes *rate.Limiter }

// flooded counts a call of a network, and refuses one too many.
func (r *Router) flooded(method string, address netip.Addr) error {
	if r.Limits == nil || !address.IsValid() {
		return nil
	}
	now := r.Limits.Now()
	of := r.flood.of(Caller{Address: address}.Network(), r.Limits.Factor)
	bucket := of.writes
	if method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions {
		bucket = of.reads
	}
	if bucket.AllowN(now, 1) {
		return nil
	}
	return throttle.Refuse(now, time.Second)
}

func (f *flood) of(network string, factor float64) *buckets {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.young[network]
	if ok {
		return b
	}
	if b, ok = f.old[network]; !ok {
		b = newBuckets(factor)
	}
	if f.young == nil || len(f.young) >= networks/2 {
		f.old, f.young = f.young, map[string]*buckets{}
	}
	f.young[network] = b
	return b
}

func newBuckets(factor float64) *buckets {
	if factor <= 0 {
		factor = 1
	}
	bucket := func(perSecond, atOnce float64) *rate.Limiter {
		most := min(math.MaxInt32, math.Ceil(atOnce*factor))
		return rate.NewLimiter(rate.Limit(perSecond*factor), int(most))
	}
	return &buckets{bucket(readsPerSecond, readsAtOnce), bucket(writesPerSecond, writesAtOnce)}
}

// sayWhen adds the headers that say when to try again: in seconds for programs in
// general, as a time and in minutes for those of Bitwarden that wait by themselves.
func sayWhen(h http.Header, e *throttle.LimitError) {
	whole := func(unit time.Duration) string {
		return strconv.FormatInt(max(1, int64((e.Wait+unit-1)/unit)), 10)
	}
	h.Set("Retry-After", whole(time.Second))
	h.Set("X-Rate-Limit-Reset", e.Until.UTC().Format(time.RFC3339))
	h.Set("X-Retry-After", whole(time.Minute))
}
