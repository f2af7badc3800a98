package content

import (
	"io"
	"strconv"
	"sync"
	"time"

	"coffre/internal/id"
)

// Form is how much an answer says of an item.
type Form int

// The forms: with or without what it is to the caller, and with or without its
// collections.
const (
	Mini Form = iota
	MiniDetails
	Whole
	Details
)

var objects = [...]string{Mini: "cipherMini", MiniDetails: "cipherMiniDetails", Whole: "cipher", Details: "cipherDetails"}

// View is an item as clients read it. Those that are about no person ("cipherMini" and
// "cipherMiniDetails") lack what it is to one, and those without details the
// collections.
type View struct {
	Object         string `json:"object"`
	ID             id.ID  `json:"id"`
	OrganizationID id.ID  `json:"organizationId"`
	Type           Type   `json:"type"`
	Body
	Attachments  []AttachmentView `json:"attachments"`
	TOTP         bool             `json:"organizationUseTotp"`
	RevisionDate time.Time        `json:"revisionDate"`
	CreationDate time.Time        `json:"creationDate"`
	DeletedDate  *time.Time       `json:"deletedDate"`
	FolderID     id.ID            `json:"folderId"`
	Favorite     bool             `json:"favorite"`
	ArchivedDate *time.Time       `json:"archivedDate"`
	Edit         bool             `json:"edit"`
	ViewPassword bool             `json:"viewPassword"`
	Permissions  permissionsView  `json:"permissions"`
	Collections  []id.ID          `json:"collectionIds"`

	text []byte
}

type permissionsView struct {
	Delete  bool `json:"delete"`
	Restore bool `json:"restore"`
}

// MarshalJSON writes what is kept as it is.
func (v View) MarshalJSON() ([]byte, error) { return v.text, nil }

// ViewOf returns an item in a form.
func ViewOf(it Item, f Form) View { return View{text: appendItem(nil, it, f)} }

// appendItem writes an item without looking into what it says.
func appendItem(b []byte, it Item, f Form) []byte {
	b = append(append(append(b, `{"object":"`...), objects[f]...), `","id":`...)
	b = appendID(b, it.ID)
	b = appendID(append(b, `,"organizationId":`...), it.OrganizationID)
	b = strconv.AppendInt(append(b, `,"type":`...), int64(it.Type), 10)
	b = Append(append(b, ','), it.Type, it.Data)
	b = appendAttachments(append(b, `,"attachments":`...), it.Attachments)
	b = strconv.AppendBool(append(b, `,"organizationUseTotp":`...), it.TOTP)
	b = appendTime(append(b, `,"revisionDate":`...), it.RevisedAt)
	b = appendTime(append(b, `,"creationDate":`...), it.CreatedAt)
	b = appendTime(append(b, `,"deletedDate":`...), it.DeletedAt)
	if f == Whole || f == Details {
		b = appendOwn(b, it)
	}
	if f == MiniDetails || f == Details {
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
	return append(v.Append(append(b, '"')), '"')
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

// written are pages of answers that are on their way, for those to come: a long answer
// is as long again as all that is read for it.
var written = sync.Pool{New: func() any { return new([page]byte) }}

// Add writes an item.
func (p *Pages) Add(it Item, f Form) {
	last := len(p.pages) - 1
	if last < 0 || cap(p.pages[last])-len(p.pages[last]) < len(it.Data)+page/64 {
		p.pages = append(p.pages, blank(len(it.Data)+page/32))
		last++
	}
	if p.some {
		p.pages[last] = append(p.pages[last], ',')
	}
	p.some = true
	p.pages[last] = appendItem(p.pages[last], it, f)
}

func blank(least int) []byte {
	if least > page {
		return make([]byte, 0, least)
	}
	return written.Get().(*[page]byte)[:0]
}

// Adder returns Add for one form, as a function that never fails.
func (p *Pages) Adder(f Form) func(Item) error {
	return func(it Item) error {
		p.Add(it, f)
		return nil
	}
}

// WriteTo writes the elements of a JSON list, without its brackets, and only once:
// other answers are written where they were.
func (p Pages) WriteTo(w io.Writer) (n int64, err error) {
	for _, text := range p.pages {
		letters, err := w.Write(text)
		if n += int64(letters); err != nil {
			return n, err
		}
		if cap(text) == page {
			written.Put((*[page]byte)(text[:page]))
		}
	}
	return n, nil
}

// Stream writes the items between what comes before and after them, only once.
func (p Pages) Stream(w io.Writer, before, after string) error {
	if _, err := io.WriteString(w, before); err != nil {
		return err
	}
	if _, err := p.WriteTo(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, after)
	return err
}
