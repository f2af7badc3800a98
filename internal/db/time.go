package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is stored as microseconds since 1970 in both engines, so that it compares
// and sorts the same way and never meets a time zone. The zero Time is NULL.
type Time time.Time

// Value writes microseconds.
func (t Time) Value() (driver.Value, error) {
	if time.Time(t).IsZero() {
		return nil, nil
	}
	return time.Time(t).UnixMicro(), nil
}

// Scan reads what Value wrote, in UTC.
func (t *Time) Scan(src any) error {
	switch micros := src.(type) {
	case nil:
		*t = Time{}
	case int64:
		*t = Time(time.UnixMicro(micros).UTC())
	default:
		return fmt.Errorf("db: %T is not a time", src)
	}
	return nil
}
