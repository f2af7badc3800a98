package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// debianPostgres is where Debian keeps the server's programs, out of the PATH.
const debianPostgres = "/usr/lib/postgresql/15/bin"

// postgres is a private database server that lives as long as one command.
type postgres struct {
	dir string // everything of the server, removed at the end
	url string // what COFFRE_TEST_POSTGRES gets
}

// postgresProgram returns the path of one of PostgreSQL's programs.
func postgresProgram(name string) (string, error) {
	if path := filepath.Join(debianPostgres, name); exists(path) {
		return path, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("PostgreSQL is not installed: %w", err)
	}
	return path, nil
}

// startPostgres makes a server in a temporary folder and an empty database in it.
// Nothing is written through to the disk: the data is gone after the tests anyway.
func startPostgres(ctx context.Context, sh shell) (*postgres, error) {
	dir, err := os.MkdirTemp("", "coffre-postgres-")
	if err != nil {
		return nil, err
	}
	p := &postgres{dir: dir}
	if err := p.start(ctx, sh); err != nil {
		return nil, errors.Join(err, p.stop(ctx, sh))
	}
	return p, nil
}

func (p *postgres) start(ctx context.Context, sh shell) error {
	if err := giveToPostgres(p.dir); err != nil {
		return err
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	options := fmt.Sprintf("-p %d -k '%s' -c listen_addresses=127.0.0.1 -c max_connections=400"+
		" -c fsync=off -c synchronous_commit=off -c full_page_writes=off", port, p.dir)
	steps := [][]string{
		{"initdb", "-D", p.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
		{"pg_ctl", "-s", "-D", p.data(), "-l", filepath.Join(p.dir, "log"), "-w", "-o", options, "start"},
		{"createdb", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "postgres", "coffre"},
	}
	for _, step := range steps {
		if err := p.run(ctx, sh, step[0], step[1:]...); err != nil {
			return err
		}
	}
	address := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "coffre",
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), RawQuery: "sslmode=disable",
	}
	p.url = address.String()
	return nil
}

// stop ends the server, also when the command was interrupted, and removes its folder.
func (p *postgres) stop(ctx context.Context, sh shell) error {
	var err error
	if exists(filepath.Join(p.data(), "postmaster.pid")) {
		err = p.run(context.WithoutCancel(ctx), sh, "pg_ctl", "-s", "-D", p.data(), "-m", "immediate", "-w", "stop")
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

// run starts one of PostgreSQL's programs, which refuse to work for root.
func (p *postgres) run(ctx context.Context, sh shell, name string, args ...string) error {
	path, err := postgresProgram(name)
	if err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return sh.in(p.dir).run(ctx, path, args...)
	}
	return sh.in(p.dir).run(ctx, "runuser", append([]string{"-u", "postgres", "--", path}, args...)...)
}

// giveToPostgres hands a folder to the user that the server runs as under root.
func giveToPostgres(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	return os.Chown(dir, uid, -1)
}

// freePort returns a port of this machine that nothing listens on.
func freePort(ctx context.Context) (int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
