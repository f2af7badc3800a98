package main

import (
	"context"
	"fmt"
	"io"

	"coffre/internal/app"
)

type adminCommand struct {
	Link adminLink `cmd:"" help:"Print a link that opens the operator page of the running server, once and for 15 minutes."`
}

type adminLink struct{ place }

// Run prints a link.
func (c adminLink) Run(ctx context.Context, t terminal) error {
	var link app.LinkStory
	if err := c.ask(ctx, "/admin/link", struct{}{}, &link); err != nil {
		return err
	}
	printAdminLink(t.out, link)
	return nil
}

func printAdminLink(w io.Writer, link app.LinkStory) {
	fmt.Fprintf(w, "The operator page, with a link that works once within %d minutes:\n\n    %s\n\n", link.Minutes, link.Address)
}
