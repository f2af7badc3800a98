// Package webauthn asks authenticators, such as passkeys and security keys, to
// make a credential or to prove that they hold one, and judges their answers.
//
// Each of the two ceremonies has two halves. The first returns options, which go
// to the client, and a pending value, which stays with the server until the
// second half reads the client's answer against it. A pending value must be good
// for one answer only; keeping it so is up to the caller.
package webauthn

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"coffre/internal/id"
)

// patience is how long a client waits for a person to touch their authenticator.
const patience = time.Minute

// The reasons for which an answer is refused that callers may tell apart. Every
// other error says in words, for the log, what is wrong with it.
var (
	ErrStranger = errors.New("the credential is not one of those that were asked for")
	ErrCounter  = errors.New("the credential's counter did not move, so there may be a copy of it")
)

// Site is what authenticators make credentials for.
type Site struct {
	ID      string   // the host name of the web vault; an address of digits is refused
	Name    string   // what a person is shown
	Origins []string // the pages and programs that may speak for the site
}

// extensions are the official browser extensions, which speak for the site of the
// server that they are set up for: those of Chrome, Edge and Opera.
var extensions = []string{
	"chrome-extension://nngceckbapebfimnlniiiahkandclblb",
	"chrome-extension://jbkfoedolllekgbhcbcoahefnbanhhlh",
	"chrome-extension://ccnckbpmaceehanjmeomladnmlffdjgn",
}

// SiteOf returns the site of a web vault, given the address of its front page, or
// nil: browsers make no credentials for an address of digits.
func SiteOf(vaultURL string) *Site {
	page, err := url.Parse(vaultURL)
	if err != nil || page.Hostname() == "" || net.ParseIP(page.Hostname()) != nil {
		return nil
	}
	origin := page.Scheme + "://" + page.Host
	return &Site{ID: page.Hostname(), Name: "Coffre", Origins: append([]string{origin}, extensions...)}
}

// User is whom a credential is made for.
type User struct {
	ID          id.ID
	Name        string
	DisplayName string
}

// Credential is what the server keeps of a credential, to judge it again.
type Credential struct {
	ID             []byte   `json:"id"`
	PublicKey      []byte   `json:"publicKey"`
	Counter        uint32   `json:"counter"`
	Transports     []string `json:"transports"`
	BackupEligible bool     `json:"backupEligible"` // never changes in the life of a credential
}

// Wants is what a new credential must be able to do.
type Wants struct {
	ResidentKey  bool // it can be found without being named, so a person need not say who they are
	Verification bool // it asks for a finger, a face or a PIN
}

// Create starts the making of a credential that is none of those the user has.
func (s *Site) Create(u User, have []Credential, w Wants) (CreationOptions, []byte, error) {
	library, err := s.library()
	if err != nil {
		return CreationOptions{}, nil, err
	}
	resident := protocol.ResidentKeyRequirementDiscouraged
	if w.ResidentKey {
		resident = protocol.ResidentKeyRequirementRequired
	}
	creation, session, err := library.BeginRegistration(person{u, nil},
		webauthn.WithExclusions(descriptors(have)),
		webauthn.WithConveyancePreference(protocol.PreferNoAttestation),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			RequireResidentKey: &w.ResidentKey, ResidentKey: resident, UserVerification: verification(w.Verification),
		}))
	if err != nil {
		return CreationOptions{}, nil, fmt.Errorf("start making a credential: %w", err)
	}
	pending, err := json.Marshal(session)
	return creationOptions(creation.Response), pending, err
}

// Created returns the credential that an answer to Create made.
func (s *Site) Created(u User, pending, answer []byte) (Credential, error) {
	library, err := s.library()
	if err != nil {
		return Credential{}, err
	}
	session, err := readSession(pending)
	if err != nil {
		return Credential{}, err
	}
	response, err := readCreation(answer)
	if err != nil {
		return Credential{}, reason(err)
	}
	made, err := library.CreateCredential(person{u, nil}, session, response)
	if err != nil {
		return Credential{}, reason(err)
	}
	c := Credential{
		ID: made.ID, PublicKey: made.PublicKey, Counter: made.Authenticator.SignCount,
		Transports: []string{}, BackupEligible: made.Flags.BackupEligible,
	}
	for _, transport := range made.Transport {
		if slices.Contains(transports, transport) && !slices.Contains(c.Transports, string(transport)) {
			c.Transports = append(c.Transports, string(transport))
		}
	}
	return c, nil
}

// transports are the ways to reach an authenticator that clients know. They say
// themselves which ones there are, so nothing else is kept.
var transports = []protocol.AuthenticatorTransport{
	protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal, "cable",
}

