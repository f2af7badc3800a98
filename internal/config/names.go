package config

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// Setting is one name that an operator may set.
type Setting struct {
	Name    string // in its usual spelling; case does not matter
	Default string // a value, or words for one that depends on others; often empty
	Doc     string // one sentence
	Group   string // the heading it stands under
	Later   bool   // read and checked, but without effect in this version
	list    bool   // whether NAME__0, NAME__1 … add up to its value
}

// Settings lists every setting in the order of Config.
func Settings() []Setting { return settingsOf(reflect.TypeFor[Config](), "", "General") }

func settingsOf(t reflect.Type, prefix, group string) []Setting {
	var all []Setting
	for f := range t.Fields() {
		heading := group
		if g, ok := f.Tag.Lookup("group"); ok {
			heading = g
		}
		name, named := f.Tag.Lookup("env")
		switch {
		case named:
			all = append(all, Setting{
				Name:    prefix + name,
				Default: f.Tag.Get("envDefault") + f.Tag.Get("default"),
				Doc:     f.Tag.Get("doc"),
				Group:   heading,
				Later:   f.Tag.Get("later") != "",
				list:    f.Type.Kind() == reflect.Slice,
			})
		case f.Type.Kind() == reflect.Struct:
			all = append(all, settingsOf(f.Type, prefix+f.Tag.Get("envPrefix"), heading)...)
		}
	}
	return all
}

//go:embed fr.json
var french []byte

// inFrench is what each setting is for, by its name.
var inFrench = sync.OnceValue(func() map[string]string {
	var texts map[string]string
	if err := json.Unmarshal(french, &texts); err != nil {
		panic(err) // The file is part of the program, and a test reads it.
	}
	return texts
})

// DocIn is what the setting is for in a language, as far as there is a text in it.
func (s Setting) DocIn(language string) string {
	if text, ok := inFrench()[s.Name]; ok && language == "fr" {
		return text
	}
	return s.Doc
}

// families are the beginnings of names that are ours to know; others belong to
// other programs. Official names have one underscore where a page was copied badly.
var families = []string{"globalsettings_", "coffre__", "adminsettings_"}

// ignored are official names, in lower case, that real env files hold and that
// have no use here. One that ends in __ stands for all that begin with it.
var ignored = strings.Fields(`
	globalsettings__sqlserver__ globalsettings__mysql__ globalsettings__documentdb__
	globalsettings__internalidentitykey globalsettings__oidcidentityclientkey
	globalsettings__kdfdefaulthashkey globalsettings__identityserver__ globalsettings__dataprotection__
	globalsettings__duo__ globalsettings__yubico__ globalsettings__hibpapikey
	globalsettings__attachment__ globalsettings__send__ globalsettings__events__
	globalsettings__notifications__ globalsettings__notificationhub__ globalsettings__redis__
	globalsettings__servicebus__ globalsettings__amazon__ globalsettings__braintree__
	globalsettings__stripe__ globalsettings__captcha__ globalsettings__sentry__ globalsettings__syslog__
	globalsettings__logdirectory globalsettings__logdirectorybyproject globalsettings__logrollbysizelimit
	globalsettings__minloglevel__ globalsettings__sso__ globalsettings__domainverification__
	globalsettings__ipratelimiting__ globalsettings__distributedipratelimiting__
	globalsettings__sitename globalsettings__projectname globalsettings__disableemailnewdevice
	globalsettings__litedeployment globalsettings__unifieddeployment
	globalsettings__mail__sendgridapikey globalsettings__mail__amazonconfigsetname
	globalsettings__mail__smtp__ssloverride globalsettings__mail__smtp__trustserver
	globalsettings__baseserviceuri__api globalsettings__baseserviceuri__identity
	globalsettings__baseserviceuri__admin globalsettings__baseserviceuri__notifications
	globalsettings__baseserviceuri__sso globalsettings__baseserviceuri__scim
	globalsettings__baseserviceuri__internaladmin globalsettings__baseserviceuri__internalapi
	globalsettings__baseserviceuri__internalidentity globalsettings__baseserviceuri__internalnotifications
	globalsettings__baseserviceuri__internalsso globalsettings__baseserviceuri__internalscim
	globalsettings__baseserviceuri__internalvault
	adminsettings__deletetrashdaysago
`)

// slips is how many letters may be wrong in a name that somebody meant to be ours.
const slips = 3

// unknown reports whether a lower-case name is in one of the families, or as good
// as in one, and means nothing at all.
func unknown(name string) bool {
	ours := len(name) > 4*slips && distance(name, strings.ToLower(nearest(name))) <= slips
	for _, family := range families {
		ours = ours || strings.HasPrefix(name, family)
	}
	for _, known := range ignored {
		if name == known || strings.HasSuffix(known, "__") && strings.HasPrefix(name, known) {
			return false
		}
	}
	return ours
}

// nearest returns the known name that the fewest changed letters make of name.
func nearest(name string) string {
	best, least := "", -1
	for _, s := range Settings() {
		if d := distance(strings.ToLower(name), strings.ToLower(s.Name)); least < 0 || d < least {
			best, least = s.Name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
