package cipher

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/id"
	"coffre/internal/web"
)

// form is how much an answer says of an item.
type form int

// The forms: with or without what it is to the caller, and with or without its
// collections.
const (
	mini form = iota
	miniDetails
	whole
	details
)

var objects = [...]string{mini: "cipherMini", miniDetails: "cipherMiniDetails", whole: "cipher", details: "cipherDetails"}

// View is an item as clients read it. Those that are about no person ("cipherMini" and
// "cipherMiniDetails") lack what it is to one, and those without details the
// collections.
type View struct {
	Object         string       `json:"object"`
	ID             id.ID        `json:"id"`
	OrganizationID id.ID        `json:"organizationId"`
	Type           content.Type `json:"type"`
	content.Body
	Attachments  []struct{}      `json:"attachments"`
	TOTP         bool            `json:"organizationUseTotp"`
	RevisionDate time.Time       `json:"revisionDate"`
	CreationDate time.Time       `json:"creationDate"`
	DeletedDate  *time.Time      `json:"deletedDate"`
	FolderID     id.ID           `json:"folderId"`
	Favorite     bool            `json:"favorite"`
	ArchivedDate *time.Time      `json:"archivedDate"`
	Edit         bool            `json:"edit"`
	ViewPassword bool            `json:"viewPassword"`
	Permissions  permissionsView `json:"permissions"`
	Collections  []id.ID         `json:"collectionIds"`

	text []byte
}

type permissionsView struct {
	Delete  bool `json:"delete"`
	Restore bool `json:"restore"`
}

// MarshalJSON writes what is kept as it is.
func (v View) MarshalJSON() ([]byte, error) { return v.text, nil }

func viewOf(it Item, f form) View { return View{text: appendItem(nil, it, f)} }

func viewsOf(items []Item, f form) web.List[View] {
	views := make([]View, len(items))
	for i, it := range items {
		views[i] = viewOf(it, f)
	}
	return web.ListOf(views)
}

// appendItem writes an item without looking into what it says.
func appendItem(b []byte, it Item, f form) []byte {
	b = append(append(append(b, `{"object":"`...), objects[f]...), `","id":`...)
	b = appendID(b, it.ID)
	b = appendID(append(b, `,"organizationId":`...), it.OrganizationID)
	b = strconv.AppendInt(append(b, `,"type":`...), int64(it.Type), 10)
	b = content.Append(append(b, ','), it.Type, it.Data)
	b = strconv.AppendBool(append(b, `,"attachments":null,"organizationUseTotp":`...), it.TOTP)
	b = appendTime(append(b, `,"revisionDate":`...), it.RevisedAt)
	b = appendTime(append(b, `,"creationDate":`...), it.CreatedAt)
	b = appendTime(append(b, `,"deletedDate":`...), it.DeletedAt)
	if f == whole || f == details {
		b = appendOwn(b, it)
	}
	if f == miniDetails || f == details {
		b = append(b, `,"collectionIds":[`...)
		for i, collectionID := range it.CollectionIDs {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendID(b, collectionID)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendOwn writes what an item is to the person.
func appendOwn(b []byte, it Item) []byte {
	b = appendID(append(b, `,"folderId":`...), it.FolderID)
	b = strconv.AppendBool(append(b, `,"favorite":`...), it.Favorite)
	b = appendTime(append(b, `,"archivedDate":`...), it.ArchivedAt)
	b = strconv.AppendBool(append(b, `,"edit":`...), it.Access.Edit)
	b = strconv.AppendBool(append(b, `,"viewPassword":`...), it.Access.ViewPassword)
	b = strconv.AppendBool(append(b, `,"permissions":{"delete":`...), it.Access.Delete)
	return append(strconv.AppendBool(append(b, `,"restore":`...), it.Access.Delete), '}')
}

func appendID(b []byte, v id.ID) []byte {
	if v.IsZero() {
		return append(b, "null"...)
	}
	return append(append(append(b, '"'), v.String()...), '"')
}

func appendTime(b []byte, at time.Time) []byte {
	if at.IsZero() {
		return append(b, "null"...)
	}
	return append(at.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// Pages are the items of a long answer, written once and held in pieces, so that they
// take no more memory than they have letters.
type Pages struct {
	pages [][]byte
	some  bool
}

const page = 256 << 10

func (p *Pages) add(it Item, f form) {
	last := len(p.pages) - 1
	if last < 0 || cap(p.pages[last])-len(p.pages[last]) < len(it.Data)+page/64 {
		p.pages = append(p.pages, make([]byte, 0, max(page, len(it.Data)+page/32)))
		last++
	}
	if p.some {
		p.pages[last] = append(p.pages[last], ',')
	}
	p.some = true
	p.pages[last] = appendItem(p.pages[last], it, f)
}

// WriteTo writes the elements of a JSON list, without its brackets.
func (p Pages) WriteTo(w io.Writer) (n int64, err error) {
	for _, text := range p.pages {
		written, err := w.Write(text)
		if n += int64(written); err != nil {
			return n, err
		}
	}
	return n, nil
}

// listView is a list of many items.
type listView struct {
	web.List[View]
	pages Pages
}

// StreamJSON implements [web.Streamer].
func (v listView) StreamJSON(w io.Writer) error {
	return v.pages.stream(w, `{"object":"list","data":[`, `],"continuationToken":null}`)
}

func (p Pages) stream(w io.Writer, before, after string) error {
	if _, err := io.WriteString(w, before); err != nil {
		return err
	}
	if _, err := p.WriteTo(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, after)
	return err
}

// exportView is all that somebody takes out of an organization.
type exportView struct {
	Object      string            `json:"object"`
	Collections []collection.View `json:"collections"`
	Ciphers     []View            `json:"ciphers"`

	pages Pages
}

// StreamJSON implements [web.Streamer].
func (v exportView) StreamJSON(w io.Writer) error {
	raw, err := json.Marshal(v.Collections)
	if err != nil {
		return err
	}
	return v.pages.stream(w, `{"object":"organizationExport","collections":`+string(raw)+`,"ciphers":[`, `]}`)
}

// client is the version of an official client, as a year and a month; zero for one
// that does not say.
type client struct{ year, month int }

func clientOf(c *web.Call) client {
	year, rest, _ := strings.Cut(c.Header.Get("Bitwarden-Client-Version"), ".")
	month, _, _ := strings.Cut(rest, ".")
	y, errYear := strconv.Atoi(year)
	m, errMonth := strconv.Atoi(month)
	if errYear != nil || errMonth != nil {
		return client{}
	}
	return client{y, m}
}

func (v client) before(year, month int) bool {
	return v.year < year || v.year == year && v.month < month
}

// reads reports whether a client knows items of a type; newer ones only where the
// server tells of them. A type that phones do not know makes them refuse the vault.
func (v client) reads(t content.Type, newTypes bool) bool {
	switch {
	case t < content.SSHKey:
		return true
	case t == content.SSHKey:
		return !v.before(2024, 12)
	}
	return newTypes && !v.before(2026, 2)
}

// PagesFor returns the items that a caller has and whose types their client knows.
func (s *Service) PagesFor(c *web.Call) (Pages, error) {
	var p Pages
	v := clientOf(c)
	err := s.Each(c.Context(), c.Caller.AccountID, func(it Item) error {
		if v.reads(it.Type, s.NewTypes) {
			p.add(it, details)
		}
		return nil
	})
	return p, err
}
