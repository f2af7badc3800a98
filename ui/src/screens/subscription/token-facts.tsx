import { useQuery } from "@tanstack/react-query";
import { call, type OrgInformationView, type SponsorshipChangeView } from "../../api/client.ts";
import { Moment, useDate } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Facts, State } from "../../kit/state.tsx";
import { type Key, type Translate, useLanguage, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useProfile } from "../frame.tsx";
import { useServerTime } from "../parts/use-server-time.ts";
import { useChanges, useInstallations, useSyncStatus } from "./queries.ts";
import styles from "./subscription.module.css";

interface Part {
  of: OrgInformationView;
  organization: Membership;
}

/** When the token was made, by whom, which server may use it, and when one last did. */
export function TokenFacts({ of, organization }: Part) {
  const t = useText();
  const dateOf = useDate();
  const name = useMaker(of, organization);
  return (
    <Facts
      of={[
        { name: t("token.made"), value: t("token.madeBy", { date: dateOf(of.revisionDate), name }) },
        {
          name: t("token.bound"),
          value: of.installationId ? <span className={styles.id}>{of.installationId}</span> : t("token.unbound"),
        },
        { name: t("sync.last"), value: <LastSync of={of} organization={organization} /> },
      ]}
    />
  );
}

/** Who made the token, by name. */
function useMaker(of: OrgInformationView, organization: Membership): string {
  const t = useText();
  const { data: profile } = useProfile();
  const isOwn = of.createdBy === profile?.id;
  const { data: members } = useQuery({
    queryKey: ["organization", organization.id, "members"],
    queryFn: async () => (await call("GET /api/organizations/{id}/users", { path: { id: organization.id } })).data,
    enabled: !isOwn,
  });
  if (isOwn) return t("token.you");
  const maker = members?.find(({ userId }) => userId === of.createdBy);
  if (!members) return "…";
  return maker ? maker.name || maker.email : t("token.somebody");
}

const day = 24 * 60 * 60 * 1000;

function LastSync({ of, organization }: Part) {
  const t = useText();
  const language = useLanguage();
  const now = useServerTime();
  const { data: status } = useSyncStatus(organization.id);
  const used = [of.lastUseDate, status?.lastSyncDate].flatMap((at) => (at ? [Date.parse(at)] : []));
  if (used.length === 0) return t("sync.never");
  const last = new Date(Math.max(...used));
  const made = new Date(of.revisionDate);
  if (last < made) {
    const days = Math.max(0, Math.round((now.getTime() - made.getTime()) / day));
    const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
    return <State tone="loss">{t("token.rotated", { ago })}</State>;
  }
  return (
    <>
      <Moment at={last} withTime />
      <Counts organization={organization} />
    </>
  );
}

/** What belongs to one exchange of a server is noted within a few seconds. */
const together = 10_000;

const told = ["offered", "sent-again", "redirected", "refused", "revoked"];

function Counts({ organization }: { organization: Membership }) {
  const t = useText();
  const dateOf = useDate();
  const { data } = useChanges(organization.id);
  const [latest, ...others] = (data ?? []).filter(
    ({ installationId, change }) => installationId && told.includes(change),
  );
  if (!latest) return null;
  const of = [latest, ...others].filter(({ date }) => Date.parse(latest.date) - Date.parse(date) < together);
  return (
    <div className={styles.soft}>{t("token.changes", { date: dateOf(latest.date), counts: countsOf(t, of) })}</div>
  );
}

function countsOf(t: Translate, of: SponsorshipChangeView[]): string {
  return told
    .map((change) => ({ change, count: of.filter((one) => one.change === change).length }))
    .filter(({ count }) => count > 0)
    .map(({ change, count }) => t(`token.change.${change}` as Key, { count }))
    .join(", ");
}

/** A server that used the token and was refused, because the token belongs to another. */
export function Refused({ of, organization }: Part) {
  const t = useText();
  const dateOf = useDate();
  const { data } = useInstallations();
  const refused = (data ?? []).flatMap(({ id, organizations }) => {
    const tie = organizations.find((one) => one.id === organization.id);
    return id && id !== of.installationId && tie?.refusedDate ? [{ id, at: tie.refusedDate }] : [];
  });
  return refused.map(({ id, at }) => (
    <Notice key={id} tone="wait">
      {t("token.refused", { id, date: dateOf(at) })}
    </Notice>
  ));
}
