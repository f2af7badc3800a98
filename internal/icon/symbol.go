package icon

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// globe draws the symbol: a gray circle with a meridian and an equator.
func globe() []byte {
	const size, radius = 19, 8.0
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	ink := color.NRGBA{R: 0x77, G: 0x77, B: 0x77}
	for y := range size {
		for x := range size {
			dx, dy := float64(x)-size/2, float64(y)-size/2
			away := math.Abs(math.Hypot(dx, dy) - radius)
			if math.Hypot(dx, dy) < radius {
				away = min(away, math.Abs(dy), math.Abs(math.Hypot(2*dx, dy)-radius))
			}
			ink.A = uint8(255 * max(0, 1-away))
			picture.SetNRGBA(x, y, ink)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
