import { breachesOf } from "../api/breaches.ts";
import { toHex, utf8 } from "../crypto/bytes.ts";
import { loadContents, refreshVault, type Whole } from "./items.ts";
import { type Named, named, withPassword } from "./reports.ts";

/** A login whose password is known from breaches, and how often it was seen in them. */
export interface Exposed extends Named {
  times: number;
}

/** How many digits of a SHA-1 the service is told. */
const told = 5;

/** How many questions are under way at once. */
const together = 8;

/**
 * Asks a service of breached passwords about the logins, and tells how many questions were answered. The password
 * that was seen most often comes first. Throws Unanswered when one question was not, because then nothing is certain.
 */
export async function exposedOf(
  items: Whole[],
  service: string,
  progress: (done: number, of: number) => void,
): Promise<Exposed[]> {
  const sums = await Promise.all(withPassword(items).map(async (item) => ({ item, sum: await sumOf(item) })));
  const questions = new Map(sums.map(({ sum }) => [sum.slice(0, told), [] as typeof sums]));
  for (const one of sums) questions.get(one.sum.slice(0, told))?.push(one);
  const waiting = [...questions];
  const found: Exposed[] = [];
  let done = 0;
  const ask = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [start, asked] = next;
      const seen = await breachesOf(service, start);
      for (const { item, sum } of asked) {
        const times = seen.get(sum.slice(told)) ?? 0;
        if (times > 0) found.push({ ...named(item), times });
      }
      progress(++done, questions.size);
    }
  };
  try {
    await Promise.all(Array.from({ length: together }, ask));
  } finally {
    waiting.length = 0; // After a failure nobody asks on.
  }
  return found.sort((a, b) => b.times - a.times);
}

/** Opens the vault as the server has it now and asks about it; what was opened is let go of at once. */
export async function loadExposed(
  service: string,
  opening: (done: number, of: number) => void,
  asking: (done: number, of: number) => void,
): Promise<Exposed[]> {
  await refreshVault();
  return exposedOf(await loadContents(opening), service, asking);
}

async function sumOf({ login }: Whole): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-1", utf8(login?.password ?? ""));
  return toHex(new Uint8Array(sum)).toUpperCase();
}
