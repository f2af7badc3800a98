package db_test

import (
	"context"
	"fmt"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

func TestQuestionsBeyondThoseKeptPreparedAreAnsweredToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for n := range 520 {
			for range 2 { // asked for the first time, and again
				got, err := db.Value[int](t.Context(), d, fmt.Sprintf(`SELECT $1 + %d`, n), 1)
				if err != nil || got != n+1 {
					t.Fatalf("question %d: got %d, %v", n, got, err)
				}
			}
		}
	})
}

func TestPreparedQuestionSeesWhatHasChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		count := func() int {
			n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM server_state`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		if _, err := d.Exec(t.Context(), `INSERT INTO server_state (name, value) VALUES ('a', 'b')`); err != nil {
			t.Fatal(err)
		}
		if after := count(); after != before+1 {
			t.Errorf("got %d, want %d", after, before+1)
		}
		if _, err := d.Exec(t.Context(), `ALTER TABLE server_state ADD COLUMN more TEXT`); err != nil {
			t.Fatal(err)
		}
		if after := count(); after != before+1 {
			t.Errorf("after the table changed: got %d, want %d", after, before+1)
		}
	})
}

func TestChangesInTransactionsAreMadeAgainAndAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for n := range 4 {
			err := d.Tx(t.Context(), func(ctx context.Context) error {
				for range 2 {
					if err := put(ctx, d, fmt.Sprint(n), "first"); err != nil {
						return err
					}
					if _, err := d.Exec(ctx, `DELETE FROM server_state WHERE name = $1`, fmt.Sprint(n)); err != nil {
						return err
					}
				}
				return put(ctx, d, fmt.Sprint(n), "last")
			})
			if err != nil {
				t.Fatal(err)
			}
			if value, err := get(t.Context(), d, fmt.Sprint(n)); err != nil || value != "last" {
				t.Errorf("round %d: got %q, %v", n, value, err)
			}
			if err := put(t.Context(), d, fmt.Sprint("outside ", n), ""); err != nil {
				t.Error(err)
			}
		}
	})
}
