package cipher

import (
	"context"
	"maps"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
)

// Service is what the rest of the server may do with items.
type Service struct {
	Store         Store
	Accounts      *account.Service
	Organizations *org.Service
	Collections   *collection.Service
	Policies      *policy.Service
	Files         Files
	Limits        Limits
	Now           func() time.Time
	// NewTypes says that clients are told of the types after SSHKey.
	NewTypes bool
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
	// AddFolders makes folders of an account, in the transaction of ctx, and returns
	// their ids in the order of the names.
	AddFolders func(ctx context.Context, accountID id.ID, names []string) ([]id.ID, error)
	// DropFolders deletes all folders of an account, in the transaction of ctx.
	DropFolders func(ctx context.Context, accountID id.ID) error
}

// Get returns an item that the caller has, or fault.Gone.
func (s *Service) Get(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	items, err := s.find(ctx, caller, cipherID)
	if err == nil && (len(items) == 0 || !items[0].Seen) {
		err = fault.Gone
	}
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

// find returns those of some items that there are, also those that the caller does
// not have.
func (s *Service) find(ctx context.Context, caller id.ID, cipherIDs ...id.ID) ([]Item, error) {
	found, err := s.Store.Find(ctx, caller, cipherIDs)
	if err != nil {
		return nil, err
	}
	r := reach{caller: caller}
	files, err := s.Files.On(ctx, cipherIDs)
	if err != nil {
		return nil, err
	}
	var links map[id.ID][]link
	if anyShared(found) {
		if r, err = s.reachOf(ctx, caller); err != nil {
			return nil, err
		}
		all, err := s.Store.Links(ctx, cipherIDs)
		if err != nil {
			return nil, err
		}
		links = byCipher(all)
	}
	items := make([]Item, len(found))
	r.files = files
	for i, k := range found {
		items[i] = r.see(k, links[k.ID])
	}
	return items, nil
}

func anyShared(found []Kept) bool {
	for _, k := range found {
		if !k.OrganizationID.IsZero() {
			return true
		}
	}
	return false
}

// Each calls fn with every item that the caller has, of enabled organizations too. It
// asks the database no more for many items than for one.
func (s *Service) Each(ctx context.Context, caller id.ID, fn func(Item) error) error {
	r, err := s.reachOf(ctx, caller)
	if err != nil {
		return err
	}
	if r.files, err = s.Files.Of(ctx, []id.ID{caller}); err != nil {
		return err
	}
	shared, err := s.Files.In(ctx, r.has())
	if err != nil {
		return err
	}
	maps.Copy(r.files, shared)
	if r.personal, err = s.Store.Personal(ctx, caller); err != nil {
		return err
	}
	if err := s.Store.OwnOf(ctx, caller, func(c Cipher) error { return fn(r.seeListed(c, nil)) }); err != nil {
		return err
	}
	all, err := s.Store.LinksIn(ctx, r.has())
	if err != nil {
		return err
	}
	links := byCipher(all)
	return s.Store.In(ctx, r.has(), func(c Cipher) error { return fn(r.seeListed(c, links[c.ID])) })
}

// Whose says of some items that there are to which organization each belongs, zero
// for a person's own, and whether an account can read it.
func (s *Service) Whose(ctx context.Context, accountID id.ID, cipherIDs []id.ID) (map[id.ID]event.Item, error) {
	items, err := s.find(ctx, accountID, cipherIDs...)
	whose := make(map[id.ID]event.Item, len(items))
	for _, it := range items {
		whose[it.ID] = event.Item{OrganizationID: it.OrganizationID, Readable: it.Seen}
	}
	return whose, err
}

var (
	dataOwned     = fault.New(fault.Invalid, "cipher.dataOwned")
	forAnother    = fault.New(fault.Invalid, "cipher.forAnother").On("encryptedFor")
	keyIsAnother  = fault.New(fault.Invalid, "cipher.keyIsAnother").On("encryptedByKeyId")
	unknownFolder = fault.New(fault.Invalid, "cipher.unknownFolder").On("folderId")
)

// Create adds an item of the caller's own, or of an organization: there it is in
// those of the collections into which the caller may put it, of which there must be
// one. Only who may edit any collection makes one that is in none.
func (s *Service) Create(ctx context.Context, caller id.ID, d Draft, collectionIDs []id.ID) (Item, error) {
	if d.OrganizationID.IsZero() {
		return s.createOwn(ctx, caller, d)
	}
	in := scope{organizations: []id.ID{d.OrganizationID}, collections: collectionIDs}
	return s.create(ctx, caller, d, in, func(ctx context.Context, w *work) ([]id.ID, error) {
		m, member := w.reach.organizations[d.OrganizationID]
		if !member {
			return nil, fault.Gone
		}
		if len(collectionIDs) == 0 {
			if !m.Member.May(editAny) {
				return nil, noneWritable
			}
			return nil, nil
		}
		return s.writable(ctx, w, d.OrganizationID, collectionIDs)
	})
}

func (s *Service) createOwn(ctx context.Context, caller id.ID, d Draft) (Item, error) {
	return s.create(ctx, caller, d, scope{}, func(ctx context.Context, _ *work) ([]id.ID, error) {
		bound, err := s.Policies.BindsToShare(ctx, caller)
		if err == nil && bound {
			err = dataOwned
		}
		return nil, err
	})
}

// create adds an item in the collections that allowed names.
func (s *Service) create(
	ctx context.Context, caller id.ID, d Draft, in scope, allowed func(context.Context, *work) ([]id.ID, error),
) (made Item, err error) {
	err = s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		collectionIDs, err := allowed(ctx, w)
		if err != nil {
			return err
		}
		if err := s.checkDraft(ctx, caller, d); err != nil {
			return err
		}
		c := Cipher{
			ID: id.NewOrdered(), OrganizationID: d.OrganizationID, Type: d.Type, Data: d.Data, CreatedAt: w.at, RevisedAt: w.at,
		}
		if c.OrganizationID.IsZero() {
			c.AccountID = caller
		}
		if err := s.Store.Insert(ctx, c); err != nil {
			return err
		}
		if err := s.Store.AddLinks(ctx, linksTo(collectionIDs, c.ID)...); err != nil {
			return err
		}
		if err := s.putPersonal(ctx, caller, c.ID, Personal{}, d.personal(Personal{})); err != nil {
			return err
		}
		if err := w.tell(ctx, notice.CipherCreated, event.CipherCreated, c, collectionIDs); err != nil {
			return err
		}
		made, err = w.again(ctx, c.ID)
		return err
	})
	return made, err
}

