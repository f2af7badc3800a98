import { breachesOf } from "../api/breaches.ts";
import { toHex, utf8 } from "../crypto/bytes.ts";
import { loadContents, refreshVault, type Whole } from "./items.ts";
import { hiddenHere, type Named, named, unseenIn, withPassword } from "./reports.ts";

/** A login whose password is known from breaches, and how often it was seen in them. */
export interface Exposed extends Named {
  times: number;
}

/** What a service of breached passwords said. No password is in it. */
export interface ExposedReport {
  /** How many passwords were asked for, and of how many other logins the password is hidden from the person. */
  checked: number;
  unseen: number;
  /** The password that was seen most often comes first. */
  exposed: Exposed[];
}

/** The first digits of a SHA-1, which the service is told, and the logins with the other digits. */
type Questions = Map<string, { rest: string; login: Named }[]>;

/** How many digits of a SHA-1 the service is told. */
const told = 5;

/** How many questions are under way at once. */
const together = 8;

type Progress = (done: number, of: number) => void;

/** Asks about every password of the vault as the server has it now. Throws Unanswered. */
export async function loadExposed(
  service: string,
  signal: AbortSignal,
  opening: Progress,
  asking: Progress,
): Promise<ExposedReport> {
  await refreshVault();
  const { questions, unseen } = await openQuestions(opening);
  signal.throwIfAborted();
  const checked = [...questions.values()].reduce((sum, { length }) => sum + length, 0);
  return { checked, unseen, exposed: await exposedOf(questions, service, signal, asking) };
}

/** What was opened is let go of before anybody is asked. */
async function openQuestions(opening: Progress): Promise<{ questions: Questions; unseen: number }> {
  const items = await loadContents(opening);
  return { questions: await questionsOf(items), unseen: unseenIn(items, hiddenHere()) };
}

export async function questionsOf(items: Whole[]): Promise<Questions> {
  const questions: Questions = new Map();
  for (const item of withPassword(items)) {
    const sum = await crypto.subtle.digest("SHA-1", utf8(item.login?.password ?? ""));
    const digits = toHex(new Uint8Array(sum)).toUpperCase();
    const [start, rest] = [digits.slice(0, told), digits.slice(told)];
    const asked = questions.get(start) ?? [];
    questions.set(start, [...asked, { rest, login: named(item) }]);
  }
  return questions;
}

/** Throws Unanswered when one question was not answered, because then nothing is certain. */
export async function exposedOf(
  questions: Questions,
  service: string,
  signal: AbortSignal,
  progress: Progress,
): Promise<Exposed[]> {
  const waiting = [...questions];
  const found: Exposed[] = [];
  let done = 0;
  const ask = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [start, asked] = next;
      const seen = await breachesOf(service, start, signal);
      for (const { rest, login } of asked) {
        const times = seen.get(rest) ?? 0;
        if (times > 0) found.push({ ...login, times });
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
