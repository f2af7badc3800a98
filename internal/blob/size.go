package blob

import (
	"context"
	"fmt"
	"math"
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

// Usage tells how many bytes somebody's files take; nil is of where there are none.
type Usage func(ctx context.Context, o Owner) (int64, error)

// Of returns it as clients read it: as a text, and in gigabytes with two decimals.
func (u Usage) Of(ctx context.Context, o Owner) (name string, gigabytes float64, err error) {
	used := int64(0)
	if u != nil {
		used, err = u(ctx, o)
	}
	return SizeName(used), math.Round(float64(used)/GB*100) / 100, err
}