func linksTo(collectionIDs []id.ID, cipherIDs ...id.ID) []link {
	links := make([]link, 0, len(collectionIDs)*len(cipherIDs))
	for _, cipherID := range cipherIDs {
		for _, collectionID := range collectionIDs {
			links = append(links, link{CipherID: cipherID, CollectionID: collectionID})
		}
	}
	return links
}

// checkDraft refuses what was encrypted for somebody else or under another key, and a
// folder that is not the caller's.
func (s *Service) checkDraft(ctx context.Context, caller id.ID, d Draft) error {
	if !d.For.IsZero() && d.For != caller {
		return forAnother
	}
	if d.KeyID != "" && d.OrganizationID.IsZero() {
		a, err := s.Accounts.Get(ctx, caller)
		if err == nil && a.KeyID != "" && a.KeyID != d.KeyID {
			err = keyIsAnother
		}
		if err != nil {
			return err
		}
	}
	return s.checkFolder(ctx, caller, d.FolderID)
}

func (s *Service) checkFolder(ctx context.Context, caller, folderID id.ID) error {
	if folderID.IsZero() {
		return nil
	}
	found, err := s.Store.Folders(ctx, caller, []id.ID{folderID})
	if err == nil && len(found) == 0 {
		err = unknownFolder
	}
	return err
}

// putPersonal writes what a person wants an item to be for themselves, where that is
// something else than it was.
func (s *Service) putPersonal(ctx context.Context, caller, cipherID id.ID, was, is Personal) error {
	if was.FolderID == is.FolderID && was.Favorite == is.Favorite && was.ArchivedAt.Equal(is.ArchivedAt) {
		return nil
	}
	return s.Store.PutPersonal(ctx, caller, map[id.ID]Personal{cipherID: is})
}

// Update replaces what an item says, for whoever may edit it.
func (s *Service) Update(ctx context.Context, caller, cipherID id.ID, d Draft) (made Item, err error) {
	err = s.change(ctx, caller, scope{ciphers: []id.ID{cipherID}}, func(ctx context.Context, w *work) error {
		it, err := w.one(cipherID)
		if err == nil && d.OrganizationID == it.OrganizationID && !it.Access.Edit {
			err = readOnly
		}
		if err != nil {
			return err
		}
		made, err = w.rewrite(ctx, it, d)
		return err
	})
	return made, err
}

// rewrite replaces what an item says, and what the caller wants it to be.
func (w *work) rewrite(ctx context.Context, it Item, d Draft) (Item, error) {
	if err := fits(it, d); err != nil {
		return Item{}, err
	}
	if err := w.checkDraft(ctx, w.reach.caller, d); err != nil {
		return Item{}, err
	}
	c := it.Cipher
	c.Data, c.RevisedAt = d.Data, w.at
	if err := w.Store.Rewrite(ctx, c); err != nil {
		return Item{}, err
	}
	if it.Seen {
		if err := w.putPersonal(ctx, w.reach.caller, it.ID, it.Personal, d.personal(it.Personal)); err != nil {
			return Item{}, err
		}
	}
	if err := w.tell(ctx, notice.CipherUpdated, event.CipherUpdated, c, w.collections(it.ID)); err != nil {
		return Item{}, err
	}
	it.Cipher, it.Personal = c, d.personal(it.Personal)
	if len(it.Attachments) == 0 || len(d.Files) == 0 {
		return it, nil
	}
	if err := w.Files.Rename(ctx, map[id.ID]map[string]content.FileKey{it.ID: d.Files}); err != nil {
		return Item{}, err
	}
	files, err := w.Files.On(ctx, []id.ID{it.ID})
	it.Attachments = files[it.ID]
	return it, err
}
