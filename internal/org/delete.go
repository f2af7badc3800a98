package org

import (
	"context"
	"net/url"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

// Delete ends an organization for an owner who proves to be the one, also while it
// is disabled. It is fault.Gone to everyone else. Everything that is in it goes;
// its members hear of it, and its owners are told by mail.
func (s *Service) Delete(ctx context.Context, caller, orgID id.ID, proof account.Secret) error {
	if _, err := s.ForOwner(ctx, caller, orgID); err != nil {
		return err
	}
	if err := s.Accounts.VerifySecret(ctx, caller, proof); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Lock(ctx, orgID); err != nil {
			return err
		}
		o, err := s.ForOwner(ctx, caller, orgID)
		if err != nil {
			return err
		}
		return s.end(ctx, o)
	})
}

// end removes an organization in the transaction of ctx, which holds its lock.
func (s *Service) end(ctx context.Context, o Organization) error {
	members, err := s.Store.Members(ctx, o.ID)
	if err != nil {
		return err
	}
	owners, err := s.owners(ctx, members)
	if err != nil {
		return err
	}
	var told []id.ID
	for _, m := range members {
		if m.Confirmed() || m.Status == Accepted {
			told = append(told, m.AccountID)
		}
	}
	mails := make([]mail.Message, len(owners))
	for i, owner := range owners {
		mails[i] = mail.Message{
			Once: "organization-deleted|" + o.ID.String() + "|" + owner.ID.String(), To: owner.Email,
			Template: "organization-deleted", Language: owner.Language(),
			Data: map[string]string{"Organization": o.Name, "Vault": s.VaultURL},
		}
	}
	if err := s.Mail(ctx, mails...); err != nil {
		return err
	}
	if err := s.close(ctx, o, told...); err != nil {
		return err
	}
	s.Announce(ctx, notice.OrgKeys(s.Now(), told...))
	return nil
}

// close ends what other rooms keep for an organization, touches people of it, and
// removes it. The people come before the organization, as with whoever does something
// of their own, of which its log is told.
func (s *Service) close(ctx context.Context, o Organization, people ...id.ID) error {
	if s.Closing != nil {
		if err := s.Closing(ctx, o); err != nil {
			return err
		}
	}
	if err := s.Touch(ctx, people...); err != nil {
		return err
	}
	return s.Store.Delete(ctx, o.ID)
}

// owners returns the people among members who own their organization.
func (s *Service) owners(ctx context.Context, members []Member) ([]account.Account, error) {
	people := []account.Account{}
	for _, m := range members {
		if !m.Owns() {
			continue
		}
		a, err := s.Accounts.Get(ctx, m.AccountID)
		if err != nil {
			return nil, err
		}
		people = append(people, a)
	}
	return people, nil
}

const (
	deletionUse  = "delete-organization"
	deletionLife = 24 * time.Hour
)

// deletionLink is what a mailed link carries, sealed: which organization an owner
// may delete with it, and what was true when it was sent.
type deletionLink struct {
	OrganizationID id.ID
	Name           string
	AccountID      id.ID
	Email          string
	Stamp          string
	Expires        time.Time
}

var voidLink = fault.New(fault.Invalid, "org.voidLink").On("token")

// MailDeletion mails a link to each owner of an organization, with which it can be
// deleted without logging in, and returns their addresses. It is for the operator
// and asks nobody's permission.
func (s *Service) MailDeletion(ctx context.Context, orgID id.ID) ([]string, error) {
	o, err := s.Store.Get(ctx, orgID)
	if err != nil {
		return nil, err
	}
	members, err := s.Store.Members(ctx, orgID)
	if err != nil {
		return nil, err
	}
	owners, err := s.owners(ctx, members)
	if err != nil {
		return nil, err
	}
	now, addresses, mails := s.Now(), make([]string, len(owners)), make([]mail.Message, len(owners))
	for i, owner := range owners {
		token, err := s.Keys.Token(deletionUse, deletionLink{o.ID, o.Name, owner.ID, owner.Email, owner.SecurityStamp, now.Add(deletionLife)})
		if err != nil {
			return nil, err
		}
		addresses[i] = owner.Email
		mails[i] = mail.Message{
			Once: "organization-delete-link|" + id.New().String(), To: owner.Email, Template: "organization-delete-link", Language: owner.Language(),
			Data: map[string]string{"Organization": o.Name, "Link": s.deletionPage(o, token)},
		}
	}
	return addresses, s.Mail(ctx, mails...)
}

// deletionPage is the page of the web vault that asks once more and calls
// DeleteByLink.
func (s *Service) deletionPage(o Organization, token string) string {
	return s.VaultURL + "/#/verify-recover-delete-org?orgId=" + o.ID.String() + "&token=" + url.QueryEscape(token) + "&name=" + url.QueryEscape(o.Name)
}

// DeleteByLink ends an organization for whoever has the token of MailDeletion. A
// token that is of another organization, too old, or void because the organization
// has another name, or its addressee another address or password or owns it no more,
// waits and is a fault.
func (s *Service) DeleteByLink(ctx context.Context, orgID id.ID, token string) error {
	var link deletionLink
	good := s.Keys.ReadToken(deletionUse, token, &link) == nil && link.OrganizationID == orgID && s.Now().Before(link.Expires)
	if good {
		err := s.Store.Tx(ctx, func(ctx context.Context) (err error) {
			if err := s.Lock(ctx, orgID); err != nil {
				return err
			}
			o, err := s.follow(ctx, link)
			if good = fault.KindOf(err) != fault.NotFound; err != nil {
				return err
			}
			return s.end(ctx, o)
		})
		if good {
			return err
		}
	}
	s.Sleep(ctx, account.FailureDelay)
	return voidLink
}

// follow returns the organization of a link, or fault.Gone when what was true as it
// was sent is not any more.
func (s *Service) follow(ctx context.Context, link deletionLink) (Organization, error) {
	o, err := s.ForOwner(ctx, link.AccountID, link.OrganizationID)
	if err != nil {
		return Organization{}, err
	}
	owner, err := s.Accounts.Get(ctx, link.AccountID)
	if err == nil && (o.Name != link.Name || owner.Email != link.Email || owner.SecurityStamp != link.Stamp) {
		err = fault.Gone
	}
	return o, err
}
