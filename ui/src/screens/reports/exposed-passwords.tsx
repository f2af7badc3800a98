import { Unanswered } from "../../api/breaches.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { Empty } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import type { ExposedReport } from "../../vault/exposed.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { Logins } from "./logins.tsx";
import { useExposed } from "./use-exposed.ts";

/** Which passwords are known from breaches, and before that what is told to whom to learn it. */
export function ExposedPasswords({ service, all }: { service: string; all: Membership[] }) {
  const t = useText();
  const { data, dataUpdatedAt, error, isFetching, refetch, step } = useExposed(service);
  const { host } = new URL(service);
  return (
    <Section title={t("reports.name.exposed")} lead={t("reports.lead.exposed")}>
      <Notice tone="info">{t("exposed.told", { host })}</Notice>
      <div>
        <Button tone={data ? "plain" : "primary"} onClick={() => void refetch()} busy={isFetching}>
          {t(data ? "exposed.askAgain" : "exposed.ask", { host })}
        </Button>
      </div>
      {isFetching && step && <Progress done={step.done} of={step.of} label={t(`reports.${step.kind}`, { ...step })} />}
      {error && !isFetching && <Failed of={error} host={host} />}
      <div role="status">
        {data && !error && (
          <p>
            <Moment at={new Date(dataUpdatedAt)} withTime />
            {" · "}
            {t("exposed.checked", { count: data.checked, found: data.exposed.length })}
          </p>
        )}
      </div>
      {data && !error && <Found of={data} host={host} all={all} />}
    </Section>
  );
}

function Failed({ of, host }: { of: Error; host: string }) {
  const t = useText();
  if (!(of instanceof Unanswered)) return <Problem of={of} />;
  return <Notice tone="loss">{t("exposed.silent", { host })}</Notice>;
}

function Found({ of, host, all }: { of: ExposedReport; host: string; all: Membership[] }) {
  const t = useText();
  const { checked, unseen, exposed } = of;
  return (
    <>
      {unseen > 0 && <Notice tone="info">{t("reports.unseen", { count: unseen })}</Notice>}
      {checked > 0 && exposed.length === 0 && <Empty title={t("reports.good")}>{t("exposed.none", { host })}</Empty>}
      {exposed.length > 0 && (
        <Logins
          title={t("reports.name.exposed")}
          rows={exposed}
          all={all}
          more={{
            id: "times",
            heading: t("exposed.seen"),
            cell: ({ times }) => t("reports.times", { count: times }),
          }}
        />
      )}
    </>
  );
}
