package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
)

// bench measures, one package after the other, with the program as build makes it.
// It takes its time: a browser opens the web vault again and again, servers are killed a thousand times, two of them sync for an hour
// over a bad network, and the fuzz targets get a minute each.
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
	browser := sh.in("ui").run(ctx, "npm", "run", "measure")
	kills := sh.with("COFFRE_KILLS=1000").run(ctx, "go", "test", "-count", "1", "-v", "-timeout", "2h", "./test/kill")
	soak := sh.with("COFFRE_SOAK=1h").run(ctx, "go", "test", "-count", "1", "-v", "-timeout", "2h", "./test/soak")
	return errors.Join(err, browser, kills, soak, fuzz(ctx, sh, "1m", every))
}
