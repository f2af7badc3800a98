package license

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// [Note: how a signer changes] A cloud that takes a new signing key has the old one
// sign an announcement of the new certificate. Every token of the new signer carries
// the announcements that lead to it, so that a license explains itself, whether it
// comes by the network or by hand: a server that trusts the old signer believes the
// new one. Nothing is remembered: an operator who takes the old signer from the list
// no longer trusts what it has announced, and one who fears that the old key is in
// wrong hands does exactly that.

// Announcement says that another signer signs for the same cloud from now on.
type Announcement struct {
	Certificate *x509.Certificate // of the new signer
	Signature   []byte            // of the old one
}

const (
	announcementBlock  = "LICENSE SIGNER ANNOUNCEMENT"
	announcementHeader = "coffre-announcements" // of a token
	// maxAnnouncements is how many changes a license may explain.
	maxAnnouncements = 16
)

// announced is what the old signer signs.
func announced(c *x509.Certificate) []byte { return []byte("signer|" + Fingerprint(c)) }

// Succeed makes the signer that follows s, under a name, announced by s. It carries
// the announcements of s too.
func (s *Signer) Succeed(name string, now time.Time) (*Signer, error) {
	next, err := NewSigner(name, now)
	if err != nil {
		return nil, err
	}
	signature, err := s.Sign(announced(next.Certificate))
	if err != nil {
		return nil, err
	}
	next.announcements = append([]Announcement{{next.Certificate, signature}}, s.announcements...)
	if len(next.announcements) > maxAnnouncements {
		next.announcements = next.announcements[:maxAnnouncements]
	}
	return next, nil
}

// ParseAnnouncements reads those of a PEM file, the newest first.
func ParseAnnouncements(bundle []byte) (list []Announcement, err error) {
	for _, b := range pemBlocks(bundle) {
		if b.Type != announcementBlock {
			continue
		}
		a, err := parseAnnouncement(b.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// wireAnnouncement is an announcement in DER.
type wireAnnouncement struct{ Certificate, Signature []byte }

func (a Announcement) der() ([]byte, error) {
	return asn1.Marshal(wireAnnouncement{a.Certificate.Raw, a.Signature})
}

func parseAnnouncement(raw []byte) (Announcement, error) {
	var wire wireAnnouncement
	if rest, err := asn1.Unmarshal(raw, &wire); err != nil || len(rest) > 0 {
		return Announcement{}, errors.New("read announcement of a license signer: it is broken")
	}
	c, err := x509.ParseCertificate(wire.Certificate)
	if err != nil {
		return Announcement{}, fmt.Errorf("read announcement of a license signer: %w", err)
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return Announcement{}, errors.New("read announcement of a license signer: it needs an RSA key")
	}
	return Announcement{c, wire.Signature}, checkKey(key)
}

// announcementsPEM writes announcements in the form that ParseAnnouncements reads.
func announcementsPEM(list []Announcement) (out []byte, err error) {
	for _, a := range list {
		raw, err := a.der()
		if err != nil {
			return nil, err
		}
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: announcementBlock, Bytes: raw})...)
	}
	return out, nil
}

// headerOf returns announcements as a token carries them.
func headerOf(list []Announcement) ([]string, error) {
	texts := make([]string, len(list))
	for i, a := range list {
		raw, err := a.der()
		if err != nil {
			return nil, err
		}
		texts[i] = base64.StdEncoding.EncodeToString(raw)
	}
	return texts, nil
}

// fromHeader reads what headerOf wrote. What cannot be read announces nothing.
func fromHeader(value any) (list []Announcement) {
	texts, _ := value.([]any)
	if len(texts) > maxAnnouncements {
		return nil
	}
	for _, t := range texts {
		text, _ := t.(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil
		}
		a, err := parseAnnouncement(raw)
		if err != nil {
			return nil
		}
		list = append(list, a)
	}
	return list
}

// Following returns t with the signers to which announcements lead from it, one after
// the other; see [Note: how a signer changes]. They are given the newest first.
func (t Trust) Following(list []Announcement) Trust {
	for i := len(list) - 1; i >= 0; i-- {
		if t.Signed(announced(list[i].Certificate), list[i].Signature) {
			t = t.with(list[i].Certificate)
		}
	}
	return t
}

// Includes reports whether every signer of other is in t.
func (t Trust) Includes(other Trust) bool {
	for _, c := range other.certificates {
		if len(t.with(c).certificates) != len(t.certificates) {
			return false
		}
	}
	return true
}
