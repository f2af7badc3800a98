import { type Key, type Translate, useText } from "../../text/t.ts";
import { seesPolicies } from "../../vault/console.ts";
import { clientOf } from "../../vault/devices.ts";
import type { Event } from "../../vault/events.ts";
import { nameOf } from "../../vault/members.ts";
import { type Membership, may } from "../../vault/profile.ts";
import { useCollections, useFellows, useGroups, usePolicies } from "./queries.ts";

/** An event in words. */
export interface Told {
  what: string;
  who: string;
  device: string;
}

/** What names the people and the things that events are about. One that is no more there has an identifier only. */
interface Names {
  members: Map<string, string>;
  people: Map<string, string>;
  groups: Map<string, string>;
  collections: Map<string, string>;
  policies: Map<string, number>;
}

/** Every type that a log may hold; others are told by their number. */
const known = new Set(
  [
    [1000, 1008],
    [1100, 1132],
    [1300, 1302],
    [1400, 1402],
    [1500, 1504],
    [1506, 1508],
    [1511, 1512],
    [1515, 1516],
    [1518, 1522],
    [1600, 1600],
    [1602, 1603],
    [1608, 1608],
    [1610, 1621],
    [1627, 1627],
    [1700, 1700],
    [2500, 2511],
  ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, n) => from + n)),
);

/** What puts an event of an organization into words, with the names that the reader may know. */
export function useTell(by: Membership): (event: Event) => Told {
  const t = useText();
  const fellows = useFellows(by.id).data ?? [];
  const groups = useGroups(by.id, by.useGroups && (may(by, "manageGroups") || may(by, "manageUsers"))).data ?? [];
  const collections = useCollections(by.id).data ?? [];
  const policies = usePolicies(by.id, seesPolicies(by)).data ?? new Map();
  const names: Names = {
    members: new Map(fellows.map((one) => [one.id, nameOf(one)])),
    people: new Map(fellows.flatMap((one) => (one.userId ? [[one.userId, nameOf(one)]] : []))),
    groups: new Map(groups.map(({ id, name }) => [id, name])),
    collections: new Map(collections.flatMap(({ id, name }) => (name === null ? [] : [[id, name]]))),
    policies: new Map([...policies.values()].flatMap(({ id, type }) => (id ? [[id, type]] : []))),
  };
  return (event) => ({ what: whatOf(t, event, names), who: whoOf(t, event, names), device: deviceText(t, event) });
}

function whatOf(t: Translate, event: Event, names: Names): string {
  const { type } = event;
  if (!known.has(type)) return t("events.unknown", { type });
  return t(`event.${type}` as Key, { what: thingOf(t, event, names) });
}

/** What an event is about, by its name where the reader may know it. */
function thingOf(t: Translate, event: Event, names: Names): string {
  const gone = (id: string) => t("events.gone", { id: id.slice(0, 8) });
  const policy = (id: string) => {
    const type = names.policies.get(id);
    return type === undefined ? undefined : t(`policyTitle.${type}` as Key);
  };
  // A member's event may name a group too, and is about the member.
  const things: [string | null, string | undefined][] = [
    [event.policyId, event.policyId ? policy(event.policyId) : undefined],
    [event.organizationUserId, names.members.get(event.organizationUserId ?? "")],
    [event.groupId, names.groups.get(event.groupId ?? "")],
    [event.collectionId, names.collections.get(event.collectionId ?? "")],
    [event.cipherId, event.cipherId?.slice(0, 8)],
    [event.sendId, event.sendId?.slice(0, 8)],
    [event.installationId, event.installationId ?? undefined],
    [event.userId, names.people.get(event.userId ?? "")],
  ];
  const [id, name] = things.find(([one]) => one) ?? [];
  return id ? (name ?? gone(id)) : "";
}

function whoOf(t: Translate, { actingUserId, systemUser }: Event, { people }: Names): string {
  if (systemUser) return t(`systemUser.${systemUser}` as Key);
  if (!actingUserId) return t("events.nobody");
  return people.get(actingUserId) ?? t("events.gone", { id: actingUserId.slice(0, 8) });
}

function deviceText(t: Translate, { deviceType }: Event): string {
  const device = clientOf(deviceType);
  if (!device) return "";
  const [kind, name] = device;
  return t(`eventDevice.${kind}`, { name }).trim();
}
