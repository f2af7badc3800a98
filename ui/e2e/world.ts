import { Account } from "./account.ts";
import { Company } from "./company.ts";
import type { Pair, Server } from "./server.ts";

/** The password of everybody. */
export const password = "a vault full of apples";

const enterprise = 20;
const syncKey = 1;

/** An Enterprise organization in the cloud and, by its license, on a self-hosted server. */
export class Acme {
  readonly pair: Pair;
  /** Who owns it in the cloud. */
  readonly cloud: Account;
  readonly cloudId: string;
  /** Who owns it at home, and its members there. */
  readonly home: Company;

  private constructor(pair: Pair, cloud: Account, cloudId: string, home: Company) {
    this.pair = pair;
    this.cloud = cloud;
    this.cloudId = cloudId;
    this.home = home;
  }

  /** Its admins may sponsor strangers when they are to be generous. */
  static async found(pair: Pair, email: string, { seats = 10, generous = false } = {}): Promise<Acme> {
    const [cloud, owner] = await Promise.all(
      [pair.cloud, pair.selfHosted].map((server) => Account.register(server, "Ada", email, password)),
    );
    if (!cloud || !owner) throw new Error("nobody was registered");
    const cloudId = await cloud.makeOrganization("Acme", enterprise, seats);
    if (generous) await beGenerous(pair.cloud, cloudId);
    const license = await cloud.license(cloudId, pair.installationId);
    const home = await Company.of(owner, await owner.makeOrganizationFromLicense(license));
    return new Acme(pair, cloud, cloudId, home);
  }

  /** Has somebody join at home. */
  async member(name: string, email: string): Promise<Account> {
    const account = await this.home.join(this.pair.selfHosted, name, email, password);
    await this.home.confirm(email);
    return account;
  }

  /** The billing sync token of the cloud; another one when it is rotated. */
  async token({ rotate = false } = {}): Promise<string> {
    const body = { type: syncKey, ...this.cloud.proof };
    const path = `/api/organizations/${this.cloudId}/${rotate ? "rotate-api-key" : "api-key"}`;
    return ((await this.cloud.send("POST", path, body)) as { apiKey: string }).apiKey;
  }

  /** Connects the two. */
  async connect(): Promise<void> {
    const config = { billingSyncKey: await this.token() };
    const body = { type: syncKey, organizationId: this.home.id, enabled: true, config };
    await this.home.owner.send("POST", "/api/organizations/connections", body);
  }

  sync = (): Promise<unknown> =>
    this.home.owner.send("POST", `/api/organizations/licenses/self-hosted/${this.home.id}/sync`);

  /** Has somebody at home offer a Families organization. */
  offer = (by: Account, email: string): Promise<unknown> =>
    by.send("POST", `/api/organization/sponsorship/self-hosted/${this.home.id}/families-for-enterprise`, {
      planSponsorshipType: 0,
      sponsoredEmail: email,
      friendlyName: email,
    });
}

/** Does what an operator does so that the admins of an organization may sponsor people who are no members. */
export async function beGenerous(cloud: Server, organizationId: string): Promise<void> {
  const { code, out } = await cloud.command("organization", "admin-sponsorships", organizationId);
  if (code !== 0) throw new Error(out);
}

/** The link of the offer that was mailed to somebody. */
export const offerTo = (cloud: Server, email: string): Promise<string> =>
  cloud.mail(email, /(http\S+#\/accept-families-for-enterprise\S+)/);

/** Has somebody offer a Families organization in the cloud. */
export const offerInCloud = (by: Account, organizationId: string, email: string): Promise<unknown> =>
  by.send("POST", `/api/organization/sponsorship/${organizationId}/families-for-enterprise`, {
    planSponsorshipType: 0,
    sponsoredEmail: email,
    friendlyName: email,
  });
