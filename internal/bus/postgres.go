package bus

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"coffre/internal/clock"
)

const (
	// perPart is how many bytes of a payload one notification carries: in base64
	// they stay under the 8,000 that PostgreSQL allows.
	perPart  = 5_400
	maxParts = 1_000
	maxNodes = 100 // with a message under way; more are nodes that died

	pause    = time.Second      // before another try
	checking = 30 * time.Second // how long the connection may be silent before it is asked
	closing  = time.Second

	everything = "*" // the topic of "something may be missing"
)

// [Note: one channel per schema] Notifications belong to a database, not to a
// schema of it. The name of the channel keeps apart what two servers in one
// database say.
const channelName = `'coffre_' || md5(current_schema())`

// send passes on what is published here, in order: a message that does not go is
// tried until it does. At the end, what is left goes as far as it goes at once.
func (b *Bus) send(ctx context.Context) {
	serial := 0
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case m := <-b.out:
			serial = b.pass(ctx, serial, m)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	for ctx.Err() == nil && len(b.out) > 0 {
		serial = b.pass(ctx, serial, <-b.out)
	}
}

// pass sends a message and returns the serial number of the next.
func (b *Bus) pass(ctx context.Context, serial int, m message) int {
	if b.dropped.Swap(false) {
		b.notify(ctx, b.node+" "+strconv.Itoa(serial)+" 0 1 "+everything+" ")
		serial++
	}
	for _, part := range split(b.node, serial, m) {
		b.notify(ctx, part)
	}
	return serial + 1
}

func (b *Bus) notify(ctx context.Context, text string) {
	for ctx.Err() == nil {
		_, err := b.db.Exec(ctx, `SELECT pg_notify(`+channelName+`, $1)`, text)
		if err == nil || ctx.Err() != nil {
			return
		}
		b.log.LogAttrs(ctx, slog.LevelWarn, "tell other nodes", slog.Any("error", err))
		clock.Sleep(ctx, pause)
	}
}

// listen hears the other nodes, on a connection of its own that is made again
// whenever it ends.
func (b *Bus) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.hear(ctx); ctx.Err() == nil {
			b.log.LogAttrs(ctx, slog.LevelWarn, "listen to other nodes", slog.Any("error", err))
			clock.Sleep(ctx, pause)
		}
	}
}

func (b *Bus) hear(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		conn.Close(ctx)
	}()
	var channel string
	if err := conn.QueryRow(ctx, `SELECT `+channelName).Scan(&channel); err != nil {
		return fmt.Errorf("name the channel: %w", err)
	}
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	b.lose() // what was said until now
	partial := assembly{}
	for {
		text, err := next(ctx, conn)
		if err != nil {
			return err
		}
		m, whole := partial.add(b.node, text)
		switch {
		case whole && m.topic == everything:
			b.lose()
		case whole:
			b.deliver(m)
		}
	}
}

// next returns the next notification. A silent connection is asked now and then
// whether it still stands.
func next(ctx context.Context, conn *pgx.Conn) (string, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, checking)
		n, err := conn.WaitForNotification(wait)
		cancel()
		if err == nil {
			return n.Payload, nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return "", fmt.Errorf("wait: %w", err)
		}
		ask, cancel := context.WithTimeout(ctx, checking)
		err = conn.Ping(ask)
		cancel()
		if err != nil {
			return "", fmt.Errorf("ping: %w", err)
		}
	}
}

// split writes a message as notifications: node, serial number, part, parts, topic
// and bytes, with a space between them.
func split(node string, serial int, m message) []string {
	parts := max(1, (len(m.payload)+perPart-1)/perPart)
	list := make([]string, parts)
	for i := range list {
		bytes := m.payload[i*perPart : min(len(m.payload), (i+1)*perPart)]
		list[i] = fmt.Sprintf("%s %d %d %d %s %s", node, serial, i, parts, m.topic, base64.StdEncoding.EncodeToString(bytes))
	}
	return list
}

// assembly is the messages that have begun, by node. A node sends one after the
// other, so each has at most one.
type assembly map[string]*begun

type begun struct {
	serial, parts, have int
	payload             []byte
}

// add takes in a notification and returns the message that it completes. What this
// node said itself, and what makes no sense, completes nothing.
func (a assembly) add(self, text string) (m message, whole bool) {
	fields := strings.Split(text, " ")
	if len(fields) != 6 || fields[0] == self {
		return message{}, false
	}
	serial, err1 := strconv.Atoi(fields[1])
	part, err2 := strconv.Atoi(fields[2])
	parts, err3 := strconv.Atoi(fields[3])
	bytes, err4 := base64.StdEncoding.DecodeString(fields[5])
	if errors.Join(err1, err2, err3, err4) != nil || parts > maxParts {
		return message{}, false
	}
	node := fields[0]
	if part == 0 {
		if len(a) >= maxNodes {
			clear(a)
		}
		a[node] = &begun{serial: serial, parts: parts}
	}
	under := a[node]
	if under == nil || under.serial != serial || under.parts != parts || under.have != part {
		delete(a, node)
		return message{}, false
	}
	under.payload = append(under.payload, bytes...)
	if under.have++; under.have < parts {
		return message{}, false
	}
	delete(a, node)
	return message{fields[4], under.payload}, true
}
