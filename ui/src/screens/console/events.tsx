import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { download } from "../../kit/download.ts";
import { Field } from "../../kit/field.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { seesEvents } from "../../vault/console.ts";
import { csvOf, dayOf, type Event, loadEvents } from "../../vault/events.ts";
import type { Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import styles from "./console.module.css";
import { useTell } from "./event-text.ts";

/** What happened in an organization, who did it, and from where. */
export function Screen() {
  const t = useText();
  const server = useServer();
  return (
    <OfOrganization title={t("events.title")} for={seesEvents}>
      {(organization) =>
        server ? (
          <Events key={organization.id} by={organization} ahead={server.testClock ?? 0} />
        ) : (
          <Page title={t("events.title")}>
            <Skeleton />
          </Page>
        )
      }
    </OfOrganization>
  );
}

/** How many days are shown at first. */
const usual = 30;
const day = 24 * 60 * 60 * 1000;

function Events({ by, ahead }: { by: Membership; ahead: number }) {
  const t = useText();
  const tell = useTell(by);
  const now = Date.now() + ahead * 1000;
  const [from, setFrom] = useState(() => dayOf(new Date(now - usual * day)));
  const [to, setTo] = useState(() => dayOf(new Date(now)));
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["console", by.id, "events", from, to],
    queryFn: ({ pageParam }) => loadEvents(by.id, from, to, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: from !== "" && to !== "",
    staleTime: 0,
  });
  const events = data?.pages.flatMap((page) => page.events);
  const save = () => {
    const heading = [
      t("events.when"),
      t("events.number"),
      t("events.what"),
      t("events.who"),
      t("events.device"),
      t("events.address"),
    ];
    const rows = (events ?? []).map((one) => {
      const { what, who, device } = tell(one);
      return [one.date, String(one.type), what, who, device, one.ipAddress ?? ""];
    });
    download(`${t("events.file")}-${from}-${to}.csv`, "text/csv", csvOf([heading, ...rows]));
  };
  const saves = events && events.length > 0 && (
    <Button onClick={save}>
      <Download size={18} aria-hidden="true" />
      {t("events.save")}
    </Button>
  );
  return (
    <Page title={t("events.title")} lead={t("events.lead", { name: by.name })} actions={saves}>
      <div className={styles.list}>
        <div className={styles.dates}>
          <Field
            label={t("events.from")}
            type="date"
            required
            max={to}
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
          <Field
            label={t("events.to")}
            type="date"
            required
            min={from}
            value={to}
            onChange={({ target }) => setTo(target.value)}
          />
        </div>
        {error && <Problem of={error} />}
        {!error && !events && <Skeleton lines={8} />}
        {events?.length === 0 && <Empty title={t("events.none")}>{t("events.noneLead")}</Empty>}
        {events && events.length > 0 && (
          <>
            <LongTable
              even
              label={t("events.title")}
              columns={[
                { id: "what", heading: t("events.what"), cell: (one) => tell(one).what },
                { id: "who", heading: t("events.who"), cell: (one) => tell(one).who },
                { id: "when", heading: t("events.when"), cell: ({ date }) => <Moment at={date} withTime /> },
                {
                  id: "where",
                  heading: t("events.where"),
                  cell: (one) => <Where of={one} device={tell(one).device} />,
                },
              ]}
              rows={events.map((one, number) => ({ ...one, number }))}
              keyOf={({ number }) => String(number)}
            />
            <div className={styles.all}>
              <span role="status">{t("events.shown", { count: events.length })}</span>
              {hasNextPage && (
                <Button onClick={() => fetchNextPage()} busy={isFetchingNextPage}>
                  {t("events.more")}
                </Button>
              )}
            </div>
          </>
        )}
        {hasNextPage && <Notice tone="info">{t("events.saveHint")}</Notice>}
      </div>
    </Page>
  );
}

function Where({ of, device }: { of: Event; device: string }) {
  return (
    <span className={styles.where}>
      {device}
      {of.ipAddress && <span className={styles.soft}>{of.ipAddress}</span>}
    </span>
  );
}
