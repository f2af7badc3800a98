// Package ui holds the built web vault, when there is one.
package ui

import (
	"embed"
	"io/fs"
)

// dist always holds the marker .keep, so that the server builds before the first
// build of the web vault.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built web vault, and whether there is one.
func Files() (files fs.FS, built bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(files, "index.html")
	return files, err == nil
}
