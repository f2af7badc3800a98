import { types } from "./content.ts";
import { loadContents, refreshVault, vaultHere, type Whole } from "./items.ts";
import { type Judge, type Score, strengthJudge } from "./strength.ts";

/** The login that a report names. */
export interface Named {
  id: string;
  name: string;
  username: string;
  organizationId: string | null;
}

/** What could be safer. No password is in it. */
export interface Report {
  /** How many logins were looked at, and of how many others the password is hidden from the person. */
  checked: number;
  unseen: number;
  /** The weakest first. */
  weak: (Named & { score: Score })[];
  /** Those with the same password stand together; the password that is used most comes first. */
  reused: (Named & { uses: number })[];
  insecure: (Named & { address: string })[];
  withoutKey: Named[];
}

/** A password that scores more than this holds. */
const weakest = 2;

/** How long may be judged at once, in milliseconds, before the page gets its turn. */
const turn = 30;

/** Looks all logins over, and tells how far it has come. Hidden are those whose secrets the person may not see. */
export async function reportOn(
  items: Whole[],
  hidden: ReadonlySet<string>,
  judge: Judge,
  progress: (done: number, of: number) => void,
): Promise<Report> {
  const logins = loginsIn(items);
  const seen = withPassword(items);
  const weak: Report["weak"] = [];
  let since = performance.now();
  for (const [n, item] of seen.entries()) {
    const score = judge(item.login?.password ?? "", aboutOf(item));
    if (score <= weakest) weak.push({ ...named(item), score });
    if (performance.now() - since < turn) continue;
    progress(n + 1, seen.length);
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  const unseen = unseenIn(items, hidden);
  return {
    checked: logins.length - unseen,
    unseen,
    weak: weak.sort((a, b) => a.score - b.score),
    reused: reusedIn(seen),
    insecure: insecureIn(logins),
    withoutKey: seen.filter(lacksKey).map(named),
  };
}

/** Opens the vault as the server has it now and looks it over; what was opened is let go of at once. */
export async function loadReport(
  language: string,
  opening: (done: number, of: number) => void,
  judging: (done: number, of: number) => void,
): Promise<Report> {
  const [judge] = await Promise.all([strengthJudge(language), refreshVault()]);
  return reportOn(await loadContents(opening), hiddenHere(), judge, judging);
}

/** The items whose secrets the person may not see. */
export const hiddenHere = (): ReadonlySet<string> =>
  new Set(
    vaultHere()
      .rows.filter(({ maySeeHidden }) => !maySeeHidden)
      .map(({ id }) => id),
  );

const loginsIn = (items: Whole[]) => items.filter(({ type, deletedDate }) => type === types.login && !deletedDate);

/** The logins among items whose password is known here. */
export const withPassword = (items: Whole[]): Whole[] =>
  loginsIn(items).filter(({ isBroken, login }) => !isBroken && login?.password);

/** How many logins have a password that is hidden from the person. */
export const unseenIn = (items: Whole[], hidden: ReadonlySet<string>): number =>
  loginsIn(items).filter(({ id }) => hidden.has(id)).length;

export const named = ({ id, name, login, organizationId }: Whole): Named => ({
  id,
  name,
  username: login?.username ?? "",
  organizationId,
});

/** What somebody who guesses tries first. */
const aboutOf = ({ name, login }: Whole): string[] =>
  [name, ...(login?.username ?? "").split(/[@.+]/)].filter((word) => word.length > 2);

function reusedIn(logins: Whole[]): Report["reused"] {
  const groups = new Map<string, Whole[]>();
  for (const item of logins) {
    const password = item.login?.password ?? "";
    const group = groups.get(password);
    if (group) group.push(item);
    else groups.set(password, [item]);
  }
  const reused = [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
  return reused.flatMap((group) => group.map((item) => ({ ...named(item), uses: group.length })));
}

const insecureIn = (logins: Whole[]): Report["insecure"] =>
  logins.flatMap((item) => {
    const address = item.login?.uris.map(({ uri }) => uri).find((uri) => /^http:\/\//i.test(uri));
    return address ? [{ ...named(item), address }] : [];
  });

/** Reports whether a login of a site has no authenticator key. */
const lacksKey = ({ login }: Whole): boolean =>
  !login?.totp && (login?.uris ?? []).some(({ uri }) => /^https?:\/\//i.test(uri));
