import { reached } from "./connection.ts";
import { Failure, failureOf } from "./failure.ts";
import { accessToken, ownHeaders } from "./tokens.ts";

/** Tells how many bytes have passed. */
export type Passed = (done: number, of: number) => void;

/** Sends a file as a part of a form, as the person who is signed in, and tells how far it has come. */
export async function upload(address: string, form: FormData, on: Passed): Promise<void> {
  const token = await accessToken();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much it has sent
    request.open("POST", address);
    for (const [name, value] of Object.entries(ownHeaders())) request.setRequestHeader(name, value);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => on(loaded, total);
    request.onload = async () => {
      reached(true);
      const { status, responseText } = request;
      if (status >= 200 && status < 300) return resolve();
      reject(await failureOf(new Response(responseText || null, { status })));
    };
    request.onerror = () => {
      reached(false);
      reject(new Failure("offline"));
    };
    request.send(form);
  });
}

/** Fetches a file from an address that this server gave out, and tells how far it has come. */
export async function fetchFile(address: string, on: Passed): Promise<Blob> {
  // Whatever the server is called, it is the one that this page came from.
  const { pathname, search } = new URL(address, location.href);
  try {
    const response = await fetch(pathname + search, { cache: "no-store", credentials: "omit" });
    reached(true);
    if (!response.ok) throw await failureOf(response);
    return await collected(response, on);
  } catch (error) {
    if (error instanceof Failure) throw error;
    reached(false);
    throw new Failure("offline");
  }
}

/** How much of a file is held here before the browser keeps it, on a disk where it is large. */
const held = 4 << 20;

async function collected(response: Response, on: Passed): Promise<Blob> {
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const kept: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  let from = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { value, done: isOver } = await reader.read();
    if (isOver) break;
    pieces.push(value);
    done += value.length;
    on(done, Math.max(total, done));
    if (done - from < held) continue;
    kept.push(new Blob(pieces));
    pieces = [];
    from = done;
  }
  return new Blob([...kept, ...pieces]);
}
