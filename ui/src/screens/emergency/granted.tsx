import { EllipsisVertical } from "lucide-react";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Menu, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Hidden } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, useText } from "../../text/t.ts";
import { type Contact, kinds, stages } from "../../vault/emergency.ts";
import { useProfile } from "../frame.tsx";
import { OwnFingerprint } from "../parts/own-fingerprint.tsx";
import styles from "./emergency.module.css";
import type { Front } from "./emergency.tsx";
import { Person, Stage } from "./parts.tsx";

interface GrantedProps {
  of: Contact[];
  onFront: (front: Front) => void;
}

/** Who trusts the person, and what they may do now. */
export function Granted({ of, onFront }: GrantedProps) {
  const t = useText();
  const columns: [Column<Contact>, ...Column<Contact>[]] = [
    { id: "person", heading: t("emergency.person"), cell: (contact) => <Person of={contact} /> },
    { id: "kind", heading: t("emergency.kind"), cell: ({ type }) => t(`emergency.kind.${type}` as Key) },
    { id: "wait", heading: t("emergency.wait"), cell: ({ days }) => t("emergency.days", { days }) },
    { id: "stage", heading: t("emergency.state"), cell: (contact) => <Stage of={contact} mine={false} /> },
    {
      id: "actions",
      heading: t("emergency.actions"),
      cell: (contact) => <Actions contact={contact} onFront={onFront} />,
    },
  ];
  const waiting = of.filter(({ stage }) => stage === stages.accepted);
  return (
    <>
      {waiting.length > 0 && <Waiting names={waiting.map(({ name }) => name)} />}
      <Table label={t("emergency.granted")} columns={columns} rows={of} keyOf={({ id }) => id} />
    </>
  );
}

/** What a person reads to those who have yet to confirm them. */
function Waiting({ names }: { names: string[] }) {
  const t = useText();
  const { data: profile } = useProfile();
  return (
    <Notice tone="wait" title={t("emergency.waitingTitle", { names: names.join(", ") })}>
      <p>{t("emergency.waiting")}</p>
      <OwnFingerprint profile={profile} />
    </Notice>
  );
}

function Actions({ contact, onFront }: { contact: Contact; onFront: (front: Front) => void }) {
  const t = useText();
  const { id, name, stage, type } = contact;
  return (
    <span className={styles.actions}>
      {stage === stages.confirmed && (
        <Button onClick={() => onFront({ show: "initiate", contact })}>
          {t("emergency.initiate")} <Hidden>{name}</Hidden>
        </Button>
      )}
      {stage === stages.approved && type === kinds.view && (
        <ButtonLink href={`#/settings/emergency-access/${id}`}>
          {t("emergency.view")} <Hidden>{name}</Hidden>
        </ButtonLink>
      )}
      {stage === stages.approved && type === kinds.takeOver && (
        <Button onClick={() => onFront({ show: "takeOver", contact })}>
          {t("emergency.takeOver")} <Hidden>{name}</Hidden>
        </Button>
      )}
      <Menu trigger={<EllipsisVertical size={20} aria-hidden="true" />} label={t("emergency.menu", { name })}>
        <MenuGroup>
          <MenuItem onSelect={() => onFront({ show: "leave", contact })}>{t("emergency.leave")}</MenuItem>
        </MenuGroup>
      </Menu>
    </span>
  );
}
