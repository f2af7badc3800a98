import { useQuery } from "@tanstack/react-query";
import { useHashPath } from "../../address.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import type { Column } from "../../kit/table.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { type Translate, useLanguage, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { loadReport, type Report } from "../../vault/reports.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { ExposedCount } from "./exposed-count.tsx";
import { ExposedPasswords } from "./exposed-passwords.tsx";
import { Logins } from "./logins.tsx";
import styles from "./reports.module.css";
import { useSteps } from "./use-steps.ts";

/** The parts, with the official addresses. */
const parts = {
  weak: "/reports/weak-passwords-report",
  reused: "/reports/reused-passwords-report",
  insecure: "/reports/unsecured-websites-report",
  withoutKey: "/reports/inactive-two-factor-report",
} as const;

const exposedPlace = "/reports/exposed-passwords-report";

type Part = keyof typeof parts;

const names = Object.keys(parts) as Part[];

/** What in the vault could be safer: how much there is of each sort, and which logins. */
export function Screen() {
  const t = useText();
  const language = useLanguage();
  const [path] = useHashPath();
  const isExposed = path === exposedPlace;
  const { step, tell, end } = useSteps();
  const { data: profile } = useProfile();
  const {
    data: report,
    error,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: ["report", language],
    queryFn: () => loadReport(language, tell("opening"), tell("progress")).finally(end),
    refetchOnWindowFocus: false,
    enabled: !isExposed,
  });
  const server = useServer();
  const service = server?.exposedPasswords;
  const part = names.find((name) => parts[name] === path);
  const tabs = [
    { href: "#/reports", label: t("reports.all"), current: part === undefined && !isExposed },
    ...names.map((name) => ({ href: `#${parts[name]}`, label: t(`reports.tab.${name}`), current: part === name })),
    ...(service ? [{ href: `#${exposedPlace}`, label: t("reports.tab.exposed"), current: isExposed }] : []),
  ];
  return (
    <Page
      title={t("reports.title")}
      lead={t("reports.lead")}
      actions={
        !isExposed && (
          <Button onClick={() => void refetch()} busy={isFetching}>
            {t("reports.again")}
          </Button>
        )
      }
    >
      <Tabs label={t("reports.parts")} tabs={tabs} />
      {isExposed ? (
        <>
          {!server && <Skeleton lines={4} />}
          {server && !service && <Empty title={t("exposed.nobody")}>{t("exposed.nobodyLead")}</Empty>}
          {service && <ExposedPasswords service={service} all={profile?.organizations ?? []} />}
        </>
      ) : (
        <>
          {error && <Problem of={error} />}
          {isFetching && step && (
            <Progress done={step.done} of={step.of} label={t(`reports.${step.kind}`, { ...step })} />
          )}
          {!report && !error && <Skeleton lines={4} />}
          {report && part && <Listed part={part} report={report} all={profile?.organizations ?? []} />}
          {report && !part && <Overview of={report} service={service} />}
        </>
      )}
    </Page>
  );
}

function Overview({ of, service }: { of: Report; service: string | null | undefined }) {
  const t = useText();
  return (
    <>
      <p>{t("reports.checked", { count: of.checked })}</p>
      {of.unseen > 0 && <Notice tone="info">{t("reports.unseen", { count: of.unseen })}</Notice>}
      <ul className={styles.overview}>
        {names.map((name) => (
          <li key={name}>
            <a href={`#${parts[name]}`} className={styles.name}>
              {t(`reports.name.${name}`)}
            </a>
            <Count of={name} count={of[name].length} />
            {of[name].length > 0 && <p className={styles.soft}>{t(`reports.lead.${name}`)}</p>}
          </li>
        ))}
        {service && (
          <li>
            <a href={`#${exposedPlace}`} className={styles.name}>
              {t("reports.name.exposed")}
            </a>
            <ExposedCount service={service} />
          </li>
        )}
      </ul>
    </>
  );
}

function Count({ of, count }: { of: Part; count: number }) {
  const t = useText();
  if (count === 0) return <State tone="good">{t("reports.good")}</State>;
  const tone = of === "withoutKey" ? "info" : of === "insecure" ? "wait" : "loss";
  return <State tone={tone}>{t("reports.found", { count })}</State>;
}

function Listed({ part, report, all }: { part: Part; report: Report; all: Membership[] }) {
  const t = useText();
  const title = t(`reports.name.${part}`);
  if (report[part].length === 0) return <Empty title={t("reports.good")}>{t("reports.goodLead")}</Empty>;
  return (
    <Section title={title} lead={t(`reports.lead.${part}`)}>
      {part === "weak" && <Logins title={title} rows={report.weak} all={all} more={strengthOf(t)} />}
      {part === "reused" && <Logins title={title} rows={report.reused} all={all} more={usesOf(t)} />}
      {part === "insecure" && <Logins title={title} rows={report.insecure} all={all} more={addressOf(t)} />}
      {part === "withoutKey" && <Logins title={title} rows={report.withoutKey} all={all} />}
    </Section>
  );
}

const strengthOf = (t: Translate): Column<Report["weak"][number]> => ({
  id: "strength",
  heading: t("reports.strength"),
  cell: ({ score }) => <State tone={score < 2 ? "loss" : "wait"}>{t(`strength.${score}`)}</State>,
});

const usesOf = (t: Translate): Column<Report["reused"][number]> => ({
  id: "uses",
  heading: t("reports.uses"),
  cell: ({ uses }) => t("reports.times", { count: uses }),
});

const addressOf = (t: Translate): Column<Report["insecure"][number]> => ({
  id: "address",
  heading: t("reports.address"),
  cell: ({ address }) => address,
});
