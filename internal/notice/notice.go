// Package notice names what a server tells the clients of people as it happens,
// so that they need not ask.
//
// A room announces a Notice in the transaction of the change that causes it; it
// leaves once that is committed. Which sockets and phones hear it is the business
// of package push.
package notice

import (
	"time"

	"coffre/internal/id"
)

// Kind is what happened, in the numbers of the protocol.
type Kind int

// The kinds, with the numbers that clients compare.
const (
	CipherUpdated        Kind = 0
	CipherCreated        Kind = 1
	CipherDeleted        Kind = 2
	FolderDeleted        Kind = 3
	CiphersChanged       Kind = 4
	VaultChanged         Kind = 5
	OrganizationKeys     Kind = 6
	FolderCreated        Kind = 7
	FolderUpdated        Kind = 8
	SettingsChanged      Kind = 10
	LoggedOut            Kind = 11
	SendCreated          Kind = 12
	SendUpdated          Kind = 13
	SendDeleted          Kind = 14
	AuthRequestCreated   Kind = 15
	AuthRequestAnswered  Kind = 16
	OrganizationsChanged Kind = 17
	OrganizationStatus   Kind = 18
	CollectionSettings   Kind = 19
	SecurityTasksChanged Kind = 22
	PolicyChanged        Kind = 25
	PremiumChanged       Kind = 27
)

// Reason tells clients why they are logged out, where that changes what they do.
type Reason int

// The reasons, with the numbers that clients compare.
const (
	KDFChanged Reason = 0
	KeyRotated Reason = 1
)

// Notice is one thing that happened. Either People or Organization says who hears
// of it. Members of the payload that a kind does not have are zero.
type Notice struct {
	Kind         Kind
	People       []id.ID // whose clients hear it
	Organization id.ID   // whose confirmed members hear it, when People is empty

	// Everywhere sends it to the client that caused it too, which otherwise is
	// left out because it knows.
	Everywhere bool

	ID             id.ID   // of the folder, item, Send or request
	OrganizationID id.ID   // of the item, or the organization that changed
	CollectionIDs  []id.ID // of the item
	At             time.Time
	Reason         *Reason        // of LoggedOut
	Members        map[string]any // what else the payload holds, by its name in PascalCase
}

// Settings tells a person's clients that their profile or settings changed.
func Settings(accountID id.ID, now time.Time) Notice { return about(SettingsChanged, accountID, now) }

// Vault tells the clients of people that a whole sync is due.
func Vault(now time.Time, accountIDs ...id.ID) Notice {
	return Notice{Kind: VaultChanged, People: accountIDs, At: now}
}

// LogOut ends a person's sessions on every client but the one that acts.
func LogOut(accountID id.ID, now time.Time) Notice { return about(LoggedOut, accountID, now) }

// LogOutEverywhere ends a person's sessions on every client.
func LogOutEverywhere(accountID id.ID, now time.Time) Notice {
	n := LogOut(accountID, now)
	n.Everywhere = true
	return n
}

// Folder tells a person's clients of a folder; kind is one of the three.
func Folder(kind Kind, accountID, folderID id.ID, revised time.Time) Notice {
	n := about(kind, accountID, revised)
	n.ID = folderID
	return n
}

// Send tells a person's clients of a Send; kind is one of the three.
func Send(kind Kind, accountID, sendID id.ID, revised time.Time) Notice {
	n := about(kind, accountID, revised)
	n.ID = sendID
	return n
}

// Cipher tells the clients of people of an item; kind is one of the three. An item of
// an organization says of which, and in which collections it is.
func Cipher(kind Kind, cipherID, orgID id.ID, collectionIDs []id.ID, revised time.Time, accountIDs ...id.ID) Notice {
	return Notice{Kind: kind, People: accountIDs, ID: cipherID, OrganizationID: orgID, CollectionIDs: collectionIDs, At: revised}
}

// Ciphers tells the clients of people that many of their items changed.
func Ciphers(now time.Time, accountIDs ...id.ID) Notice {
	return Notice{Kind: CiphersChanged, People: accountIDs, At: now}
}

// AuthRequest tells a person's clients of a log-in with a device; kind is
// AuthRequestCreated or AuthRequestAnswered.
func AuthRequest(kind Kind, accountID, requestID id.ID) Notice {
	return Notice{Kind: kind, People: []id.ID{accountID}, ID: requestID}
}

// Organizations tells people's clients that their list of organizations, or what
// one of them allows, changed.
func Organizations(now time.Time, accountIDs ...id.ID) Notice {
	return Notice{Kind: OrganizationsChanged, People: accountIDs, At: now, Everywhere: true}
}

// OrgKeys tells people's clients that they have the key of one more organization, or
// of one less.
func OrgKeys(now time.Time, accountIDs ...id.ID) Notice {
	return Notice{Kind: OrganizationKeys, People: accountIDs, At: now, Everywhere: true}
}

// Premium tells a person's clients whether they have the premium features now.
func Premium(accountID id.ID, premium bool) Notice {
	return Notice{Kind: PremiumChanged, People: []id.ID{accountID}, Everywhere: true, Members: map[string]any{"Premium": premium}}
}

func about(kind Kind, accountID id.ID, at time.Time) Notice {
	return Notice{Kind: kind, People: []id.ID{accountID}, At: at}
}
