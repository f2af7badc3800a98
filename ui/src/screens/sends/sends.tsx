import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import { deleteSend, loadSends, removeProof, type Send } from "../../vault/sends.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { Editor } from "./editor.tsx";
import { List } from "./list.tsx";
import { Ready } from "./ready.tsx";

/** What is in front of the list. */
export type Front =
  | { show: "editor"; send?: Send }
  | { show: "ready"; send: Send; isNew: boolean }
  | { show: "delete" | "open"; send: Send };

/** What a person has sent by a link. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const [front, setFront] = useState<Front>();
  const { data, error } = useQuery({ queryKey: ["sends"], queryFn: loadSends, staleTime: 0 });
  const forget = () => queries.invalidateQueries({ queryKey: ["sends"] });
  const close = () => setFront(undefined);
  const write = (
    <Button tone="primary" onClick={() => setFront({ show: "editor" })}>
      <Plus size={18} aria-hidden="true" />
      {t("send.new")}
    </Button>
  );
  const saved = async (send: Send, isNew: boolean) => {
    if (isNew) setFront({ show: "ready", send, isNew });
    else close();
    await forget();
  };
  return (
    <Page title={t("send.title")} lead={t("send.lead")} actions={data && data.length > 0 && write}>
      {error && <Problem of={error} />}
      {!error && !data && <Skeleton />}
      {data?.length === 0 && (
        <Empty title={t("send.none")} action={write}>
          {t("send.noneLead")}
        </Empty>
      )}
      {data && data.length > 0 && <List of={data} onFront={setFront} />}
      {front?.show === "editor" && <Editor send={front.send} onClose={close} onSaved={saved} />}
      {front?.show === "ready" && <Ready send={front.send} isNew={front.isNew} onClose={close} />}
      <Ask
        of={front?.show === "delete" || front?.show === "open" ? front : undefined}
        onClose={close}
        onDone={forget}
      />
    </Page>
  );
}

/** Asks before a Send is deleted, or opened to everybody who has the link. */
function Ask({
  of,
  onClose,
  onDone,
}: {
  of: { show: "delete" | "open"; send: Send } | undefined;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const t = useText();
  const [last, setLast] = useState(of);
  if (of && of !== last) setLast(of); // The words stay while the dialog fades away.
  const show = last?.show ?? "delete";
  const name = last?.send.name ?? t("item.unreadable");
  const confirm = async () => {
    if (!last) return;
    await (show === "delete" ? deleteSend(last.send) : removeProof(last.send));
    await onDone();
    toast(t(`send.${show}Done`));
  };
  return (
    <Confirm
      open={of !== undefined}
      title={t(`send.${show}Title`, { name })}
      action={t(`send.${show}`)}
      tone={show === "delete" ? "loss" : "primary"}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{t(`send.${show}Text`)}</p>
    </Confirm>
  );
}
