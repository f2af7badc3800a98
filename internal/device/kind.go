package device

import (
	"strconv"
	"strings"
)

// kind is a type of device: the word that clients may send instead of its number,
// and how people call it in English and in French.
type kind struct{ word, english, french string }

// kinds are the types by their number, which is the protocol's. The word iOS is
// not among them: a client once sent it for want of a number, and is unknown.
var kinds = []kind{
	{"Android", "Android", "Android"},
	{"", "iPhone or iPad", "iPhone ou iPad"},
	{"ChromeExtension", "Chrome extension", "Extension Chrome"},
	{"FirefoxExtension", "Firefox extension", "Extension Firefox"},
	{"OperaExtension", "Opera extension", "Extension Opera"},
	{"EdgeExtension", "Edge extension", "Extension Edge"},
	{"WindowsDesktop", "Windows application", "Application Windows"},
	{"MacOsDesktop", "macOS application", "Application macOS"},
	{"LinuxDesktop", "Linux application", "Application Linux"},
	{"ChromeBrowser", "Chrome", "Chrome"},
	{"FirefoxBrowser", "Firefox", "Firefox"},
	{"OperaBrowser", "Opera", "Opera"},
	{"EdgeBrowser", "Edge", "Edge"},
	{"IEBrowser", "Internet Explorer", "Internet Explorer"},
	{"UnknownBrowser", "Unknown browser or application", "Navigateur ou application inconnus"},
	{"AndroidAmazon", "Android (Amazon)", "Android (Amazon)"},
	{"UWP", "Windows Store application", "Application du Windows Store"},
	{"SafariBrowser", "Safari", "Safari"},
	{"VivaldiBrowser", "Vivaldi", "Vivaldi"},
	{"VivaldiExtension", "Vivaldi extension", "Extension Vivaldi"},
	{"SafariExtension", "Safari extension", "Extension Safari"},
	{"SDK", "Program (SDK)", "Logiciel (SDK)"},
	{"Server", "Server", "Serveur"},
	{"WindowsCLI", "Command line on Windows", "Ligne de commande sous Windows"},
	{"MacOsCLI", "Command line on macOS", "Ligne de commande sous macOS"},
	{"LinuxCLI", "Command line on Linux", "Ligne de commande sous Linux"},
	{"DuckDuckGoBrowser", "DuckDuckGo", "DuckDuckGo"},
}

// unknownKind is the type of a device whose own is none of the known ones.
const unknownKind = 14

// kindOf reads a type, which is a number or a word in any case.
func kindOf(text string) int {
	if number, err := strconv.Atoi(text); err == nil {
		if number >= 0 && number < len(kinds) {
			return number
		}
		return unknownKind
	}
	for number, k := range kinds {
		if strings.EqualFold(k.word, text) {
			return number
		}
	}
	return unknownKind
}

// Kind returns how people call the type of d in a language, "en" or "fr".
func (d Device) Kind(language string) string {
	k := kinds[unknownKind]
	if d.Type >= 0 && d.Type < len(kinds) {
		k = kinds[d.Type]
	}
	if language == "fr" {
		return k.french
	}
	return k.english
}
