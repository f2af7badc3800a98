import { useState } from "react";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { SecretField, Select } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { Facts } from "../../kit/state.tsx";
import { Table } from "../../kit/table.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { type Found, type Skipped, WrongFile } from "../../vault/import/incoming.ts";
import type { Preview, Sample } from "../../vault/import/preview.ts";
import { cloudLimits, homeLimits } from "../../vault/import/settle.ts";
import { Problem, problemOf } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { faultOf } from "./import-words.ts";
import styles from "./tools.module.css";

/** Where a person may import to; the first is offered. */
export type Aims = { id: string | undefined; name: string }[];

/** Asks for the password of a file that has its own. */
export function FilePassword({
  open,
  onOpen,
}: {
  open: (password: string) => Promise<Found>;
  onOpen: (found: Found) => void;
}) {
  const t = useText();
  const { busy, failure, run } = useAction(async (values: FormData) => onOpen(await open(textOf(values, "password"))));
  const isWrong = failure instanceof WrongFile;
  return (
    <Form onSend={run} label={t("import.open")}>
      <SecretField
        name="password"
        label={t("import.password")}
        hint={t("import.locked")}
        autoComplete="off"
        error={isWrong ? faultOf(t, failure) : undefined}
      />
      {!isWrong && <Problem of={failure} />}
      <div>
        <Button tone="primary" type="submit" busy={busy}>
          {t("import.open")}
        </Button>
      </div>
    </Form>
  );
}

/** What is in a file, and the button that imports it. */
export function Looked({ of, aims, onDone }: { of: Preview; aims: Aims; onDone: () => void }) {
  const t = useText();
  const limits = useServer()?.selfHosted ? homeLimits : cloudLimits;
  const [aim, setAim] = useState(aims[0]?.id);
  const [done, setDone] = useState<number>();
  const isOrganization = aim !== undefined;
  const over = of.over(limits, isOrganization);
  const { busy, failure, run } = useAction(async () => {
    await of.send(aim, setDone);
    onDone();
  });
  return (
    <>
      <Section title={t("import.preview")} lead={t("import.counts", { count: of.count })}>
        <Facts
          of={[
            ...of.types.map(({ type, count }) => ({ name: t(`import.type.${type}`), value: count })),
            ...(of.places > 0
              ? [{ name: t(isOrganization ? "import.collections" : "import.places"), value: of.places }]
              : []),
          ]}
        />
        {of.first.length > 0 && <First of={of} />}
      </Section>
      {of.skipped.length > 0 && <LeftBehind skipped={of.skipped} />}
      {of.count > 0 && (
        <div className={styles.column}>
          {aims.length > 1 && (
            <Select
              label={t("import.into")}
              value={aim ?? ""}
              onChange={({ target }) => setAim(target.value || undefined)}
              options={aims.map(({ id, name }) => ({ value: id ?? "", label: name }))}
              disabled={busy}
            />
          )}
          {over && <Notice tone="loss">{t(`import.over.${over}`, { limit: limits[over] })}</Notice>}
          <p className={styles.soft}>{t("import.twice")}</p>
          {failure !== undefined && (
            <Notice tone="loss" title={t("import.failed")}>
              {problemOf(t, failure)}
            </Notice>
          )}
          {busy && done !== undefined && (
            <Progress
              done={done}
              of={of.count}
              label={done < of.count ? t("import.progress", { done, of: of.count }) : t("import.sending")}
            />
          )}
          <div>
            <Button tone="primary" onClick={run} busy={busy} disabled={over !== undefined}>
              {t("import.submit", { count: of.count })}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}

function First({ of }: { of: Preview }) {
  const t = useText();
  return (
    <Table
      label={t("import.first")}
      rows={of.first}
      keyOf={({ row }) => String(row)}
      columns={[
        { id: "name", heading: t("import.name"), cell: ({ name }) => name },
        { id: "type", heading: t("import.type"), cell: ({ type }) => t(`import.one.${type}`) },
        { id: "username", heading: t("import.username"), cell: ({ username }) => username },
        ...(of.places > 0
          ? [{ id: "in", heading: t("import.in"), cell: ({ places }: Sample) => places.join(", ") }]
          : []),
      ]}
    />
  );
}

function LeftBehind({ skipped }: { skipped: Skipped[] }) {
  const t = useText();
  return (
    <Section title={t("import.skipped", { count: skipped.length })} lead={t("import.skippedLead")}>
      <LongTable
        label={t("import.skipped", { count: skipped.length })}
        rows={skipped}
        keyOf={({ row, reason }) => `${row} ${reason}`}
        columns={[
          { id: "name", heading: t("import.name"), cell: ({ name }) => name || "—" },
          { id: "row", heading: t("import.row"), cell: ({ row }) => row, number: true },
          { id: "reason", heading: t("import.reason"), cell: ({ reason }) => t(`import.reason.${reason}`) },
        ]}
      />
    </Section>
  );
}

/** What came of an import, and what to do next. */
export function Done({ of, onAnother }: { of: Preview; onAnother: () => void }) {
  const t = useText();
  return (
    <>
      <Notice tone="good" title={t("import.done", { count: of.count })}>
        {t("import.doneLead")}
      </Notice>
      {of.skipped.length > 0 && <LeftBehind skipped={of.skipped} />}
      <div className={styles.line}>
        <ButtonLink href={`#${home}`} tone="primary">
          {t("import.toVault")}
        </ButtonLink>
        <Button onClick={onAnother}>{t("import.another")}</Button>
      </div>
    </>
  );
}
