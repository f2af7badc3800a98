import { type ChildProcess, execFile, spawn } from "node:child_process";
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
import { PostOffice } from "./post-office.ts";

/** How long anything that is waited for may take. */
export const patience = 30_000;

/** A real server with a folder of its own, whose mails are files. */
export class Server {
  readonly url: string;
  readonly #data: string;
  readonly #address: string;
  readonly #settings: Record<string, string>;
  #process: ChildProcess | undefined;
  #postOffice: PostOffice | undefined;
  readonly #read = new Set<string>();

  private constructor(address: string, settings: Record<string, string>) {
    this.#address = address;
    this.url = `http://${address}`;
    this.#data = mkdtempSync(join(tmpdir(), "coffre-e2e-"));
    this.#settings = {
      globalSettings__mail__smtp__host: "localhost",
      coffre__mail__sender: "folder",
      coffre__limits__factor: "1000",
      globalSettings__baseServiceUri__vault: this.url,
      ...settings,
    };
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(`localhost:${await freePort()}`, settings);
    if (settings.globalSettings__selfHosted === "false") await server.#openPostOffice();
    server.#write();
    await server.up();
    return server;
  }

  async #openPostOffice() {
    this.#postOffice = await PostOffice.open(this.#mails);
    const settings = { host: "127.0.0.1", port: this.#postOffice.port };
    for (const [name, value] of Object.entries(settings))
      this.#settings[`globalSettings__mail__smtp__${name}`] = String(value);
    this.#settings.coffre__mail__sender = "smtp";
  }

  get #mails() {
    return join(this.#data, "mail");
  }

  #write() {
    mkdirSync(join(this.#data, "env"), { recursive: true });
    const lines = Object.entries(this.#settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(this.#data, "env", "global.override.env"), lines.join(""));
  }

  /** Changes settings and applies them. */
  async set(settings: Record<string, string>): Promise<void> {
    Object.assign(this.#settings, settings);
    this.#write();
    await this.down();
    await this.up();
  }

  /** Runs another command of the program on the server's folder, and returns its exit code and what it printed. */
  command(...args: string[]): Promise<{ code: number; out: string }> {
    return new Promise((resolve) => {
      const options = { env: this.#environment };
      const child = execFile(program(), [...args, "--data", this.#data], options, (error, out, errors) =>
        resolve({ code: error ? Number(error.code) : 0, out: out + errors }),
      );
      child.stdin?.end(); // What it asks is answered by nobody.
    });
  }

  /** Writes a file beside the server's own, and returns where it is. */
  file(name: string, content: string): string {
    const path = join(this.#data, name);
    writeFileSync(path, content);
    return path;
  }

  /** Clean, so that no setting of the machine gets in. */
  get #environment() {
    return { COFFRE_TEST_CLOCK: "1", PATH: process.env.PATH, HOME: this.#data };
  }

  /** Starts the process, after the first time with what it left behind. */
  async up(): Promise<void> {
    const log = openSync(join(this.#data, "log"), "a");
    const args = ["serve", "--data", this.#data, "--listen", this.#address];
    this.#process = spawn(program(), args, { env: this.#environment, stdio: ["ignore", log, log] });
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
    this.#postOffice?.close();
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
    const folder = this.#mails;
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

/** A cloud and a self-hosted server that has an installation of the cloud and trusts its licenses. */
export class Pair {
  readonly cloud: Server;
  readonly selfHosted: Server;
  /** For which the cloud makes licenses. */
  readonly installationId: string;

  private constructor(cloud: Server, selfHosted: Server, installationId: string) {
    this.cloud = cloud;
    this.selfHosted = selfHosted;
    this.installationId = installationId;
  }

  /** The settings are those of the self-hosted server. */
  static async start(settings: Record<string, string> = {}): Promise<Pair> {
    const [cloud, selfHosted] = await Promise.all([
      Server.start({ globalSettings__selfHosted: "false" }),
      Server.start(settings),
    ]);
    const { id, key } = await install(cloud);
    await trust(selfHosted, cloud);
    await selfHosted.set({
      globalSettings__enableCloudCommunication: "true",
      coffre__cloud__url: cloud.url,
      globalSettings__installation__id: id,
      globalSettings__installation__key: key,
    });
    return new Pair(cloud, selfHosted, id);
  }

  stop = (): Promise<unknown> => Promise.all([this.cloud.stop(), this.selfHosted.stop()]);

  /** Moves both clocks forward. */
  advance = (seconds: number): Promise<unknown> =>
    Promise.all([this.cloud.advance(seconds), this.selfHosted.advance(seconds)]);
}

/** Has a cloud give out an installation, as it does to anyone. */
export async function install(cloud: Server): Promise<{ id: string; key: string }> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "ops@acme.example" }),
  };
  return (await fetch(`${cloud.url}/api/installations`, init)).json();
}

/** Does what an operator does who got the certificate of the cloud's signer. */
async function trust(selfHosted: Server, cloud: Server) {
  const certificate = await (await fetch(`${cloud.url}/api/licensing/certificate`)).text();
  const file = selfHosted.file("signer.pem", certificate);
  const [, fingerprint] = /SHA-256\): (\S+)/.exec((await selfHosted.command("license", "trust", file)).out) ?? [];
  const { code, out } = await selfHosted.command("license", "trust", file, "--yes", fingerprint ?? "");
  if (code !== 0) throw new Error(out);
}

function program(): string {
  const path = process.env.COFFRE_BINARY ?? "../coffre";
  if (!existsSync(path)) throw new Error(`There is no program at ${path}: run go run ./tools/do build`);
  return path;
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
