//go:build !unix

package main

import "os/exec"

// ownGroup changes nothing here: the console hands Ctrl-C to every process itself,
// and a program that is still there afterwards is ended when patience is over.
func ownGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return nil }
}

// endGroup has nothing to do where there are no groups.
func endGroup(*exec.Cmd) {}
