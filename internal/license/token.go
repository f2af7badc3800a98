package license

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"coffre/internal/id"
)

const issuer = "bitwarden"

// thumbprint is the header that names the certificate of the signer, so that a
// foreign signer can be told from an altered license.
const thumbprint = "x5t#S256"

// span is when a token may be used.
type span struct{ from, until time.Time }

// issue writes hash, signature and token into l, at the time it is issued.
func (f form[T]) issue(s *Signer, l T) (T, error) {
	stamp := f.stamp(&l)
	stamp.Hash = f.hash(&l)
	signature, err := s.Sign([]byte(f.signedData(&l)))
	if err != nil {
		return f.blank(), err
	}
	stamp.Signature = base64.StdEncoding.EncodeToString(signature)
	stamp.Token, err = f.token(s, &l)
	if err != nil {
		return f.blank(), err
	}
	return l, nil
}

func (f form[T]) token(s *Signer, l *T) (string, error) {
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader(thumbprint, thumbprintOf(s.Certificate))
	if len(s.announcements) > 0 {
		announcements, err := headerOf(s.announcements)
		if err != nil {
			return "", fmt.Errorf("sign license: %w", err)
		}
		options = options.WithHeader(announcementHeader, announcements)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: s.key}, options)
	if err != nil {
		return "", fmt.Errorf("sign license: %w", err)
	}
	// The token outlives the license, never the other way round: the date that
	// people read is the one that counts.
	issued, expires := f.stamp(l).Issued, addMonths(f.stamp(l).Issued, 12)
	if f.stamp(l).Expires.After(expires) {
		expires = f.stamp(l).Expires
	}
	custom := map[string]any{}
	for _, m := range f.members {
		if text, ok := claimText(m.at(l)); ok && !m.proof() {
			custom[m.name] = text
		}
	}
	return jwt.Signed(signer).Claims(custom).Claims(jwt.Claims{
		Issuer: issuer, Audience: jwt.Audience{f.audience(l)}, ID: id.New().String(),
		IssuedAt: jwt.NewNumericDate(issued), NotBefore: jwt.NewNumericDate(issued), Expiry: jwt.NewNumericDate(expires),
	}).Serialize()
}

func (f form[T]) audience(l *T) string { return f.word + ":" + f.id(l).String() }

// readToken verifies the token of a license and returns what the token says, all
// of it and nothing else, and when it may be used. The id is the file's: the
// audience of the token proves it. So is the version, which no token carries.
func (f form[T]) readToken(t Trust, l T) (T, span, error) {
	token, err := jwt.ParseSigned(f.stamp(&l).Token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return f.blank(), span{}, notVerified
	}
	var registered jwt.Claims
	var custom map[string]json.RawMessage
	if err := t.claims(token, &registered, &custom); err != nil {
		return f.blank(), span{}, err
	}
	if registered.Issuer != issuer || !registered.Audience.Contains(f.audience(&l)) || registered.Expiry == nil {
		return f.blank(), span{}, notVerified
	}
	read, err := f.fromClaims(custom)
	if err != nil {
		return f.blank(), span{}, notVerified
	}
	*f.id(&read) = *f.id(&l)
	f.stamp(&read).Version = f.stamp(&l).Version
	f.stamp(&read).Token = f.stamp(&l).Token
	f.vouch(&read, "Id", "Version", "Token")
	return read, span{begin(registered), registered.Expiry.Time()}, nil
}

// begin is the later of the two dates before which a token is not valid.
func begin(c jwt.Claims) (from time.Time) {
	for _, date := range []*jwt.NumericDate{c.NotBefore, c.IssuedAt} {
		if date != nil && date.Time().After(from) {
			from = date.Time()
		}
	}
	return from
}

// fromClaims returns a license that says what the claims say. A claim that is
// there and cannot be read is an error: guessing could lift a limit.
func (f form[T]) fromClaims(custom map[string]json.RawMessage) (T, error) {
	read := f.blank()
	for i, m := range f.members {
		text, err := claimOf(custom[m.name])
		if err != nil {
			return read, err
		}
		if text == "" || m.proof() {
			f.stamp(&read).unstated |= 1 << i
			continue
		}
		if err := setClaim(m.at(&read), text); err != nil {
			return read, err
		}
	}
	return read, nil
}

// claimOf returns a claim as text: claims are texts, and some clouds write plain
// values instead.
func claimOf(raw json.RawMessage) (string, error) {
	var value any
	if len(raw) == 0 {
		return "", nil
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", err
	}
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool, float64:
		return string(raw), nil
	default:
		return "", errors.New("a claim is not a plain value")
	}
}

// claims verifies a token with each trusted certificate, and with those that follow
// from its announcements, and reads it.
func (t Trust) claims(token *jwt.JSONWebToken, into ...any) error {
	if len(t.certificates) == 0 {
		return noTrust
	}
	headers := token.Headers[0].ExtraHeaders
	t = t.Following(fromHeader(headers[announcementHeader]))
	named := headers[thumbprint]
	known := false
	for _, c := range t.certificates {
		if token.Claims(c.PublicKey, into...) == nil {
			return nil
		}
		known = known || named == thumbprintOf(c)
	}
	if text, ok := named.(string); ok && !known {
		return signerUnknown.With("fingerprint", spellThumbprint(text))
	}
	return notVerified
}

func thumbprintOf(c *x509.Certificate) string {
	sum := digest(c)
	return base64.RawURLEncoding.EncodeToString(sum)
}

// spellThumbprint writes a header of a stranger as a fingerprint, or as nothing
// when it is none: it is shown to a person.
func spellThumbprint(text string) string {
	sum, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sum) != digestSize {
		return "?"
	}
	return spell(sum)
}
