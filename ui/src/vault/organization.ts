import { call, type OrgOrderRequest, type OrgView } from "../api/client.ts";
import { keyring } from "./session.ts";

/** What a person says of a new organization; its keys are made here. */
export type Order = Omit<OrgOrderRequest, "key" | "keys" | "collectionName">;

/** A payment without a card: an invoice follows. */
const byInvoice = { paymentMethodType: 8, paymentToken: "invoice" };

/** Makes an organization with its keys and its first collection, and returns it. */
export async function found(order: Order, collectionName: string): Promise<OrgView> {
  const made = await keyring().makeOrganization(collectionName);
  const { wrappedKey: key, publicKey, wrappedPrivateKey: encryptedPrivateKey } = made;
  const body = {
    ...order,
    ...byInvoice,
    key,
    keys: { publicKey, encryptedPrivateKey },
    collectionName: made.collectionName,
  };
  return call("POST /api/organizations", { body });
}

/** Makes the organization of a license on a self-hosted server, and returns it. */
export async function foundByLicense(license: File, collectionName: string): Promise<OrgView> {
  const made = await keyring().makeOrganization(collectionName);
  const body = new FormData();
  body.set("license", license);
  body.set("key", made.wrappedKey);
  body.set("collectionName", made.collectionName);
  body.set("keys.publicKey", made.publicKey);
  body.set("keys.encryptedPrivateKey", made.wrappedPrivateKey);
  return call("POST /api/organizations/licenses/self-hosted", { body });
}
