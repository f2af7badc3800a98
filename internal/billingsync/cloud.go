package billingsync

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"coffre/internal/config"
	"coffre/internal/fault"
)

const (
	connectTime = 10 * time.Second // to reach the cloud
	callTime    = time.Minute      // for a whole call
	maxAnswer   = 16 << 20         // bytes; a full batch of sponsorships has less than one million
	// early is how long before its end a token is not used any more.
	early = time.Minute
)

// Cloud speaks to the cloud of a self-hosted server in the name of its
// installation. It is safe for concurrent use.
type Cloud struct {
	Settings config.Cloud
	HTTP     *http.Client
	Now      func() time.Time

	mu     sync.Mutex
	tokens map[string]token // by scope
}

type token struct {
	text  string
	until time.Time
}

// NewCloud returns a Cloud that trusts the certificate authorities of the system
// and of the settings' file.
func NewCloud(settings config.Cloud, now func() time.Time) (*Cloud, error) {
	trusted, err := authorities(settings.CAFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: connectTime}
	return &Cloud{Settings: settings, Now: now, HTTP: &http.Client{
		Timeout: callTime,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			TLSHandshakeTimeout: connectTime,
			TLSClientConfig:     &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
			IdleConnTimeout:     callTime,
			ForceAttemptHTTP2:   true,
		},
		// A secret in a body must not follow a redirect to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// authorities returns those of the system and of a PEM file, or nil, which means
// those of the system, when no file is named.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read coffre__cloud__caFile: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("coffre__cloud__caFile: %s holds no certificate", file)
	}
	return pool, nil
}

// Call sends in as JSON to a path of the cloud's API with a token of the scope,
// and reads the answer into out, which may be nil.
//
// Its faults have the codes cloud-communication-off, cloud-unreachable (the text
// names host and port), cloud-busy, cloud-not-found, installation-refused,
// region-mismatch (the text names both), cloud-refused, or the cloud's own code.
func (c *Cloud) Call(ctx context.Context, scope, method, path string, in, out any) error {
	to, err := c.addresses()
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write request to the cloud: %w", err)
	}
	// A token that the cloud does not accept any more is replaced once.
	for attempt := 0; ; attempt++ {
		bearer, err := c.Token(ctx, scope)
		if err != nil {
			return err
		}
		said, err := c.send(ctx, method, config.Join(to.API, path), "application/json", bearer, body)
		switch {
		case err != nil:
			return err
		case said.status == http.StatusUnauthorized && attempt == 0:
			c.forget(scope)
			continue
		case said.status/100 != 2:
			return c.refusal(to, said)
		case out == nil:
			return nil
		}
		if json.Unmarshal(said.body, out) != nil {
			return notTheCloud.With("address", hostPort(to.API))
		}
		return nil
	}
}

func (c *Cloud) addresses() (config.Addresses, error) {
	switch {
	case !c.Settings.Communication:
		return config.Addresses{}, communicationOff
	case c.Settings.InstallationID.IsZero() || c.Settings.InstallationKey == "":
		return config.Addresses{}, noInstallation
	}
	return c.Settings.Addresses("")
}

// Token returns a token of the scope, the one at hand while it lasts. Its faults
// are those of Call.
func (c *Cloud) Token(ctx context.Context, scope string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.tokens[scope]; ok && c.Now().Before(t.until) {
		return t.text, nil
	}
	to, err := c.addresses()
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"scope":         {scope},
		"client_id":     {"installation." + c.Settings.InstallationID.String()},
		"client_secret": {string(c.Settings.InstallationKey)},
	}
	said, err := c.send(ctx, http.MethodPost, config.Join(to.Identity, "connect/token"),
		"application/x-www-form-urlencoded", "", []byte(form.Encode()))
	if err != nil {
		return "", err
	}
	var grant struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		Error       string `json:"error"`
	}
	parsed := json.Unmarshal(said.body, &grant)
	switch {
	case grant.Error == "invalid_client":
		return "", c.refusedInstallation(ctx, to)
	case said.status != http.StatusOK || parsed != nil || grant.AccessToken == "":
		return "", noAnswer(to.Identity, said)
	}
	if c.tokens == nil {
		c.tokens = map[string]token{}
	}
	c.tokens[scope] = token{grant.AccessToken, c.Now().Add(time.Duration(grant.ExpiresIn)*time.Second - early)}
	return grant.AccessToken, nil
}

