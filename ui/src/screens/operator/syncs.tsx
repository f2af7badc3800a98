import type { OperatorRunView as Run, OperatorSyncingView as Syncing } from "../../api/client.ts";
import { Screen as Page } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Code, Fault, Listing, Named } from "./listing.tsx";
import { Refresh } from "./refresh.tsx";
import { useDesk } from "./use-desk.ts";

/** Syncs between self-hosted servers and their cloud, as each side knows them. */
export function Screen() {
  const t = useText();
  const now = useDesk();
  const isCloud = now.phase === "in" && now.operator.role === "cloud";
  return (
    <Page
      title={t("operator.syncs")}
      lead={t(isCloud ? "operator.syncsLeadCloud" : "operator.syncsLeadHome")}
      actions={<Refresh name="syncs" />}
    >
      {isCloud ? (
        <Listing
          name="syncs"
          label={t("operator.syncs")}
          load={(query) => ask("GET /admin/api/syncing", { query })}
          columns={ofCloud(t)}
          keyOf={({ organizationId }) => organizationId ?? ""}
          empty={{ title: t("operator.syncsNone"), text: t("operator.syncsNoneCloud") }}
        />
      ) : (
        <Listing
          name="syncs"
          label={t("operator.syncs")}
          load={(query) => ask("GET /admin/api/sync-runs", { query })}
          columns={ofHome(t)}
          keyOf={({ id }) => id ?? ""}
          empty={{ title: t("operator.syncsNone"), text: t("operator.syncsNoneHome") }}
        />
      )}
    </Page>
  );
}

const tones = {
  unused: "wait",
  active: "good",
  revoked: "loss",
  updated: "good",
  unchanged: "info",
  failed: "loss",
} as const;

const ofCloud = (t: Translate): [Column<Syncing>, ...Column<Syncing>[]] => [
  {
    id: "organization",
    heading: t("operator.organization"),
    cell: ({ organization, installationId }) => (
      <Named name={organization} more={installationId && <Code>{installationId}</Code>} />
    ),
  },
  {
    id: "token",
    heading: t("operator.token"),
    cell: ({ state }) => (
      <State tone={tones[state as keyof typeof tones] ?? "info"}>{t(`operator.token.${state}` as Key)}</State>
    ),
  },
  {
    id: "last",
    heading: t("operator.lastSync"),
    cell: ({ lastSyncDate }) => (lastSyncDate ? <Moment at={lastSyncDate} withTime brief /> : t("operator.never")),
  },
  {
    id: "tally",
    heading: t("operator.tally"),
    number: true,
    cell: ({ open, active, refused, ended }) => [open, active, refused, ended].join(" / "),
  },
];

const ofHome = (t: Translate): [Column<Run>, ...Column<Run>[]] => [
  { id: "organization", heading: t("operator.organization"), cell: ({ organization }) => organization },
  { id: "start", heading: t("operator.start"), cell: ({ startDate }) => <Moment at={startDate} withTime brief /> },
  { id: "cause", heading: t("operator.cause"), cell: ({ cause }) => t(`operator.cause.${cause}` as Key) },
  {
    id: "counts",
    heading: t("operator.counts"),
    number: true,
    cell: ({ sent, accepted, refused, removed }) => [sent, accepted, refused, removed].join(" / "),
  },
  {
    id: "result",
    heading: t("operator.result"),
    cell: (one) => (
      <Named
        name={
          <State tone={tones[one.result as keyof typeof tones] ?? "wait"}>
            {one.result ? t(`operator.result.${one.result}` as Key) : t("operator.jobRunning")}
          </State>
        }
        more={one.message && <Fault>{one.message}</Fault>}
      />
    ),
  },
];
