package mail

// Render is what Outbox does with a template.
func Render(name, language string, data map[string]string) (Letter, error) {
	return (&Outbox{}).render(name, language, data)
}
