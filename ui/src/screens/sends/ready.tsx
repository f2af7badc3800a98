import { useEffect, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { type Key, useText } from "../../text/t.ts";
import { auths, linkOf, type Send } from "../../vault/sends.ts";
import { Problem } from "../parts/problem.tsx";

const texts: Record<number, Key> = { [auths.password]: "send.readyLocked", [auths.email]: "send.readyPeople" };

/** The link of a Send, which opens it. */
export function Ready({ send, isNew, onClose }: { send: Send; isNew: boolean; onClose: () => void }) {
  const t = useText();
  const [link, setLink] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    linkOf(send).then(setLink, setFailure);
  }, [send]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? t("send.ready") : t("send.linkOf", { name: send.name ?? t("item.unreadable") })}
      actions={
        <Button tone="primary" onClick={onClose}>
          {t("kit.close")}
        </Button>
      }
    >
      <p>{t(texts[send.auth] ?? "send.readyText")}</p>
      {!link && failure === undefined && <Skeleton lines={1} />}
      {link && <Secret label={t("send.link")} text={link} />}
      <Problem of={failure} />
    </Dialog>
  );
}
