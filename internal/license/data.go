package license

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"coffre/internal/fault"
)

var (
	notVerified   = fault.New(fault.Invalid, "license.notVerified").Coded("license-not-verified")
	noTrust       = fault.New(fault.Invalid, "license.noTrust").Coded("license-signer-unknown")
	signerUnknown = fault.New(fault.Invalid, "license.signerUnknown").Coded("license-signer-unknown")
)

// data returns the chosen members as the one text that is hashed or signed.
func (f form[T]) data(l *T, chosen func(member[T]) bool) string {
	var out strings.Builder
	out.WriteString("license:" + f.word)
	for _, m := range f.members {
		if chosen(m) {
			out.WriteString("|" + m.name + ":" + signedText(m.at(l)))
		}
	}
	return out.String()
}

// signedData is what the signature of l covers.
func (f form[T]) signedData(l *T) string {
	version := f.stamp(l).Version
	return f.data(l, func(m member[T]) bool { return m.covered(version) })
}

// hash is the digest of what does not change from one issue to the next. Nobody
// checks it for itself; it is part of what is signed.
func (f form[T]) hash(l *T) string {
	version := f.stamp(l).Version
	data := f.data(l, func(m member[T]) bool { return m.covered(version) && !m.passing() })
	sum := sha256.Sum256([]byte(data))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// readSigned verifies a license without token and returns what its signature
// covers. What it does not cover at this version could have been written by
// anyone and is left out.
func (f form[T]) readSigned(t Trust, l T) (T, error) {
	if len(t.certificates) == 0 {
		return f.blank(), noTrust
	}
	signature, err := base64.StdEncoding.DecodeString(f.stamp(&l).Signature)
	if err != nil || f.hidesPair(&l) || !t.Signed([]byte(f.signedData(&l)), signature) {
		return f.blank(), notVerified
	}
	version := f.stamp(&l).Version
	return f.keep(&l, func(m member[T]) bool { return m.covered(version) || m.name == "Signature" }), nil
}

// hidesPair reports whether a text of l contains what could be another member.
//
// [Note: pairs within a value] The signed data does not escape its separators. An
// organization that calls itself "A|Enabled:true|…" would own a signed text that
// can be cut into members in two ways, one of them never granted. Two ways to cut
// one text differ somewhere, and there a value of one holds "|Name:" of the other;
// so a license with such a value is refused unless it has a token.
func (f form[T]) hidesPair(l *T) bool {
	for _, m := range f.members {
		value, ok := m.at(l).(*string)
		if !ok {
			continue
		}
		for _, other := range f.members {
			if strings.Contains(*value, "|"+other.name+":") {
				return true
			}
		}
	}
	return false
}
