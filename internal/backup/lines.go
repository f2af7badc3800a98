package backup

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A row is a line: a JSON array of its values. Bytes, which JSON does not know,
// are an object {"base64": …}; whole numbers are read as such, however large.

// lines writes rows.
type lines struct {
	out  *bufio.Writer
	json *json.Encoder
}

func newLines(out io.Writer) *lines {
	buffered := bufio.NewWriterSize(out, 1<<16)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	return &lines{buffered, encoder}
}

type binary struct {
	Base64 []byte `json:"base64"`
}

func (l *lines) write(values []any) error {
	for i, v := range values {
		if raw, ok := v.([]byte); ok {
			values[i] = binary{raw}
		}
	}
	return l.json.Encode(values)
}

func (l *lines) flush() error { return l.out.Flush() }

// readLines calls fn with one row of width values after the other.
func readLines(in io.Reader, width int, fn func(values []any) error) error {
	decoder := json.NewDecoder(in)
	decoder.UseNumber()
	for {
		var values []any
		err := decoder.Decode(&values)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(values) != width {
			return fmt.Errorf("a row has %d values instead of %d", len(values), width)
		}
		for i, v := range values {
			if values[i], err = valueOf(v); err != nil {
				return err
			}
		}
		if err := fn(values); err != nil {
			return err
		}
	}
}

// valueOf returns what db.Load takes for a value of a line.
func valueOf(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole, nil
		}
		return v.Float64()
	case nil, bool, string:
		return v, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var bytes *binary
	if err := json.Unmarshal(raw, &bytes); err != nil || bytes == nil || bytes.Base64 == nil {
		return nil, fmt.Errorf("a row has a value that no column has: %.40s", raw)
	}
	return bytes.Base64, nil
}
