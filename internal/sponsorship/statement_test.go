package sponsorship_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// A hundred times the rows take the same reads; a write of all of them takes one
// statement more for each 250.
func TestSyncNeedsNoStatementPerRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		few, many := newPair(t, d), newPair(t, second(t, d))
		few.many(t, 10)
		many.many(t, 1000)
		for i, more := range []int64{3, 0} {
			fewHome, fewCloud := few.statements(t)
			home, cloud := many.statements(t)
			// The cloud writes sponsorships, mails and the jobs that send them.
			if home > fewHome+more || cloud > fewCloud+3*more {
				t.Errorf("sync %d of 1000 rows takes %d statements here and %d in the cloud; of 10 rows %d and %d",
					i+1, home, cloud, fewHome, fewCloud)
			}
		}
	})
}

// statements syncs, and returns how many the two sides needed.
func (p *pair) statements(t *testing.T) (home, cloud int64) {
	t.Helper()
	home, cloud = p.home.db.Statements(), p.cloud.db.Statements()
	p.sync(t)
	return p.home.db.Statements() - home, p.cloud.db.Statements() - cloud
}
