package app

import (
	"io"
	"log/slog"
	"strings"

	"coffre/internal/config"
)

// NewLog writes log lines in the form that the settings ask for.
func NewLog(w io.Writer, cfg config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level, ReplaceAttr: hideSecrets}
	if cfg.Format == config.Text {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// hideSecrets is a last net: no line is meant to carry any of these.
func hideSecrets(_ []string, attr slog.Attr) slog.Attr {
	switch name := strings.ToLower(attr.Key); {
	case strings.Contains(name, "password"), strings.Contains(name, "secret"), strings.Contains(name, "token"), strings.HasSuffix(name, "key"):
		return slog.String(attr.Key, "(hidden)")
	}
	return attr
}
