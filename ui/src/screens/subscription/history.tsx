import type { BillingsyncRunView, BillingsyncStateView, SponsorshipChangeView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { useReason } from "../families/reason.ts";
import { Problem } from "../parts/problem.tsx";
import { Outcome } from "./outcome.tsx";
import { useChanges, useRuns } from "./queries.ts";
import styles from "./subscription.module.css";
import { useSync } from "./use-sync.ts";

interface HistoryProps {
  sync: BillingsyncStateView;
  organization: Membership;
}

/** Every sync: when, why, and what came of it. */
export function History({ sync, organization }: HistoryProps) {
  const t = useText();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useRuns(organization.id);
  const { busy, failure, answer, run } = useSync(organization.id);
  const runs = data?.pages.flatMap((page) => page.data);
  const isUsable = sync.connection?.enabled === true && sync.cloudCommunication;
  return (
    <Section title={t("sync.history")} lead={t("sync.historyLead")}>
      {isUsable && (
        <div className={styles.actions}>
          <Button onClick={run} busy={busy || sync.running}>
            {t("sync.now")}
          </Button>
        </div>
      )}
      {answer ? <Outcome of={answer} /> : <Problem of={failure} />}
      {error && <Problem of={error} />}
      {!error && !runs && <Skeleton />}
      {runs?.length === 0 && <Empty title={t("sync.historyNone")}>{t("sync.historyNoneLead")}</Empty>}
      {runs && runs.length > 0 && <Runs of={runs} organization={organization} />}
      {hasNextPage && (
        <div className={styles.actions}>
          <Button onClick={() => fetchNextPage()} busy={isFetchingNextPage}>
            {t("sync.more")}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Runs({ of, organization }: { of: BillingsyncRunView[]; organization: Membership }) {
  const t = useText();
  const changes = useChanges(
    organization.id,
    of.some(({ sponsorships }) => sponsorships.refused > 0),
  );
  const count = (id: "sent" | "accepted" | "refused" | "removed", heading: Key): Column<BillingsyncRunView> => ({
    id,
    heading: t(heading),
    number: true,
    cell: ({ sponsorships }) => sponsorships[id],
  });
  const columns: [Column<BillingsyncRunView>, ...Column<BillingsyncRunView>[]] = [
    { id: "start", heading: t("sync.start"), cell: ({ startDate }) => <Moment at={startDate} withTime /> },
    { id: "cause", heading: t("sync.cause"), cell: ({ cause }) => t(`sync.cause.${cause}` as Key) },
    count("sent", "sync.sent"),
    count("accepted", "sync.accepted"),
    count("refused", "sync.refused"),
    count("removed", "sync.gone"),
    {
      id: "result",
      heading: t("sync.outcome"),
      cell: (run) => <Result of={run} changes={changes.data ?? []} />,
    },
  ];
  return <Table label={t("sync.history")} columns={columns} rows={of} keyOf={({ id, startDate }) => id ?? startDate} />;
}

/** How a run ended; one in which something failed or was refused opens to the reason. */
function Result({ of, changes }: { of: BillingsyncRunView; changes: SponsorshipChangeView[] }) {
  const t = useText();
  const reasonOf = useReason();
  const { sponsorships, endDate } = of;
  if (!endDate) return <State tone="wait">{t("sync.underWay")}</State>;
  const messages = messagesOf(t, of);
  if (messages.length > 0) {
    return <Why tone="loss" word={t("sync.failed")} reasons={messages} />;
  }
  if (sponsorships.refused > 0) {
    const reasons = refusedIn(of, changes).map(({ code }) => reasonOf(code ?? ""));
    const word = t("sync.someRefused", { count: sponsorships.refused });
    return <Why tone="wait" word={word} reasons={[...new Set(reasons)]} />;
  }
  return <State tone="good">{t("sync.wentThrough")}</State>;
}

function Why({ tone, word, reasons }: { tone: "loss" | "wait"; word: string; reasons: string[] }) {
  return (
    <details className={styles.why}>
      <summary>
        <State tone={tone}>{word}</State>
      </summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

function messagesOf(t: Translate, { license, sponsorships }: BillingsyncRunView): string[] {
  if (license.message && license.message === sponsorships.message) return [license.message];
  return [
    ...(license.message ? [t("sync.resultLicense", { result: license.message })] : []),
    ...(sponsorships.message ? [t("sync.resultSponsorships", { result: sponsorships.message })] : []),
  ];
}

/** What the log says was refused while a run was under way. */
function refusedIn({ startDate, endDate }: BillingsyncRunView, changes: SponsorshipChangeView[]) {
  const [from, to] = [Date.parse(startDate), Date.parse(endDate ?? startDate)];
  return changes.filter(({ change, date }) => {
    const at = Date.parse(date);
    return change === "refused" && at >= from && at <= to;
  });
}
