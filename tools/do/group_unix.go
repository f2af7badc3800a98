//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup lets one signal reach a program and all its children: `go test` does not
// pass an interrupt on to the tests it runs.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
}

// endGroup ends the children that an interrupted program left behind.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		// An error says that none was left.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
