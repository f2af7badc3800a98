import { useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Cards } from "../../kit/cards.tsx";
import { download } from "../../kit/download.ts";
import { SecretField } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { useText } from "../../text/t.ts";
import { type Copy, type ExportForm, exportForms } from "../../vault/export.ts";
import { Verify } from "../parts/verify.tsx";
import styles from "./tools.module.css";

/** What of a copy is told after it was handed over. */
type Told = Omit<Copy, "text">;

interface CopyFormsProps {
  /** What is said of a copy that depends on whose it is. */
  words: { account: [title: string, text: string]; leaves: string; prove: string; left: string };
  make: (form: ExportForm, password: string, now: Date, progress: (done: number, of: number) => void) => Promise<Copy>;
  /** Tells the server that a copy was made. */
  tell: (now: Date) => Promise<void>;
}

/** Asks in which form a copy is to be, makes it after the master password, and says what is in it. */
export function CopyForms({ words, make, tell }: CopyFormsProps) {
  const t = useText();
  const [form, setForm] = useState<ExportForm>("password");
  const [asked, setAsked] = useState(false);
  const [told, setTold] = useState<Told>();
  const isPlain = form === "json" || form === "csv";
  return (
    <>
      <div className={styles.column}>
        <Cards
          label={t("export.form")}
          name="form"
          value={form}
          onChange={(next) => {
            setForm(next);
            setTold(undefined);
          }}
          options={exportForms.map((value) => {
            if (value === "account") return { value, title: words.account[0], text: words.account[1] };
            return { value, title: t(`export.form.${value}`), text: t(`export.form.${value}Text`) };
          })}
        />
        {isPlain && <Notice tone="wait">{t("export.plain")}</Notice>}
        <p className={styles.soft}>{words.leaves}</p>
        <div>
          <Button tone="primary" onClick={() => setAsked(true)}>
            {t("export.submit")}
          </Button>
        </div>
      </div>
      <Prove
        title={words.prove}
        make={make}
        tell={tell}
        form={form}
        open={asked}
        onClose={() => setAsked(false)}
        onMade={(copy) => {
          setTold(copy);
          setAsked(false);
        }}
      />
      {told && <Outcome of={told} lead={words.left} />}
    </>
  );
}

interface ProveProps extends Pick<CopyFormsProps, "make" | "tell"> {
  title: string;
  form: ExportForm;
  open: boolean;
  onClose: () => void;
  onMade: (told: Told) => void;
}

/** Asks for the master password, and for that of the copy where it has one, and makes the copy. */
function Prove({ title, make: write, tell, form, open, onClose, onMade }: ProveProps) {
  const t = useText();
  const [differs, setDiffers] = useState(false);
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const make = async (masterPasswordHash: string, values: FormData) => {
    const password = textOf(values, "filePassword");
    setDiffers(password !== textOf(values, "again"));
    if (password !== textOf(values, "again")) return;
    await call("POST /api/accounts/verify-password", { body: { masterPasswordHash } });
    const now = new Date();
    try {
      const { text, ...told } = await write(form, password, now, (done, of) => setProgress({ done, of }));
      download(told.name, told.type, text);
      onMade(told);
    } finally {
      setProgress(undefined);
    }
    await tell(now).catch(() => undefined); // The copy is made, whether or not a log knows of it.
  };
  return (
    <Verify
      open={open}
      title={title}
      action={t("export.submit")}
      onClose={() => {
        setDiffers(false);
        onClose();
      }}
      onVerified={make}
    >
      {form === "password" && (
        <>
          <p>{t("export.passwordLead")}</p>
          <SecretField name="filePassword" label={t("export.password")} autoComplete="new-password" />
          <SecretField
            name="again"
            label={t("export.again")}
            autoComplete="new-password"
            error={differs ? t("finish.differs") : undefined}
          />
        </>
      )}
      {progress && progress.of > 0 && <Progress {...progress} label={t("export.progress", progress)} />}
    </Verify>
  );
}

/** What is in the copy, and what is not. */
function Outcome({ of: { name, count, left, withFiles }, lead }: { of: Told; lead: string }) {
  const t = useText();
  return (
    <>
      <Notice tone="good" title={t("export.done", { count })}>
        <p>{t("export.doneLead", { name })}</p>
        {withFiles > 0 && <p>{t("export.files", { count: withFiles })}</p>}
      </Notice>
      {left.length > 0 && (
        <Section title={t("export.left", { count: left.length })} lead={lead}>
          <LongTable
            label={t("export.left", { count: left.length })}
            rows={left}
            keyOf={({ id }) => id}
            columns={[
              { id: "name", heading: t("import.name"), cell: (row) => row.name || "—" },
              { id: "reason", heading: t("import.reason"), cell: ({ reason }) => t(`export.reason.${reason}`) },
            ]}
          />
        </Section>
      )}
    </>
  );
}
