package member

import (
	"context"

	"coffre/internal/db"
)

// Store writes who belongs to an organization; what is read of members, package org
// reads. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock keeps others of the same name waiting until the transaction of ctx ends.
	Lock(ctx context.Context, name string) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }
