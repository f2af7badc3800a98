import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../../kit/button.tsx";
import { Empty, Hidden, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./listing.module.css";

/** A part of a list, and the word with which the next one is asked for. */
interface Part<Row> {
  data: Row[];
  continuationToken: string | null;
}

export interface ListingProps<Row> {
  /** By which what was loaded is known. */
  name: string;
  label: string;
  load: (query: Record<string, string>) => Promise<Part<Row>>;
  search?: string;
  columns: [Column<Row>, ...Column<Row>[]];
  keyOf: (row: Row) => string;
  /** What stands where there is nothing at all. */
  empty: { title: string; text: string; action?: ReactNode };
}

/** A long list, a part at a time. */
export function Listing<Row>({ name, label, load, search = "", columns, keyOf, empty }: ListingProps<Row>) {
  const t = useText();
  const list = useInfiniteQuery({
    queryKey: [name, search],
    queryFn: ({ pageParam }) => load({ search, continuationToken: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last: Part<Row>) => last.continuationToken,
  });
  if (list.isPending) return <Skeleton lines={5} />;
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <div className={styles.listing}>
      <Hidden>
        <span role="status">{t("operator.count", { count: rows.length })}</span>
      </Hidden>
      {list.error && (
        <>
          <Problem of={list.error} />
          <div>
            <Button onClick={() => list.refetch()} busy={list.isFetching}>
              {t("operator.retry")}
            </Button>
          </div>
        </>
      )}
      {rows.length > 0 && <Table label={label} columns={columns} rows={rows} keyOf={keyOf} />}
      {rows.length === 0 && !list.error && search && (
        <Empty title={t("operator.nothing", { search })}>{t("operator.nothingLead")}</Empty>
      )}
      {rows.length === 0 && !list.error && !search && (
        <Empty title={empty.title} action={empty.action}>
          {empty.text}
        </Empty>
      )}
      {list.hasNextPage && (
        <div>
          <Button onClick={() => list.fetchNextPage()} busy={list.isFetchingNextPage}>
            {t("operator.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A name with what tells it from others of the same name. */
export function Named({ name, more }: { name: ReactNode; more: ReactNode }) {
  return (
    <span className={styles.named}>
      <span>{name}</span>
      <span className={styles.more}>{more}</span>
    </span>
  );
}

/** What programs call something. */
export function Code({ children }: { children: ReactNode }) {
  return <code className={styles.code}>{children}</code>;
}

/** What went wrong, in the words of a program. */
export function Fault({ children }: { children: ReactNode }) {
  return <span className={styles.fault}>{children}</span>;
}

/** A sentence that should not push the other columns aside. */
export function Words({ lang, children }: { lang?: string; children: ReactNode }) {
  return (
    <span className={styles.words} lang={lang}>
      {children}
    </span>
  );
}

/** Buttons of a row. */
export function Actions({ children }: { children: ReactNode }) {
  return <span className={styles.actions}>{children}</span>;
}
