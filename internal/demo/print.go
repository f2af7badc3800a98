package demo

import (
	"embed"
	"path/filepath"
	"text/template"

	"coffre/internal/client"
)

//go:embed steps.txt
var stepsFile embed.FS

// print tells where to look and which steps of the page to try.
func (d Demo) print(cloud, home *server, authority Authority) error {
	hash := func(email string) (string, error) {
		kdf := client.DefaultKDF()
		master, err := kdf.MasterKey(password, email)
		if err != nil {
			return "", err
		}
		return client.PasswordHash(master, password)
	}
	steps, err := template.New("steps.txt").Funcs(template.FuncMap{"hash": hash}).ParseFS(stepsFile, "steps.txt")
	if err != nil {
		return err
	}
	folder := func(s *server) string { return string(s.data(d)) }
	ca, err := filepath.Abs(authority.File)
	if err != nil {
		return err
	}
	return steps.Execute(d.Out, map[string]string{
		"Cloud": cloud.url(), "Home": home.url(), "SecureCloud": "https://" + cloud.secure, "SecureHome": "https://" + home.secure,
		"CA": ca, "Password": password, "Ada": ada, "Bob": bob, "Chloe": chloe,
		"HomeFolder": folder(home), "HomeEnv": home.data(d).EnvFile(),
	})
}
