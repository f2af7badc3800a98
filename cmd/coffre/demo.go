package main

import (
	"context"

	"coffre/internal/demo"
)

type demoCommand struct {
	Data  string `help:"Folder of both servers." placeholder:"DIR" default:"./bwdata-demo" type:"path"`
	Fresh bool   `help:"Start over with new data."`
}

// Run serves both until the program is told to end.
func (c demoCommand) Run(ctx context.Context, t terminal) error {
	return demo.Demo{Folder: c.Data, Version: version, Fresh: c.Fresh, Out: t.out, Log: t.err}.Run(ctx)
}
