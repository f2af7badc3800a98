import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Unanswered } from "../../api/breaches.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { State } from "../../kit/state.tsx";
import { Empty } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { loadExposed } from "../../vault/exposed.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { Logins } from "./logins.tsx";

/** The official address of this report. */
export const exposedPlace = "/reports/exposed-passwords-report";

interface Step {
  kind: "opening" | "asking";
  done: number;
  of: number;
}

/** What a service of breached passwords said last. It is asked when the person says so, and only then. */
function useExposed(service: string) {
  const [step, setStep] = useState<Step>();
  const query = useQuery({
    queryKey: ["report", "exposed", service],
    queryFn: () =>
      loadExposed(
        service,
        (done, of) => setStep({ kind: "opening", done, of }),
        (done, of) => setStep({ kind: "asking", done, of }),
      ).finally(() => setStep(undefined)),
    enabled: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...query, step };
}

/** How many logins are known to be exposed, in the overview. */
export function ExposedCount({ service }: { service: string }) {
  const t = useText();
  const { data } = useExposed(service);
  if (!data) return <State tone="info">{t("exposed.open")}</State>;
  if (data.length === 0) return <State tone="good">{t("reports.good")}</State>;
  return <State tone="loss">{t("reports.found", { count: data.length })}</State>;
}

/** Which passwords are known from breaches, and before that what is told to whom to learn it. */
export function ExposedPasswords({ service, all }: { service: string; all: Membership[] }) {
  const t = useText();
  const { data, error, isFetching, refetch, step } = useExposed(service);
  const { host } = new URL(service);
  const title = t("reports.name.exposed");
  return (
    <Section title={title} lead={t("reports.lead.exposed")}>
      <Notice tone="info">{t("exposed.told", { host })}</Notice>
      <div>
        <Button tone={data ? "plain" : "primary"} onClick={() => void refetch()} busy={isFetching}>
          {t(data ? "reports.again" : "exposed.ask", { host })}
        </Button>
      </div>
      {isFetching && step && <Progress done={step.done} of={step.of} label={t(`exposed.${step.kind}`, { ...step })} />}
      {error && !isFetching && (error instanceof Unanswered ? <Silent host={host} /> : <Problem of={error} />)}
      {data && !error && data.length === 0 && <Empty title={t("reports.good")}>{t("exposed.none", { host })}</Empty>}
      {data && !error && data.length > 0 && (
        <Logins
          title={title}
          rows={data}
          all={all}
          more={{
            id: "times",
            heading: t("exposed.seen"),
            cell: ({ times }) => t("reports.times", { count: times }),
          }}
        />
      )}
    </Section>
  );
}

function Silent({ host }: { host: string }) {
  const t = useText();
  return <Notice tone="loss">{t("exposed.silent", { host })}</Notice>;
}
