package installation

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
)

// Service is what a cloud knows of installations.
type Service struct {
	Store         Store
	Accounts      *account.Service
	Organizations *org.Service
	Mail          func(ctx context.Context, messages ...mail.Message) error
	Now           func() time.Time
}

// Register makes an installation for whoever asks, and returns it with its key,
// which cannot be read again. The address gets a mail in the language.
func (s *Service) Register(ctx context.Context, email, language string) (i Installation, key string, err error) {
	key = Secret(KeySize)
	i = Installation{ID: id.New(), Email: email, KeyHash: hash(key), Enabled: true, CreatedAt: s.Now(), KeyMadeAt: s.Now()}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Insert(ctx, i); err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{
			Once: "installation:" + i.ID.String(), To: email, Template: "installation", Language: language,
			Data: map[string]string{"ID": i.ID.String()},
		})
	})
	return i, key, err
}

// Admit admits an installation with its key and records the visit; one
// that is unknown or disabled, or another key, is fault.Gone.
func (s *Service) Admit(ctx context.Context, installationID id.ID, key string) error {
	i, err := s.Store.Get(ctx, installationID)
	if err != nil {
		return err
	}
	if !i.Admits(key) {
		return fault.Gone
	}
	return s.Store.Active(ctx, installationID, s.Now())
}

// Enabled reports whether an installation exists and may act.
func (s *Service) Enabled(ctx context.Context, installationID id.ID) (bool, error) {
	i, err := s.Store.Get(ctx, installationID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return i.Enabled, err
}

// Honors reports whether an installation may act with a token that was
// issued then.
func (s *Service) Honors(ctx context.Context, installationID id.ID, issued time.Time) (bool, error) {
	i, err := s.Store.Get(ctx, installationID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return i.Honors(issued), err
}

// Downloaded records that a license of an organization was made for an
// installation.
func (s *Service) Downloaded(ctx context.Context, organizationID, installationID id.ID) error {
	return s.Store.Downloaded(ctx, organizationID, installationID, s.Now())
}

// Owned is an installation as a person sees it who has to do with it.
type Owned struct {
	Installation
	Own           bool // whether the person's address registered it, so that they may change it
	Organizations []OwnedTie
}

// OwnedTie is a Tie to an organization of the person.
type OwnedTie struct {
	Tie
	Name string
}

// List returns the installations that the caller's address registered,
// once it is proved, and those that have to do with organizations that the caller
// owns. Of other organizations it says nothing.
func (s *Service) List(ctx context.Context, caller id.ID) ([]Owned, error) {
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return nil, err
	}
	names, err := s.ownedBy(ctx, caller)
	if err != nil {
		return nil, err
	}
	ties, err := s.Store.Ties(ctx, slices.Collect(maps.Keys(names)))
	if err != nil {
		return nil, err
	}
	by := map[id.ID][]OwnedTie{}
	for _, t := range ties {
		by[t.InstallationID] = append(by[t.InstallationID], OwnedTie{t, names[t.OrganizationID]})
	}
	installations, err := s.Store.List(ctx, provedAddress(a), slices.Collect(maps.Keys(by)))
	list := make([]Owned, len(installations))
	for n, i := range installations {
		list[n] = Owned{Installation: i, Own: registered(i, a), Organizations: by[i.ID]}
	}
	return list, err
}

// ownedBy returns the names of the organizations that a person owns.
func (s *Service) ownedBy(ctx context.Context, caller id.ID) (map[id.ID]string, error) {
	memberships, err := s.Organizations.ListOf(ctx, caller)
	names := map[id.ID]string{}
	for _, m := range memberships {
		if m.Member.Owns() {
			names[m.Organization.ID] = m.Organization.Name
		}
	}
	return names, err
}

// provedAddress returns the address of a person, or "" while anyone could have typed it.
func provedAddress(a account.Account) string {
	if !a.EmailVerified {
		return ""
	}
	return account.NormalizeEmail(a.Email)
}

// registered reports whether an installation was registered with the address of a
// person.
func registered(i Installation, a account.Account) bool {
	address := provedAddress(a)
	return address != "" && address == i.Email
}

// forRegistrant returns an installation to whoever registered it and proves to be
// the one, and fault.Gone to anyone else. It comes before any transaction.
func (s *Service) forRegistrant(ctx context.Context, caller, installationID id.ID, proof account.Secret) (Installation, account.Account, error) {
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return Installation{}, a, err
	}
	i, err := s.Store.Get(ctx, installationID)
	if err == nil && !registered(i, a) {
		err = fault.Gone
	}
	if err != nil {
		return Installation{}, a, err
	}
	return i, a, s.Accounts.VerifySecret(ctx, caller, proof)
}

// RotateKey gives an installation a new key, which cannot be read again,
// for the person whose address registered it. The old key and every token that it
// has bought are void at once; what is bound to the installation stays. The address
// gets a mail.
func (s *Service) RotateKey(ctx context.Context, caller, installationID id.ID, proof account.Secret) (i Installation, key string, err error) {
	i, a, err := s.forRegistrant(ctx, caller, installationID, proof)
	if err != nil {
		return Installation{}, "", err
	}
	return s.rotate(ctx, i, a.Language())
}

func (s *Service) rotate(ctx context.Context, i Installation, language string) (Installation, string, error) {
	key := Secret(KeySize)
	i.KeyHash, i.KeyMadeAt = hash(key), s.Now()
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.SetKey(ctx, i.ID, i.KeyHash, i.KeyMadeAt); err != nil {
			return err
		}
		return s.tellChange(ctx, i, language, "key")
	})
	if err != nil {
		return Installation{}, "", err
	}
	return i, key, nil
}

// Enable has an installation act again, or no longer, for the person
// whose address registered it. One that is disabled gets no token and no license, and
// its tokens are void at once. The address gets a mail when something has changed.
func (s *Service) Enable(ctx context.Context, caller, installationID id.ID, enabled bool, proof account.Secret) (Installation, error) {
	i, a, err := s.forRegistrant(ctx, caller, installationID, proof)
	if err != nil {
		return Installation{}, err
	}
	return s.enable(ctx, i, enabled, a.Language())
}

func (s *Service) enable(ctx context.Context, i Installation, enabled bool, language string) (Installation, error) {
	i.Enabled = enabled
	change := "off"
	if enabled {
		change = "on"
	}
	return i, s.Store.Tx(ctx, func(ctx context.Context) error {
		changed, err := s.Store.SetEnabled(ctx, i.ID, enabled)
		if err != nil || !changed {
			return err
		}
		return s.tellChange(ctx, i, language, change)
	})
}

func (s *Service) tellChange(ctx context.Context, i Installation, language, change string) error {
	return s.Mail(ctx, mail.Message{
		Once: "installation-" + change + ":" + i.ID.String() + ":" + strconv.FormatInt(s.Now().UnixMicro(), 10), To: i.Email,
		Template: "installation-changed", Language: language, Data: map[string]string{"ID": i.ID.String(), "Change": change},
	})
}
