//go:build linux || darwin

package doctor

import "syscall"

// free returns how many bytes may still be written where a path lies.
func free(path string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // The size of a block is above zero.
}
