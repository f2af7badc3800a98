package account

// ParsePasswordHash reads a stored hash and writes it again.
func ParsePasswordHash(text string) (string, error) {
	h, err := parsePasswordHash(text)
	return h.String(), err
}