// Ask starts a proof that somebody holds one of the credentials or, when there
// are none, any credential of the site that can be found without being named.
func (s *Site) Ask(have []Credential, verified bool) (RequestOptions, []byte, error) {
	library, err := s.library()
	if err != nil {
		return RequestOptions{}, nil, err
	}
	request, session, err := library.BeginDiscoverableLogin(
		webauthn.WithAllowedCredentials(descriptors(have)), webauthn.WithUserVerification(verification(verified)))
	if err != nil {
		return RequestOptions{}, nil, fmt.Errorf("ask for a credential: %w", err)
	}
	pending, err := json.Marshal(session)
	return requestOptions(request.Response), pending, err
}

// Find returns the credential with an id and whose it is. The handle is the id of
// the person the credential was made for, or empty when the authenticator does
// not tell it.
type Find func(credentialID, handle []byte) (User, Credential, error)

// Answered returns who answered to Ask and their credential with its new counter,
// which the caller must store. An error of find is returned as it is.
func (s *Site) Answered(pending, answer []byte, find Find) (Credential, User, error) {
	library, err := s.library()
	if err != nil {
		return Credential{}, User{}, err
	}
	session, err := readSession(pending)
	if err != nil {
		return Credential{}, User{}, err
	}
	response, err := readAssertion(answer)
	if err != nil {
		return Credential{}, User{}, reason(err)
	}
	handle := response.Response.UserHandle
	if err := mayAnswer(session, response.RawID, handle); err != nil {
		return Credential{}, User{}, err
	}
	u, c, err := find(response.RawID, handle)
	if err != nil {
		return Credential{}, User{}, err
	}
	// The library wants a person to hold every credential that was asked for. We
	// know only the one that answered, and have looked it up in the list ourselves.
	session.UserID, session.AllowedCredentialIDs = u.ID[:], [][]byte{response.RawID}
	proven, err := library.ValidateLogin(person{u, []Credential{c}}, session, response)
	if err != nil {
		return Credential{}, User{}, reason(err)
	}
	if proven.Authenticator.CloneWarning {
		return Credential{}, User{}, ErrCounter
	}
	c.Counter = proven.Authenticator.SignCount
	return c, u, nil
}

// mayAnswer returns nil when a credential is one of those that were asked for.
// When none was named, the answer has to say whose it is.
func mayAnswer(session webauthn.SessionData, credentialID, handle []byte) error {
	named := session.AllowedCredentialIDs
	is := func(other []byte) bool { return slices.Equal(other, credentialID) }
	if len(named) > 0 && !slices.ContainsFunc(named, is) || len(named) == 0 && len(handle) == 0 {
		return ErrStranger
	}
	return nil
}

// library returns the library set up for s.
func (s *Site) library() (*webauthn.WebAuthn, error) {
	wait := webauthn.TimeoutConfig{Timeout: patience, TimeoutUVD: patience}
	return webauthn.New(&webauthn.Config{
		RPID: s.ID, RPDisplayName: s.Name, RPOrigins: s.Origins,
		Timeouts: webauthn.TimeoutsConfig{Login: wait, Registration: wait},
	})
}

// person is a user as the library sees them.
type person struct {
	user        User
	credentials []Credential
}

func (p person) WebAuthnID() []byte          { return p.user.ID[:] }
func (p person) WebAuthnName() string        { return p.user.Name }
func (p person) WebAuthnDisplayName() string { return p.user.DisplayName }

func (p person) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, c := range p.credentials {
		list = append(list, webauthn.Credential{
			ID: c.ID, PublicKey: c.PublicKey,
			Flags:         webauthn.CredentialFlags{BackupEligible: c.BackupEligible},
			Authenticator: webauthn.Authenticator{SignCount: c.Counter},
		})
	}
	return list
}

func verification(required bool) protocol.UserVerificationRequirement {
	if required {
		return protocol.VerificationRequired
	}
	return protocol.VerificationDiscouraged
}

func readSession(pending []byte) (session webauthn.SessionData, err error) {
	if err := json.Unmarshal(pending, &session); err != nil {
		return session, fmt.Errorf("read what is pending: %w", err)
	}
	return session, nil
}

// reason returns an error that says what the library hides from people, because
// the log is where it is read.
func reason(err error) error {
	if detailed, ok := errors.AsType[*protocol.Error](err); ok && detailed.DevInfo != "" {
		return fmt.Errorf("%w: %s", err, detailed.DevInfo)
	}
	return err
}
