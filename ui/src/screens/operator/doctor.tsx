import { useState } from "react";
import type { OperatorFindingView as Finding } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { State } from "../../kit/state.tsx";
import { Empty } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Problem } from "../parts/problem.tsx";
import { Code, Named } from "./listing.tsx";

/** The parts of an examination, in the order in which they are told. They wait for different things. */
const parts = ["server", "mail", "database", "cloud"];

/** Has the server looked over. */
export function Screen() {
  const t = useText();
  const [found, setFound] = useState<(Finding[] | undefined)[]>();
  const { busy, failure, run } = useAction(async () => {
    setFound(parts.map(() => undefined));
    const examine = async (part: string, place: number) => {
      const { data } = await ask("POST /admin/api/doctor/{part}", { path: { part } });
      setFound((before) => before?.with(place, data));
    };
    await Promise.all(parts.map(examine));
  });
  const done = found?.filter(Boolean).length ?? 0;
  const findings = found?.flatMap((part) => part ?? []) ?? [];
  return (
    <Page
      title={t("operator.doctor")}
      lead={t("operator.doctorLead")}
      actions={
        <Button tone="primary" onClick={run} busy={busy}>
          {t(found ? "operator.examineAgain" : "operator.examine")}
        </Button>
      }
    >
      {!found && <Empty title={t("operator.examineNone")}>{t("operator.examineNoneLead")}</Empty>}
      <Problem of={failure} />
      {busy && <Progress done={done} of={parts.length} label={t("operator.progress", { done, all: parts.length })} />}
      {found && done === parts.length && <Summary of={findings} />}
      {findings.length > 0 && (
        <Section title={t("operator.findings")}>
          <Table
            label={t("operator.findings")}
            columns={columns(t)}
            rows={findings}
            keyOf={({ check, subject, code }) => `${check} ${subject} ${code}`}
          />
        </Section>
      )}
    </Page>
  );
}

function Summary({ of }: { of: Finding[] }) {
  const t = useText();
  const count = of.filter(({ state }) => state === "fault").length;
  if (count === 0) return <Notice tone="good">{t("operator.healthy")}</Notice>;
  return <Notice tone="loss">{t("operator.faults", { count })}</Notice>;
}

const tones = { ok: "good", warning: "wait", fault: "loss" } as const;

const columns = (t: Translate): [Column<Finding>, ...Column<Finding>[]] => [
  {
    id: "check",
    heading: t("operator.check"),
    cell: ({ name, subject }) => <Named name={name} more={subject && <Code>{subject}</Code>} />,
  },
  {
    id: "state",
    heading: t("operator.state"),
    cell: ({ state }) => (
      <State tone={tones[state as keyof typeof tones] ?? "info"}>{t(`operator.finding.${state}` as Key)}</State>
    ),
  },
  {
    id: "finding",
    heading: t("operator.finding"),
    cell: ({ text, code }) => <Named name={text} more={code && <Code>{code}</Code>} />,
  },
];
