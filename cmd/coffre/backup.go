package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"coffre/internal/app"
	"coffre/internal/backup"
	"coffre/internal/config"
	"coffre/internal/process"
)

type backupCommand struct {
	place
	File           string `arg:"" help:"The file to make." type:"path"`
	WithRootKey    bool   `help:"Include the root key without asking." xor:"root"`
	WithoutRootKey bool   `help:"Leave the root key out without asking." xor:"root"`
}

// Run has the running server make the backup, or makes it of one that is stopped.
func (c backupCommand) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	in := app.ToBackUp{File: c.File}
	if in.RootKey, err = c.agreed(t); err != nil {
		return err
	}
	story, err := follow(ctx, t, cfg, "/backup", in)
	if errors.Is(err, process.ErrNotRunning) {
		story, err = app.Backup(ctx, cfg, version, in, t.progress)
	}
	if err != nil {
		return err
	}
	t.tell("The backup is in "+c.File+": "+story.Content+".", story.Notes)
	if !in.RootKey {
		t.tell("Without the root key it can be restored only where that key is: keep a copy of "+cfg.Data.RootKey()+" in another place.", nil)
	}
	return nil
}

// agreed finds out whether the root key shall be in the backup.
func (c backupCommand) agreed(t terminal) (bool, error) {
	if c.WithRootKey || c.WithoutRootKey {
		return c.WithRootKey, nil
	}
	if file, ok := t.in.(*os.File); ok {
		if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
			return false, usageError("say --with-root-key or --without-root-key: there is no terminal to ask on")
		}
	}
	fmt.Fprint(t.out, "Include the root key? Whoever has the backup then has every secret of the server, but nothing of\n"+
		"people's vaults. Without it you need the key from another place to restore. Type yes or no: ")
	answer, _ := bufio.NewReader(t.in).ReadString('\n')
	switch strings.TrimSpace(answer) {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, usageError("the answer was neither yes nor no: no backup was made")
}

type restoreCommand struct {
	place
	File string `arg:"" help:"A file that coffre backup made." type:"path"`
}

// Run has the running server put the backup in its own place, or does so on a data
// folder where none runs.
func (c restoreCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := c.settings(ctx)
	if err != nil {
		return err
	}
	in := app.ToBackUp{File: c.File}
	story, err := follow(ctx, t, cfg, "/restore", in)
	if errors.Is(err, process.ErrNotRunning) {
		story, err = app.Restore(ctx, cfg, in, t.progress)
	}
	if err != nil {
		return err
	}
	t.tell("Restored: "+story.Content+".", story.Notes)
	return nil
}

// settings returns those of this place. Where there is no env file, that of the
// backup counts already, since it may name the database to restore to.
func (c restoreCommand) settings(ctx context.Context) (config.Config, error) {
	cfg, _, err := c.read(config.Flags{})
	if err != nil || c.EnvFile != "" {
		return cfg, err
	}
	if _, err := os.Stat(cfg.EnvFile); !errors.Is(err, os.ErrNotExist) {
		return cfg, nil
	}
	if _, err := os.Stat(cfg.Data.Socket()); err == nil {
		return cfg, nil // a server runs, on the environment alone
	}
	archive, err := backup.Open(c.File)
	if err != nil {
		return cfg, err
	}
	defer archive.Close()
	raw, found, err := archive.Settings(ctx)
	if err != nil || !found {
		return cfg, err
	}
	file, err := os.CreateTemp("", "coffre-settings-*")
	if err != nil {
		return cfg, err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(raw)
	if err := errors.Join(err, file.Close()); err != nil {
		return cfg, err
	}
	c.EnvFile = file.Name()
	cfg, _, err = c.read(config.Flags{})
	return cfg, err
}

// follow asks the running server, and shows how far it is.
func follow(ctx context.Context, t terminal, cfg config.Config, path string, in app.ToBackUp) (story app.BackupStory, err error) {
	ended := errors.New("the running server has broken off: its log says why")
	err = process.Follow(ctx, cfg.Data.Socket(), path, in, func(line []byte) error {
		var told app.Told
		if err := json.Unmarshal(line, &told); err != nil {
			return err
		}
		switch {
		case told.Error != "":
			ended = errors.New(told.Error)
		case told.Finished != nil:
			story, ended = *told.Finished, nil
		default:
			t.progress(told.What, told.Done, told.Total)
		}
		return nil
	})
	if err == nil {
		err = ended
	}
	return story, err
}

// progress shows how far something is.
func (t terminal) progress(what string, done, total int64) {
	const mega = 1 << 20
	if bytes, ok := strings.CutPrefix(what, "bytes "); ok {
		fmt.Fprintf(t.err, "%.1f of %.1f MB %s\n", float64(done)/mega, float64(total)/mega, bytes)
		return
	}
	fmt.Fprintf(t.err, "%d of %d %s\n", done, total, what)
}

// tell prints what has happened.
func (t terminal) tell(text string, notes []string) {
	fmt.Fprintln(t.out, text)
	for _, note := range notes {
		fmt.Fprintln(t.out, note)
	}
}
