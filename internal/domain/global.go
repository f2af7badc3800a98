package domain

// globals are groups of which everybody can see that they have one owner and one
// log-in. The numbers are those that clients have names for; there are more numbers
// than groups here.
var globals = []Global{
	{Type: 0, Domains: []string{"google.com", "youtube.com", "gmail.com"}},
	{Type: 1, Domains: []string{"apple.com", "icloud.com"}},
	{Type: 3, Domains: []string{"bankofamerica.com", "bofa.com"}},
	{Type: 5, Domains: []string{"wellsfargo.com", "wf.com"}},
	{Type: 7, Domains: []string{"citi.com", "citibank.com", "citibankonline.com", "accountonline.com"}},
	{Type: 9, Domains: []string{"gap.com", "oldnavy.com", "bananarepublic.com"}},
	{Type: 10, Domains: []string{
		"microsoft.com", "live.com", "outlook.com", "hotmail.com", "office.com", "office365.com", "microsoftonline.com", "msn.com", "bing.com",
		"xbox.com", "windows.com", "azure.com", "cloud.microsoft",
	}},
	{Type: 12, Domains: []string{"yahoo.com", "ymail.com"}},
	{Type: 14, Domains: []string{"paypal.com", "paypal-search.com"}},
	{Type: 18, Domains: []string{
		"amazon.com", "amazon.ca", "amazon.cn", "amazon.co.jp", "amazon.co.uk", "amazon.com.au", "amazon.com.be", "amazon.com.br", "amazon.com.mx",
		"amazon.com.tr", "amazon.de", "amazon.es", "amazon.fr", "amazon.in", "amazon.it", "amazon.nl", "amazon.pl", "amazon.se", "amazon.sg",
	}},
	{Type: 21, Domains: []string{"verizon.com", "verizon.net"}},
	{Type: 24, Domains: []string{"ea.com", "origin.com"}},
	{Type: 25, Domains: []string{"basecamp.com", "37signals.com"}},
	{Type: 26, Domains: []string{"steampowered.com", "steamcommunity.com"}},
	{Type: 30, Domains: []string{"oracle.com", "mysql.com"}},
	{Type: 36, Domains: []string{"xfinity.com", "comcast.com", "comcast.net"}},
	{Type: 39, Domains: []string{"dropbox.com", "getdropbox.com"}},
	{Type: 41, Domains: []string{"alibaba.com", "aliexpress.com", "aliyun.com"}},
	{Type: 42, Domains: []string{"playstation.com", "sonyentertainmentnetwork.com"}},
	{Type: 45, Domains: []string{"autodesk.com", "tinkercad.com"}},
	{Type: 50, Domains: []string{"mi.com", "xiaomi.com"}},
	{Type: 51, Domains: []string{"facebook.com", "messenger.com"}},
	{Type: 52, Domains: []string{"poste.it", "postepay.it"}},
	{Type: 62, Domains: []string{"intuit.com", "turbotax.com"}},
	{Type: 63, Domains: []string{"shopify.com", "myshopify.com"}},
	{Type: 64, Domains: []string{
		"ebay.com", "ebay.at", "ebay.be", "ebay.ca", "ebay.ch", "ebay.co.uk", "ebay.com.au", "ebay.de", "ebay.es", "ebay.fr", "ebay.ie", "ebay.it", "ebay.nl", "ebay.pl",
	}},
	{Type: 66, Domains: []string{"schwab.com", "schwabplan.com"}},
	{Type: 68, Domains: []string{"tesla.com", "teslamotors.com"}},
	{Type: 71, Domains: []string{
		"wikipedia.org", "wikimedia.org", "wiktionary.org", "wikibooks.org", "wikidata.org", "wikinews.org", "wikiquote.org", "wikisource.org",
		"wikiversity.org", "wikivoyage.org", "mediawiki.org",
	}},
	{Type: 72, Domains: []string{"airbnb.com", "airbnb.ca", "airbnb.co.uk", "airbnb.com.au", "airbnb.de", "airbnb.es", "airbnb.fr", "airbnb.it"}},
	{Type: 74, Domains: []string{"stackexchange.com", "stackoverflow.com", "superuser.com", "serverfault.com", "askubuntu.com", "mathoverflow.net"}},
	{Type: 78, Domains: []string{"umbrella.com", "opendns.com", "dnsomatic.com"}},
	{Type: 80, Domains: []string{"ui.com", "ubnt.com"}},
	{Type: 81, Domains: []string{"discord.com", "discordapp.com"}},
	{Type: 83, Domains: []string{"yandex.com", "yandex.ru", "ya.ru"}},
	{Type: 84, Domains: []string{"sony.com", "sonyentertainmentnetwork.com"}},
	{Type: 85, Domains: []string{"proton.me", "protonmail.com", "protonvpn.com"}},
	{Type: 86, Domains: []string{"ubisoft.com", "ubi.com"}},
	{Type: 87, Domains: []string{"wise.com", "transferwise.com"}},
	{Type: 89, Domains: []string{"atlassian.com", "atlassian.net", "bitbucket.org", "trello.com", "statuspage.io"}},
	{Type: 91, Domains: []string{"x.com", "twitter.com"}},
}
