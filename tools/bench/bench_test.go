// Package bench measures the program as its users meet it: real processes on
// real files. docs/benchmarks.md has the numbers and how to get them again.
package bench_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const megabyte = 1 << 20

// BenchmarkStart measures from the start of the program to its first answer that
// it is ready, on a database that has been used before.
func BenchmarkStart(b *testing.B) {
	s := harness.New(b, "server", harness.Options{})
	s.Start(b)
	for b.Loop() {
		b.StopTimer()
		s.Kill(b)
		b.StartTimer()
		s.Start(b)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}

// BenchmarkRest measures the memory of a server that has nothing to do.
func BenchmarkRest(b *testing.B) {
	s := harness.New(b, "server", harness.Options{})
	for b.Loop() {
		s.Start(b)
		now, _ := s.Memory(b)
		b.ReportMetric(float64(now)/megabyte, "MB-at-rest")
		s.Kill(b)
	}
}

// BenchmarkSize measures the program file as it is released.
func BenchmarkSize(b *testing.B) {
	for b.Loop() {
		info, err := os.Stat(harness.Program(b))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/megabyte, "MB-binary")
	}
}

// BenchmarkFirstSync measures the first sync, in the dialect v1, of an
// organization in which that many members have each made an offer.
func BenchmarkFirstSync(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { firstSync(b, n) })
	}
}

func firstSync(b *testing.B, sponsorships int) {
	for b.Loop() {
		b.StopTimer()
		pair := harness.NewPair(b, harness.SQLite, nil)
		organization := connect(b, pair, sponsorships)
		pair.SelfHosted.Stop(b)
		fill(b, filepath.Join(pair.SelfHosted.Data, "db", "coffre.db"), organization, sponsorships)
		pair.SelfHosted.Start(b)
		cloudBefore, _ := pair.Cloud.Memory(b)
		homeBefore, _ := pair.SelfHosted.Memory(b)
		b.StartTimer()
		pair.Sync(b, organization).Want(b, 0, fmt.Sprintf("sent %d", sponsorships), fmt.Sprintf("accepted %d", sponsorships))
		b.StopTimer()
		_, cloudPeak := pair.Cloud.Memory(b)
		_, homePeak := pair.SelfHosted.Memory(b)
		b.ReportMetric(float64(cloudPeak-cloudBefore)/megabyte, "MB-growth-cloud")
		b.ReportMetric(float64(homePeak-homeBefore)/megabyte, "MB-growth-self-hosted")
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/sync")
}

// connect makes both sides of a company and saves the token, and returns the id
// of the organization on the self-hosted server.
func connect(b *testing.B, pair *harness.Pair, sponsorships int) id.ID {
	const owner = "ada@acme.example"
	ada := pair.Join(b, owner, "Ada", "en")
	company, err := ada.CreateOrganization(b.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: owner, PlanType: 20, AdditionalSeats: sponsorships + 10, CollectionName: "All", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		b.Fatal(err)
	}
	installation := pair.Introduce(b, owner)
	file, err := ada.DownloadLicense(b.Context(), company.ID, installation.ID)
	if err != nil {
		b.Fatal(err)
	}
	home := pair.JoinSelfHosted(b, owner, "Ada", "en")
	organization, err := home.CreateFromLicense(b.Context(), file, "All")
	if err != nil {
		b.Fatal(err)
	}
	key, err := ada.BillingSyncKey(b.Context(), company.ID, harness.Password)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := home.SaveConnection(b.Context(), organization.ID, key.APIKey); err != nil {
		b.Fatal(err)
	}
	return organization.ID
}

// fill adds members and their offers to the database of a server that is stopped.
func fill(b *testing.B, file string, organization id.ID, sponsorships int) {
	d, err := db.OpenSQLite(file)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	now := db.Time(time.Now())
	err = d.Tx(b.Context(), func(ctx context.Context) error {
		for range sponsorships {
			member, wish := id.New(), id.NewOrdered()
			email := member.String() + "@home.example"
			if _, err := d.Exec(ctx, `INSERT INTO member (id, organization_id, email, status, type, permissions, created_at, revised_at)
				VALUES ($1, $2, $3, 2, 2, '{}', $4, $4)`, member, organization, "m"+email, now); err != nil {
				return err
			}
			if _, err := d.Exec(ctx, `INSERT INTO sponsorship (id, organization_id, birthplace, origin_id, member_id, revision, type,
				offered_to, friendly_name, language, admin_initiated, offer, revoked, state, sequence, sent_revision,
				acknowledged_revision, mails, created_at, revised_at)
				VALUES ($1, $2, 'here', $1, $3, 1, 0, $4, $4, 'en', FALSE, 1, FALSE, 'requested', 0, 0, 0, 0, $5, $5)`,
				wish, organization, member, email, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
