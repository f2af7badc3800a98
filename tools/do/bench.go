package main

import (
	"context"
	"errors"
)

// bench measures. It takes its time: the fuzz targets get a minute each.
func bench(ctx context.Context, sh shell, _ []string) (err error) {
	server, err := startPostgres(ctx, sh)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop(ctx, sh)) }()
	sh = sh.with("COFFRE_TEST_POSTGRES=" + server.url)
	if err := sh.run(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "./..."); err != nil {
		return err
	}
	if exists("tools/bench") {
		if err := sh.run(ctx, "go", "run", "./tools/bench"); err != nil {
			return err
		}
	}
	return fuzz(ctx, sh, "1m")
}
