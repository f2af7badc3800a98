package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// ErrNotRunning says that no server answers on the local socket.
var ErrNotRunning = errors.New("no server is running on this data folder: start it with coffre serve")

// RefusedError is what the running server refuses, in words for the person.
type RefusedError struct {
	Message string
	Body    []byte // the whole answer
}

func (f *RefusedError) Error() string { return f.Message }

// Ask sends a request to the running server through its local socket and
// returns the body of its answer.
func Ask(ctx context.Context, socket, path string, in any) ([]byte, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://local"+path, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if _, refused := errors.AsType[*net.OpError](err); refused {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("ask the running server: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode == http.StatusOK {
		return body, err
	}
	var refusal struct {
		Message          string
		ValidationErrors map[string][]string
	}
	if err := json.Unmarshal(body, &refusal); err != nil || refusal.Message == "" {
		return nil, fmt.Errorf("the running server answered %s", res.Status)
	}
	for _, texts := range refusal.ValidationErrors {
		refusal.Message = texts[0]
	}
	return nil, &RefusedError{Message: refusal.Message, Body: body}
}
