package cipher

import (
	"strconv"
	"unicode/utf8"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// The longest names, in characters.
const (
	maxName       = 1_000
	maxExternalID = 300
)

type importRequest struct {
	Ciphers             []*content.Request  `json:"ciphers"`
	Folders             []ImportFolder      `json:"folders"`
	FolderRelations     []Relation          `json:"folderRelationships"`
	Collections         []collection.Wanted `json:"collections"`
	CollectionRelations []Relation          `json:"collectionRelationships"`
}

// Check reports the first item, folder or collection that is wrong.
func (in importRequest) Check() error {
	for i, r := range in.Ciphers {
		at := "ciphers[" + strconv.Itoa(i) + "]"
		if r == nil {
			return fault.Required(at)
		}
		if err := r.CheckAt(at + "."); err != nil {
			return err
		}
	}
	for i, f := range in.Folders {
		if err := encstring.Check("folders["+strconv.Itoa(i)+"].name", f.Name, maxName); err != nil {
			return err
		}
	}
	for i, c := range in.Collections {
		at := "collections[" + strconv.Itoa(i) + "]."
		if utf8.RuneCountInString(c.ExternalID) > maxExternalID {
			return fault.TooLong(at+"externalId", maxExternalID)
		}
		if err := encstring.Check(at+"name", c.Name, maxName); err != nil {
			return err
		}
	}
	return nil
}

func (in importRequest) read(c *web.Call) Import {
	read := Import{
		Folders: in.Folders, FolderRelations: in.FolderRelations, Collections: in.Collections, CollectionRelated: in.CollectionRelations,
	}
	for _, r := range in.Ciphers {
		read.Items = append(read.Items, draftOf(c, r))
	}
	return read
}

func (h handler) importOwn(c *web.Call, in importRequest) (struct{}, error) {
	in.Collections, in.CollectionRelations = nil, nil
	return struct{}{}, h.ciphers.Import(c.Context(), c.Caller.AccountID, in.read(c))
}

func (h handler) importInto(c *web.Call, in importRequest) (struct{}, error) {
	orgID, err := organizationOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.ciphers.ImportInto(c.Context(), c.Caller.AccountID, orgID, in.read(c))
}
