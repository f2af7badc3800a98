package blob

import (
	"fmt"
	"strings"
)

// sizes are the units in which people read how large a file is.
var sizes = []string{"Bytes", "KB", "MB", "GB"}

// SizeName returns a size as clients show it: "1.21 KB".
func SizeName(size int64) string {
	amount, unit := float64(size), 0
	for amount >= 1024 && unit < len(sizes)-1 {
		amount, unit = amount/1024, unit+1
	}
	text := fmt.Sprintf("%.2f", amount)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " " + sizes[unit]
}
