package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
)

// bench measures, one package after the other, with the program as build makes it.
// It takes its time: the fuzz targets get a minute each.
func bench(ctx context.Context, sh shell, _ []string) (err error) {
	if err := build(ctx, sh, nil); err != nil {
		return err
	}
	binary, err := filepath.Abs(program(runtime.GOOS))
	if err != nil {
		return err
	}
	server, err := startPostgres(ctx, sh)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop(ctx, sh)) }()
	sh = (&trial{server: server, binary: binary}).env(sh)
	err = sh.run(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-timeout", "1h", "./...")
	return errors.Join(err, fuzz(ctx, sh, "1m"))
}
