package push

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/notice"
)

// Phone is a device that hears of notices without a socket. Its identifiers are
// texts, because those of other servers' people pass through a relay too.
type Phone struct {
	Installation  id.ID // whose it is: of another server, or zero for one of this server
	AccountID     string
	DeviceID      string // unique for a person and a device
	Identifier    string // chosen by the client
	Type          int
	Token         string // what the maker of the phone knows it by
	Organizations []string
}

// Message is what phones are told.
type Message struct {
	Kind       int             `json:"type"`
	Payload    json.RawMessage `json:"payload"`
	DeviceID   string          `json:"deviceId"`   // of the client that caused it, which is left out
	Identifier string          `json:"identifier"` // the same, as it calls itself
	ClientType *int            `json:"clientType"` // the only type of client that is told; nil for all
	// Organization says that the message is for its members, who To are.
	Organization string `json:"organizationId"`
}

// Provider brings messages to phones.
type Provider interface {
	// Register makes a phone known, or renews what is known of it.
	Register(ctx context.Context, p Phone) error
	// Delete makes it unknown.
	Delete(ctx context.Context, p Phone) error
	// Send tells phones something, without a promise.
	Send(ctx context.Context, to []Phone, m Message) error
}

// Reachable reports whether devices of a type have push tokens.
func Reachable(deviceType int) bool {
	const android, iOS, amazon = 0, 1, 15
	return deviceType == android || deviceType == iOS || deviceType == amazon
}

const (
	couriers  = 4
	sendTime  = 15 * time.Second // for one message to all its phones
	jobSettle = "push-phone"
)

// Phones keeps the Provider informed of the phones of this server's people, and
// sends them what is announced.
type Phones struct {
	Store    Store
	Provider Provider // nil when phones cannot be reached
	Queue    *jobs.Queue
	Now      func() time.Time
	Log      *slog.Logger

	once  sync.Once
	queue chan func(context.Context)
}

// Schedule has the queue register phones: a Provider that does not answer is asked
// again.
func (p *Phones) Schedule() { p.Queue.Handle(jobSettle, p.settle) }

// Registered notes, in the transaction of ctx, that a device told its push token.
func (p *Phones) Registered(ctx context.Context, d device.Device) error { return p.changed(ctx, d) }

// Unregistered notes, in the transaction of ctx, that a device is gone or has no
// push token any more.
func (p *Phones) Unregistered(ctx context.Context, d device.Device) error { return p.changed(ctx, d) }

// Leaving notes, in the transaction of ctx, that a person is being deleted.
func (p *Phones) Leaving(ctx context.Context, accountID id.ID) error {
	if p.Provider == nil {
		return nil
	}
	phones, err := p.Store.Phones(ctx, []id.ID{accountID})
	if err != nil {
		return err
	}
	return p.renew(ctx, phones)
}

func (p *Phones) changed(ctx context.Context, d device.Device) error {
	if p.Provider == nil || !Reachable(d.Type) {
		return nil
	}
	return p.Queue.Add(ctx, jobSettle, d.AccountID.String()+" "+d.ID.String(), p.Now())
}

// settle brings the Provider to what the database says of a phone now.
func (p *Phones) settle(ctx context.Context, args string) error {
	account, device, _ := strings.Cut(args, " ")
	accountID, err := id.Parse(account)
	if err != nil {
		return err
	}
	deviceID, err := id.Parse(device)
	if err != nil {
		return err
	}
	phone, found, err := p.Store.Phone(ctx, accountID, deviceID)
	switch {
	case err != nil:
		return err
	case p.Provider == nil: // the settings have changed since
		return nil
	case !found:
		return p.Provider.Delete(ctx, Phone{AccountID: account, DeviceID: device})
	}
	return p.Provider.Register(ctx, phone)
}

// tell sends a notice to the phones that it concerns. It never waits.
func (p *Phones) tell(ctx context.Context, a announcement) {
	if p.Provider == nil {
		return
	}
	p.later(ctx, func(ctx context.Context) { p.pass(ctx, a) })
}

// later has a courier do something soon. When too much waits it is left out.
func (p *Phones) later(ctx context.Context, fn func(context.Context)) {
	select {
	case p.work() <- fn:
	default:
		p.Log.LogAttrs(ctx, slog.LevelWarn, "too many messages wait for phones")
	}
}

func (p *Phones) work() chan func(context.Context) {
	p.once.Do(func() { p.queue = make(chan func(context.Context), 1_000) })
	return p.queue
}

func (p *Phones) run(ctx context.Context) {
	var wg sync.WaitGroup
	for range couriers {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case fn := <-p.work():
					fn(ctx)
				}
			}
		})
	}
	wg.Wait()
}

// deliver sends a message, once, for as long as one may take.
func (p *Phones) deliver(ctx context.Context, to []Phone, m Message) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := p.Provider.Send(ctx, to, m); err != nil {
		p.Log.LogAttrs(ctx, slog.LevelDebug, "tell phones", slog.Int("kind", m.Kind), slog.Any("error", err))
	}
}

func (p *Phones) pass(ctx context.Context, a announcement) {
	people, err := p.people(ctx, a)
	var phones []Phone
	if err == nil {
		phones, err = p.Store.Phones(ctx, people)
	}
	if err == nil && (a.Kind == notice.OrganizationsChanged || a.Kind == notice.OrganizationKeys) {
		err = p.renew(ctx, phones)
	}
	if err != nil {
		p.Log.LogAttrs(ctx, slog.LevelWarn, "find phones", slog.Any("error", err))
		return
	}
	m := Message{Kind: int(a.Kind), Identifier: a.Device}
	if !a.DeviceID.IsZero() {
		m.DeviceID = a.DeviceID.String()
	}
	if !a.personal() && len(a.People) == 0 {
		if len(phones) > 0 {
			m.Organization, m.Payload = a.Organization.String(), camel(a.payload(id.ID{}))
			p.deliver(ctx, phones, m)
		}
		return
	}
	for account, theirs := range byAccount(phones) {
		person, err := id.Parse(account)
		if err != nil {
			continue
		}
		m.Payload = camel(a.payload(person))
		p.deliver(ctx, theirs, m)
	}
}

func (p *Phones) people(ctx context.Context, a announcement) ([]id.ID, error) {
	if len(a.People) > 0 || a.Organization.IsZero() {
		return a.People, nil
	}
	return p.Store.Members(ctx, a.Organization)
}

// renew has the Provider told what phones are now.
func (p *Phones) renew(ctx context.Context, phones []Phone) error {
	var list []string
	for _, phone := range phones {
		list = append(list, phone.AccountID+" "+phone.DeviceID)
	}
	return p.Queue.AddAll(ctx, jobSettle, list, p.Now())
}

func byAccount(phones []Phone) map[string][]Phone {
	groups := map[string][]Phone{}
	for _, phone := range phones {
		groups[phone.AccountID] = append(groups[phone.AccountID], phone)
	}
	return groups
}

// camel writes a payload as phones read it: JSON, and names that begin small.
func camel(payload []member) json.RawMessage {
	list := make([]member, len(payload))
	for i, m := range payload {
		list[i] = member{strings.ToLower(m.name[:1]) + m.name[1:], m.value}
	}
	return appendJSON(nil, list)
}
