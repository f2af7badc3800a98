package billing

import "strings"

// french are the words of which names of items and lines are made.
var french = strings.NewReplacer(
	"Families", "Familles", "Teams", "Équipes", "Enterprise", "Entreprise", "(Monthly)", "(mensuel)", "(Annually)", "(annuel)",
	", seats", ", licences", ", storage in GB", ", stockage en Go", ", sponsored", ", parrainé", ", unused", ", non utilisé",
	"Credit", "Avoir",
)

// Words returns the name of an item or of a line in the language of a reader.
func Words(name, language string) string {
	if language == "fr" {
		return french.Replace(name)
	}
	return name
}
