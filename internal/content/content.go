// Package content is what an item of a vault says: how clients send it, the one form
// in which it is kept, and how it is answered. All that is secret in it is ciphertext;
// here is looked at its shape alone, which has to be right because phones refuse a
// whole vault for one item that they cannot read.
package content

import (
	"encoding/json"
	"strings"
)

// Type is the number of what an item is.
type Type int

// The types, by the numbers that clients know.
const (
	Login          Type = 1
	SecureNote     Type = 2
	Card           Type = 3
	Identity       Type = 4
	SSHKey         Type = 5
	BankAccount    Type = 6
	DriversLicense Type = 7
	Passport       Type = 8
)

// Body is what an item says, as clients send it, as it is kept and as it is
// answered. A text is ciphertext of at most 1,000 characters, or of its tag's.
type Body struct {
	Name            *string              `json:"name"`
	Notes           *string              `json:"notes" max:"10000"`
	Login           *LoginParts          `json:"login,omitempty"`
	Card            *CardParts           `json:"card,omitempty"`
	Identity        *IdentityParts       `json:"identity,omitempty"`
	SecureNote      *SecureNoteParts     `json:"secureNote,omitempty"`
	SSHKey          *SSHKeyParts         `json:"sshKey,omitempty"`
	BankAccount     *BankAccountParts    `json:"bankAccount,omitempty"`
	DriversLicense  *DriversLicenseParts `json:"driversLicense,omitempty"`
	Passport        *PassportParts       `json:"passport,omitempty"`
	Fields          []Field              `json:"fields"`
	PasswordHistory []FormerPassword     `json:"passwordHistory"`
	Reprompt        Number               `json:"reprompt"`
	Key             *string              `json:"key" max:"5000"`
	// Data is all of it as one text, of clients that encrypt it as one.
	Data *string `json:"data,omitempty" max:"-"`
}

// LoginParts is of type 1.
type LoginParts struct {
	Username             *string   `json:"username"`
	Password             *string   `json:"password" max:"5000"`
	TOTP                 *string   `json:"totp"`
	URIs                 []URI     `json:"uris"`
	URI                  *string   `json:"uri" max:"10000"` // the first of URIs
	PasswordRevisionDate *Date     `json:"passwordRevisionDate"`
	AutofillOnPageLoad   *bool     `json:"autofillOnPageLoad"`
	Fido2Credentials     []Passkey `json:"fido2Credentials"`
}

// URI is where a log-in is used.
type URI struct {
	URI         *string `json:"uri" max:"10000"`
	URIChecksum *string `json:"uriChecksum" max:"10000"`
	Match       *Number `json:"match"`
}

// Passkey is one that a client keeps in a log-in.
type Passkey struct {
	CredentialID    *string `json:"credentialId"`
	KeyType         *string `json:"keyType"`
	KeyAlgorithm    *string `json:"keyAlgorithm"`
	KeyCurve        *string `json:"keyCurve"`
	KeyValue        *string `json:"keyValue"`
	RPID            *string `json:"rpId"`
	RPName          *string `json:"rpName"`
	UserHandle      *string `json:"userHandle"`
	UserName        *string `json:"userName"`
	UserDisplayName *string `json:"userDisplayName"`
	Counter         *string `json:"counter"`
	Discoverable    *string `json:"discoverable"`
	CreationDate    Date    `json:"creationDate"`
}

// SecureNoteParts is of type 2.
type SecureNoteParts struct {
	Type Number `json:"type"`
}

// CardParts is of type 3.
type CardParts struct {
	CardholderName *string `json:"cardholderName"`
	Brand          *string `json:"brand"`
	Number         *string `json:"number"`
	ExpMonth       *string `json:"expMonth"`
	ExpYear        *string `json:"expYear"`
	Code           *string `json:"code"`
}

// IdentityParts is of type 4.
type IdentityParts struct {
	Title          *string `json:"title"`
	FirstName      *string `json:"firstName"`
	MiddleName     *string `json:"middleName"`
	LastName       *string `json:"lastName"`
	Address1       *string `json:"address1"`
	Address2       *string `json:"address2"`
	Address3       *string `json:"address3"`
	City           *string `json:"city"`
	State          *string `json:"state"`
	PostalCode     *string `json:"postalCode"`
	Country        *string `json:"country"`
	Company        *string `json:"company"`
	Email          *string `json:"email"`
	Phone          *string `json:"phone"`
	SSN            *string `json:"ssn"`
	Username       *string `json:"username"`
	PassportNumber *string `json:"passportNumber"`
	LicenseNumber  *string `json:"licenseNumber"`
}

