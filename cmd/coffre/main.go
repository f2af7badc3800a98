// Command coffre is a password-manager server for Bitwarden clients, in the role
// that its settings say: cloud or self-hosted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"coffre/internal/config"
)

// version is set by the build.
var version = "dev"

// Exit codes of every command.
const (
	exitDone  = 0
	exitFault = 1
	exitUsage = 2
)

type commands struct {
	Serve        serveCommand        `cmd:"" help:"Run one server, in the role that its settings say."`
	Demo         demoCommand         `cmd:"" help:"Run a cloud and a self-hosted server side by side, with sample people and a mailbox to read."`
	Restart      restartCommand      `cmd:"" help:"Apply changed settings to the running server without dropping a request."`
	Doctor       doctorCommand       `cmd:"" help:"Check settings, files, database, clock, mail, license and the way to the cloud; exit 1 on a fault."`
	Sync         syncCommand         `cmd:"" help:"Sync license and sponsorships of an organization with the cloud now."`
	License      licenseCommand      `cmd:"" help:"Show and check licenses, and trust those who sign them."`
	Invoice      invoiceCommand      `cmd:"" help:"List and show invoices of a cloud, record payments, give credit and write off."`
	Books        booksCommand        `cmd:"" help:"Check that the books of a cloud balance; exit 1 when they do not."`
	Organization organizationCommand `cmd:"" help:"List, show, disable and enable organizations, and mail deletion links to their owners."`
	Admin        adminCommand        `cmd:"" help:"Open the operator page, where one looks after the server in a browser."`
	Backup       backupCommand       `cmd:"" help:"Put all that must survive of the server into one file, while it runs or not."`
	Restore      restoreCommand      `cmd:"" help:"Put a backup in the place of the server, while it runs or not."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database to this version."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
}

// place says which server a command is about.
type place struct {
	Data    string `help:"Data folder (default ./bwdata)." placeholder:"DIR" type:"path"`
	EnvFile string `help:"Settings file (default <data>/env/global.override.env)." placeholder:"FILE" type:"path"`
}

func (p place) read(flags config.Flags) (config.Config, []config.Warning, error) {
	flags.Data = p.Data
	return config.Read(os.Environ(), p.EnvFile, flags)
}

// usageError is a wrong use of a command that only the command can see.
type usageError string

func (u usageError) Error() string { return string(u) }

// errSaid ends a command with exit code 1 after it has said why.
var errSaid = errors.New("said")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// terminal is what a command reads from and writes to.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (code int) {
	// kong ends the program by calling exit for --help; that is the end of run.
	type ended int
	defer func() {
		if value, ok := recover().(ended); ok {
			code = int(value)
		}
	}()
	parser, err := kong.New(&commands{}, kong.Name("coffre"), kong.UsageOnError(), kong.Writers(out, errs),
		kong.Description("A password-manager server for Bitwarden clients."),
		kong.Exit(func(code int) { panic(ended(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(terminal{in, out, errs}))
	if err != nil {
		fmt.Fprintln(errs, "coffre:", err)
		return exitFault
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "coffre: %v\nSee coffre --help.\n", err)
		return exitUsage
	}
	err = parsed.Run()
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(errs, "coffre:", err)
	}
	if _, wrong := errors.AsType[usageError](err); wrong {
		return exitUsage
	}
	return exitFault
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, version)
	return err
}
