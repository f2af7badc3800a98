import { type Language, setLanguage } from "../../text/t.ts";
import { setCulture } from "../../vault/account.ts";

/** Changes the language here, and the one in which the person gets mails. */
export async function chooseLanguage(language: Language): Promise<void> {
  await setLanguage(language);
  await setCulture(language).catch(() => undefined); // What is read here is chosen already; the next choice tells the server again.
}