func (c *Cloud) forget(scope string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, scope)
}

// Region returns what the cloud says of itself, to anyone: "" when it does not say.
func (c *Cloud) Region(ctx context.Context) (string, error) {
	if !c.Settings.Communication {
		return "", communicationOff
	}
	to, err := c.Settings.Addresses("")
	if err != nil {
		return "", err
	}
	answer, err := c.send(ctx, http.MethodGet, config.Join(to.API, "config"), "", "", nil)
	switch {
	case err != nil:
		return "", err
	case answer.status != http.StatusOK:
		return "", noAnswer(to.API, answer)
	}
	var said struct {
		Environment struct {
			CloudRegion string `json:"cloudRegion"`
		} `json:"environment"`
	}
	if json.Unmarshal(answer.body, &said) != nil {
		return "", notTheCloud.With("address", hostPort(to.API))
	}
	return said.Environment.CloudRegion, nil
}

// CheckRegion compares the region that the operator set with one that the cloud
// told: region-mismatch when both are known and differ.
func (c *Cloud) CheckRegion(told string) error {
	set := string(c.Settings.Region)
	if set == "" || told == "" || strings.EqualFold(set, told) {
		return nil
	}
	return regionMismatch.With("configured", set).With("cloud", told)
}

// refusedInstallation finds out why the cloud does not know the installation: ids
// and keys are good in the region that gave them, and in no other.
func (c *Cloud) refusedInstallation(ctx context.Context, to config.Addresses) error {
	told, err := c.Region(ctx)
	if err == nil {
		err = c.CheckRegion(told)
	}
	if errors.Is(err, regionMismatch) {
		return err
	}
	return installationRefused.With("address", hostPort(to.Identity)).
		With("installation", c.Settings.InstallationID)
}

// answer is what came back from the cloud's address.
type answer struct {
	status int
	body   []byte
	wait   time.Duration // how long it asks to be left alone
}

// send makes one request and returns its answer. An error is a fault.
func (c *Cloud) send(ctx context.Context, method, address, kind, bearer string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("address of the cloud: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return answer{}, unreached(address, err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, unreached(address, err)
	}
	if to := response.Header.Get("Location"); response.StatusCode/100 == 3 && to != "" {
		return answer{}, redirected.With("address", hostPort(address)).With("to", to)
	}
	return answer{response.StatusCode, said, retryAfter(response.StatusCode, response.Header, c.Now)}, nil
}

// refusal turns an answer of the cloud into a fault.
func (c *Cloud) refusal(to config.Addresses, a answer) error {
	var said struct {
		Message          string              `json:"message"`
		Code             string              `json:"code"`
		ValidationErrors map[string][]string `json:"validationErrors"`
	}
	// An official cloud refuses a token without a word; a proxy would show a page.
	closed := a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
	speechless := closed && len(bytes.TrimSpace(a.body)) == 0
	if a.status >= 500 || a.status == http.StatusTooManyRequests || !speechless && json.Unmarshal(a.body, &said) != nil {
		return noAnswer(to.API, a)
	}
	for _, texts := range said.ValidationErrors {
		if len(texts) > 0 {
			said.Message = texts[0]
		}
	}
	switch {
	case said.Code != "":
		return ofCode(said.Code, said.Message)
	case a.status == http.StatusNotFound:
		return cloudNotFound.With("address", hostPort(to.API))
	case closed:
		return installationRefused.With("address", hostPort(to.API)).With("installation", c.Settings.InstallationID)
	}
	return fault.New(fault.Invalid, "billingsync.cloudRefused").Coded(CodeRefused).With("reason", said.Message)
}
