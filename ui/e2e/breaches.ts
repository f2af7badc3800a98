import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service of breached passwords, with the interface of Pwned Passwords. */
export class Breaches {
  /** What it was asked, with all that the browser said of who asks. */
  readonly asked: string[] = [];
  /** How many questions were taken back. */
  takenBack = 0;
  /** Whether it answers, hangs up, or says nothing. */
  mood: "open" | "rude" | "silent" = "open";
  readonly #seen: [sum: string, times: number][];
  readonly #server: Server;

  private constructor(seen: Record<string, number>) {
    const sumOf = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();
    this.#seen = Object.entries(seen).map(([password, times]) => [sumOf(password), times]);
    this.#server = createServer(({ url = "", headers }, response) => {
      const { origin, referer, cookie, authorization } = headers;
      this.asked.push([url, origin, referer, cookie, authorization].filter(Boolean).join(" "));
      response.on("close", () => {
        if (!response.writableEnded) this.takenBack++;
      });
      if (this.mood === "silent") return;
      if (this.mood === "rude") return void response.destroy();
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
