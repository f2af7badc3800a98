package process

import (
	"bufio"
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
func Ask(ctx context.Context, socket, path string, in any) (body []byte, err error) {
	return AskIn(ctx, "", socket, path, in)
}

// AskIn is Ask by a person who wants to be answered in a language; "" is English.
func AskIn(ctx context.Context, language, socket, path string, in any) (body []byte, err error) {
	err = send(ctx, language, socket, path, in, func(answer io.Reader) error {
		body, err = io.ReadAll(answer)
		return err
	})
	return body, err
}

// Follow sends a request whose answer is lines that come one after the other, and
// calls fn with each as it comes.
func Follow(ctx context.Context, socket, path string, in any, fn func(line []byte) error) error {
	return send(ctx, "", socket, path, in, func(answer io.Reader) error {
		lines := bufio.NewScanner(answer)
		for lines.Scan() {
			if err := fn(lines.Bytes()); err != nil {
				return err
			}
		}
		return lines.Err()
	})
}

// send hands the body of the answer to read unless the server refuses the request.
func send(ctx context.Context, language, socket, path string, in any, read func(io.Reader) error) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://local"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if language != "" {
		req.Header.Set("Accept-Language", language)
	}
	res, err := client.Do(req)
	if _, refused := errors.AsType[*net.OpError](err); refused {
		return ErrNotRunning
	}
	if err != nil {
		return fmt.Errorf("ask the running server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		return read(res.Body)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	return refusalOf(res, body)
}

func refusalOf(res *http.Response, body []byte) error {
	var refusal struct {
		Message          string
		ValidationErrors map[string][]string
	}
	if err := json.Unmarshal(body, &refusal); err != nil || refusal.Message == "" {
		return fmt.Errorf("the running server answered %s", res.Status)
	}
	for _, texts := range refusal.ValidationErrors {
		refusal.Message = texts[0]
	}
	return &RefusedError{Message: refusal.Message, Body: body}
}

// Occupy keeps servers from starting on a data folder until release is called. It
// fails when one is running.
func Occupy(ctx context.Context, socket string) (release func() error, err error) {
	inner, err := listenLocal(ctx, socket)
	if err != nil {
		return nil, err
	}
	return inner.Close, nil
}
