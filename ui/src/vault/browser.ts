/** What this browser remembers of its person. None of it is a secret. */

const names = {
  email: "coffre.email",
  device: "coffre.device",
  lockAfter: "coffre.lockAfter",
  remembered: "coffre.remembered",
  generator: "coffre.generator",
};

/** The address that was signed in with last, where the person wished it remembered. */
export const rememberedEmail = (): string => localStorage.getItem(names.email) ?? "";

export function rememberEmail(email: string | null): void {
  if (email) localStorage.setItem(names.email, email);
  else localStorage.removeItem(names.email);
}

/** What this browser calls itself before the server. */
export function deviceIdentifier(): string {
  const known = localStorage.getItem(names.device);
  if (known) return known;
  const made = crypto.randomUUID();
  localStorage.setItem(names.device, made);
  return made;
}

/** What the person sees in the list of their devices. */
export function deviceName(): string {
  const kind = /Edg|OPR|Vivaldi|Firefox|Chrome|Safari/.exec(navigator.userAgent)?.[0] ?? "browser";
  return { Edg: "edge", OPR: "opera" }[kind] ?? kind.toLowerCase();
}

/** After how many minutes without a touch the vault locks; 0 is never. */
export const lockChoices = [1, 5, 15, 60, 0] as const;

export function lockAfter(): number {
  const stored = Number(localStorage.getItem(names.lockAfter) ?? "15");
  return lockChoices.find((minutes) => minutes === stored) ?? 15;
}

export const setLockAfter = (minutes: number): void => localStorage.setItem(names.lockAfter, String(minutes));

/** The token with which this browser takes the second step for a person by itself. */
export function secondStepToken(email: string): string | undefined {
  return remembered()[email];
}

export function setSecondStepToken(email: string, token: string | undefined): void {
  const all = remembered();
  if (token) all[email] = token;
  else delete all[email];
  localStorage.setItem(names.remembered, JSON.stringify(all));
}

const remembered = (): Record<string, string> => objectOf(names.remembered);

/** What the person wishes of passwords that are made for them. */
export const generatorWish = (): Record<string, unknown> => objectOf(names.generator);

export const setGeneratorWish = (wish: object): void => localStorage.setItem(names.generator, JSON.stringify(wish));

function objectOf(name: string) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "{}");
  } catch {
    return {};
  }
}
