import type { OperatorJobView as Job } from "../../api/client.ts";
import { Screen as Page } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Code, Fault, Listing, Named } from "./listing.tsx";
import { Refresh } from "./refresh.tsx";

/** What the server does by itself. */
export function Screen() {
  const t = useText();
  return (
    <Page title={t("operator.jobs")} lead={t("operator.jobsLead")} actions={<Refresh name="jobs" />}>
      <Listing
        name="jobs"
        label={t("operator.jobs")}
        load={() => ask("GET /admin/api/jobs")}
        columns={columns(t)}
        keyOf={({ name }) => name}
        empty={{ title: t("operator.jobNone"), text: t("operator.jobsLead") }}
      />
    </Page>
  );
}

/** The jobs that this page has words for; a newer server may have others. */
const known = new Set([
  "mail",
  "operator-link",
  "forget-operators",
  "forget-sessions",
  "forget-tries",
  "forget-passkey-answers",
  "forget-auth-requests",
  "sponsorship-clean",
  "sponsorship-tell",
  "sponsorship-end",
  "billing-renew",
  "billing-remind",
  "billing-sync",
  "billing-sync-run",
  "premium-end",
  "license-review",
  "license-copies",
  "empty-trash",
  "delete-sends",
  "sweep-blobs",
  "delete-blob",
  "drop-prepared-files",
  "approve-emergency-access",
  "remind-of-emergency-access",
]);

const columns = (t: Translate): [Column<Job>, ...Column<Job>[]] => [
  {
    id: "job",
    heading: t("operator.job"),
    cell: ({ name }) =>
      known.has(name) ? (
        <Named name={t(`operator.job.${name}` as Key)} more={<Code>{name}</Code>} />
      ) : (
        <Code>{name}</Code>
      ),
  },
  {
    id: "last",
    heading: t("operator.lastRun"),
    cell: ({ lastDate }) => (lastDate ? <Moment at={lastDate} withTime brief /> : "–"),
  },
  {
    id: "next",
    heading: t("operator.nextRun"),
    cell: ({ nextDate }) => (nextDate ? <Moment at={nextDate} withTime brief /> : "–"),
  },
  { id: "waiting", heading: t("operator.waiting"), number: true, cell: ({ waiting }) => waiting },
  {
    id: "result",
    heading: t("operator.result"),
    cell: (one) => <Named name={<Now of={one} />} more={one.error && <Fault>{one.error}</Fault>} />,
  },
];

function Now({ of: { failing, attempts, running, periodic, waiting, lastDate } }: { of: Job }) {
  const t = useText();
  if (failing > 0) return <State tone="loss">{t("operator.jobFailing", { count: attempts })}</State>;
  if (running > 0) return <State tone="wait">{t("operator.jobRunning")}</State>;
  if (!periodic && waiting === 0) return <State tone="info">{t("operator.jobNone")}</State>;
  if (!lastDate && periodic) return <State tone="info">{t("operator.jobNew")}</State>;
  return <State tone="good">{t("operator.jobGood")}</State>;
}
