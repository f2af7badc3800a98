import { useId, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { State } from "../../kit/state.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem, problemOf } from "../parts/problem.tsx";
import { type AddProps, membersOf, sponsor } from "./add.tsx";
import styles from "./families.module.css";

interface Row {
  email: string;
  /** Why it was refused; undefined when it was offered. */
  refusal: string | undefined;
}

/** Sponsors everybody on a list, and says of each what came of it. */
export function AddList({ open, onClose, organization, isSelfHosted }: AddProps) {
  const t = useText();
  const form = useId();
  const after = useAfterChange();
  const [rows, setRows] = useState<Row[]>();
  const [all, setAll] = useState(0);
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const wanted = addressesIn(textOf(values, "addresses"));
    const members = await membersOf(organization.id);
    setAll(wanted.length);
    const done: Row[] = [];
    for (const email of wanted) {
      const refusal = members.has(email.toLowerCase())
        ? t("freeFamilies.member")
        : await sponsor(isSelfHosted, organization.id, email, "").then(
            () => undefined,
            (error: unknown) => problemOf(t, error),
          );
      done.push({ email, refusal });
      setRows([...done]);
    }
    await after();
  });
  const close = () => {
    if (busy) return;
    setRows(undefined);
    forget();
    onClose();
  };
  const isDone = rows !== undefined && !busy;
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("freeFamilies.bulk")}
      actions={
        isDone ? (
          <Button tone="primary" onClick={close}>
            {t("kit.close")}
          </Button>
        ) : (
          <>
            <Button onClick={close} disabled={busy}>
              {t("kit.cancel")}
            </Button>
            <Button tone="primary" type="submit" form={form} busy={busy}>
              {t("freeFamilies.bulkSubmit")}
            </Button>
          </>
        )
      }
    >
      {rows ? (
        <Rows of={rows} all={all} isDone={isDone} />
      ) : (
        <Form id={form} onSend={run} label={t("freeFamilies.bulk")}>
          <p>{t("freeFamilies.bulkLead")}</p>
          <TextArea name="addresses" label={t("freeFamilies.addresses")} rows={8} required spellCheck={false} />
        </Form>
      )}
      <Problem of={failure} />
    </Dialog>
  );
}

/** What a person typed or pasted, each address once. */
function addressesIn(text: string): string[] {
  const found = new Map<string, string>();
  for (const email of text.split(/[\s,;]+/)) if (email) found.set(email.toLowerCase(), email);
  return [...found.values()];
}

function Rows({ of, all, isDone }: { of: Row[]; all: number; isDone: boolean }) {
  const t = useText();
  const bad = of.filter(({ refusal }) => refusal).length;
  return (
    <>
      <p role="status">
        {isDone
          ? t("freeFamilies.bulkDone", { good: of.length - bad, bad })
          : t("freeFamilies.bulkProgress", { done: of.length, all })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <ul className={styles.rows} tabIndex={0} aria-label={t("freeFamilies.bulk")}>
        {of.map(({ email, refusal }) => (
          <li key={email}>
            <span>
              {email}{" "}
              <State tone={refusal ? "loss" : "good"}>
                {t(refusal ? "freeFamilies.bulkRefused" : "freeFamilies.bulkOk")}
              </State>
            </span>
            {refusal && <span className={styles.soft}>{refusal}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
