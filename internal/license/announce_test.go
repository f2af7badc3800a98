package license_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/license"
	"coffre/internal/org"
)

// successor and heir are made once, because a key takes a while: signer announces
// the one, and it announces the other.
var (
	successor = sync.OnceValue(func() *license.Signer { return succeed(signer()) })
	heir      = sync.OnceValue(func() *license.Signer { return succeed(successor()) })
)

func succeed(s *license.Signer) *license.Signer {
	next, err := s.Succeed("Next", noon)
	if err != nil {
		panic(err)
	}
	return next
}

// issueBy makes a license as issue does, by another signer.
func issueBy(t *testing.T, s *license.Signer) license.Organization {
	t.Helper()
	l, err := license.NewOrganization(s, facts(), term(), license.Version)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnnouncedSignerIsBelieved(t *testing.T) {
	for name, s := range map[string]*license.Signer{"the next": successor(), "the one after it": heir()} {
		l, err := gate().AdmitOrganization(issueBy(t, s), noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wantSame(t, name, l.Facts, facts())
		// What is stored explains itself too.
		again, err := license.ParseOrganization([]byte(asJSON(t, l)))
		if err == nil {
			_, err = gate().AdmitOrganization(again, noon)
		}
		if err != nil {
			t.Errorf("%s, stored: %v", name, err)
		}
	}
}

func TestAnnouncementIsBelievedFromATrustedSignerAlone(t *testing.T) {
	// The stranger has a successor too: nobody here trusts either.
	_, err := gate().AdmitOrganization(issueBy(t, succeed(stranger())), noon)
	wantCode(t, err, "license-signer-unknown")
	// An operator who trusts the heir alone does not trust those before it.
	late := license.Gate{Trust: heir().Trust(), Installation: facts().InstallationID}
	_, err = late.AdmitOrganization(issueBy(t, successor()), noon)
	wantCode(t, err, "license-signer-unknown")
	_, err = late.AdmitOrganization(issueBy(t, heir()), noon)
	wantCode(t, err, "")
	// Without the token nothing announces the signer.
	_, err = gate().AdmitOrganization(tokenless(issueBy(t, successor())), noon)
	wantCode(t, err, "license-not-verified")
}

// announcement is that of a signer, as a token carries it.
func announcement(t *testing.T, s *license.Signer) string {
	t.Helper()
	public, err := s.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(public, []byte("-----BEGIN LICENSE SIGNER ANNOUNCEMENT-----"))
	text, _, _ := bytes.Cut(rest, []byte("-----END"))
	return strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "")
}

func TestForgedAnnouncementsAnnounceNobody(t *testing.T) {
	good := announcement(t, successor())
	raw, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(raw)
	flipped[len(flipped)-1] ^= 1
	many := make([]string, 17)
	for i := range many {
		many[i] = good
	}
	for name, value := range map[string]any{
		"none": nil, "a text": good, "words": []string{"not one"}, "broken": []string{base64.StdEncoding.EncodeToString(raw[:len(raw)-1])},
		"another signature": []string{base64.StdEncoding.EncodeToString(flipped)}, "too many": many, "a number among them": []any{good, 1},
		"of another signer": []string{announcement(t, succeed(stranger()))},
	} {
		l := issueBy(t, successor())
		headers := map[jose.HeaderKey]any{"x5t#S256": thumbprint(successor())}
		if value != nil {
			headers["coffre-announcements"] = value
		}
		l.Token = token(t, successor(), headers, func(map[string]any) {})
		_, err := gate().AdmitOrganization(l, noon)
		if name == "none" || fault.CodeOf(err) != "" {
			wantCode(t, err, "license-signer-unknown")
			continue
		}
		t.Errorf("%s: the license is believed", name)
	}
}

func TestSuccessorSurvivesItsPEM(t *testing.T) {
	raw, err := heir().PEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := license.LoadSigner(raw, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gate().AdmitOrganization(issueBy(t, again), noon); err != nil {
		t.Errorf("the announcements are lost: %v", err)
	}
	public, err := again.PublicPEM()
	if err != nil || bytes.Contains(public, []byte("PRIVATE")) {
		t.Errorf("the public part: %v\n%s", err, public)
	}
	// A server that takes the public part as it is trusts the heir and no one before it.
	trust, err := license.ParseTrust(public)
	if err != nil || len(trust.Fingerprints()) != 1 || trust.Fingerprints()[0] != heir().Fingerprint() {
		t.Errorf("trusted: %v, %v", trust.Fingerprints(), err)
	}
	list, err := license.ParseAnnouncements(public)
	if err != nil || len(list) != 2 || !signer().Trust().Following(list).Includes(heir().Trust()) || stranger().Trust().Following(list).Includes(heir().Trust()) {
		t.Errorf("%d announcements, %v", len(list), err)
	}
}

// A cloud changes its signer between two renewals: the server that trusts the former
// one takes the new license, stores it, and finds it good afterwards.
func TestServersFollowTheSignerOfTheirCloud(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		keys := h.keys
		if _, err := license.RotateSigner(t.Context(), keys, "Early", noon); fault.KindOf(err) != fault.NotFound {
			t.Errorf("without a signer: %v", err)
		}
		first, err := license.OpenSigner(t.Context(), keys, "", "", "Cloud", noon)
		if err != nil {
			t.Fatal(err)
		}
		h.Trust = func() (license.Trust, error) { return first.Trust(), nil }
		o, err := h.Create(t.Context(), h.owner, []byte(asJSON(t, issueBy(t, first))), org.New{Key: wrapped})
		if err != nil {
			t.Fatal(err)
		}
		next, err := license.RotateSigner(t.Context(), keys, "Cloud", noon)
		if err != nil {
			t.Fatal(err)
		}
		second, err := license.OpenSigner(t.Context(), keys, "", "", "Cloud", noon)
		if err != nil || second.Fingerprint() != next.Fingerprint() || second.Fingerprint() == first.Fingerprint() {
			t.Fatalf("the cloud signs with %s (%v), want the new one", second.Fingerprint(), err)
		}
		if err := h.Upload(t.Context(), h.owner, o.ID, []byte(asJSON(t, issueBy(t, second)))); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Examine(t.Context(), o.ID); err != nil {
			t.Errorf("the stored license: %v", err)
		}
		h.Trust = func() (license.Trust, error) { return license.Trust{}, nil }
		if _, err := h.Examine(t.Context(), o.ID); fault.CodeOf(err) != "license-signer-unknown" {
			t.Errorf("once the former signer is not trusted: %v", err)
		}
	})
}

func TestPublishedSignerNamesWhatLedToIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "licensing.pem")
	if err := successor().Publish(file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list, err := license.ParseAnnouncements(raw)
	if err != nil || len(list) != 1 {
		t.Errorf("%d announcements, %v", len(list), err)
	}
	if _, err := license.ParseAnnouncements([]byte("-----BEGIN LICENSE SIGNER ANNOUNCEMENT-----\nAAAA\n-----END LICENSE SIGNER ANNOUNCEMENT-----\n")); err == nil {
		t.Error("a broken announcement is read")
	}
}
