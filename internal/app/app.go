// Package app joins the rooms into one server. It is the only code that asks
// which role this server has: cloud.go and selfhosted.go are the two answers.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"coffre/internal/account"
	"coffre/internal/backup"
	"coffre/internal/blob"
	"coffre/internal/bus"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/process"
	"coffre/internal/push"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/web"
	"coffre/internal/webvault"
)

// Options is what an App needs besides the settings.
type Options struct {
	Version string
	Log     *slog.Logger
	Clock   *clock.Clock                    // outlives a restart
	Restart func(ctx context.Context) error // what the local socket's restart does
	// Exchange changes what the server stands on and has another built on that.
	Exchange func(ctx context.Context, change func(ctx context.Context) error) error
	Extra    []process.Endpoint // listened on besides the address of the settings

	Warnings []config.Warning // of the reading of the settings; the doctor repeats them
	People   []DemoPerson     // those that the demo offers on its first page

	// Passwords is set by tests that hash thousands of them.
	Passwords *account.Passwords
}

// App is one server, built from one reading of the settings.
type App struct {
	config  config.Config
	version string
	vault   string // public address, without a slash at its end
	log     *slog.Logger
	clock   *clock.Clock
	db      *db.DB
	keys    *seal.Keys
	limits  *throttle.Limits
	queue   *jobs.Queue
	outbox  *mail.Outbox
	bus     *bus.Bus
	push    *push.Service
	bucket  blob.Bucket
	router  *web.Router
	control *web.Router
	site    *site
	page    http.Handler   // the web vault; nil while none is built
	own     *webvault.Site // the built-in one, which has the operator page
	rooms   rooms
	fresh   bool                                                                          // whether the database was empty before this start
	sales   sales                                                                         // cloud only
	syncNow func(ctx context.Context, organizationID id.ID, language string) (any, error) // self-hosted only
	options Options
}

// New opens the database, brings it to this version, and joins the rooms.
func New(ctx context.Context, cfg config.Config, options Options) (*App, error) {
	a := &App{
		config: cfg, version: options.Version, vault: cfg.Server.VaultURL(), log: options.Log, clock: options.Clock, options: options,
	}
	if err := a.makeFolders(); err != nil {
		return nil, err
	}
	var err error
	if a.db, err = OpenDatabase(cfg); err != nil {
		return nil, err
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	applied, none := a.db.Applied(ctx) // an empty database has not even the table of them
	a.fresh = none != nil || len(applied) == 0
	if err = a.db.Migrate(ctx); err != nil {
		return err
	}
	if err = backup.Finish(ctx, a.db, a.config.Data); err != nil {
		return err
	}
	if _, err = a.db.Epoch(ctx); err != nil {
		return err
	}
	if err = a.startClock(ctx); err != nil {
		return err
	}
	root, err := seal.Root(string(a.config.Keys.Root), a.config.Data.RootKey())
	if err != nil {
		return err
	}
	if a.keys, err = seal.Open(ctx, a.db, root, a.clock.Now); err != nil {
		return err
	}
	if a.limits, err = a.newLimits(); err != nil {
		return err
	}
	a.queue = &jobs.Queue{DB: a.db, Now: a.clock.Now, Log: a.log}
	a.queue.Every("forget-tries", jobs.Interval(time.Hour), a.limits.Sweep)
	if a.outbox, err = a.newOutbox(); err != nil {
		return err
	}
	if a.site, err = newSite(); err != nil {
		return err
	}
	if a.page, err = a.webVault(); err != nil {
		return err
	}
	if err = a.newPush(); err != nil {
		return err
	}
	if err = a.newBlobs(); err != nil {
		return err
	}
	a.buildRooms()
	a.router = web.NewRouter(a.log, a.authenticate, a.page)
	a.router.Limits, a.router.Proxies = a.limits, a.config.Server.TrustedProxies
	a.mountCommon(a.router)
	if a.config.SelfHosted {
		err = a.mountSelfHosted(ctx, a.router)
	} else {
		err = a.mountCloud(ctx, a.router)
	}
	a.closeWithFiles()
	a.mountControl()
	return err
}

// OpenDatabase opens the database that the settings name, as it is.
func OpenDatabase(cfg config.Config) (*db.DB, error) {
	if cfg.Database.Provider == config.PostgreSQL {
		return db.OpenPostgres(string(cfg.Database.PostgreSQL))
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Database.SQLite), 0o700); err != nil {
		return nil, fmt.Errorf("make database folder: %w", err)
	}
	return db.OpenSQLite(cfg.Database.SQLite)
}

func (a *App) makeFolders() error {
	for _, folder := range []string{string(a.config.Data), a.config.License.Directory, a.config.Data.Licensing(), a.config.Data.Mail()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("make data folder: %w", err)
		}
	}
	return nil
}

// Handler answers every request of the public addresses.
func (a *App) Handler() http.Handler { return a.router }

// Routes returns what the handler answers, for the API description and tests.
func (a *App) Routes() []web.Route { return a.router.Routes }

// Run works in the background until ctx ends.
func (a *App) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { a.queue.Run(ctx) })
	wg.Go(func() { a.outbox.Queue.Run(ctx) })
	wg.Go(func() { a.bus.Run(ctx) })
	wg.Go(func() { a.push.Run(ctx) })
	wg.Wait()
}

// Close releases the database and the folder of files.
func (a *App) Close() error {
	if a.bucket == nil {
		return a.db.Close()
	}
	return errors.Join(a.bucket.Close(), a.db.Close())
}

// Instance returns the server in the form that a process runs.
func (a *App) Instance() (*process.Instance, error) {
	endpoint := process.Endpoint{Address: string(a.config.Server.Listen)}
	if a.config.Server.TLSCertificate != "" {
		certificate, err := tls.LoadX509KeyPair(a.config.Server.TLSCertificate, a.config.Server.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("read TLS certificate: %w", err)
		}
		endpoint.Certificate = &certificate
	}
	return &process.Instance{
		Handler: a.router, Control: a.control, Endpoints: append([]process.Endpoint{endpoint}, a.options.Extra...),
		Socket: a.config.Data.Socket(), Run: a.Run, Close: a.Close, Log: a.log,
	}, nil
}

func (a *App) newLimits() (*throttle.Limits, error) {
	secret, err := a.keys.Derive("throttle", 32)
	return &throttle.Limits{DB: a.db, Now: a.clock.Now, Factor: a.config.Server.LimitFactor, Secret: secret}, err
}

func (a *App) newOutbox() (*mail.Outbox, error) {
	var sender mail.Sender = &mail.Folder{Path: a.config.Data.Mail()}
	if a.config.Mail.Sender == config.BySMTP {
		smtp := a.config.Mail.SMTP
		sender = &mail.SMTP{
			Host: smtp.Host, Port: int(smtp.Port), SSL: smtp.SSL, StartTLS: smtp.StartTLS,
			Username: smtp.Username, Password: string(smtp.Password),
		}
	}
	o := &mail.Outbox{
		DB: a.db, Keys: a.keys, Queue: &jobs.Queue{DB: a.db, Now: a.clock.Now, Log: a.log, Workers: 2},
		Sender: sender, Now: a.clock.Now, From: a.config.Mail.ReplyTo, Vault: a.vault,
	}
	o.Register()
	return o, nil
}

const day = 24 * time.Hour
