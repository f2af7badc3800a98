import { useState } from "react";
import { Choice } from "../../kit/choice.tsx";
import { Drop } from "../../kit/drop.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Progress } from "../../kit/progress.tsx";
import { useSize } from "../../kit/size.ts";
import { TextArea } from "../../kit/text-area.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import {
  auths,
  changeSend,
  createSend,
  type Draft,
  kinds,
  largest,
  longestText,
  type Send,
} from "../../vault/sends.ts";
import { Problem } from "../parts/problem.tsx";
import { useServerTime } from "../parts/use-server-time.ts";
import { inHours, instantOf } from "./dates.ts";
import { Deletion, Options } from "./options.tsx";
import styles from "./sends.module.css";

type Kind = "text" | "file";

export interface EditorProps {
  /** Undefined makes a new one. */
  send: Send | undefined;
  onClose: () => void;
  onSaved: (send: Send, isNew: boolean) => Promise<void>;
}

/** What a Send holds, how long it lives, and who may read it how often. */
export function Editor({ send, onClose, onSaved }: EditorProps) {
  const t = useText();
  const now = useServerTime();
  const [kind, setKind] = useState<Kind>(send?.file ? "file" : "text");
  const [file, setFile] = useState<File>();
  const [wrong, setWrong] = useState<"file" | "large" | "long">();
  const [passed, setPassed] = useState<{ done: number; of: number }>();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const draft = draftOf(values, kind, file, send, now);
    const fault = faultOf(draft, send);
    setWrong(fault);
    if (fault) return;
    setPassed(undefined);
    const tell = (done: number, of: number) => setPassed({ done, of });
    await onSaved(await (send ? changeSend(send, draft) : createSend(draft, tell)), !send);
    if (send) toast(t("send.saved"));
  });
  return (
    <FormDialog
      open
      onClose={() => busy || onClose()}
      title={t(send ? "send.editTitle" : "send.newTitle")}
      action={t(send ? "send.save" : "send.create")}
      busy={busy}
      onSend={run}
    >
      {!send && (
        <Choice<Kind>
          label={t("send.kind")}
          value={kind}
          onChange={setKind}
          options={[
            { value: "text", label: t("send.text") },
            { value: "file", label: t("send.file") },
          ]}
        />
      )}
      <Field
        label={t("send.name")}
        name="name"
        autoComplete="off"
        required
        maxLength={200}
        defaultValue={send?.name ?? ""}
      />
      {kind === "text" && <Text send={send} isLong={wrong === "long"} />}
      {kind === "file" && send?.file && <Kept file={send.file} />}
      {kind === "file" && !send && <Chosen file={file} wrong={wrong} onChange={setFile} />}
      <Deletion send={send} now={now} />
      <Options send={send} now={now} />
      {busy && file && passed && <Sent {...passed} />}
      <Problem of={failure} />
    </FormDialog>
  );
}

/** What the fields held. */
function draftOf(values: FormData, kind: Kind, file: File | undefined, send: Send | undefined, now: Date): Draft {
  const of = (name: string) => textOf(values, name);
  const life = of("life");
  const chosen = life === "kept" ? send?.deleteAt : life === "date" ? instantOf(of("deleteAt")) : undefined;
  return {
    type: kinds[kind],
    name: of("name").trim(),
    notes: of("notes"),
    text: of("text"),
    textHidden: values.has("textHidden"),
    file: kind === "file" ? file : undefined,
    auth: auths[of("readers") as keyof typeof auths],
    password: of("password"),
    emails: of("emails")
      .split(/[\s,;]+/)
      .filter(Boolean)
      .join(","),
    most: of("most") === "" ? null : Number(of("most")),
    disabled: values.has("disabled"),
    hideEmail: values.has("hideEmail"),
    // A date that was not touched is the one that it had, to the second.
    expiresAt: of("expiresAt") === of("expiresAtWas") ? (send?.expiresAt ?? null) : instantOf(of("expiresAt")),
    deleteAt: chosen ?? inHours(now, Number(life)).toISOString(),
  };
}

function faultOf({ type, file, text }: Draft, send: Send | undefined) {
  if (type === kinds.text) return new Blob([text]).size > longestText ? "long" : undefined;
  if (send) return undefined;
  if (!file) return "file";
  return file.size > largest ? "large" : undefined;
}

function Text({ send, isLong }: { send: Send | undefined; isLong: boolean }) {
  const t = useText();
  return (
    <>
      <TextArea
        label={t("send.textToSend")}
        name="text"
        rows={5}
        required
        defaultValue={send?.text ?? ""}
        error={isLong ? t("send.long", { count: longestText }) : undefined}
      />
      <Check label={t("send.textHidden")} name="textHidden" defaultChecked={send?.textHidden ?? false} />
    </>
  );
}

function Kept({ file: { name, size } }: { file: { name: string | null; size: number } }) {
  const t = useText();
  const sizeOf = useSize();
  return <p className={styles.soft}>{t("send.kept", { name: name ?? t("item.unreadable"), size: sizeOf(size) })}</p>;
}

function Chosen({
  file,
  wrong,
  onChange,
}: {
  file: File | undefined;
  wrong: "file" | "large" | "long" | undefined;
  onChange: (file: File) => void;
}) {
  const t = useText();
  const sizeOf = useSize();
  const isLarge = file !== undefined && file.size > largest;
  const most = { size: sizeOf(largest) };
  const missing = wrong === "file" && !file ? t("send.noFile") : undefined;
  return (
    <Drop
      label={t("send.fileToSend")}
      hint={file && !isLarge ? t("send.fileSize", { size: sizeOf(file.size) }) : t("send.fileHint", most)}
      action={t(file ? "send.chooseAnother" : "send.choose")}
      file={file}
      onChange={onChange}
      error={isLarge ? t("send.large", most) : missing}
    />
  );
}

function Sent({ done, of }: { done: number; of: number }) {
  const t = useText();
  const sizeOf = useSize();
  return <Progress done={done} of={of} label={t("send.progress", { done: sizeOf(done), all: sizeOf(of) })} />;
}
