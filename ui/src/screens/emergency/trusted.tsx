import { EllipsisVertical } from "lucide-react";
import { Button } from "../../kit/button.tsx";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { useDate } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Hidden } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, useText } from "../../text/t.ts";
import { type Contact, stages } from "../../vault/emergency.ts";
import styles from "./emergency.module.css";
import type { Front } from "./emergency.tsx";
import { Person, Stage } from "./parts.tsx";

interface TrustedProps {
  of: Contact[];
  onFront: (front: Front) => void;
  onReinvite: (contact: Contact) => void;
}

/** Whom the person trusts. Who asks to come in, or is in, stands above the others. */
export function Trusted({ of, onFront, onReinvite }: TrustedProps) {
  const t = useText();
  const columns: [Column<Contact>, ...Column<Contact>[]] = [
    { id: "person", heading: t("emergency.person"), cell: (contact) => <Person of={contact} /> },
    { id: "kind", heading: t("emergency.kind"), cell: ({ type }) => t(`emergency.kind.${type}` as Key) },
    { id: "wait", heading: t("emergency.wait"), cell: ({ days }) => t("emergency.days", { days }) },
    { id: "stage", heading: t("emergency.state"), cell: (contact) => <Stage of={contact} mine /> },
    {
      id: "actions",
      heading: t("emergency.actions"),
      cell: (contact) => <Actions contact={contact} onFront={onFront} onReinvite={onReinvite} />,
    },
  ];
  return (
    <>
      {of.map((contact) => (
        <Urgent key={contact.id} contact={contact} onFront={onFront} />
      ))}
      <Table label={t("emergency.trusted")} columns={columns} rows={of} keyOf={({ id }) => id} />
    </>
  );
}

/** Somebody who asks to come in, or is in: what the person must know at once. */
function Urgent({ contact, onFront }: { contact: Contact; onFront: (front: Front) => void }) {
  const t = useText();
  const dateOf = useDate();
  const { name, stage, waitEnds, type } = contact;
  const kind = String(type);
  if (stage === stages.initiated) {
    return (
      <Notice tone="wait" title={t("emergency.asks", { name, kind })}>
        <p>{t("emergency.asksText", { name, date: waitEnds ? dateOf(waitEnds) : "" })}</p>
        <div className={styles.buttons}>
          <Button onClick={() => onFront({ show: "reject", contact })}>{t("emergency.reject")}</Button>
          <Button onClick={() => onFront({ show: "approve", contact })}>{t("emergency.approve")}</Button>
        </div>
      </Notice>
    );
  }
  if (stage !== stages.approved) return null;
  return (
    <Notice tone="loss" title={t("emergency.isIn", { name, kind })}>
      <p>{t("emergency.isInText", { name })}</p>
      <div className={styles.buttons}>
        <Button onClick={() => onFront({ show: "reject", contact })}>{t("emergency.reject")}</Button>
      </div>
    </Notice>
  );
}

function Actions({ contact, onFront, onReinvite }: Omit<TrustedProps, "of"> & { contact: Contact }) {
  const t = useText();
  const { name, stage } = contact;
  return (
    <span className={styles.actions}>
      {stage === stages.accepted && (
        <Button onClick={() => onFront({ show: "confirm", contact })}>
          {t("emergency.confirm")} <Hidden>{name}</Hidden>
        </Button>
      )}
      <Menu trigger={<EllipsisVertical size={20} aria-hidden="true" />} label={t("emergency.menu", { name })}>
        <MenuGroup>
          {stage === stages.invited && (
            <MenuItem onSelect={() => onReinvite(contact)}>{t("emergency.reinvite")}</MenuItem>
          )}
          <MenuItem onSelect={() => onFront({ show: "edit", contact })}>{t("emergency.edit")}</MenuItem>
          <MenuItem onSelect={() => onFront({ show: "remove", contact })}>{t("emergency.remove")}</MenuItem>
        </MenuGroup>
      </Menu>
    </span>
  );
}
