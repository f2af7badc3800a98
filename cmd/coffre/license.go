package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
)

type licenseCommand struct {
	Show   licenseShow   `cmd:"" help:"Show the licenses that this server holds."`
	Verify licenseVerify `cmd:"" help:"Check a license file against the signers that this server trusts."`
	Trust  licenseTrust  `cmd:"" help:"Trust a license signer, given by a PEM file or the address of its cloud."`
}

type licenseShow struct{ place }

// Run lists the licenses of the database.
func (c licenseShow) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	held, err := app.HeldLicenses(ctx, cfg)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		fmt.Fprintln(t.out, "This server holds no license. Upload one when you create an organization.")
	}
	for _, line := range held {
		fmt.Fprintln(t.out, line)
	}
	return nil
}

type licenseVerify struct {
	place
	File string `arg:"" help:"License file." type:"existingfile"`
}

// Run checks everything that an upload would check first.
func (c licenseVerify) Run(t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	summary, err := app.VerifyLicense(cfg, raw, (&clock.Clock{}).Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "The license is good: "+summary)
	return nil
}

type licenseTrust struct {
	place
	Source string `arg:"" help:"PEM file, or the address of a cloud (https://…)."`
	Yes    string `help:"Trust without asking when the fingerprint is this one." placeholder:"FINGERPRINT"`
}

// Run shows the fingerprint and adds the signer once the person agrees.
func (c licenseTrust) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	raw, err := c.fetch(ctx)
	if err != nil {
		return err
	}
	signer, err := app.ReadSigner(raw)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Fingerprint (SHA-256): "+signer.Fingerprint)
	if !c.agreed(t, signer) {
		return errors.New("the fingerprint was not confirmed: nothing is changed. Compare it with the one that your provider names")
	}
	if err := signer.Trust(cfg); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Licenses of this signer are accepted from now on.")
	return nil
}

func (c licenseTrust) agreed(t terminal, signer app.Signer) bool {
	if c.Yes != "" {
		return signer.Is(c.Yes)
	}
	fmt.Fprint(t.out, "Trust this signer? Type yes: ")
	answer, _ := bufio.NewReader(t.in).ReadString('\n')
	return strings.TrimSpace(answer) == "yes"
}

// maxCertificate bounds what is read of a certificate, in bytes.
const maxCertificate = 1 << 16

func (c licenseTrust) fetch(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(c.Source, "https://") && !strings.HasPrefix(c.Source, "http://") {
		return os.ReadFile(c.Source)
	}
	address := c.Source
	if !strings.HasSuffix(address, "/licensing/certificate") {
		address = config.Join(address, "api/licensing/certificate")
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s: is it a Coffre cloud?", address, res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxCertificate))
}
