import { EllipsisVertical, FileText, Link, Lock, Text } from "lucide-react";
import { IconButton, OpenButton } from "../../kit/button.tsx";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { Moment } from "../../kit/moment.tsx";
import type { Tone } from "../../kit/notice.tsx";
import { useSize } from "../../kit/size.ts";
import { State } from "../../kit/state.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import { auths, linkOf, type Send, type State as StateOf, stateOf } from "../../vault/sends.ts";
import { useServerTime } from "../parts/use-server-time.ts";
import styles from "./sends.module.css";
import type { Front } from "./sends.tsx";

const tones: Record<StateOf, Tone> = {
  active: "good",
  disabled: "info",
  expired: "wait",
  used: "wait",
  deleted: "loss",
};

/** Sends with their state, and what can be done with them. */
export function List({ of, onFront }: { of: Send[]; onFront: (front: Front) => void }) {
  const t = useText();
  const now = useServerTime();
  const columns: [Column<Send>, ...Column<Send>[]] = [
    { id: "name", heading: t("send.name"), cell: (send) => <Named send={send} onFront={onFront} /> },
    {
      id: "state",
      heading: t("send.state"),
      cell: (send) => {
        const state = stateOf(send, now);
        return <State tone={tones[state]}>{t(`send.state.${state}`)}</State>;
      },
    },
    {
      id: "count",
      heading: t("send.count"),
      number: true,
      cell: ({ count, most }) => (most === null ? count : t("send.countOf", { count, most })),
    },
    {
      id: "deletion",
      heading: t("send.deletion"),
      cell: ({ deleteAt }) => <Moment at={deleteAt} withTime={isNear(deleteAt, now)} brief />,
    },
    { id: "actions", heading: t("send.actions"), cell: (send) => <Actions send={send} onFront={onFront} /> },
  ];
  return <Table label={t("send.title")} columns={columns} rows={of} keyOf={({ id }) => id} />;
}

/** Whether the hour matters, and not the day alone. */
const isNear = (at: string, now: Date): boolean => Date.parse(at) - now.getTime() < 48 * 3_600_000;

interface RowProps {
  send: Send;
  onFront: (front: Front) => void;
}

function Named({ send, onFront }: RowProps) {
  const t = useText();
  const sizeOf = useSize();
  const Icon = send.file ? FileText : Text;
  return (
    <span className={styles.named}>
      <Icon size={20} role="img" aria-label={t(send.file ? "send.file" : "send.text")} />
      <span>
        <OpenButton onClick={() => onFront({ show: "editor", send })}>{send.name ?? t("item.unreadable")}</OpenButton>
        {send.file && <span className={styles.soft}>{`${send.file.name ?? "–"} · ${sizeOf(send.file.size)}`}</span>}
      </span>
      {send.auth !== auths.none && (
        <Lock size={18} role="img" aria-label={t(send.auth === auths.email ? "send.forPeople" : "send.locked")} />
      )}
    </span>
  );
}

function Actions({ send, onFront }: RowProps) {
  const t = useText();
  const name = send.name ?? t("item.unreadable");
  const copy = () =>
    linkOf(send)
      .then((link) => navigator.clipboard.writeText(link))
      .then(
        () => toast(t("send.copied")),
        () => onFront({ show: "ready", send, isNew: false }), // It can be selected there.
      );
  return (
    <span className={styles.actions}>
      <IconButton label={t("send.copyOf", { name })} onClick={copy}>
        <Link size={20} aria-hidden="true" />
      </IconButton>
      <Menu trigger={<EllipsisVertical size={20} aria-hidden="true" />} label={t("send.menu", { name })}>
        <MenuGroup>
          <MenuItem onSelect={() => onFront({ show: "editor", send })}>{t("send.edit")}</MenuItem>
          <MenuItem onSelect={() => onFront({ show: "ready", send, isNew: false })}>{t("send.showLink")}</MenuItem>
          {send.auth !== auths.none && (
            <MenuItem onSelect={() => onFront({ show: "open", send })}>{t("send.open")}</MenuItem>
          )}
          <MenuItem onSelect={() => onFront({ show: "delete", send })}>{t("send.delete")}</MenuItem>
        </MenuGroup>
      </Menu>
    </span>
  );
}
