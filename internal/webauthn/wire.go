package webauthn

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
)

// Text is bytes as clients write them: base64url without padding. The standard
// alphabet and padding are read as well, which some clients use.
type Text []byte

// String returns t in base64url.
func (t Text) String() string { return base64.RawURLEncoding.EncodeToString(t) }

// MarshalJSON writes t.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads t.
func (t *Text) UnmarshalJSON(data []byte) (err error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	text = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text)
	*t, err = base64.RawURLEncoding.DecodeString(text)
	return err
}

// CreationOptions is what a client needs to make a credential, as it reads it.
type CreationOptions struct {
	RP struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"rp"`
	User struct {
		ID          Text   `json:"id"`
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	} `json:"user"`
	Challenge  Text         `json:"challenge"`
	Parameters []Parameter  `json:"pubKeyCredParams"`
	Timeout    int          `json:"timeout"` // milliseconds
	Exclude    []Descriptor `json:"excludeCredentials"`
	Selection  struct {
		RequireResidentKey bool   `json:"requireResidentKey"`
		ResidentKey        string `json:"residentKey"`
		UserVerification   string `json:"userVerification"`
	} `json:"authenticatorSelection"`
	Attestation  string   `json:"attestation"`
	Extensions   struct{} `json:"extensions"`
	Status       string   `json:"status"`
	ErrorMessage string   `json:"errorMessage"`
}

// Parameter is a signature algorithm that is welcome.
type Parameter struct {
	Type      string `json:"type"`
	Algorithm int    `json:"alg"`
}

// Descriptor names a credential.
type Descriptor struct {
	Type       string   `json:"type"`
	ID         Text     `json:"id"`
	Transports []string `json:"transports,omitempty"`
}

// RequestOptions is what a client needs to prove that it holds a credential, as it
// reads it.
type RequestOptions struct {
	Challenge        Text         `json:"challenge"`
	Timeout          int          `json:"timeout"` // milliseconds
	RPID             string       `json:"rpId"`
	Allow            []Descriptor `json:"allowCredentials"`
	UserVerification string       `json:"userVerification"`
	Extensions       struct{}     `json:"extensions"`
	Status           string       `json:"status"`
	ErrorMessage     string       `json:"errorMessage"`
}

func creationOptions(o protocol.PublicKeyCredentialCreationOptions) CreationOptions {
	out := CreationOptions{
		Challenge: Text(o.Challenge), Timeout: o.Timeout, Exclude: wireDescriptors(o.CredentialExcludeList),
		Attestation: string(o.Attestation), Status: "ok",
	}
	out.RP.ID, out.RP.Name = o.RelyingParty.ID, o.RelyingParty.Name
	if handle, ok := o.User.ID.(protocol.URLEncodedBase64); ok {
		out.User.ID = Text(handle)
	}
	out.User.Name, out.User.DisplayName = o.User.Name, o.User.DisplayName
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, Parameter{string(p.Type), int(p.Algorithm)})
	}
	out.Selection.RequireResidentKey = *o.AuthenticatorSelection.RequireResidentKey
	out.Selection.ResidentKey = string(o.AuthenticatorSelection.ResidentKey)
	out.Selection.UserVerification = string(o.AuthenticatorSelection.UserVerification)
	return out
}

func requestOptions(o protocol.PublicKeyCredentialRequestOptions) RequestOptions {
	return RequestOptions{
		Challenge: Text(o.Challenge), Timeout: o.Timeout, RPID: o.RelyingPartyID,
		Allow: wireDescriptors(o.AllowedCredentials), UserVerification: string(o.UserVerification), Status: "ok",
	}
}

// wireDescriptors never returns nil: clients walk the list without looking.
func wireDescriptors(list []protocol.CredentialDescriptor) []Descriptor {
	out := []Descriptor{}
	for _, d := range list {
		named := Descriptor{Type: string(d.Type), ID: Text(d.CredentialID)}
		for _, transport := range d.Transport {
			named.Transports = append(named.Transports, string(transport))
		}
		out = append(out, named)
	}
	return out
}

func descriptors(list []Credential) []protocol.CredentialDescriptor {
	var out []protocol.CredentialDescriptor
	for _, c := range list {
		d := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: c.ID}
		for _, transport := range c.Transports {
			d.Transport = append(d.Transport, protocol.AuthenticatorTransport(transport))
		}
		out = append(out, d)
	}
	return out
}

// answer is what a client sends back. Clients disagree about the case of names
// (clientDataJson, AttestationObject), which decoding ignores; about whether the
// type is there; and about where the results of extensions stand, none of which
// the server asks for or needs.
type answer struct {
	ID       Text   `json:"id"`
	RawID    Text   `json:"rawId"`
	Type     string `json:"type"`
	Response struct {
		ClientData        Text     `json:"clientDataJSON"`
		AuthenticatorData Text     `json:"authenticatorData"`
		Signature         Text     `json:"signature"`
		UserHandle        Text     `json:"userHandle"`
		AttestationObject Text     `json:"attestationObject"`
		Transports        []string `json:"transports"`
	} `json:"response"`
}

// readAnswer returns an answer and what both kinds have in common.
func readAnswer(data []byte) (in answer, common protocol.PublicKeyCredential, err error) {
	if err := json.Unmarshal(data, &in); err != nil {
		return in, common, fmt.Errorf("read the answer of an authenticator: %w", err)
	}
	switch {
	case len(in.RawID) == 0:
		in.RawID = in.ID
	case len(in.ID) > 0 && !bytes.Equal(in.ID, in.RawID):
		return in, common, errors.New("the answer names two credentials")
	}
	if in.Type == "" {
		in.Type = string(protocol.PublicKeyCredentialType)
	}
	common.ID = base64.RawURLEncoding.EncodeToString(in.RawID)
	common.Type, common.RawID = in.Type, protocol.URLEncodedBase64(in.RawID)
	return in, common, nil
}

func readCreation(data []byte) (*protocol.ParsedCredentialCreationData, error) {
	in, common, err := readAnswer(data)
	if err != nil {
		return nil, err
	}
	response := protocol.CredentialCreationResponse{PublicKeyCredential: common}
	response.AttestationResponse.ClientDataJSON = protocol.URLEncodedBase64(in.Response.ClientData)
	response.AttestationResponse.AttestationObject = protocol.URLEncodedBase64(in.Response.AttestationObject)
	response.AttestationResponse.Transports = in.Response.Transports
	return response.Parse()
}

func readAssertion(data []byte) (*protocol.ParsedCredentialAssertionData, error) {
	in, common, err := readAnswer(data)
	if err != nil {
		return nil, err
	}
	response := protocol.CredentialAssertionResponse{PublicKeyCredential: common}
	response.AssertionResponse.ClientDataJSON = protocol.URLEncodedBase64(in.Response.ClientData)
	response.AssertionResponse.AuthenticatorData = protocol.URLEncodedBase64(in.Response.AuthenticatorData)
	response.AssertionResponse.Signature = protocol.URLEncodedBase64(in.Response.Signature)
	response.AssertionResponse.UserHandle = protocol.URLEncodedBase64(in.Response.UserHandle)
	return response.Parse()
}
