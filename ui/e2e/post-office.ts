import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

/** Takes every mail by SMTP, which is the only way in which a cloud sends, and lays it into a folder as a file. */
export class PostOffice {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static open(folder: string): Promise<PostOffice> {
    mkdirSync(folder, { recursive: true });
    const server = createServer((socket) => take(socket, folder));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address && typeof address === "object") resolve(new PostOffice(server, address.port));
      });
    });
  }

  close(): void {
    this.#server.close();
  }
}

const end = "\r\n.\r\n";

/** Speaks with one sender. */
function take(socket: Socket, folder: string) {
  let heard = "";
  let isMail = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const answer = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    isMail = verb === "DATA";
    if (verb === "EHLO") return say("250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8");
    if (isMail) return say("354 Go on");
    if (verb === "QUIT") return socket.end("221 Bye\r\n");
    return say("250 OK");
  };
  const listen = (): boolean => {
    const mark = isMail ? end : "\r\n";
    const at = heard.indexOf(mark);
    if (at < 0) return false;
    const text = heard.slice(0, at);
    heard = heard.slice(at + mark.length);
    if (!isMail) {
      answer(text);
      return true;
    }
    isMail = false;
    keep(folder, text.replace(/^\.\./gm, "."));
    say("250 OK");
    return true;
  };
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy()); // A server that ends leaves its connection in disorder.
  socket.on("data", (chunk) => {
    heard += chunk;
    while (listen());
  });
  say("220 localhost");
}

/** Renames at the end, so that nobody reads half a mail. */
function keep(folder: string, text: string) {
  const path = join(folder, `${Date.now()}-${randomUUID()}`);
  writeFileSync(path, text);
  renameSync(path, `${path}.eml`);
}
