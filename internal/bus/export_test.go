package bus

import "coffre/internal/db"

// DB returns the database of a Bus.
func (b *Bus) DB() *db.DB { return b.db }
