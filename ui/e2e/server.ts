import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long anything that is waited for may take. */
export const patience = 30_000;

/** A real server with a folder of its own, whose mails are files. */
export class Server {
  readonly url: string;
  readonly #data: string;
  readonly #address: string;
  #process: ChildProcess | undefined;
  readonly #read = new Set<string>();

  private constructor(address: string) {
    this.#address = address;
    this.url = `http://${address}`;
    this.#data = mkdtempSync(join(tmpdir(), "coffre-e2e-"));
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(`localhost:${await freePort()}`);
    const lines = {
      globalSettings__mail__smtp__host: "localhost",
      coffre__mail__sender: "folder",
      coffre__limits__factor: "1000",
      globalSettings__baseServiceUri__vault: server.url,
      ...settings,
    };
    mkdirSync(join(server.#data, "env"), { recursive: true });
    const file = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(server.#data, "env", "global.override.env"), file.join(""));
    await server.up();
    return server;
  }

  /** Starts the process, after the first time with what it left behind. */
  async up(): Promise<void> {
    const program = process.env.COFFRE_BINARY ?? "../coffre";
    if (!existsSync(program)) throw new Error(`There is no program at ${program}: run go run ./tools/do build`);
    const log = openSync(join(this.#data, "log"), "a");
    const args = ["serve", "--data", this.#data, "--listen", this.#address];
    // A clean environment, so that no setting of the machine gets in.
    const env = { COFFRE_TEST_CLOCK: "1", PATH: process.env.PATH, HOME: this.#data };
    this.#process = spawn(program, args, { env, stdio: ["ignore", log, log] });
    const isReady = () =>
      fetch(`${this.url}/ready`).then(
        (answer) => answer.ok || undefined,
        () => undefined,
      );
    await until("the server", isReady).catch((error) => {
      throw new Error(`${error.message}\n${this.log()}`);
    });
  }

  log = (): string => readFileSync(join(this.#data, "log"), "utf8");

  /** Ends the process and waits for its end. */
  async down(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Moves the server's clock forward. */
  async advance(seconds: number): Promise<void> {
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seconds }) };
    const answer = await fetch(`${this.url}/demo/clock`, init);
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** What the server believes the time is. */
  now = async (): Promise<Date> => new Date(await (await fetch(`${this.url}/api/now`)).json());

  /** Waits for the next mail to somebody that contains a pattern, and returns what the pattern found. */
  mail(to: string, pattern: RegExp): Promise<string> {
    const folder = join(this.#data, "mail");
    return until(`a mail to ${to} with ${pattern}`, async () => {
      for (const name of readdirSync(folder)) {
        if (this.#read.has(name) || !name.endsWith(".eml")) continue;
        const text = decode(readFileSync(join(folder, name), "utf8"));
        const found = new RegExp(`^To: .*${to}`, "im").test(text) && pattern.exec(text);
        if (!found) continue;
        this.#read.add(name);
        return found[1] ?? found[0];
      }
      return undefined;
    });
  }
}

/** Undoes quoted-printable. */
const decode = (raw: string): string =>
  raw
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Asks in growing steps until there is an answer. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patience;
  for (let pause = 5; Date.now() < end; pause = Math.min(200, pause * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`waited in vain for ${what}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
