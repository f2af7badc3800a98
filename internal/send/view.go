package send

import (
	"strconv"
	"strings"
	"time"

	"coffre/internal/blob"
	"coffre/internal/id"
)

// View is a Send as its owner's clients see it, in a sync too. Phones refuse the
// whole vault when a member is missing.
type View struct {
	ID             id.ID      `json:"id"`
	AccessID       string     `json:"accessId"`
	Type           Type       `json:"type"`
	AuthType       AuthType   `json:"authType"`
	Name           string     `json:"name"`
	Notes          *string    `json:"notes"`
	File           *fileView  `json:"file"`
	Text           *textView  `json:"text"`
	Data           *struct{}  `json:"data"` // of an item, which this server does not send
	Key            string     `json:"key"`
	MaxAccessCount *int       `json:"maxAccessCount"`
	AccessCount    int        `json:"accessCount"`
	Password       *string    `json:"password"`
	Emails         *string    `json:"emails"`
	Disabled       bool       `json:"disabled"`
	HideEmail      bool       `json:"hideEmail"`
	RevisionDate   time.Time  `json:"revisionDate"`
	ExpirationDate *time.Time `json:"expirationDate"`
	DeletionDate   time.Time  `json:"deletionDate"`
	Object         string     `json:"object"`
}

type fileView struct {
	ID       string `json:"id"`
	FileName string `json:"fileName"`
	Size     string `json:"size"`
	SizeName string `json:"sizeName"`
}

type textView struct {
	Text   string `json:"text"`
	Hidden bool   `json:"hidden"`
}

// viewOf translates; b is the file of a Send that has one.
func viewOf(s Send, b blob.Blob) View {
	v := View{
		ID: s.ID, AccessID: s.AccessID(), Type: s.Type, AuthType: s.AuthType, Name: s.Name, Notes: optional(s.Notes), Key: s.Key,
		File: fileViewOf(s, b), Text: textViewOf(s), MaxAccessCount: s.MaxAccesses, AccessCount: s.Accesses,
		Emails: optional(strings.Join(s.Emails, ",")), Disabled: s.Disabled, HideEmail: s.HideEmail, RevisionDate: s.RevisedAt,
		ExpirationDate: instant(s.ExpiresAt), DeletionDate: s.DeleteAt, Object: "send",
	}
	if s.PasswordHash != "" {
		v.Password = new(passwordMark)
	}
	return v
}

func fileViewOf(s Send, b blob.Blob) *fileView {
	if s.Type != File {
		return nil
	}
	return &fileView{s.BlobID, s.FileName, strconv.FormatInt(b.Size, 10), blob.SizeName(b.Size)}
}

func textViewOf(s Send) *textView {
	if s.Type != Text {
		return nil
	}
	return &textView{s.Text, s.TextHidden}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func instant(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
