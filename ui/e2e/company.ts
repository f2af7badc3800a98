import type { Keyring } from "../src/crypto/keyring.ts";
import { Account } from "./account.ts";
import type { Server } from "./server.ts";

/** An organization with the keys of its owner, through which others join it without a browser. */
export class Company {
  readonly id: string;
  readonly owner: Account;
  readonly #keys: Keyring;

  private constructor(id: string, owner: Account, keys: Keyring) {
    this.id = id;
    this.owner = owner;
    this.#keys = keys;
  }

  /** Founds one; the owner may have others already. */
  static async found(owner: Account, name: string): Promise<Company> {
    return Company.of(owner, await owner.makeOrganization(name));
  }

  /** One that its owner has. */
  static async of(owner: Account, id: string): Promise<Company> {
    const keys = await owner.open();
    const { organizations } = (await owner.call("GET /api/accounts/profile", undefined)) as unknown as {
      organizations: { id: string; key: string }[];
    };
    const made = organizations.find((one) => one.id === id);
    if (!made) throw new Error(`${owner.email} has no organization ${id}`);
    await keys.openOrganizations({ [id]: made.key });
    return new Company(id, owner, keys);
  }

  #at = (rest: string) => `/api/organizations/${this.id}/${rest}`;

  invite = (emails: string[], type = 2): Promise<unknown> =>
    this.owner.send("POST", this.#at("users/invite"), { emails, type, collections: [], groups: [], permissions: {} });

  /** The members, by their addresses. */
  async members(): Promise<Map<string, { id: string; userId: string }>> {
    const { data } = (await this.owner.send("GET", this.#at("users"))) as {
      data: { id: string; userId: string; email: string }[];
    };
    return new Map(data.map((one) => [one.email, one]));
  }

  /** Has somebody register and accept an invitation. */
  async join(server: Server, name: string, email: string, password: string): Promise<Account> {
    await this.invite([email]);
    const link = await server.mail(email, /#\/accept-organization\?(\S+)/);
    const account = await Account.register(server, name, email, password);
    const query = new URLSearchParams(link);
    const member = query.get("organizationUserId") ?? "";
    await account.send("POST", this.#at(`users/${member}/accept`), { token: query.get("token") });
    return account;
  }

  /** Gives somebody who has accepted the key. */
  async confirm(email: string): Promise<void> {
    const member = (await this.members()).get(email)?.id ?? "";
    const { data } = (await this.owner.send("POST", this.#at("users/public-keys"), { ids: [member] })) as {
      data: { key: string }[];
    };
    const key = await this.#keys.shareOrganization(this.id, data[0]?.key ?? "");
    await this.owner.send("POST", this.#at(`users/${member}/confirm`), { key });
  }

  async createCollection(name: string): Promise<void> {
    const [encrypted] = await this.#keys.encrypt([name], this.id);
    const owner = (await this.members()).get(this.owner.email)?.id;
    const users = [{ id: owner, manage: true, readOnly: false, hidePasswords: false }];
    await this.owner.send("POST", this.#at("collections"), { name: encrypted, users, groups: [] });
  }

  createGroup = (name: string): Promise<unknown> =>
    this.owner.send("POST", this.#at("groups"), { name, users: [], collections: [] });

  setPolicy = (type: number, data: unknown = null): Promise<unknown> =>
    this.owner.send("PUT", this.#at(`policies/${type}`), { policy: { enabled: true, data } });

  /** Lets the organization recover the account of a member. */
  async enroll(account: Account): Promise<void> {
    const { publicKey } = (await this.owner.send("GET", this.#at("public-key"))) as { publicKey: string };
    const resetPasswordKey = await (await account.open()).shareUser(publicKey);
    const { id } = await account.call("GET /api/accounts/profile", undefined);
    const path = this.#at(`users/${id}/reset-password-enrollment`);
    await account.send("PUT", path, { resetPasswordKey, ...account.proof });
  }
}
