package license_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
)

// forgery is a file that somebody made from genuine licenses, and what is to become of
// it: no code means that it is accepted, and grants what the genuine one grants.
type forgery struct {
	file string
	code string
	late time.Duration // how much later than noon it is brought
}

// The codes that forgeries are refused with.
const (
	unreadable    = "license-unreadable"
	wrongType     = "license-wrong-type"
	unsupported   = "license-version-unsupported"
	notVerified   = "license-not-verified"
	signerUnknown = "license-signer-unknown"
	disabled      = "license-organization-disabled"
	mismatch      = "license-installation-mismatch"
	notSelfHosted = "license-self-host-not-allowed"
	notYet        = "license-not-issued-yet"
	expired       = "license-expired"
)

// Scenarios 117 to 124, 131 and 138 of spec 01: forged, edited, truncated, swapped,
// expired, future and foreign licenses, each with its own reason. What is refused
// leaves nothing behind.
func TestForgedLicensesAreRefusedForTheirReason(t *testing.T) {
	all := map[string]forgery{}
	for sort, forge := range map[string]func(*testing.T) map[string]forgery{
		"file": forgedFiles, "kind": forgedKinds, "token": forgedTokens, "claims": forgedClaims, "beside the token": forgedMembers,
		"signature": forgedSignatures, "dates": forgedDates,
	} {
		for name, f := range forge(t) {
			all[sort+": "+name] = f
		}
	}
	if len(all) < 100 {
		t.Errorf("%d forgeries, want 100", len(all))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		victim := h.create(t)
		for name, f := range all {
			t.Run(name, func(t *testing.T) { h.bring(t, victim, f) })
		}
	})
}

// bring uploads a forgery for an organization that stands on the genuine license.
func (h *home) bring(t *testing.T, victim org.Organization, f forgery) {
	t.Helper()
	h.now = noon.Add(f.late)
	err := h.Upload(t.Context(), h.owner, victim.ID, []byte(f.file))
	wantCode(t, err, f.code)
	o, found := h.orgs.Get(t.Context(), victim.ID)
	held, lost := h.Held(t.Context(), victim.ID)
	if found != nil || lost != nil {
		t.Fatal(found, lost)
	}
	if *o.Seats != 25 || o.Name != facts().Name || !o.Enabled || o.Features.UsePAM || !o.ExpiresAt.Equal(expires) {
		t.Errorf("the organization is %+v", o)
	}
	if l, err := license.ParseOrganization([]byte(held.Document)); err != nil || *l.Seats != 25 || l.UsePAM || l.ID != facts().ID {
		t.Errorf("the license says %s", held.Document)
	}
	if err == nil {
		return
	}
	for _, language := range []string{"en", "fr"} {
		if text := fault.Text(err, language); len(text) < 40 || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: the reason is %q", language, text)
		}
	}
}

