package content

import (
	"encoding/json"
	"strconv"

	"coffre/internal/blob"
	"coffre/internal/encstring"
)

// Attachment is a file of an item.
type Attachment struct {
	ID       string
	FileName string // ciphertext
	Key      string // of the content, wrapped; "" of very old clients, who used that of the vault
	Size     int64
	URL      string // where the file is; to fetch it from there takes more
}

// FileKey is the name of a file and its key as a client has encrypted them anew. What
// is empty stays as it was.
type FileKey struct {
	FileName string `json:"fileName"`
	Key      string `json:"key"`
}

// MaxFileText is how long the name of a file and its key may be.
const MaxFileText = 1_000

// Check reports what is wrong with what is not empty; at is where it stands in a
// request, with a full stop at its end.
func (k FileKey) Check(at string) error {
	if k.FileName != "" {
		if err := encstring.Check(at+"fileName", k.FileName, MaxFileText); err != nil {
			return err
		}
	}
	if k.Key == "" {
		return nil
	}
	return encstring.Check(at+"key", k.Key, MaxFileText)
}

// fileKeys reads those of an item's files, by their ids; of old clients, names alone.
// What is no object of objects says nothing of them: some clients send back what they
// were answered.
func fileKeys(raw json.RawMessage) map[string]FileKey {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	keys := make(map[string]FileKey, len(members))
	for name, member := range members {
		var k FileKey
		if json.Unmarshal(member, &k) == nil || json.Unmarshal(member, &k.FileName) == nil {
			keys[name] = k
		}
	}
	return keys
}

// Files returns what a request that was checked says of the item's files.
func (r *Request) Files() map[string]FileKey { return r.files }

func (r *Request) checkFiles(at string) error {
	r.files = fileKeys(r.Attachments2)
	if len(r.files) == 0 {
		r.files = fileKeys(r.Attachments)
	}
	for name, k := range r.files {
		if err := k.Check(at + "attachments2." + name + "."); err != nil {
			return err
		}
	}
	return nil
}

// AttachmentView is a file of an item as clients read it.
type AttachmentView struct {
	ID       string  `json:"id"`
	URL      string  `json:"url"`
	FileName string  `json:"fileName"`
	Key      *string `json:"key"`
	Size     string  `json:"size"`
	SizeName string  `json:"sizeName"`
	Object   string  `json:"object"`
}

// AttachmentViewOf translates.
func AttachmentViewOf(a Attachment) AttachmentView {
	v := AttachmentView{
		ID: a.ID, URL: a.URL, FileName: a.FileName, Size: strconv.FormatInt(a.Size, 10), SizeName: blob.SizeName(a.Size), Object: "attachment",
	}
	if a.Key != "" {
		v.Key = &a.Key
	}
	return v
}

// appendAttachments writes the files of an item; none are null.
func appendAttachments(b []byte, list []Attachment) []byte {
	if len(list) == 0 {
		return append(b, "null"...)
	}
	views := make([]AttachmentView, len(list))
	for i, a := range list {
		views[i] = AttachmentViewOf(a)
	}
	text, _ := json.Marshal(views) // which texts alone cannot make fail
	return append(b, text...)
}
