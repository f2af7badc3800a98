package twostep

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // What the protocol signs with.
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Yubico asks a validation server about one-time passwords of YubiKeys, in
// version 2.0 of its protocol: both sides sign, and the answer repeats what was
// asked.
type Yubico struct {
	ClientID string
	Key      []byte   // both sides sign with it
	URLs     []string // of the servers, asked in this order until one answers
	HTTP     *http.Client
}

const largestAnswer = 64 << 10 // bytes; real ones are far smaller

// Verify reports whether a one-time password is good, which it is once. An error
// means that nobody knows.
func (y *Yubico) Verify(ctx context.Context, otp string) (good bool, err error) {
	ask := map[string]string{"id": y.ClientID, "otp": otp, "nonce": rand.Text()}
	query := url.Values{"h": {y.sign(ask)}}
	for name, value := range ask {
		query.Set(name, value)
	}
	for _, server := range y.URLs {
		if good, err = y.ask(ctx, server+"?"+query.Encode(), ask); err == nil {
			return good, nil
		}
	}
	return false, err
}

// ask asks one server.
func (y *Yubico) ask(ctx context.Context, address string, asked map[string]string) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	res, err := y.HTTP.Do(req)
	if err != nil {
		return false, fmt.Errorf("ask yubico: %w", withoutQuery(err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	if err != nil {
		return false, fmt.Errorf("ask yubico: %w", err)
	}
	said := linesOf(string(body))
	switch said["status"] {
	case "OK", "BAD_OTP", "REPLAYED_OTP", "REPLAYED_REQUEST":
	default:
		return false, fmt.Errorf("ask yubico: HTTP %d, status %q", res.StatusCode, said["status"])
	}
	signature := said["h"]
	delete(said, "h")
	if !equal(signature, y.sign(said)) || said["otp"] != asked["otp"] || said["nonce"] != asked["nonce"] {
		return false, errors.New("ask yubico: the answer is not signed, or answers another question")
	}
	return said["status"] == "OK", nil
}

// sign returns the signature of parameters, which are joined in the order of
// their names.
func (y *Yubico) sign(parameters map[string]string) string {
	pairs := make([]string, 0, len(parameters))
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		pairs = append(pairs, name+"="+parameters[name])
	}
	mac := hmac.New(sha1.New, y.Key)
	mac.Write([]byte(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// linesOf reads lines of the form name=value.
func linesOf(text string) map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			lines[name] = value
		}
	}
	return lines
}

// withoutQuery removes from an error of package http the address, which carries
// what must not be logged.
func withoutQuery(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
