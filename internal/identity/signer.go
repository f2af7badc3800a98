package identity

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"coffre/internal/id"
	"coffre/internal/seal"
)

// signer signs access tokens and reads those it signed.
type signer struct {
	keyID string
	key   *rsa.PrivateKey
	sign  jose.Signer
}

const tokenType = "at+jwt"

// newSigner returns the signer of all nodes of one database.
func newSigner(ctx context.Context, keys *seal.Keys) (*signer, error) {
	keyID, raw, err := keys.Key(ctx, "token-signing", func() ([]byte, error) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(key)
	})
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read token signing key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the token signing key is not an RSA key")
	}
	options := (&jose.SignerOptions{}).WithType(tokenType).WithHeader("kid", keyID)
	sign, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, options)
	return &signer{keyID, key, sign}, err
}

// claims are what an access token says.
type claims struct {
	Issuer    string   `json:"iss"`
	NotBefore int64    `json:"nbf"`
	IssuedAt  int64    `json:"iat"`
	ExpiresAt int64    `json:"exp"`
	ClientID  string   `json:"client_id"`
	Scope     []string `json:"scope"`
	ID        string   `json:"jti"`
	Subject   string   `json:"sub,omitempty"`        // a person
	ClientSub string   `json:"client_sub,omitempty"` // an installation

	// Of the visitor of a Send.
	SendID       id.ID  `json:"send_id,omitzero"`
	Type         string `json:"type,omitempty"`
	VisitorEmail string `json:"send_email,omitempty"`

	*personal // nil for everybody but a person
}

// personal are the claims that clients read of a person.
type personal struct {
	AuthTime      int64    `json:"auth_time"`
	Provider      string   `json:"idp"`
	Methods       []string `json:"amr"`
	SecurityStamp string   `json:"sstamp"`
	Device        string   `json:"device"`
	DeviceID      id.ID    `json:"device_id"` // ours: a device that was removed and comes back is another one
	DeviceType    string   `json:"devicetype"`
	Premium       bool     `json:"premium"`
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	Name          string   `json:"name,omitempty"`
}

// write returns a token that says c.
func (s *signer) write(c claims) (string, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed, err := s.sign.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

var errToken = errors.New("identity: not a token of this server")

// read returns what a token says that this server signed and that is not over.
func (s *signer) read(token, issuer string, now time.Time) (claims, error) {
	var c claims
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return c, errToken
	}
	header := parsed.Signatures[0].Protected
	if header.KeyID != s.keyID || header.ExtraHeaders[jose.HeaderType] != tokenType {
		return c, errToken
	}
	payload, err := parsed.Verify(&s.key.PublicKey)
	if err != nil {
		return c, errToken
	}
	c.personal = &personal{}
	if err := json.Unmarshal(payload, &c); err != nil || c.Issuer != issuer || len(c.Scope) == 0 {
		return c, errToken
	}
	if now.Unix() >= c.ExpiresAt {
		return c, errToken
	}
	return c, nil
}
