package icon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"coffre/internal/web"
)

var (
	errNotPublic = errors.New("icon: not an address of the public network")
	errNot200    = errors.New("icon: not there")
)

// NewClient returns what calls sites: each address is looked at when it is called,
// whatever name has led there. reaches says which are good; it is Public but in
// tests.
func NewClient(reaches func(netip.AddrPort) bool) *http.Client {
	dialer := &net.Dialer{Timeout: patience / 2, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reaches(at) {
			return errNotPublic
		}
		return nil
	}}
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: patience / 2, ResponseHeaderTimeout: patience / 2, DisableKeepAlives: true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || !allowed(req.URL) {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// Reaches is what NewClient is given but in tests.
func Reaches(at netip.AddrPort) bool {
	return Public(at.Addr()) && (at.Port() == 80 || at.Port() == 443)
}

// fetch asks a site for its icon; nil is for a site that has none, or that does not
// answer.
func (s *Service) fetch(ctx context.Context, host string) []byte {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, start := range starts(host) {
		page, base, err := s.get(ctx, start, maxPage)
		if err != nil {
			continue
		}
		for _, address := range links(string(page), base) {
			if icon, _, err := s.get(ctx, address.String(), maxIcon+1); err == nil && len(icon) <= maxIcon && KindOf(icon) != "" {
				return icon
			}
		}
		return nil
	}
	return nil
}

// starts are the pages of a site, in the order in which they are tried.
func starts(host string) []string {
	list := []string{"https://" + host + "/", "http://" + host + "/"}
	switch labels := strings.Split(host, "."); {
	case len(labels) > 2:
		list = append(list, "https://"+strings.Join(labels[len(labels)-2:], ".")+"/")
	case len(labels) == 2:
		list = append(list, "https://www."+host+"/")
	}
	return list
}

// get reads the first bytes of what an address has, and returns where that was.
func (s *Service) get(ctx context.Context, address string, most int64) ([]byte, *url.URL, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (compatible; Coffre)")
	req.Header.Set("Accept", "text/html,image/*;q=0.9,*/*;q=0.5")
	answer, err := s.Client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("fetch icon: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, nil, errNot200
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	return body, answer.Request.URL, err
}

// atOnce is how many sites are asked at a time.
const atOnce = 8

// turn waits until this server asks few enough sites.
func (s *Service) turn(ctx context.Context) (done func(), err error) {
	s.once.Do(func() { s.turns = make(chan struct{}, atOnce) })
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Service) isFresh(at time.Time, empty bool) bool {
	life := found
	if empty {
		life = absent
	}
	return s.Now().Before(at.Add(life))
}

// ChangePassword returns where a site says that people change their password, "" when
// it does not. A site that has everything that is asked for says nothing.
func (s *Service) ChangePassword(ctx context.Context, host string) (string, error) {
	const wellKnown = "/.well-known/"
	err := s.Limits.Take(ctx, fetches, web.CallerOf(ctx).Network())
	if err != nil {
		return "", err
	}
	done, err := s.turn(ctx)
	if err != nil {
		return "", nil //nolint:nilerr // Too many ask at once.
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, _, err = s.get(ctx, "https://"+host+wellKnown+"resource-that-should-not-exist-whose-status-code-should-not-be-200", 1)
	if !errors.Is(err, errNot200) {
		return "", nil //nolint:nilerr // It has that too, or does not answer.
	}
	address := "https://" + host + wellKnown + "change-password"
	if _, _, err := s.get(ctx, address, 1); err != nil {
		return "", nil //nolint:nilerr // It has none.
	}
	return address, nil
}
