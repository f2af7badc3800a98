import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service of breached passwords, with the interface of Pwned Passwords. */
export class Breaches {
  /** What it was asked: addresses and the site that asked, as far as the browser said it. */
  readonly asked: string[] = [];
  /** Whether it answers at all. */
  isUp = true;
  readonly #seen: [sum: string, times: number][];
  readonly #server: Server;

  private constructor(seen: Record<string, number>) {
    const sumOf = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();
    this.#seen = Object.entries(seen).map(([password, times]) => [sumOf(password), times]);
    this.#server = createServer(({ url = "", headers }, response) => {
      this.asked.push([url, headers.referer, headers.cookie, headers.authorization].filter(Boolean).join(" "));
      if (!this.isUp) return void response.destroy();
      const found = this.#seen.filter(([sum]) => sum.startsWith(url.slice(-5)));
      const lines = [...found.map(([sum, times]) => `${sum.slice(5)}:${times}`), `${"0".repeat(35)}:1`];
      response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end(lines.join("\r\n"));
    });
  }

  /** The passwords that it knows, and how often each was seen. */
  static async open(seen: Record<string, number>): Promise<Breaches> {
    const service = new Breaches(seen);
    await new Promise<void>((resolve) => service.#server.listen(0, "localhost", resolve));
    return service;
  }

  get host(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The setting with which a server offers it to its people. */
  get setting(): Record<string, string> {
    return { coffre__reports__exposedPasswords: `http://${this.host}` };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
