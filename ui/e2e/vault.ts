import type { ContentRequest } from "../src/api/schema.d.ts";
import type { Account } from "./account.ts";

// What walks through the vault need to be there already, as another device would have made it.

/** Logins of a person or, with its keys in the account's keyring, of an organization. */
export async function makeLogins(
  account: Account,
  names: string[],
  { organizationId, ...more }: { organizationId?: string } & Partial<ContentRequest> = {},
): Promise<ContentRequest[]> {
  const keys = await account.open();
  if (organizationId) {
    const { organizations } = (await account.call("GET /api/accounts/profile", undefined)) as unknown as {
      organizations: { id: string; key: string }[];
    };
    await keys.openOrganizations(Object.fromEntries(organizations.map(({ id, key }) => [id, key])));
  }
  const texts = names.flatMap((name) => [name, "ada@forge.example", "h3avy metal", `https://${hostOf(name)}/login`]);
  const sealed = await keys.encrypt(texts, organizationId);
  return names.map((_, n) => ({
    type: 1,
    organizationId: organizationId ?? null,
    name: sealed[4 * n] ?? "",
    login: {
      username: sealed[4 * n + 1] ?? "",
      password: sealed[4 * n + 2] ?? "",
      uris: [{ uri: sealed[4 * n + 3] ?? "", match: null }],
    },
    ...more,
  }));
}

const hostOf = (name: string): string => `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.example`;
