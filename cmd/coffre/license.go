package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
)

type licenseCommand struct {
	Show   licenseShow   `cmd:"" help:"Show the licenses that this server holds."`
	Verify licenseVerify `cmd:"" help:"Check a license file against the signers that this server trusts."`
	Trust  licenseTrust  `cmd:"" help:"Trust a license signer, given by a PEM file or the address of its cloud."`
	Rotate licenseRotate `cmd:"" help:"Give a cloud another license signer, which the present one announces."`
}

type licenseShow struct{ place }

// Run lists the licenses of the database, and the signers.
func (c licenseShow) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	story, err := app.ShowLicenses(ctx, cfg, (&clock.Clock{}).Now())
	if err != nil {
		return err
	}
	if story.Signer != "" {
		fmt.Fprintln(t.out, "This cloud signs with "+story.Signer)
	}
	for _, fingerprint := range story.Trusted {
		fmt.Fprintln(t.out, "Trusted signer: "+fingerprint)
	}
	if len(story.Organizations)+len(story.People) == 0 {
		fmt.Fprintln(t.out, "This server holds no license. Upload one when you create an organization.")
	}
	for _, line := range slices.Concat(story.Organizations, story.People) {
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

// Run shows the fingerprint and adds the signer once the person agrees. One that a
// trusted signer has announced needs no consent.
func (c licenseTrust) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	signer, err := app.FetchSigner(ctx, cfg, c.Source, (&clock.Clock{}).Now)
	if err != nil {
		return err
	}
	trusted, announced, err := signer.Known(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Fingerprint (SHA-256): "+signer.Fingerprint)
	switch {
	case trusted:
		fmt.Fprintln(t.out, "This server trusts the signer already.")
		return nil
	case announced:
		fmt.Fprintln(t.out, "A signer that this server trusts has announced this one.")
	}
	// A fingerprint that was given counts in any case.
	if (!announced || c.Yes != "") && !c.agreed(t, signer) {
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

type licenseRotate struct{ place }

// Run gives the cloud another signer.
func (c licenseRotate) Run(ctx context.Context, t terminal) error {
	cfg, _, err := c.read(config.Flags{})
	if err != nil {
		return err
	}
	fingerprint, err := app.RotateSigner(ctx, cfg, (&clock.Clock{}).Now)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Fingerprint (SHA-256): "+fingerprint)
	fmt.Fprintln(t.out, "The former signer has announced this one, so servers that trust it accept the new licenses. Run `coffre restart` to sign with it.")
	return nil
}
