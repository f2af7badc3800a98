package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
	"coffre/test/harness"
)

const (
	members   = 1_000
	perMember = 10
	sockets   = members * perMember
	apiKey    = "abcdefghijABCDEFGHIJ0123456789"
)

// BenchmarkSockets measures ten thousand clients that listen: the server's memory,
// and how long it takes from a change until the last of them has heard of it. The
// clients share the machine.
func BenchmarkSockets(b *testing.B) {
	s := harness.New(b, "server", harness.Options{})
	s.Start(b)
	s.Stop(b)
	organization, people := populate(b, s)
	s.Start(b)
	tokens := make([]string, len(people))
	for i, person := range people {
		tokens[i] = grant(b, s, person)
	}
	before, _ := s.Memory(b)
	all := connectAll(b, s.Address, tokens)
	b.ResetTimer()
	var slowest time.Duration
	for b.Loop() {
		all.left.Store(sockets)
		began := time.Now()
		setPolicy(b, s, organization, tokens[0])
		<-all.heard
		slowest = max(slowest, time.Since(began))
	}
	b.StopTimer()
	now, peak := s.Memory(b)
	b.ReportMetric(float64(before)/megabyte, "MB-before")
	b.ReportMetric(float64(now)/megabyte, "MB-with-sockets")
	b.ReportMetric(float64(peak)/megabyte, "MB-peak")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/broadcast")
	b.ReportMetric(float64(slowest.Milliseconds()), "ms-slowest")
}

// populate fills the database of a server that is stopped with an organization and
// its members, the first of whom owns it.
func populate(b *testing.B, s *harness.Server) (organization id.ID, people []id.ID) {
	d, err := db.OpenSQLite(filepath.Join(s.Data, "db", "coffre.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	root, err := seal.Root("", filepath.Join(s.Data, "keys", "root.key"))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.Open(b.Context(), d, root, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	now, terms := time.Now().UTC(), plan.Features{}
	if enterprise, ok := plan.Of(plan.EnterpriseAnnually); ok {
		terms = enterprise.Features
	}
	organization = id.New()
	err = d.Tx(b.Context(), func(ctx context.Context) error {
		err := org.NewStore(d).Insert(ctx, org.Organization{
			ID: organization, Name: "Acme", BillingEmail: "bills@acme.example", PlanType: plan.EnterpriseAnnually, Features: terms,
			Enabled: true, LicenseKey: "key", CreatedAt: now, RevisedAt: now,
		})
		for i := range members {
			a := account.Account{
				ID: id.New(), Email: fmt.Sprintf("m%d@acme.example", i), Culture: "en-US", SecurityStamp: id.New().String(),
				CreatedAt: now, RevisedAt: now, VaultRevisedAt: now,
			}
			m := org.Member{ID: id.New(), OrganizationID: organization, AccountID: a.ID, Status: org.Confirmed, Type: org.Owner, CreatedAt: now, RevisedAt: now}
			if i > 0 {
				m.Type = org.User
			}
			people = append(people, a.ID)
			if err == nil {
				err = account.NewStore(d).Insert(ctx, a, keys.Seal("account", "sealed_api_key", a.ID, apiKey))
			}
			if err == nil {
				err = org.NewStore(d).InsertMember(ctx, m)
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return organization, people
}

// grant signs a person in with their API key.
func grant(b *testing.B, s *harness.Server, person id.ID) string {
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"api"}, "client_id": {"user." + person.String()}, "client_secret": {apiKey},
		"deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	call(b, s, http.MethodPost, "/identity/connect/token", "", "application/x-www-form-urlencoded", form.Encode(), &answer)
	return answer.AccessToken
}

func setPolicy(b *testing.B, s *harness.Server, organization id.ID, token string) {
	call(b, s, http.MethodPut, "/api/organizations/"+organization.String()+"/policies/1", token, "application/json",
		`{"policy":{"enabled":true,"data":{"minLength":12}}}`, nil)
}

func call(b *testing.B, s *harness.Server, method, path, token, kind, body string, out any) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Bitwarden-Client-Version", "2026.9.0")
	res, err := s.HTTP().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %s", path, res.Status, raw)
	}
	if out != nil && json.Unmarshal(raw, out) != nil {
		b.Fatalf("%s: %s", path, raw)
	}
}

// audience is all clients. They take as little of the machine as they can.
type audience struct {
	left  atomic.Int64  // who have not heard yet
	heard chan struct{} // gets one when the last of them has
}

// connectAll opens the sockets, each address of the loopback network with a part
// of them so that ports suffice.
func connectAll(b *testing.B, address string, tokens []string) *audience {
	all := &audience{heard: make(chan struct{}, 1)}
	for i := range sockets {
		from := net.IPv4(127, 0, byte(i/5_000), 2)
		conn, reader, err := openSocket(b.Context(), from, address, tokens[i%len(tokens)])
		if err != nil {
			b.Fatalf("socket %d: %v", i, err)
		}
		b.Cleanup(func() { conn.Close() })
		go all.listen(conn, reader)
	}
	return all
}

func openSocket(ctx context.Context, from net.IP, address, token string) (net.Conn, *bufio.Reader, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /notifications/hub?access_token=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", token, address)
	if err != nil {
		return nil, nil, err
	}
	reader := bufio.NewReaderSize(conn, 1_024)
	res, err := http.ReadResponse(reader, nil)
	if err != nil {
		return nil, nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, nil, errors.New(res.Status)
	}
	if _, err := conn.Write(masked(`{"protocol":"messagepack","version":1}` + "\x1e")); err != nil {
		return nil, nil, err
	}
	if _, err := frame(reader); err != nil {
		return nil, nil, err
	}
	return conn, reader, nil
}

// masked is a text frame of a client, with a mask that changes nothing.
func masked(text string) []byte {
	return append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
}

// frame reads one of the server's, of less than 64 KB, and returns its length.
func frame(r *bufio.Reader) (int, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return 0, err
	}
	length := int(head[1])
	if length == 126 {
		if _, err := io.ReadFull(r, head[2:]); err != nil {
			return 0, err
		}
		length = int(head[2])<<8 | int(head[3])
	}
	_, err := r.Discard(length)
	return length, err
}

const ping = 3 // bytes of a ping of the hub

// listen answers pings, and counts whoever hears something else.
func (a *audience) listen(conn net.Conn, r *bufio.Reader) {
	for {
		length, err := frame(r)
		switch {
		case err != nil:
			return
		case length == ping:
			if _, err := conn.Write(masked("\x02\x91\x06")); err != nil {
				return
			}
		case a.left.Add(-1) == 0:
			a.heard <- struct{}{}
		}
	}
}
