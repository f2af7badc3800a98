// Package demo runs a cloud and a self-hosted server side by side. The two know
// nothing of each other: what connects them is made through the same public
// steps that an operator takes, with a small client.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/process"
)

// Demo is the pair of servers in one folder.
type Demo struct {
	Folder  string // what both keep; it survives a restart
	Version string
	Fresh   bool // start over
	Out     io.Writer
	Log     io.Writer
}

// server is one of the two.
type server struct {
	name    string // its folder
	plain   string // host:port
	secure  string // host:port with TLS
	people  []app.DemoPerson
	program process.Process
}

func (s *server) data(d Demo) config.Folder { return config.Folder(filepath.Join(d.Folder, s.name)) }
func (s *server) url() string               { return "http://" + s.plain }

// Run serves until ctx ends.
func (d Demo) Run(ctx context.Context) error {
	if err := d.startOver(); err != nil {
		return err
	}
	authority, err := OpenAuthority(filepath.Join(d.Folder, "ca"), (&clock.Clock{}).Now())
	if err != nil {
		return err
	}
	cloud := &server{name: "cloud", plain: "localhost:8080", secure: "localhost:8443", people: []app.DemoPerson{
		{Name: "Ada", Email: ada, Password: password}, {Name: "Bob", Email: bob, Password: password},
	}}
	home := &server{name: "self-hosted", plain: "localhost:8081", secure: "localhost:8444", people: []app.DemoPerson{
		{Name: "Ada", Email: ada, Password: password},
	}}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failures := make(chan error, 2)
	var wg sync.WaitGroup
	for _, s := range []*server{cloud, home} {
		if err := d.writeSettings(s, cloud.url()); err != nil {
			return err
		}
		ready := make(chan struct{})
		wg.Go(func() { failures <- d.serve(ctx, s, authority, func() { close(ready) }) })
		select {
		case <-ready:
		case err := <-failures:
			cancel()
			wg.Wait()
			return err
		}
	}
	err = d.prepare(ctx, cloud, home)
	if err == nil {
		err = d.print(cloud, home, authority)
	}
	if err == nil {
		<-ctx.Done()
	}
	cancel()
	wg.Wait()
	return errors.Join(err, <-failures, <-failures)
}

func (d Demo) serve(ctx context.Context, s *server, authority Authority, ready func()) error {
	ticking := &clock.Clock{}
	s.program.Build = func(ctx context.Context) (*process.Instance, error) {
		cfg, _, err := config.Read(nil, "", config.Flags{Data: string(s.data(d)), Demo: true})
		if err != nil {
			return nil, err
		}
		log := slog.New(slog.NewTextHandler(d.Log, &slog.HandlerOptions{Level: slog.LevelWarn})).With(slog.String("server", s.name))
		built, err := app.New(ctx, cfg, app.Options{
			Version: d.Version, Log: log, Clock: ticking, Restart: s.program.Restart, Exchange: s.program.Exchange,
			Extra: []process.Endpoint{{Address: s.secure, Certificate: &authority.Certificate}}, People: s.people,
		})
		if err != nil {
			return nil, err
		}
		return built.Instance()
	}
	if err := s.program.Run(ctx, ready); err != nil {
		return fmt.Errorf("%s server: %w", s.name, err)
	}
	return nil
}

// startOver removes what is there when the person wishes it, or when an earlier
// start was broken off before everything was prepared.
func (d Demo) startOver() error {
	_, err := os.Stat(d.prepared())
	if !d.Fresh && err == nil {
		return nil
	}
	return os.RemoveAll(d.Folder)
}

// prepared is the file that says that the sample people and the license exist.
func (d Demo) prepared() string { return filepath.Join(d.Folder, "prepared") }

// writeSettings writes the env file of a server unless there is one.
func (d Demo) writeSettings(s *server, cloud string) error {
	file := s.data(d).EnvFile()
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	lines := "# The settings of this server of the demo. Apply a change with: coffre restart --data " + string(s.data(d)) + "\n" +
		"coffre__listen=" + s.plain + "\n" +
		"globalSettings__baseServiceUri__vault=" + s.url() + "\n" +
		"coffre__mail__sender=folder\n" +
		"adminSettings__admins=" + ada + "\n" +
		"coffre__limits__factor=20\n" + // for who clicks through everything in a minute
		"globalSettings__mail__replyToEmail=hello@coffre.example\n"
	if s.name == "cloud" {
		lines += "globalSettings__selfHosted=false\n"
	} else {
		lines += "globalSettings__selfHosted=true\ncoffre__cloud__url=" + cloud + "\n"
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(lines), 0o600)
}

// addSettings appends lines to the env file of a server and applies them.
func (d Demo) addSettings(ctx context.Context, s *server, lines string) error {
	out, err := os.OpenFile(s.data(d).EnvFile(), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.WriteString(lines)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return s.program.Restart(ctx)
}
