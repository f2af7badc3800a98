package web

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"coffre/internal/fault"
	"coffre/internal/throttle"
)

// Reply is an answer with a status of its own; a nil Body is an empty one.
type Reply struct {
	Status int
	Body   any
}

// List is the envelope of every list.
type List[T any] struct {
	Object            string  `json:"object"`
	Data              []T     `json:"data"`
	ContinuationToken *string `json:"continuationToken"`
}

// ListOf wraps items, of which there may be none.
func ListOf[T any](items []T) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Object: "list", Data: items}
}

// Answerer is an error with an answer of its own, such as OAuth prescribes.
type Answerer interface {
	error
	Answer(language string) (status int, body any)
}

// DetailedError is a fault whose envelope has more members.
type DetailedError struct {
	Err     error
	Members map[string]any
}

func (d *DetailedError) Error() string { return d.Err.Error() }

// Unwrap returns the fault.
func (d *DetailedError) Unwrap() error { return d.Err }

// Streamer is an answer that writes its own JSON, because it is long. It has all that
// it needs: whoever reads slowly keeps nothing but its memory busy.
type Streamer interface {
	StreamJSON(w io.Writer) error
}

func write(w http.ResponseWriter, req *http.Request, out any) {
	switch v := out.(type) {
	case Streamer:
		stream(w, req, v)
	case struct{}:
		w.WriteHeader(http.StatusOK)
	case Reply:
		if v.Body == nil {
			w.WriteHeader(v.Status)
			return
		}
		WriteJSON(w, v.Status, v.Body)
	default:
		WriteJSON(w, http.StatusOK, out)
	}
}

// stream compresses for whoever takes that. An error is that nobody reads any more.
func stream(w http.ResponseWriter, req *http.Request, v Streamer) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Add("Vary", "Accept-Encoding")
	if !strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") {
		v.StreamJSON(w)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	if v.StreamJSON(packed) == nil {
		packed.Close()
	}
}

const jsonType = "application/json; charset=utf-8"

// WriteJSON answers with a JSON body.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v)
}

var status = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.TooMany:         http.StatusTooManyRequests,
}

// fail answers with the error; what is not a fault is logged and hidden.
func (r *Router) fail(w http.ResponseWriter, call *Call, err error) {
	if exceeded, ok := throttle.WaitOf(err); ok {
		sayWhen(w.Header(), exceeded)
	}
	if own, ok := errors.AsType[Answerer](err); ok {
		code, body := own.Answer(call.Language())
		WriteJSON(w, code, body)
		return
	}
	kind := fault.KindOf(err)
	if kind == fault.Internal {
		r.Log.LogAttrs(call.Context(), slog.LevelError, "request failed",
			slog.String("request", RequestID(call.Context())), slog.Any("error", err))
	}
	WriteJSON(w, status[kind], Envelope(err, call.Language()))
}

// Envelope is the error body that clients read: the first text of
// validationErrors when there is one, else message. code is Coffre's own.
func Envelope(err error, language string) map[string]any {
	text := fault.Text(err, language)
	body := map[string]any{
		"object": "error", "message": text, "validationErrors": nil,
		"exceptionMessage": nil, "exceptionStackTrace": nil, "innerExceptionMessage": nil,
	}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		if e.Field != "" {
			body["message"] = fault.Sentence("invalid", nil, language)
			body["validationErrors"] = map[string][]string{e.Field: {text}}
		}
		if e.Code != "" {
			body["code"] = e.Code
		}
	}
	if detailed, ok := errors.AsType[*DetailedError](err); ok {
		maps.Copy(body, detailed.Members)
	}
	return body
}