// SSHKeyParts is of type 5. Phones refuse a vault in which it lacks a member.
type SSHKeyParts struct {
	PrivateKey     *string `json:"privateKey" max:"5000"`
	PublicKey      *string `json:"publicKey" max:"5000"`
	KeyFingerprint *string `json:"keyFingerprint"`
}

// BankAccountParts is of type 6.
type BankAccountParts struct {
	BankName         *string `json:"bankName"`
	NameOnAccount    *string `json:"nameOnAccount"`
	AccountType      *string `json:"accountType"`
	AccountNumber    *string `json:"accountNumber"`
	RoutingNumber    *string `json:"routingNumber"`
	BranchNumber     *string `json:"branchNumber"`
	PIN              *string `json:"pin"`
	SwiftCode        *string `json:"swiftCode"`
	IBAN             *string `json:"iban"`
	BankContactPhone *string `json:"bankContactPhone"`
}

// DriversLicenseParts are of type 7.
type DriversLicenseParts struct {
	FirstName        *string `json:"firstName"`
	MiddleName       *string `json:"middleName"`
	LastName         *string `json:"lastName"`
	DateOfBirth      *string `json:"dateOfBirth"`
	LicenseNumber    *string `json:"licenseNumber"`
	IssuingCountry   *string `json:"issuingCountry"`
	IssuingState     *string `json:"issuingState"`
	IssueDate        *string `json:"issueDate"`
	IssuingAuthority *string `json:"issuingAuthority"`
	ExpirationDate   *string `json:"expirationDate"`
	LicenseClass     *string `json:"licenseClass"`
}

// PassportParts is of type 8.
type PassportParts struct {
	Surname                      *string `json:"surname"`
	GivenName                    *string `json:"givenName"`
	DateOfBirth                  *string `json:"dateOfBirth"`
	Sex                          *string `json:"sex"`
	BirthPlace                   *string `json:"birthPlace"`
	Nationality                  *string `json:"nationality"`
	PassportNumber               *string `json:"passportNumber"`
	PassportType                 *string `json:"passportType"`
	IssuingCountry               *string `json:"issuingCountry"`
	IssuingAuthority             *string `json:"issuingAuthority"`
	IssueDate                    *string `json:"issueDate"`
	ExpirationDate               *string `json:"expirationDate"`
	NationalIdentificationNumber *string `json:"nationalIdentificationNumber"`
}

// Field is one that a person has added.
type Field struct {
	Type     *Number `json:"type"`
	Name     *string `json:"name"`
	Value    *string `json:"value" max:"5000"`
	LinkedID *Number `json:"linkedId"`
}

// FormerPassword is one that the item had.
type FormerPassword struct {
	Password     *string `json:"password" max:"5000"`
	LastUsedDate Date    `json:"lastUsedDate"`
}

// parts are the objects of which an item has that of its type, by the names that
// clients know.
var parts = [...]string{
	Login: "login", SecureNote: "secureNote", Card: "card", Identity: "identity", SSHKey: "sshKey",
	BankAccount: "bankAccount", DriversLicense: "driversLicense", Passport: "passport",
}

// only drops the objects of other types than t, and reports whether that of t is there.
func (c *Body) only(t Type) bool {
	all := *c
	c.Login, c.SecureNote, c.Card, c.Identity, c.SSHKey, c.BankAccount, c.DriversLicense, c.Passport = nil, nil, nil, nil, nil, nil, nil, nil
	switch t {
	case Login:
		c.Login = all.Login
		return c.Login != nil
	case SecureNote:
		c.SecureNote = all.SecureNote
		return c.SecureNote != nil
	case Card:
		c.Card = all.Card
		return c.Card != nil
	case Identity:
		c.Identity = all.Identity
		return c.Identity != nil
	case SSHKey:
		c.SSHKey = all.SSHKey
		return c.SSHKey != nil
	case BankAccount:
		c.BankAccount = all.BankAccount
		return c.BankAccount != nil
	case DriversLicense:
		c.DriversLicense = all.DriversLicense
		return c.DriversLicense != nil
	case Passport:
		c.Passport = all.Passport
		return c.Passport != nil
	}
	return false
}

// HasPasskeys reports whether what is kept of a log-in has some. Nothing that clients
// encrypt can hold these letters.
func HasPasskeys(data string) bool { return strings.Contains(data, `"fido2Credentials":[{`) }

// HasKey reports whether what is kept of an item is encrypted under a key of its own,
// which then is all that depends on the key of its vault. Nothing that clients encrypt
// can hold these letters.
func HasKey(data string) bool { return !strings.Contains(data, `"key":null`) }

// isBlob reports whether data is all of an item, encrypted as one.
func isBlob(data *string) bool {
	if data == nil {
		return false
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(*data), &object) != nil {
		return false
	}
	_, versioned := object["format_version"]
	return versioned
}