// forgedFiles are no license, or a part of one.
func forgedFiles(t *testing.T) map[string]forgery {
	genuine := string(file(t))
	wide := new(bytes.Buffer)
	for _, unit := range utf16.Encode([]rune(genuine)) {
		wide.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	files := map[string]string{
		"empty": "", "blank": " \n ", "null": "null", "a list": "[" + genuine + "]", "a text": asJSON(t, genuine), "a number": "15",
		"a page": "<html>" + genuine + "</html>", "an archive": "PK\x03\x04" + genuine, "a form": "license=" + genuine, "UTF-16": "\xff\xfe" + wide.String(),
		"half": genuine[:len(genuine)/2], "all but the last byte": genuine[:len(genuine)-1], "all but the first byte": genuine[1:],
		"two in one file": genuine + genuine, "a word behind": genuine + "x", "NUL behind": genuine + "\x00",
		"seats in words": replaceMember(t, genuine, "seats", `"many"`), "seats with a fraction": replaceMember(t, genuine, "seats", "25.5"),
		"seats beyond numbers": replaceMember(t, genuine, "seats", "1e400"), "no date": replaceMember(t, genuine, "expires", `"soon"`),
		"a date of no calendar": replaceMember(t, genuine, "expires", `"2027-02-30T00:00:00Z"`), "a plan of fancy": replaceMember(t, genuine, "planType", `"Gigantic"`),
		"no id": replaceMember(t, genuine, "id", `"1f0c5a3e"`), "an object as name": replaceMember(t, genuine, "name", `{"a":1}`),
		"a list as token": replaceMember(t, genuine, "token", `["a"]`), "deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	}
	forged := map[string]forgery{
		"a mark before it": {"\xef\xbb\xbf" + genuine, "", 0}, "blanks around it": {"\r\n " + genuine + "\r\n", "", 0},
		"members in capitals": {capitals(t, genuine), "", 0}, "a member of no meaning": {replaceMember(t, genuine, "telepathy", "true"), "", 0},
	}
	for name, text := range files {
		forged[name] = forgery{text, unreadable, 0}
	}
	return forged
}

// capitals spells the names of members in capitals.
func capitals(t *testing.T, object string) string {
	t.Helper()
	members, loud := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range members {
		loud[strings.ToUpper(name)] = value
	}
	return asJSON(t, loud)
}

// forgedKinds are licenses of another kind or version.
func forgedKinds(t *testing.T) map[string]forgery {
	genuine, premium := string(file(t)), asJSON(t, issueUser(t))
	forged := map[string]forgery{
		"premium":                     {premium, wrongType, 0},
		"premium that does not say":   {replaceMember(t, premium, "licenseType", ""), notVerified, 0},
		"premium that lies":           {replaceMember(t, premium, "licenseType", "1"), notVerified, 0},
		"premium, tokenless":          {replaceMember(t, replaceMember(t, premium, "licenseType", "1"), "token", ""), notVerified, 0},
		"called premium":              {replaceMember(t, genuine, "licenseType", "0"), wrongType, 0},
		"called premium by its word":  {replaceMember(t, genuine, "licenseType", `"User"`), wrongType, 0},
		"of a third kind":             {replaceMember(t, genuine, "licenseType", "2"), unreadable, 0},
		"with the token of a premium": {replaceMember(t, genuine, "token", asJSON(t, issueUser(t).Token)), notVerified, 0},
		"does not say":                {replaceMember(t, genuine, "licenseType", ""), "", 0},
		"version in words":            {replaceMember(t, genuine, "version", `"15"`), unreadable, 0},
	}
	for _, version := range []string{"0", "-1", "17", "18", "2147483647", ""} {
		forged["version "+version] = forgery{replaceMember(t, genuine, "version", version), unsupported, 0}
		forged["version "+version+", tokenless"] = forgery{replaceMember(t, replaceMember(t, genuine, "token", ""), "version", version), unsupported, 0}
	}
	return forged
}

// token makes one of its own from the claims of a genuine one: other headers, another
// key, edited claims.
func token(t *testing.T, by *license.Signer, headers map[jose.HeaderKey]any, edit func(map[string]any)) string {
	t.Helper()
	claims := claimsOf(t, issue(t, license.Version).Token)
	edit(claims)
	options := &jose.SignerOptions{ExtraHeaders: headers}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: keyOf(t, by)}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// forgedTokens have a token that proves nothing.
func forgedTokens(t *testing.T) map[string]forgery {
	genuine := issue(t, license.Version)
	parts := strings.Split(genuine.Token, ".")
	other := issue(t, license.Version, func(f *license.Facts) { f.ID, f.LicenseKey = id.New(), "other" })
	same := func(map[string]any) {}
	ours, theirs := signer().Certificate.Raw, stranger().Certificate.Raw
	named := func(of *license.Signer) map[jose.HeaderKey]any {
		return map[jose.HeaderKey]any{"x5t#S256": thumbprint(of)}
	}
	tokens := map[string]string{
		"words": "not a token", "two parts": parts[0] + "." + parts[1], "four parts": genuine.Token + ".x", "five parts": genuine.Token + ".x.y",
		"no signature": parts[0] + "." + parts[1] + ".", "a signature of zeros": parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"cut off": genuine.Token[:len(genuine.Token)-1], "begun anew": genuine.Token[1:], "a blank within": parts[0] + ". " + parts[1] + "." + parts[2],
		"no algorithm": header(`{"alg":"none"}`) + "." + parts[1] + ".", "no algorithm, signed": header(`{"alg":"none"}`) + "." + parts[1] + "." + parts[2],
		"an algorithm in capitals": header(`{"alg":"NONE"}`) + "." + parts[1] + ".", "no header": "." + parts[1] + "." + parts[2],
		"more seats":                edited(t, parts, `"25"`, `"99"`),
		"another end":               edited(t, parts, "03/02/2027", "03/02/2099"),
		"one capability more":       edited(t, parts, `"UsePam":"False"`, `"UsePam":"True"`),
		"the signature of another":  parts[0] + "." + parts[1] + "." + strings.Split(other.Token, ".")[2],
		"of another organization":   other.Token,
		"by a stranger":             token(t, stranger(), nil, same),
		"by a stranger who lies":    token(t, stranger(), named(signer()), same),
		"a critical header":         header(`{"alg":"RS256","crit":["exp"],"exp":1}`) + "." + parts[1] + "." + parts[2],
		"with a key of its own":     token(t, stranger(), map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: stranger().Certificate.PublicKey}}, same),
		"with its own certificate":  token(t, stranger(), map[jose.HeaderKey]any{"x5c": []string{base64.StdEncoding.EncodeToString(theirs)}}, same),
		"with a chain that is none": token(t, stranger(), map[jose.HeaderKey]any{"x5c": []string{base64.StdEncoding.EncodeToString(theirs), base64.StdEncoding.EncodeToString(ours)}}, same),
	}
	forged := map[string]forgery{
		"by a stranger who says so":  {replaceMember(t, asJSON(t, genuine), "token", asJSON(t, token(t, stranger(), named(stranger()), same))), signerUnknown, 0},
		"by a cloud of another make": {replaceMember(t, asJSON(t, genuine), "token", asJSON(t, token(t, signer(), nil, same))), "", 0},
		"with a name of the key":     {replaceMember(t, asJSON(t, genuine), "token", asJSON(t, token(t, signer(), map[jose.HeaderKey]any{"kid": "../../etc/passwd"}, same))), "", 0},
	}
	for name, text := range tokens {
		forged[name] = forgery{replaceMember(t, asJSON(t, genuine), "token", asJSON(t, text)), notVerified, 0}
	}
	return forged
}

