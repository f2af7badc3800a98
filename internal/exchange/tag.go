package exchange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// tagOf hides an address under the billing sync key: whoever knows both can compare,
// and learn nothing else.
func tagOf(key, email string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(strings.ToLower(email)))
	return hex.EncodeToString(mac.Sum(nil))
}

// own reports whether the recipient of a row is its member, as far as the asking server
// says who that is.
func (r RowV1) own(key string) bool {
	return r.MemberTag != "" && hmac.Equal([]byte(strings.ToLower(r.MemberTag)), []byte(tagOf(key, r.email())))
}
