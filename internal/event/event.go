// Package event is the log of what people did, by which the administrators of an
// organization see what happened to it.
//
// A room records an Event in the transaction of the change that causes it: there is
// no change without its event, and no event of a change that did not happen. Events
// are never changed.
package event

import (
	"net/netip"
	"time"

	"coffre/internal/id"
)

// Type is what happened, in the numbers of the protocol.
type Type int

// What people do with their own account.
const (
	LoggedIn            Type = 1000
	PasswordChanged     Type = 1001
	TwoStepUpdated      Type = 1002
	TwoStepDisabled     Type = 1003
	TwoStepRecovered    Type = 1004
	LogInFailed         Type = 1005
	TwoStepFailed       Type = 1006
	VaultExported       Type = 1007
	TempPasswordUpdated Type = 1008
)

// What happens to items. What clients alone know of is numbered in collect.go.
const (
	CipherCreated     Type = 1100
	CipherUpdated     Type = 1101
	CipherDeleted     Type = 1102
	AttachmentCreated Type = 1103
	AttachmentDeleted Type = 1104
	CipherShared      Type = 1105
	CipherCollections Type = 1106
	CipherTrashed     Type = 1115
	CipherRestored    Type = 1116
)

// What happens to collections and groups.
const (
	CollectionCreated Type = 1300
	CollectionUpdated Type = 1301
	CollectionDeleted Type = 1302
	GroupCreated      Type = 1400
	GroupUpdated      Type = 1401
	GroupDeleted      Type = 1402
)

// What happens to members.
const (
	MemberInvited           Type = 1500
	MemberConfirmed         Type = 1501
	MemberUpdated           Type = 1502
	MemberRemoved           Type = 1503
	MemberGroupsUpdated     Type = 1504
	RecoveryEnrolled        Type = 1506
	RecoveryWithdrawn       Type = 1507
	PasswordRecovered       Type = 1508
	MemberRevoked           Type = 1511
	MemberRestored          Type = 1512
	MemberDeleted           Type = 1515
	MemberLeft              Type = 1516
	MemberSelfRevoked       Type = 1518
	TwoStepReset            Type = 1519
	RevokedForTwoStep       Type = 1520
	RevokedForSingle        Type = 1521
	BannerClicked           Type = 1522
	OrganizationUpdated     Type = 1600
	VaultPurged             Type = 1601
	OrganizationExported    Type = 1602
	VaultAccessed           Type = 1603
	SponsorshipsSynced      Type = 1608
	CollectionCreationLimit Type = 1610 // on; the number after it is off, and so on
	CollectionCreationOpen  Type = 1611
	CollectionDeletionLimit Type = 1612
	CollectionDeletionOpen  Type = 1613
	ItemDeletionLimit       Type = 1614
	ItemDeletionOpen        Type = 1615
	AdminsReachAllItems     Type = 1616
	AdminsReachOwnItems     Type = 1617
	ItemMoveAccepted        Type = 1618
	ItemMoveDeclined        Type = 1619
	AutoConfirmEnabled      Type = 1620
	AutoConfirmDisabled     Type = 1621
	InviteLinkCopied        Type = 1627
	PolicyUpdated           Type = 1700
)

// What happens to Sends. What is said of a text and of a file differs by one number,
// or by three on creation.
const (
	TextSendCreated                    Type = 2500
	TextSendForPeopleCreated           Type = 2501
	TextSendByPasswordCreated          Type = 2502
	FileSendCreated                    Type = 2503
	FileSendForPeopleCreated           Type = 2504
	FileSendByPasswordCreated          Type = 2505
	TextSendEdited, FileSendEdited     Type = 2506, 2507
	TextSendDeleted, FileSendDeleted   Type = 2508, 2509
	TextSendAccessed, FileSendAccessed Type = 2510, 2511
)

// SystemUser is who acted when no person did, in the numbers of the protocol.
type SystemUser int

// The systems that act here. The zero value means that a person did.
const (
	SCIM            SystemUser = 1
	PublicAPI       SystemUser = 3
	TwoStepDisabler SystemUser = 4
)

// Event is one thing that happened. What it is not about is zero.
type Event struct {
	ID             id.ID
	OrganizationID id.ID // zero for what somebody did with their own account
	Type           Type
	At             time.Time
	ActorID        id.ID // the account that acted
	AccountID      id.ID // the account that it happened to
	MemberID       id.ID
	CollectionID   id.ID
	GroupID        id.ID
	PolicyID       id.ID
	CipherID       id.ID
	SendID         id.ID
	InstallationID id.ID
	SystemUser     SystemUser
	DeviceType     *int       // of the client that acted, nil when it did not say
	Address        netip.Addr // from which the request came; zero for none
}