func thumbprint(of *license.Signer) string {
	raw := make([]byte, 0, 32)
	for _, pair := range strings.Split(of.Fingerprint(), ":") {
		var b byte
		fmt.Sscanf(pair, "%02X", &b)
		raw = append(raw, b)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func header(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// edited returns a token whose claims say something else, under the old signature.
func edited(t *testing.T, parts []string, from, to string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || !strings.Contains(string(raw), from) {
		t.Fatalf("no %s in the claims (%v)", from, err)
	}
	return parts[0] + "." + header(strings.Replace(string(raw), from, to, 1)) + "." + parts[2]
}

// forgedClaims have a token that a trusted cloud has signed, and that says something
// that is not for this server, or not to be understood.
func forgedClaims(t *testing.T) map[string]forgery {
	genuine := string(file(t))
	set := func(name string, value any) string {
		text := token(t, signer(), nil, func(c map[string]any) {
			if value == nil {
				delete(c, name)
				return
			}
			maps.Copy(c, map[string]any{name: value})
		})
		return replaceMember(t, genuine, "token", asJSON(t, text))
	}
	return map[string]forgery{
		"another issuer":         {set("iss", "bytewarden"), notVerified, 0},
		"no issuer":              {set("iss", nil), notVerified, 0},
		"another audience":       {set("aud", "organization:"+id.New().String()), notVerified, 0},
		"a person as audience":   {set("aud", "user:"+facts().ID.String()), notVerified, 0},
		"no audience":            {set("aud", nil), notVerified, 0},
		"no end of the token":    {set("exp", nil), notVerified, 0},
		"a dead token":           {set("exp", noon.Add(-10*time.Minute).Unix()), expired, 0},
		"issued in ten minutes":  {set("iat", noon.Add(10*time.Minute).Unix()), notYet, 0},
		"holds in ten minutes":   {set("nbf", noon.Add(10*time.Minute).Unix()), notYet, 0},
		"holds in three minutes": {set("nbf", noon.Add(3*time.Minute).Unix()), "", 0},
		"says ten minutes":       {set("Issued", "03/01/2026 12:10:00"), notYet, 0},
		"expired, alive":         {set("Expires", "02/28/2026 00:00:00"), expired, 0},
		"an end of no calendar":  {set("Expires", "13/41/2027 00:00:00"), notVerified, 0},
		"seats in words":         {set("Seats", "many"), notVerified, 0},
		"an object as seats":     {set("Seats", map[string]any{"n": 1}), notVerified, 0},
		"half enabled":           {set("Enabled", "maybe"), notVerified, 0},
		"switched off":           {set("Enabled", "False"), disabled, 0},
		"no word of enabled":     {set("Enabled", nil), disabled, 0},
		"another installation":   {set("InstallationId", id.New().String()), mismatch, 0},
		"no installation":        {set("InstallationId", nil), mismatch, 0},
		"not for servers":        {set("SelfHost", "False"), notSelfHosted, 0},
		"no word of servers":     {set("SelfHost", nil), notSelfHosted, 0},
		// Scenario 131 of spec 01.
		"an unknown claim":     {set("UseTelepathy", "True"), "", 0},
		"lacks a newer claim":  {set("UseMyItems", nil), "", 0},
		"lacks several claims": {set("UsePam", nil), "", 0},
	}
}

// forgedMembers are edits of what stands beside a token: they have no effect.
func forgedMembers(t *testing.T) map[string]forgery {
	genuine := string(file(t))
	forged := map[string]forgery{"another id": {replaceMember(t, genuine, "id", asJSON(t, id.New())), notVerified, 0}}
	for name, value := range map[string]string{
		"seats": "9999", "name": `"Mallory"`, "usePam": "true", "expires": `"2099-01-01T00:00:00Z"`, "issued": `"2030-01-01T00:00:00Z"`,
		"planType": "0", "installationId": asJSON(t, id.New()), "enabled": "false", "selfHost": "false", "hash": `"x"`, "signature": `"x"`,
		"licenseKey": `"x"`, "version": "1", "trial": "true",
	} {
		forged[name] = forgery{replaceMember(t, genuine, name, value), "", 0}
	}
	twice := strings.TrimSuffix(genuine, "}") + `,"seats":9999,"SEATS":1}`
	forged["seats three times"] = forgery{twice, "", 0}
	return forged
}

// forgedSignatures have no token, as those of old clouds.
func forgedSignatures(t *testing.T) map[string]forgery {
	genuine := tokenless(issue(t, license.Version))
	text := replaceMember(t, asJSON(t, genuine), "token", "")
	foreign, err := license.NewOrganization(stranger(), facts(), term(), license.Version)
	if err != nil {
		t.Fatal(err)
	}
	other := tokenless(issue(t, license.Version, func(f *license.Facts) { f.Seats = new(99) }))
	signed := func(l license.Organization) string { return asJSON(t, tokenless(l)) }
	forged := map[string]forgery{
		"genuine":                  {text, "", 0},
		"none":                     {replaceMember(t, text, "signature", `""`), notVerified, 0},
		"absent":                   {replaceMember(t, text, "signature", ""), notVerified, 0},
		"not base64":               {replaceMember(t, text, "signature", `"*"`), notVerified, 0},
		"cut off":                  {replaceMember(t, text, "signature", asJSON(t, genuine.Signature[:len(genuine.Signature)-8])), notVerified, 0},
		"of another license":       {replaceMember(t, text, "signature", asJSON(t, other.Signature)), notVerified, 0},
		"of another signer":        {signed(foreign), notVerified, 0},
		"an empty token":           {replaceMember(t, asJSON(t, genuine), "token", `""`), "", 0},
		"another version, lower":   {replaceMember(t, text, "version", "11"), notVerified, 0},
		"another version, higher":  {replaceMember(t, text, "version", "16"), notVerified, 0},
		"a pair within the name":   {replaceMember(t, text, "businessName", `"A|Seats:99"`), notVerified, 0},
		"switched off":             {signed(issue(t, 15, func(f *license.Facts) { f.Enabled = false })), disabled, 0},
		"another installation":     {signed(issue(t, 15, func(f *license.Facts) { f.InstallationID = id.New() })), mismatch, 0},
		"not for servers":          {signed(issue(t, 15, func(f *license.Facts) { f.SelfHost = false })), notSelfHosted, 0},
		"what is not covered":      {replaceMember(t, text, "usePam", "true"), "", 0},
		"another end":              {replaceMember(t, text, "expires", `"2099-01-01T00:00:00Z"`), notVerified, 0},
		"no end":                   {replaceMember(t, text, "expires", "null"), notVerified, 0},
		"another id":               {replaceMember(t, text, "id", asJSON(t, id.New())), notVerified, 0},
		"another license key":      {replaceMember(t, text, "licenseKey", `"x"`), notVerified, 0},
		"more seats":               {replaceMember(t, text, "seats", "9999"), notVerified, 0},
		"no limit of seats":        {replaceMember(t, text, "seats", "null"), notVerified, 0},
		"one capability more":      {replaceMember(t, text, "useScim", "true"), notVerified, 0},
		"another hash":             {replaceMember(t, text, "hash", `"x"`), notVerified, 0},
		"the token of a stranger":  {replaceMember(t, text, "token", asJSON(t, foreign.Token)), signerUnknown, 0},
		"a token of words":         {replaceMember(t, text, "token", `"x"`), notVerified, 0},
		"the signature of nothing": {`{"version":15}`, notVerified, 0},
	}
	// Scenario 120 of spec 01: what each version covers is accepted.
	for version := license.MinVersion; version <= license.MaxVersion; version++ {
		forged[fmt.Sprint("genuine, version ", version)] = forgery{signed(issue(t, version)), "", 0}
	}
	return forged
}

// forgedDates are genuine, and come at the wrong time.
func forgedDates(t *testing.T) map[string]forgery {
	genuine := issue(t, license.Version)
	forged := map[string]forgery{}
	for name, text := range map[string]string{"": asJSON(t, genuine), ", tokenless": asJSON(t, tokenless(genuine))} {
		maps.Copy(forged, map[string]forgery{
			"three minutes early" + name: {text, "", -3 * time.Minute},
			"ten minutes early" + name:   {text, notYet, -10 * time.Minute},
			"a year early" + name:        {text, notYet, -365 * 24 * time.Hour},
			"in the last hour" + name:    {text, "", expires.Sub(noon) - time.Hour},
			"three minutes late" + name:  {text, "", expires.Sub(noon) + 3*time.Minute},
			"ten minutes late" + name:    {text, expired, expires.Sub(noon) + 10*time.Minute},
			"two years late" + name:      {text, expired, 2 * 365 * 24 * time.Hour},
		})
	}
	return forged
}

// Scenario 138 of spec 01: 51,200 bytes are read, one more is not.
func TestOversizedLicenseIsRefusedAsUnreadable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		sized := func(size int) (int, string) {
			body, _ := upload(t, file(t), nil)
			empty, ok := body.(*bytes.Buffer)
			if !ok {
				t.Fatal("the form has no size")
			}
			body, kind := upload(t, append(file(t), bytes.Repeat([]byte(" "), size-empty.Len())...), nil)
			return call(t, r, "POST", "/api/organizations/licenses/self-hosted/"+made.ID.String(), h.owner.String(), body, kind)
		}
		if status, answer := sized(license.MaxUpload); status != 200 {
			t.Errorf("51,200 bytes: got %d %s", status, answer)
		}
		if status, answer := sized(license.MaxUpload + 1); status != 400 || !strings.Contains(answer, unreadable) {
			t.Errorf("51,201 bytes: got %d %s", status, answer)
		}
	})
}
