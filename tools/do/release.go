package main

import (
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// dist is where a release is put; git ignores it.
const dist = "dist"

// target is a machine that a release is built for.
type target struct{ system, processor string }

func targets() []target {
	var list []target
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, processor := range []string{"amd64", "arm64"} {
			list = append(list, target{system, processor})
		}
	}
	return list
}

// file is the name that a target's program has in a release.
func (t target) file(version string) string {
	name := fmt.Sprintf("coffre_%s_%s_%s", version, t.system, t.processor)
	return name + filepath.Ext(program(t.system))
}

// release builds every target, writes what modules each is made of, and the
// checksums of all files. It begins with an empty folder.
func release(ctx context.Context, sh shell, _ []string) error {
	if err := buildVault(ctx, sh); err != nil {
		return err
	}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	name := version(ctx, sh)
	for _, t := range targets() {
		path := filepath.Join(dist, t.file(name))
		fmt.Fprintln(sh.out, path)
		if err := compile(ctx, sh.with("GOOS="+t.system, "GOARCH="+t.processor), path, name); err != nil {
			return err
		}
		if err := writeParts(path, name); err != nil {
			return err
		}
	}
	return writeChecksums(dist)
}

// parts is a CycloneDX document: what a program is made of.
type parts struct {
	Format      string    `json:"bomFormat"`
	SpecVersion string    `json:"specVersion"`
	Version     int       `json:"version"`
	Metadata    partsMeta `json:"metadata"`
	Components  []part    `json:"components"`
}

type partsMeta struct {
	Component part `json:"component"`
}

type part struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl,omitempty"`
}

// writeParts puts the list of a program's modules beside it, read from the program
// itself as `go version -m` does.
func writeParts(path, version string) error {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(partsOf(info, version), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(strings.TrimSuffix(path, ".exe")+".cdx.json", append(raw, '\n'), 0o644)
}

func partsOf(info *buildinfo.BuildInfo, version string) parts {
	list := []part{{"library", "std", strings.TrimPrefix(info.GoVersion, "go"), ""}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		list = append(list, part{"library", m.Path, m.Version, "pkg:golang/" + m.Path + "@" + m.Version})
	}
	self := part{"application", "coffre", version, ""}
	return parts{"CycloneDX", "1.6", 1, partsMeta{self}, list}
}

// writeChecksums writes SHA256SUMS in the form that `sha256sum -c` reads.
func writeChecksums(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, file := range files {
		sum, err := checksum(filepath.Join(dir, file.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, file.Name())
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

func checksum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
