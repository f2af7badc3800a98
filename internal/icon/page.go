package icon

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// link is an icon that a page names.
type link struct {
	address *url.URL
	rank    int // the least is the best
}

// links returns the icons that a page names, the best first. It reads no more of
// HTML than its link elements.
func links(page string, base *url.URL) []*url.URL {
	const most = 200
	var list []link
	for range most {
		_, rest, there := cutTag(page)
		if !there {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		page = after
		if l, good := linkOf(attributes(tag), base); good {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b link) int { return a.rank - b.rank })
	var addresses []*url.URL
	for _, l := range list[:min(len(list), maxLinks)] {
		addresses = append(addresses, l.address)
	}
	return append(addresses, base.ResolveReference(&url.URL{Path: "/favicon.ico"}))
}

// cutTag cuts a page at its next link element.
func cutTag(page string) (before, after string, there bool) {
	const tag = "<link"
	i := indexFold(page, tag)
	if i < 0 {
		return page, "", false
	}
	return page[:i], page[i+len(tag):], true
}

func indexFold(text, lower string) int {
	for i := 0; i+len(lower) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// attributes reads those of a tag, by their names in lower case.
func attributes(tag string) map[string]string {
	all := map[string]string{}
	for tag = strings.TrimSpace(tag); tag != ""; tag = strings.TrimLeft(tag, " \t\r\n/") {
		end := strings.IndexAny(tag, "= \t\r\n")
		if end < 0 {
			break
		}
		name, rest := strings.ToLower(tag[:end]), strings.TrimLeft(tag[end:], " \t\r\n")
		value, assigned := strings.CutPrefix(rest, "=")
		if !assigned {
			tag = rest
			continue
		}
		value = strings.TrimLeft(value, " \t\r\n")
		end = strings.IndexAny(value, " \t\r\n")
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			quote := value[:1]
			value = value[1:]
			end = strings.Index(value, quote)
		}
		if end < 0 {
			end = len(value)
		}
		all[name], tag = value[:end], strings.TrimLeft(value[end:], `"'`)
	}
	return all
}

func linkOf(a map[string]string, base *url.URL) (link, bool) {
	rel, reference := strings.ToLower(a["rel"]), strings.ReplaceAll(a["href"], "&amp;", "&")
	if reference == "" {
		return link{}, false
	}
	address, err := base.Parse(reference)
	if err != nil || !allowed(address) {
		return link{}, false
	}
	words := strings.Fields(rel)
	named := slices.ContainsFunc(words, func(w string) bool { return w == "icon" || w == "apple-touch-icon" })
	switch ext := strings.ToLower(path.Ext(address.Path)); {
	case ext == ".svg":
		return link{}, false
	case !named && (ext != ".ico" && ext != ".png" && ext != ".jpg" && ext != ".jpeg" || isOther(words)):
		return link{}, false
	}
	return link{address, rank(a["sizes"])}, true
}

// isOther reports whether a link with the name of a picture is none for icons.
func isOther(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"preload", "image_src", "preconnect", "canonical", "alternate", "stylesheet"}, w)
	})
}

// rank says how well a size suits a list: about 32 pixels, square.
func rank(sizes string) int {
	width, height, _ := strings.Cut(strings.ToLower(sizes), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	switch {
	case errW != nil || errH != nil || w != h:
		return 200
	case w == 32:
		return 1
	case w == 64:
		return 2
	case w >= 24 && w <= 128:
		return 3
	case w == 16:
		return 4
	}
	return 100
}
