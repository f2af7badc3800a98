package icon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"coffre/internal/atomicfile"
	"coffre/internal/fault"
	"coffre/internal/jobs"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Service fetches icons and keeps them in a folder, as long as they are fresh. An
// empty file says that a site has none.
type Service struct {
	Client *http.Client
	Folder string
	Limits *throttle.Limits
	Now    func() time.Time

	once  sync.Once
	turns chan struct{}
}

// fetches is how often one network may make this server ask a site. What is kept costs
// nothing.
var fetches = throttle.Rule{Name: "icons", Limit: 1_000, Per: 10 * time.Minute}

// Get returns the icon of a host that CleanHost has passed; nil when there is none.
func (s *Service) Get(ctx context.Context, host string) ([]byte, error) {
	file := s.file(host)
	if icon, there, err := s.kept(file); there || err != nil {
		return icon, err
	}
	if address, err := netip.ParseAddr(host); err == nil && !Public(address) {
		return nil, nil
	}
	err := s.Limits.Take(ctx, fetches, web.CallerOf(ctx).Network())
	if fault.KindOf(err) == fault.TooMany {
		return nil, nil // no icon, for now
	}
	if err != nil {
		return nil, err
	}
	done, err := s.turn(ctx)
	if err != nil {
		return nil, nil //nolint:nilerr // Too many ask at once: no icon, for now.
	}
	defer done()
	if icon, there, err := s.kept(file); there || err != nil { // somebody else asked meanwhile
		return icon, err
	}
	icon := s.fetch(ctx, host)
	if icon == nil && ctx.Err() != nil {
		return nil, nil // the client has gone, and the site has not had its time
	}
	if err := atomicfile.Write(file, icon, 0o600); err != nil {
		return nil, fmt.Errorf("keep icon: %w", err)
	}
	now := s.Now()
	return icon, os.Chtimes(file, now, now)
}

func (s *Service) file(host string) string {
	sum := sha256.Sum256([]byte(host))
	name := hex.EncodeToString(sum[:16])
	return filepath.Join(s.Folder, name[:2], name)
}

func (s *Service) kept(file string) (icon []byte, there bool, err error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !s.isFresh(info.ModTime(), info.Size() == 0) {
		return nil, false, nil
	}
	if err == nil {
		icon, err = os.ReadFile(file)
	}
	return icon, err == nil, err
}

// Schedule has icons deleted that nobody has asked for since they were fresh.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("forget-icons", jobs.Daily(4, 20), s.Forget)
}

// Forget deletes what is not fresh any more.
func (s *Service) Forget(ctx context.Context) error {
	return filepath.WalkDir(s.Folder, func(file string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && entry.IsDir() {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil || s.isFresh(info.ModTime(), info.Size() == 0) {
			return nil //nolint:nilerr // It is gone already.
		}
		return os.Remove(file)
	})
}
