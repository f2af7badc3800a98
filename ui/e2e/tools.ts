/** What Chrome exported: two logins with one password, one of an insecure address, and one with a note that is too long. */
export const chromeFile = [
  "name,url,username,password,note",
  "Shop,https://shop.example/login,ada,correct-horse,since 2019",
  "Other shop,https://other.example,ada,correct-horse,",
  "Router,http://router.example/,admin,password1,",
  "Bank,https://bank.example,ada,9v#Kq2!mTz7Lw@4sXb,",
  "Forum,https://forum.example,ada,qwerty123,",
  `Long,https://long.example,ada,x,${"words ".repeat(1_500)}`,
  "",
].join("\n");
