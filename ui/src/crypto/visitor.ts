import { textOf } from "./bytes.ts";
import { Unreadable } from "./encstring.ts";
import { decryptFile } from "./file.ts";
import { SendKey } from "./send.ts";

/** Reads one Send with the key that its link carries, for whoever holds the link. It lives in a worker of its own. */
export class Visitor {
  #key: SendKey | undefined;

  /** Takes the key. Throws Unreadable for a link that is broken. */
  async take(link: string): Promise<void> {
    this.#key = await SendKey.ofLink(link);
  }

  /** What the server is told instead of the password of the Send. */
  hash = (password: string): Promise<string> => this.#opened.hash(password);

  /** Opens texts. Throws Unreadable when one cannot be opened: the link is another's. */
  async read(texts: string[]): Promise<string[]> {
    const { content } = this.#opened;
    return Promise.all(texts.map(async (text) => textOf(await content.decrypt(text))));
  }

  readFile = (file: Blob): Promise<Blob> => decryptFile(this.#opened.content, file);

  get #opened(): SendKey {
    if (!this.#key) throw new Unreadable();
    return this.#key;
  }
}
